"""How people click on a list: place by place as far as they look, or down from the top until something pleases."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simulator.errors import BadInput
from simulator.units import Floats, Mask

__all__ = ["cascade_chances", "cascade_clicks", "examination", "pbm_chances", "pbm_clicks"]

# Relevance is (n, k): the chance that an item is clicked if looked at, for n lists in the order shown. Luck is
# uniform in [0, 1), (n, k), and belongs to the item, not the place, if two designs are to meet the same people.


def examination(k: int, steepness: float = 1.0) -> Floats:
    """Return (k,) the chance that each place is looked at: (1/place)^*steepness*, place from 1.

    (Joachims, Swaminathan & Schnabel 2017, §6.2.) Steepness 0: everything is.
    """
    if k < 1 or not 0 <= steepness < np.inf:
        raise BadInput(f"{k} places with steepness {steepness}; there must be 1 or more, and it 0 or more")
    return np.asarray(np.arange(1, k + 1, dtype=np.float64) ** -steepness)


def pbm_chances(relevance: npt.ArrayLike, examined: npt.ArrayLike) -> Floats:
    """Return (n, k) chances of a click: relevance × *examined* (k,), the chance that the place is looked at.

    The position-based model (Richardson, Dominowska & Ragno 2007): a click needs a look, and looks depend on the
    place alone.
    """
    lists, looks = _lists(relevance), _chances(examined, "examination")
    if looks.shape != lists.shape[1:]:
        raise BadInput(f"examination of shape {looks.shape} does not fit lists of {lists.shape[1]} places")
    return lists * looks


def pbm_clicks(relevance: npt.ArrayLike, examined: npt.ArrayLike, luck: Floats) -> Mask:
    """Return (n, k) what is clicked under the position-based model, given *luck* (n, k)."""
    chance = pbm_chances(relevance, examined)
    return _shaped(luck, chance) < chance


def cascade_chances(relevance: npt.ArrayLike) -> Floats:
    """Return (n, k) chances of the one click: r_j Π_{i<j} (1 - r_i) (Craswell et al. 2008).

    What is left of 1 in a row is the chance that nothing is clicked.
    """
    lists = _lists(relevance)
    passed = np.cumprod(1 - lists, axis=1)
    return np.hstack([lists[:, :1], lists[:, 1:] * passed[:, :-1]])


def cascade_clicks(relevance: npt.ArrayLike, luck: Floats) -> Mask:
    """Return (n, k) what is clicked by people who look from the top down and leave with the first click."""
    pleases = _shaped(luck, lists := _lists(relevance)) < lists
    first: Mask = np.cumsum(pleases, axis=1) == 1
    return first & pleases


def _lists(relevance: npt.ArrayLike) -> Floats:
    lists = _chances(relevance, "relevance")
    if lists.ndim != 2:
        raise BadInput(f"relevance of shape {lists.shape} is no matrix; it must be lists x places")
    return lists


def _chances(values: npt.ArrayLike, name: str) -> Floats:
    given = np.asarray(values, dtype=np.float64)
    if not ((given >= 0) & (given <= 1)).all():
        raise BadInput(f"{name} holds what is no probability; it must be 0 to 1")
    return given


def _shaped(luck: Floats, like: Floats) -> Floats:
    if np.shape(luck) != like.shape:
        raise BadInput(f"luck of shape {np.shape(luck)} does not do; it must be {like.shape}")
    return luck
