"""An agent that searches: the cross-entropy method finds a linear policy that beats mid in worlds it never saw.

The storm is flown with the design of mid, whose live dials - queue, retries, shedding, small model - the agent turns
every fifteen seconds. Run it with:  python agent.py
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cases import load
from cases.environments import env
from simulator.environment import Controls, Flat, pilot
from simulator.streams import Streams
from simulator.study import Comparison, compare, replicate_all

Floats = npt.NDArray[np.float64]
SEEN = {"gauge/rate": 200.0, "gauge/waiting": 100.0, "gauge/replicas": 10.0}  # what it looks at, and in which unit


@dataclass(frozen=True)
class Linear:
    """A policy with one row of weights for each entry of the action: a share of its range, by a logistic curve."""

    weights: Floats
    places: tuple[int, ...]
    units: tuple[float, ...]

    def __call__(self, observation: Floats) -> Floats:
        seen = [1.0, *(observation[list(self.places)] / self.units)]
        shares: Floats = 1.0 / (1.0 + np.exp(-self.weights @ np.array(seen)))
        return shares


@dataclass(frozen=True)
class Named:
    """The same policy, saying its action by name: fit to be a pilot."""

    flat: Flat
    policy: Linear

    def __call__(self, observation: Floats) -> Any:
        return self.flat.action(self.policy(observation))


def policy_of(weights: Floats, controls: Controls) -> Linear:
    """Return the policy with these *weights*, which may come as one row."""
    places = tuple(controls.names.index(name) for name in SEEN)
    return Linear(weights.reshape(-1, 1 + len(SEEN)), places, tuple(SEEN.values()))


def episode(flat: Flat, policy: Linear, seed: int) -> float:
    """Fly one flight, and return what it earned [$]."""
    seen, _ = flat.reset(options={"seed": seed})
    earned, over = 0.0, False
    while not over:
        seen, reward, over, _, _ = flat.step(policy(seen))
        earned += float(reward)
    return earned


def searched(flat: Flat, controls: Controls, rounds: int, people: int) -> Linear:
    """Return the policy that the cross-entropy method finds (Rubinstein 1999); it begins where mid leaves its dials.

    In each round all candidates fly the same world, so that they differ by their decisions alone. The best quarter of
    them says where the next round looks, and how widely.
    """
    luck = Streams(0).get("examples", "agent")
    flat.reset()
    start = np.clip(flat.shares(flat.get_wrapper_attr("view").design), 0.02, 0.98)
    mean = np.column_stack([np.log(start / (1 - start)), np.zeros((len(start), len(SEEN)))]).ravel()
    spread = np.ones(len(mean))
    for number in range(rounds):
        tried = mean + spread * luck.standard_normal((people, len(mean)))
        earned = np.array([episode(flat, policy_of(one, controls), seed=number) for one in tried])
        best = tried[np.argsort(-earned)[: people // 4]]
        mean, spread = best.mean(axis=0), best.std(axis=0) + 0.1
        print(f"round {number + 1}: the best of {people} earned ${earned.max():.2f}, the mean ${earned.mean():.2f}")
    return policy_of(mean, controls)


def main(rounds: int, people: int, seeds: int) -> Comparison:
    """Search, and compare what was found with mid in *seeds* worlds that the search has not met."""
    case = load("burst_storm")
    with Flat(env("burst_storm", par="mid")) as flat:
        controls = flat.get_wrapper_attr("controls")
        found = searched(flat, controls, rounds, people)
        agent = pilot(case, Named(flat, found), par="mid", controls=controls)
        studies = replicate_all(case, {"mid": "mid", "agent": agent}, range(1000, 1000 + seeds), jobs=1)
    gain = compare(studies["mid"], studies["agent"])
    print(f"\nin {seeds} other worlds: mid ${studies['mid'].interval().mean:.2f}, ", end="")
    print(f"agent ${studies['agent'].interval().mean:.2f}")
    print(f"agent - mid = ${gain.mean:.2f} [{gain.low:.2f}, {gain.high:.2f}], paired by seed, 95 %")
    return gain


if __name__ == "__main__":
    options = argparse.ArgumentParser(description="An agent that searches.")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--people", type=int, default=10, help="candidates in a round")
    options.add_argument("--seeds", type=int, default=8, help="worlds it is tried in")
    main(**vars(options.parse_args()))
