"""One seed, a stream per name: nobody's draws depend on anybody else's."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.streams import Streams, uniform

NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)


def test_a_stream_is_pcg64_seeded_by_the_seed_and_the_hash_of_its_name():
    words = np.frombuffer(hashlib.sha256(b"people/7").digest(), dtype="<u4")
    by_hand = np.random.Generator(np.random.PCG64(np.random.SeedSequence([3, *words.tolist()])))
    assert Streams(3).get("people", 7).random(5).tolist() == by_hand.random(5).tolist()


@given(st.integers(0, 2**63 - 1), st.lists(NAMES, min_size=2, max_size=5, unique=True), st.data())
def test_a_stream_does_not_notice_the_others(seed, names, data):
    alone = {name: Streams(seed).get(name).random(3).tolist() for name in names}
    together = Streams(seed)
    for name in data.draw(st.permutations(names)):
        together.get("extra", name).random(data.draw(st.integers(0, 9)))
        assert together.get(name).random(3).tolist() == alone[name]


@given(st.integers(0, 2**63 - 1), NAMES)
def test_another_seed_or_another_name_gives_other_draws(seed, name):
    here = Streams(seed).get(name).random()
    assert here != Streams(seed + 1).get(name).random()
    assert here != Streams(seed).get(name, "x").random()


def test_seed_0_is_a_seed_like_any_other():
    first, again = Streams(0).get("a").random(4), Streams(0).get("a").random(4)
    assert first.tolist() == again.tolist()
    assert first.tolist() != Streams(1).get("a").random(4).tolist()


def test_a_name_goes_on_where_it_stopped():
    streams = Streams(5)
    parts = [*streams.get("a").random(2), *streams.get("a").random(3)]
    assert parts == Streams(5).get("a").random(5).tolist()


@given(st.integers(0, 2**128 - 1))
def test_unseed_counts_the_draws_of_a_stream(draws):
    streams = Streams(1)
    streams.get("a").bit_generator.advance(draws)
    assert streams.unseed()["a"][1] == draws


@pytest.mark.parametrize(
    "draw", [lambda g: g.random(1000), lambda g: [g.random() for _ in range(1000)]], ids=["block", "one by one"]
)
def test_a_uniform_is_one_draw(draw):
    streams = Streams(1)
    draw(streams.get("a"))
    assert streams.unseed()["a"][1] == 1000


def test_unseed_tells_apart_what_the_last_draw_changed():
    one, two = Streams(1), Streams(1)
    one.get("a").standard_normal(100)
    two.get("a").standard_normal(101)
    assert one.unseed() != two.unseed()
    two = Streams(1)
    two.get("a").standard_normal(100)
    assert one.unseed() == two.unseed()


def test_unseed_is_in_the_order_of_the_names():
    streams = Streams(1)
    streams.get("b"), streams.get("a")
    assert list(streams.unseed()) == ["a", "b"]


def is_uniform(draws) -> bool:
    """Tell whether the mean of *draws* (n,) is that of U[0, 1), within 4 standard errors."""
    return abs(np.mean(draws) - 0.5) < 4 * np.sqrt(1 / 12 / len(draws))


def test_the_uniform_of_a_name_is_uniform_over_seeds():
    draws = np.array([uniform(seed, "incident", "ring") for seed in range(4000)])
    assert is_uniform(draws)
    assert not is_uniform(1.05 * draws)
    assert draws.min() >= 0 and draws.max() < 1
