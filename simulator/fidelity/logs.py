"""Checks of the recommender area on logs: clicks freed of their position, and policies judged without running them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.fidelity.table import Check, Figures, Tolerance, each
from simulator.learning import exploration, off_policy
from simulator.streams import Streams
from simulator.units import Floats, Ints
from simulator.world import clicks

__all__ = ["checks"]

_TWENTY = tuple(range(20))
_WRONG = 1.05  # a twin's parameter is wrong by a twentieth
_RELEVANCE = np.array([0.5, 0.4, 0.3, 0.2, 0.1])


def checks() -> list[Check]:
    """List the checks, quick ones first."""
    return [_identities(), _positions(), _policies(), _guests()]


def _positions() -> Check:
    return Check(
        id="rec.ips",
        area="recsys",
        mechanism="clicks over the chance of a look: each item's bias, and the share of pairs in the right order",
        setting={"examination": "1/place", "relevance": _RELEVANCE.tolist(), "shown": "worst first, a fifth at random"},
        expected={**{f"bias {item}": 0.0 for item in range(1, 6)}, "order": 1.0},
        source="unbiasedness (Joachims, Swaminathan & Schnabel 2017)",
        tolerance={**{f"bias {item}": Tolerance(cap=0.0075) for item in range(1, 6)}, "order": Tolerance()},
        measure=_debiased,
        seeds=_TWENTY,
        twin={"steepness": _WRONG},
    )


def _debiased(seeds: Sequence[int], steepness: float = 1.0, n: int = 40_000) -> Figures:
    """People look with *steepness*, and the correction thinks it is 1; biases are shares of the relevance."""

    def one(seed: int) -> Floats:
        luck = Streams(seed)
        worst_first = np.tile(-_RELEVANCE, (n, 1))
        shelf = exploration.epsilon_greedy(worst_first, 5, 0.2, luck.get("pages").random((n, 6)))
        looks = clicks.examination(5, steepness)
        clicked = clicks.pbm_clicks(_RELEVANCE[shelf.items], looks, luck.get("clicks").random((n, 5)))
        return off_policy.debiased_by_item(shelf.items, clicked, clicks.examination(5), 5)

    found = np.array([one(seed) for seed in seeds])
    right = float(np.mean(np.diff(found.mean(axis=0)) < 0))
    biases = {f"bias {item + 1}": found[:, item] / _RELEVANCE[item] - 1 for item in range(5)}
    return {**biases, "order": np.full(len(seeds), right)}


def _policies() -> Check:
    names = ("ips", "snips", "doubly robust")
    return Check(
        id="rec.more.ips",
        area="recsys",
        mechanism="a policy judged from an ε-greedy log of another: estimate over truth",
        setting={"epsilon": 0.5, "candidates": 5, "rows": 60_000, "model of the rewards": "half of the truth"},
        expected=dict.fromkeys(names, 1.0),
        source="unbiasedness (Horvitz & Thompson 1952; Dudík et al. 2011); consistency of the ratio",
        tolerance=Tolerance(band=0.0005, cap=0.0075),  # band: SNIPS is biased by 1/n
        measure=_judged,
        seeds=_TWENTY,
        twin={"said": 0.5 * _WRONG},
    )


def _judged(seeds: Sequence[int], said: float = 0.5, n: int = 60_000) -> Figures:
    """The log explores in half of the cases; its propensities are those of a log that does so in *said*."""

    def one(seed: int) -> dict[str, float]:
        luck = Streams(seed)
        pays, liked = luck.get("pays").random((n, 5)) / 2, luck.get("scores").random((n, 5))
        logged = _only(exploration.epsilon_greedy(liked, 1, 0.5, draws := luck.get("pages").random((n, 2))))
        propensity = np.where(logged == exploration.greedy(liked, 1).items[:, 0], 1 - said, 0.0) + said / 5
        wanted, rows = _only(exploration.epsilon_greedy(pays, 1, 0.0, draws)), np.arange(n)
        reward = (luck.get("clicks").random(n) < pays[rows, logged]).astype(np.float64)
        target, truth = (wanted == logged).astype(np.float64), float(pays[rows, wanted].mean())
        model = pays / 2
        robust = off_policy.doubly_robust(reward, propensity, target, model[rows, logged], model[rows, wanted])
        estimates = (off_policy.ips(reward, propensity, target), off_policy.snips(reward, propensity, target), robust)
        return {
            name: found.value / truth for name, found in zip(("ips", "snips", "doubly robust"), estimates, strict=True)
        }

    return each(seeds, one)


def _guests() -> Check:
    return Check(
        id="rec.more.slot",
        area="recsys",
        mechanism="one place in ten lists goes to the least shown: what each of the others would pay, from that log",
        setting={"share": 0.1, "places": 3, "candidates": 8, "rows": 50_000},
        expected={"value": 1.0, "weights": 1.0},
        source="unbiasedness; propensities of all that could be there sum to 1",
        tolerance=Tolerance(cap=0.01),
        measure=_weighed_guests,
        seeds=_TWENTY,
        twin={"share": 0.1 * _WRONG},
    )


def _weighed_guests(seeds: Sequence[int], share: float = 0.1, n: int = 50_000) -> Figures:
    """The target puts any of the five others at the last place, each alike; guests come in *share* of the lists.

    What the log believes is a share of 0.1. The same luck, scaled, chooses the same guests at either share.
    """

    def one(seed: int) -> dict[str, float]:
        luck, pays = Streams(seed), np.linspace(0.1, 0.8, 8)
        scores, weights = np.tile(-np.arange(8.0), (n, 1)), exploration.least_shown(np.arange(8.0))
        draws = luck.get("pages").random((n, 2))
        shelf = exploration.one_slot(scores, 3, share, weights, draws)
        believed = exploration.one_slot(scores, 3, 0.1, weights, draws * [0.1 / share, 1.0]).propensity
        guest = shelf.items[:, 2]
        reward = (luck.get("clicks").random(n) < pays[guest]).astype(np.float64)
        target = np.where(guest >= 3, 0.2, 0.0)
        value = off_policy.ips(reward, believed[:, 2], target).value / float(pays[3:].mean())
        return {"value": value, "weights": off_policy.ips(np.ones(n), believed[:, 2], target).value}

    return each(seeds, one)


def _identities() -> Check:
    return Check(
        id="rec.more.exact",
        area="recsys",
        mechanism="without error: a constant reward by SNIPS, and rewards that the model knows by doubly robust",
        setting={"epsilon": 0.3, "candidates": 5, "rows": 200, "reward": 0.3},
        expected={"snips": 0.3, "snips se": 0.0, "doubly robust": 1.0},
        source="algebra",
        tolerance=Tolerance(band=1e-12, errors=0),
        measure=_exactly,
    )


def _exactly(seeds: Sequence[int]) -> Figures:
    luck, n = Streams(0), 200
    scores, pays = luck.get("scores").random((n, 5)), luck.get("pays").random((n, 5))
    shelf = exploration.epsilon_greedy(scores, 1, 0.3, luck.get("pages").random((n, 2)))
    logged, had, wants, rows = shelf.items[:, 0], shelf.propensity[:, 0], np.full(n, 0.2), np.arange(n)
    steady = off_policy.snips(np.full(n, 0.3), had, wants)
    reward, expected = pays[rows, logged], pays.mean(axis=1)
    known = off_policy.doubly_robust(reward, had, wants, reward, expected).value / float(expected.mean())
    return {"snips": np.array([steady.value]), "snips se": np.array([steady.se]), "doubly robust": np.array([known])}


def _only(shelf: exploration.Shelf) -> Ints:
    return shelf.items[:, 0]
