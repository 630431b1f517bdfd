"""Checks of the fraud area against the Fraud Detection Handbook: its world, its baseline models, its split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from simulator.fidelity.handbook import AS_DESCRIBED, FOLD, Recipe, at_random, baseline, by_time, payments
from simulator.fidelity.table import Check, Figures, Tolerance, each

__all__ = ["LEFT_OUT", "checks"]

_DRAWS = "exact counts follow from the order in which another program draws"
LEFT_OUT: Mapping[str, str] = {
    "f.fdh.counts": _DRAWS,
    "f.fdh.split": _DRAWS,
    "f.fdh.models: XGB": "XGBoost is no dependency, and other boosting is another model",
    "f.fdh.tuned: RF, XGB": "a forest on four folds takes half a minute a seed; XGBoost is no dependency",
}
"""Target -> why it is not tried here."""

_BOOK = "Fraud Detection Handbook (Le Borgne et al. 2022)"
_MODELS = ("LR", "DT2", "DT", "RF")
_FOUR = tuple(range(4))

# A published figure is one draw, as lucky or unlucky as any one seed of ours, so these bands are near three
# standard deviations between seeds (of 30 seeds: AUC .016, AP .03 and .05 for the stump DT2, CP@100 .021).
_AUC, _CP100 = Tolerance(band=0.045, cap=0.01, errors=0), Tolerance(band=0.06, cap=0.0125, errors=0)
_AP, _STUMP_AP = Tolerance(band=0.08, cap=0.0175, errors=0), Tolerance(band=0.14, cap=0.03, errors=0)


def checks() -> list[Check]:
    """List the checks, quick ones first."""
    return [_world(), _tuned(), _baseline(), _random()]


def _world() -> Check:
    return Check(
        id="f.fdh.stat",
        area="fraud",
        mechanism="payments a day, share of fraud, frauds by scenario",
        setting={"customers": 5_000, "terminals": 10_000, "days": 183, "radius": 5},
        # Scenarios, for 9,692 payments a day: P(amount > 220) over all means; the share of terminals that are bad on
        # each day, 1 - (1 - 2/10,000)^min(day + 1, 28); E[floor(N/3)] of a card's Poisson N in 14 days. Each less
        # what a later scenario takes over.
        expected={"tx_a_day": 9585.5, "share": 0.00837, "scenario_1": 1011, "scenario_2": 9152, "scenario_3": 4596},
        source=f"{_BOOK}; scenarios: expectations of its description",
        tolerance={
            "tx_a_day": Tolerance(band=0.02, cap=0.005, relative=True, errors=0),
            "share": Tolerance(band=0.08, cap=0.01, relative=True, errors=0),
            **{f"scenario_{n}": Tolerance(cap=0.02, relative=True) for n in (1, 2, 3)},
        },
        measure=_counted,
        seeds=tuple(range(10)),
        twin={"recipe": Recipe(activity=4.2)},
    )


def _counted(seeds: Sequence[int], recipe: Recipe = AS_DESCRIBED) -> Figures:
    def one(seed: int) -> dict[str, float]:
        world = payments(seed, recipe)
        count = np.bincount(world.scenario, minlength=4)
        scenarios = {f"scenario_{n}": float(count[n]) for n in (1, 2, 3)}
        return {"tx_a_day": len(world.at) / recipe.days, "share": float(world.fraud.mean()), **scenarios}

    return each(seeds, one)


def _baseline() -> Check:
    published = {
        "LR": (0.871, 0.606, 0.291),
        "DT2": (0.763, 0.496, 0.241),
        "DT": (0.788, 0.309, 0.243),
        "RF": (0.867, 0.658, 0.287),
    }
    expected = {f"{m} {k}": v for m in _MODELS for k, v in zip(("auc", "ap", "cp100"), published[m], strict=True)}
    bands = {"auc": _AUC, "ap": _AP, "cp100": _CP100}
    return Check(
        id="f.fdh.models",
        area="fraud",
        mechanism="baseline models on the test week: AUC, AP, CP@100",
        setting={"train": 7, "delay": 7, "test": 7, "trees in RF": 25},
        expected=expected,
        source=_BOOK,
        tolerance={name: bands[name.split()[1]] for name in expected} | {"DT2 ap": _STUMP_AP},
        measure=_by_time,
        seeds=_FOUR,
        twin={"delay": 0.0},  # a twentieth of it drowns in the luck of one published draw
    )


def _by_time(seeds: Sequence[int], delay: float = 7.0, models: tuple[str, ...] = _MODELS) -> Figures:
    """The risk of a terminal is known after *delay* days."""
    return each(seeds, lambda seed: _week(seed, delay, models))


@cache  # two checks need the same weeks
def _week(seed: int, delay: float, models: tuple[str, ...]) -> Mapping[str, float]:
    world = payments(seed)
    return baseline(world, by_time(world), models, delay)


def _random() -> Check:
    aps = {"LR": (0.605, 0.652), "DT2": (0.496, 0.544), "DT": (0.309, 0.407), "RF": (0.658, 0.722)}
    mixed = {f"{model} random": after for model, (_, after) in aps.items()}
    gains = {f"{model} gain": after - before for model, (before, after) in aps.items()}
    return Check(
        id="f.fdh.random",
        area="fraud",
        mechanism="a random split flatters: AP, and AP above the split by time",
        setting={"train": 7, "delay": 7, "test": 7, "trees in RF": 25},
        expected=mixed | gains,
        source="a run of the Handbook's pipeline",
        tolerance={  # one draw, too: AP of a random week has .03 between seeds, .06 for the stump
            name: Tolerance(band=0.06 if "DT2" in name else 0.04, cap=0.04 if "DT2" in name else 0.02, errors=0)
            for name in mixed | gains
        },
        measure=_mixed,
        seeds=_FOUR,
        twin={"split_at_random": False},
    )


def _mixed(seeds: Sequence[int], split_at_random: bool = True, models: tuple[str, ...] = _MODELS) -> Figures:
    def one(seed: int) -> dict[str, float]:
        world, honest = payments(seed), _week(seed, 7.0, models)
        week = at_random(world, seed) if split_at_random else by_time(world)
        flattered = baseline(world, week, models)
        reached = {f"{model} random": flattered[f"{model} ap"] for model in models}
        return reached | {f"{model} gain": flattered[f"{model} ap"] - honest[f"{model} ap"] for model in models}

    return each(seeds, one)


def _tuned() -> Check:
    return Check(
        id="f.fdh.tuned",
        area="fraud",
        mechanism="models with chosen settings, mean over 4 test weeks: AP, CP@100",
        setting={"folds": 4, "DT": "depth 5", "LR": "C = 1"},
        expected={"DT5 ap": 0.579, "DT5 cp100": 0.284, "LR ap": 0.623, "LR cp100": 0.297},
        source=_BOOK,
        tolerance=Tolerance(band=0.02, cap=0.015, errors=0),
        measure=_folds,
        seeds=_FOUR,
        twin={"delay": 0.0},
    )


def _folds(seeds: Sequence[int], delay: float = 7.0) -> Figures:
    def one(seed: int) -> dict[str, float]:
        world = payments(seed)
        folds = [baseline(world, by_time(world, FOLD - 7 * n), ("DT5", "LR"), delay) for n in range(4)]
        return {name: float(np.mean([fold[name] for fold in folds])) for name in folds[0]}

    return each(seeds, one)
