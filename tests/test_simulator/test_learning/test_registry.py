"""One version is live; rolling back goes the way that promoting came."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import BadInput
from simulator.learning.registry import Model, Registry, Version


def promote(registry: Registry, rest: object = None) -> None:
    """Make the next version live."""
    version = Version(registry.next_number, 0.0, "test", 10, 1)
    registry.promote(Model(version, lambda X: X[:, 0], rest))


@given(st.lists(st.sampled_from(["promote", "back"]), max_size=20))
def test_rolling_back_undoes_the_last_promotion(steps):
    registry, live = Registry(), []
    for step in steps:
        if step == "promote":
            promote(registry)
            live.append(registry.next_number - 1)
        elif len(live) > 1:
            live.pop()
            assert registry.roll_back() == live[-1]
        else:
            with pytest.raises(BadInput):
                registry.roll_back()
        assert not live or registry.live.version.number == live[-1]
    assert [fact.number for fact in registry.facts] == list(range(1, registry.next_number))


def test_before_the_first_version_nothing_is_live():
    with pytest.raises(BadInput, match="no version is live"):
        _ = Registry().live


def test_a_snapshot_replaces_the_live_version_and_keeps_its_lineage():
    registry = Registry()
    promote(registry, "one")
    promote(registry, "two")
    facts = list(registry.facts)
    registry.publish(Model(registry.live.version, lambda X: X[:, 1], "later"))
    assert (registry.live.rest, registry.next_number, registry.facts) == ("later", 3, facts)
    registry.roll_back()
    assert registry.live.rest == "one"


def of(n: int, keep: int | None = None) -> Registry:
    """Return a registry that *n* versions went live in, one after the other."""
    registry: Registry = Registry(keep)
    for _ in range(n):
        promote(registry)
    return registry


def test_only_so_many_versions_are_kept_and_all_are_remembered():
    registry = of(5, keep=2)
    assert registry.kept() == [4, 5] and [fact.number for fact in registry.facts] == [1, 2, 3, 4, 5]
    assert registry.roll_back() == 4
    with pytest.raises(BadInput, match="no earlier version"):
        registry.roll_back()


def test_with_one_kept_there_is_no_way_back():
    with pytest.raises(BadInput, match="no earlier version"):
        of(3, keep=1).roll_back()
    with pytest.raises(BadInput, match="at least the version that is live"):
        Registry(keep=0)


def test_a_version_out_of_turn_is_refused():
    with pytest.raises(BadInput, match="out of turn"):
        Registry().register(Model(Version(2, 0.0, "test", 1, 1), lambda X: X[:, 0], None))


def test_shadows_score_and_decide_nothing():
    registry = of(2, keep=2)
    registry.shadow(1)
    X = np.arange(6.0).reshape(3, 2)
    assert registry.shadow_scores(X)[1].tolist() == [0.0, 2.0, 4.0]
    assert registry.score(X, np.zeros(3))[1].tolist() == [2, 2, 2]
    promote(registry)
    promote(registry)
    assert registry.kept() == [1, 3, 4], "a shadow is not thrown away"


@pytest.mark.parametrize(
    ("number", "share", "says"), [(1, 0.1, "not kept"), (3, 1.0, "canary share"), (3, 0.0, "share")]
)
def test_a_canary_that_cannot_be_is_refused(number, share, says):
    registry = of(3, keep=1)
    with pytest.raises(BadInput, match=says):
        registry.try_out(number, share)
    with pytest.raises(BadInput, match="not kept"):
        registry.shadow(7)
