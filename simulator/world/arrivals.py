"""When people come: Poisson arrivals whose rate follows the hour and the weekday."""

from __future__ import annotations

import numpy as np

from simulator.units import DAY, HOUR, Floats

__all__ = ["poisson_times", "week_shape"]


def poisson_times(luck: np.random.Generator, start: float, rates: Floats, step: float = HOUR) -> Floats:
    """Draw the sorted times [s] of a Poisson process from *start* on.

    *rates*: (k,) constant rate [1/s] in each of k steps of *step* seconds. The number of arrivals is Poisson with
    mean sum(rates)·step, and given the number the times are independent with density rate/sum (Ross,
    Introduction to Probability Models, §5.4), so they are drawn by inverting the cumulated rate.
    """
    cumulated = np.concatenate([[0.0], np.cumsum(rates) * step])
    total = cumulated[-1]
    uniforms = np.sort(luck.random(luck.poisson(total))) * total
    times: Floats = start + np.interp(uniforms, cumulated, np.arange(len(rates) + 1) * step)
    return times


def week_shape(at: float, by_hour: Floats, by_weekday: Floats) -> Floats:
    """Return (24,) factors of the rate for the hours of the day that starts at *at* [s]; day 0 is a Monday.

    *by_hour*: (24,), *by_weekday*: (7,); the factors average 1 over a week.
    """
    weekday = int(at // DAY) % 7
    shape: Floats = (by_hour / by_hour.mean()) * (by_weekday[weekday] / by_weekday.mean())
    return shape
