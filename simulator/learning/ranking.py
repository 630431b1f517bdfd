"""Says how good a ranked list is for who reads it, and how attention is shared among what could be shown."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from simulator.errors import BadInput
from simulator.units import Floats, Ints, Mask

__all__ = ["average_precision_at", "exposure_share", "gini", "ndcg", "recall_at", "time_to_impressions"]

# A list is a row: (n, k) relevances in the order shown, best place first. Where a figure is not defined - nothing
# relevant could have been shown - it is nan, to be left out of means by np.nanmean.


def ndcg(relevance: npt.ArrayLike, ideal: npt.ArrayLike, k: int) -> Floats:
    """Return (n,) the discounted gain of the first *k* places over the best one possible (NDCG@k).

    *relevance* is (n, shown) ≥ 0, *ideal* (n, c) the relevances of all candidates in any order. A place j counts
    relevance / log2(j + 1), j from 1 (Järvelin & Kekäläinen 2002, linear gains, as scikit-learn has it).
    """
    got, could = _lists(relevance, k), -np.sort(-_lists(ideal, k), axis=1)
    best = _gain(could[:, :k])
    return _over(_gain(got[:, :k]), best)


def recall_at(relevant: npt.ArrayLike, total: npt.ArrayLike, k: int) -> Floats:
    """Return (n,) the share of the *total* (n,) relevant items that are among the first *k* shown.

    *relevant* is (n, shown), 1 or 0.
    """
    hits = _lists(relevant, k)[:, :k].sum(axis=1)
    return _over(hits, np.asarray(total, dtype=np.float64))


def average_precision_at(relevant: npt.ArrayLike, total: npt.ArrayLike, k: int) -> Floats:
    """Return (n,) AP@k: the precision at each relevant place up to *k*, summed, over min(*total*, k).

    *relevant* is (n, shown), 1 or 0; *total* (n,) how many relevant items there are. (Manning et al. 2008, §8.4,
    cut at k.)
    """
    shown = _lists(relevant, k)[:, :k]
    precision = np.cumsum(shown, axis=1) / np.arange(1, shown.shape[1] + 1)
    most = np.minimum(np.asarray(total, dtype=np.float64), float(k))
    return _over((precision * shown).sum(axis=1), most)


def gini(exposure: npt.ArrayLike) -> float:
    """Return the Gini index of *exposure* (c,) ≥ 0: 0 = all alike, 1 - 1/c = one has all; nan if nobody has any.

    Half the mean difference of two (drawn with replacement) over the mean (Gini 1912).
    """
    sizes = np.sort(np.asarray(exposure, dtype=np.float64))
    if sizes.ndim != 1 or not (sizes >= 0).all():
        raise BadInput("exposure is no list of numbers of 0 or more")
    total, c = float(sizes.sum()), len(sizes)
    if not total > 0:
        return math.nan
    return float(np.dot(2 * np.arange(1, c + 1) - c - 1, sizes)) / (c * total)


def exposure_share(mask: npt.ArrayLike, examination: npt.ArrayLike | None = None) -> float:
    """Return the share of attention that goes to a group; *mask* (n, k) tells which places shown are of it.

    With *examination* (k,) a place counts as often as it is looked at (Singh & Joachims 2018); else all count
    alike. nan if nothing was shown.
    """
    group = np.asarray(mask, dtype=np.float64)
    looked = np.broadcast_to(1.0 if examination is None else np.asarray(examination, dtype=np.float64), group.shape)
    total = float(looked.sum())
    return float((group * looked).sum()) / total if total > 0 else math.nan


def time_to_impressions(items: Ints, at: Floats, born: Floats, k: int) -> Floats:
    """Return (c,) how long [s] after it was *born* [s] each item had its *k*-th impression; inf if it never had.

    *items* is (n, shown), shown at times *at* (n,) [s] in any order; impressions before birth do not count.
    """
    if k < 1:
        raise BadInput(f"the impression number {k} does not exist; k must be 1 or more")
    when, what = np.repeat(np.asarray(at, dtype=np.float64), items.shape[1]), items.ravel()
    seen: Mask = when >= born[what]
    when, what = when[seen], what[seen]
    order = np.lexsort((when, what))
    when, what = when[order], what[order]
    counts = np.bincount(what, minlength=len(born))
    nth = np.cumsum(counts) - counts + k - 1
    reached = counts >= k
    took = np.full(len(born), np.inf)
    took[reached] = when[nth[reached]] - born[reached]
    return took


def _lists(relevance: npt.ArrayLike, k: int) -> Floats:
    rows = np.asarray(relevance, dtype=np.float64)
    if rows.ndim != 2 or not (rows >= 0).all():
        raise BadInput("relevances are no lists of numbers of 0 or more; they must be requests x places")
    if k < 1:
        raise BadInput(f"the first {k} places are none; k must be 1 or more")
    return rows


def _gain(relevance: Floats) -> Floats:
    return np.asarray(relevance @ (1 / np.log2(np.arange(2, relevance.shape[1] + 2))))


def _over(part: Floats, whole: Floats) -> Floats:
    return np.asarray(np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0))
