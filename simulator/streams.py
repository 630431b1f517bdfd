"""One seed becomes a random generator per name, so that no part of the world can disturb another's luck."""

from __future__ import annotations

import hashlib

import numpy as np

__all__ = ["Streams", "Unseed", "uniform"]

Unseed = dict[str, tuple[str, int]]
_MASK = (1 << 128) - 1
_MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645  # PCG64's 128-bit LCG step (O'Neill 2014; numpy's pcg64.h)


class Streams:
    """The named generators of one *seed*.

    A stream is seeded by the seed and the hash of its name, never by its position, so a new stream moves no
    other. Generators are PCG64; draws that reach a digest are float64 or int64 only.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._open: dict[str, tuple[np.random.Generator, int, int]] = {}

    def get(self, *name: object) -> np.random.Generator:
        """Return the one generator called *name* (its parts are joined by `/`), opening it if need be."""
        key = "/".join(str(part) for part in name)
        if key not in self._open:
            self._open[key] = self._fresh(key)
        return self._open[key][0]

    def _fresh(self, key: str) -> tuple[np.random.Generator, int, int]:
        words = np.frombuffer(hashlib.sha256(key.encode()).digest(), dtype="<u4")
        bits = np.random.PCG64(np.random.SeedSequence([self.seed, *words.tolist()]))
        start, step = _state(bits)
        return np.random.Generator(bits), start, step

    def unseed(self) -> Unseed:
        """Return, per stream, its final state and how many 64-bit draws it has given."""
        return {key: _final(*kept) for key, kept in sorted(self._open.items())}


def uniform(seed: int, *name: object) -> float:
    """Return the single uniform [0, 1) that belongs to *name* under *seed*."""
    return float(Streams(seed).get(*name).random())


def _final(generator: np.random.Generator, start: int, step: int) -> tuple[str, int]:
    end, _ = _state(generator.bit_generator)
    return f"{end:032x}", _distance(start, end, step)


def _state(bits: np.random.BitGenerator) -> tuple[int, int]:
    inner = bits.state["state"]
    return int(inner["state"]), int(inner["inc"])


def _distance(start: int, end: int, step: int) -> int:
    """Count the steps of the 128-bit LCG from *start* to *end* (Brown 1994, bit by bit)."""
    multiplier, bit, count = _MULTIPLIER, 1, 0
    while start != end:
        if (start & bit) != (end & bit):
            start = (start * multiplier + step) & _MASK
            count |= bit
        step = ((multiplier + 1) * step) & _MASK
        multiplier = (multiplier * multiplier) & _MASK
        bit <<= 1
    return count
