"""One version is live; rolling back goes the way that promoting came."""

from __future__ import annotations

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
