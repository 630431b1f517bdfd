"""Each mechanism of the data plane by a timeline computed by hand, on the compiled loop, plain Python and reference."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulator.serving.kernel import orders
from simulator.serving.plane import Plane, Traffic
from simulator.serving.pool import ROUTES
from simulator.serving.reference.plane import Reference
from simulator.serving.topology import Backoff, Batch, Breaker, Cache, Client, Delay, Keys, Law, Pool, Stage, Topology
from simulator.streams import Streams

ENGINES = {
    "compiled": lambda *what: Plane(*what, visits=True),
    "plain": lambda *what: Plane(*what, visits=True, in_python=True),
    "reference": lambda *what: Reference(*what, visits=True),
}
LATE = 1e6
ONE = Law.constant(1.0)
NO_TIME = Law.constant(0.0)


@pytest.fixture(params=ENGINES)
def fly(request):
    """Return a function that flies requests through stages, with acts of control: (time, verb, *arguments)."""

    def fly(*stages: Stage, at: Any, client: Client | None = None, acts: Any = (), **columns: Any) -> Any:
        classes = 1 + max(columns.get("klass", [0]))
        columns = {name: value if name == "given" else np.array(value) for name, value in columns.items()}
        columns["given"] = {name: np.array(values, float) for name, values in columns.get("given", {}).items()}
        traffic = Traffic(np.array(at, dtype=float), **columns)
        plane = ENGINES[request.param](Topology(stages, client or Client(), classes), traffic, Streams(0))
        for when, verb, *arguments in acts:
            plane.advance(when)
            getattr(plane, verb)(*arguments)
        plane.advance(LATE)
        assert plane.totals()["open"] == 0
        return plane

    return fly


def done(plane: Any) -> Any:
    """When requests ended [s], to be compared within rounding."""
    return pytest.approx(plane.done.tolist(), rel=1e-12)


def routes(plane: Any) -> list[str]:
    return [ROUTES[route] for route in plane.route]


def one_server(**settings: Any) -> Pool:
    return Pool(name="a", **{"service": ONE, **settings})


def test_a_batch_starts_when_it_is_full_or_the_oldest_has_waited_long_enough(fly):
    plane = fly(one_server(batch=Batch(3, 0.5), per_item=0.25), at=[0, 0.1, 2.0, 2.1, 2.2])
    assert done(plane) == [2.0, 2.0, 3.95, 3.95, 3.95]
    assert plane.reading(0).counts["batches"] == 2


def test_items_count_in_a_batch(fly):
    plane = fly(one_server(batch=Batch(2, 9.0), per_item=0.125), at=[0, 1.0], size=[3.0, 1.0])
    assert done(plane) == [2.5, 2.5]


def test_last_come_first_served(fly):
    assert done(fly(one_server(discipline="lifo"), at=[0, 0.1, 0.2, 0.3])) == [1, 4, 3, 2]


def test_the_lower_class_waits(fly):
    plane = fly(one_server(discipline="priority"), at=[0, 0.1, 0.2, 0.3], klass=[1, 1, 0, 0])
    assert done(plane) == [1, 4, 2, 3]


def test_the_lower_class_is_broken_off_and_resumes(fly):
    plane = fly(one_server(discipline="preemptive"), at=[0, 0.5], klass=[1, 0])
    assert done(plane) == [2.0, 1.5]
    counts = plane.reading(0).counts
    assert (counts["started"], counts["batches"]) == (2, 3)


def test_the_latest_started_of_the_lowest_class_is_broken_off(fly):
    plane = fly(one_server(discipline="preemptive", servers=3), at=[0, 0.1, 0.2, 0.5], klass=[2, 2, 1, 0])
    assert done(plane) == [1.0, 1.6, 1.2, 1.5]


def test_a_slot_taken_over_is_warm(fly):
    plane = fly(one_server(discipline="preemptive", setup=ONE), at=[0, 0.5], klass=[1, 0])
    assert done(plane) == [3.0, 1.5]
    assert plane.reading(0).counts["colds"] == 1


def test_nobody_is_broken_off_where_that_makes_no_room(fly):
    acts = [(0.5, "order", orders.SLOTS, 0, 1.0)]
    plane = fly(one_server(discipline="preemptive", servers=2), at=[0, 0, 0.6], klass=[1, 1, 0], acts=acts)
    assert done(plane) == [1.0, 1.0, 2.0]


def test_shared_service(fly):
    assert done(fly(one_server(discipline="sharing"), at=[0, 0.5])) == [1.5, 2.0]
    assert done(fly(one_server(discipline="sharing", servers=2), at=[0, 0, 0])) == [1.5, 1.5, 1.5]


def test_shared_service_stands_still_in_a_pause_and_is_quicker_with_more_slots(fly):
    pause = [(0.25, "order", orders.PAUSE, 0), (1.25, "order", orders.RESUME, 0)]
    assert done(fly(one_server(discipline="sharing"), at=[0], acts=pause)) == [2.0]
    more = [(1.0, "order", orders.SLOTS, 0, 2.0)]
    assert done(fly(one_server(discipline="sharing"), at=[0, 0], acts=more)) == [1.5, 1.5]


@pytest.mark.parametrize(("limit", "ends"), [(1, [1.0, 2.0, 0.2]), (0, [1.0, 0.1, 0.2])])
def test_a_full_queue_turns_away(fly, limit, ends):
    plane = fly(one_server(queue_limit=limit), at=[0, 0.1, 0.2])
    assert ends == done(plane)
    assert routes(plane)[2] == "shed" and plane.reading(0).counts["shed"] == 2 - limit


def test_late_work_goes_on_unwanted(fly):
    plane = fly(one_server(), at=[0, 0.5], client=Client(timeout=0.75))
    assert done(plane) == [0.75, 1.25]
    assert routes(plane) == ["timeout", "timeout"]
    assert plane.reading(0).worked == 2.0


def test_an_answer_at_the_deadline_counts(fly):
    plane = fly(one_server(), at=[0], client=Client(timeout=1.0))
    assert routes(plane) == ["model"] and plane.totals()["timeouts"] == 0


def test_expired_work_is_not_started(fly):
    plane = fly(one_server(drop_expired=True), at=[0, 0.1], client=Client(timeout=0.75))
    assert plane.reading(0).worked == 1.0 and plane.reading(0).counts["dropped"] == 1
    assert plane.visits()["done"].tolist() == [1.0, 1.0]


FORMS: Any = [
    {},
    {"replicas": 2, "fanout": 2},
    {"hedge_after": 0.1},
    {"discipline": "preemptive"},
    {"discipline": "sharing"},
]


@pytest.mark.parametrize("settings", FORMS)
def test_work_that_comes_too_late_to_an_idle_replica_is_not_started_either(fly, settings):
    pool = one_server(drop_expired=True, **settings)
    plane = fly(Delay(name="d", service=ONE), pool, at=[0, 3], client=Client(timeout=0.5))
    counts = plane.reading(1).counts
    assert plane.reading(1).worked == 0.0 and counts["dropped"] == counts["arrivals"] == 2 * settings.get("fanout", 1)
    assert plane.reading(1).inside == 0


def test_retries_back_off(fly):
    client = Client(timeout=0.5, retries=2, backoff=Backoff(1.0, 2.0))
    plane = fly(one_server(servers=9), at=[0], client=client)
    assert done(plane) == [4.5]
    assert plane.tries.tolist() == [3] and plane.totals()["retries"] == 2


def test_retries_take_tokens(fly):
    client = Client(timeout=0.5, retries=1, retry_budget=0.5, burst=1.0)
    plane = fly(one_server(servers=9), at=[0, 0.125], client=client)
    assert done(plane) == [1.0, 0.625]
    assert plane.tries.tolist() == [2, 1]


def test_a_retry_at_once_comes_before_new_requests_of_the_instant(fly):
    pool = one_server(servers=2, queue_limit=0, service=Law.constant(0.25))
    plane = fly(pool, at=[0, 0.5], given={"a": [5.0, 5.0]}, client=Client(timeout=0.5, retries=1))
    assert done(plane) == [0.75, 0.5]
    assert routes(plane) == ["model", "shed"] and plane.tries.tolist() == [2, 2]


def test_the_first_of_two_copies_wins(fly):
    pool = one_server(replicas=2, balance="round_robin")
    plane = fly(pool, at=[0], given={"a": [3.0]}, client=Client(hedge_after=0.5))
    assert done(plane) == [1.5]
    assert plane.totals()["hedges"] == 1 and plane.reading(0).worked == 4.0


def test_a_stage_sends_a_spare_copy(fly):
    plane = fly(one_server(replicas=2, hedge_after=0.5), at=[0], given={"a": [3.0]})
    assert done(plane) == [1.5]
    assert plane.reading(0).counts["hedges"] == 1 and plane.reading(0).worked == 4.0


def test_a_spare_copy_is_sent_once_where_two_stages_come_to_the_same_moment(fly):
    first, second = one_server(replicas=2, hedge_after=1.0), Pool(name="b", service=ONE, replicas=2, hedge_after=0.5)
    plane = fly(first, second, at=[0], given={"a": [0.5], "b": [3.0]})
    assert done(plane) == [2.0]
    assert (plane.reading(0).counts["hedges"], plane.reading(1).counts["hedges"]) == (0, 1)


@pytest.mark.parametrize(("wait_for", "end"), [(1.0, 5.0), (0.66, 1.0)])
def test_enough_copies_must_come_back(fly, wait_for, end):
    plane = fly(one_server(replicas=3, fanout=3, wait_for=wait_for), at=[0], given={"a": [5.0]})
    assert [end] == done(plane)
    assert plane.reading(0).counts["served"] == 3


def test_copies_that_find_no_place_count_against_those_needed(fly):
    pool = one_server(replicas=2, fanout=2, queue_limit=0)
    plane = fly(pool, at=[0, 0.5], given={"a": [1.0, 1.0]})
    assert routes(plane) == ["model", "shed"]


def test_who_waits_too_long_leaves(fly):
    plane = fly(one_server(patience=Law.constant(0.5)), at=[0, 0.125, 0.75])
    assert done(plane) == [1.0, 0.625, 2.0]
    assert routes(plane) == ["model", "abandoned", "model"]


def test_patience_ends_with_the_stage(fly):
    first, second = one_server(patience=Law.constant(1.5)), Pool(name="b", service=ONE)
    plane = fly(first, second, at=[0, 0, 0.5], given={"a": [0.5, 1.0, 0.0], "b": [4, 1, 1]})
    assert routes(plane) == ["model"] * 3


def test_a_slot_that_was_idle_too_long_is_set_up(fly):
    plane = fly(one_server(setup=ONE, keep_alive=0.5), at=[0, 2.25, 5.0])
    assert done(plane) == [2.0, 3.25, 7.0]
    assert plane.reading(0).counts["colds"] == 2


def test_slots_beyond_those_laid_out_are_cold_after_a_rest(fly):
    settings: Any = {"service": ONE, "setup": ONE, "keep_alive": 99.0}
    acts = [(0.5, "order", orders.SLOTS, 0, 50.0)]
    plane = fly(Pool(name="a", **settings), Pool(name="b", servers=9, **settings), at=[1] * 9 + [20] * 2, acts=acts)
    assert done(plane) == [5.0] * 9 + [22.0, 23.0]


def test_a_replica_made_smaller_forgets_the_slot_it_no_longer_has(fly):
    acts = [(1.5, "order", orders.SLOTS, 0, 1.0)]
    pool = one_server(servers=2, setup=ONE, keep_alive=0.5)
    plane = fly(pool, at=[0, 0, 3.875], given={"a": [0.25, 3.0, 1.0]}, acts=acts)
    assert done(plane) == [1.25, 4.0, 5.0]


def test_the_item_used_longest_ago_goes(fly):
    cache = Cache(name="c", keys=Keys(9), size=2, miss=Law.constant(0.5))
    plane = fly(cache, at=range(6), given={"c": [1, 2, 1, 3, 2, 1]})
    assert done(plane) == [0.5, 1.5, 2.0, 3.5, 4.5, 5.5]
    assert (plane.reading(0).counts["hits"], plane.reading(0).counts["misses"]) == (1, 5)


def test_a_cache_of_one_item(fly):
    plane = fly(Cache(name="c", keys=Keys(9), size=1), at=range(5), given={"c": [1, 1, 2, 1, 1]})
    assert plane.reading(0).counts["hits"] == 2


@pytest.mark.parametrize(("ttl", "renew", "hits"), [(2.0, False, 2), (2.0, True, 3), (0.0, False, 0), (0.0, True, 0)])
def test_items_live_for_their_time(fly, ttl, renew, hits):
    cache = Cache(name="c", keys=Keys(9), policy="ttl", ttl=ttl, renew=renew)
    plane = fly(cache, at=[0.0, 1.5, 2.0, 3.75, 5.75], given={"c": [4] * 5})
    assert plane.reading(0).counts["hits"] == hits


def test_an_answer_is_held_once_it_is_there(fly):
    cache = Cache(name="c", keys=Keys(9), on_hit="done")
    plane = fly(cache, one_server(servers=9), at=[0, 0.5, 2.0], given={"c": [3, 3, 3]})
    assert done(plane) == [1.0, 1.5, 2.0]
    assert routes(plane) == ["model", "model", "cache"]


def test_the_breaker_opens_tries_and_closes(fly):
    client = Client(timeout=0.5, breaker=Breaker(window=10.0, least=2, share=0.5, cool=5.0))
    service = [1, 1, 1, 1, 1, 0.125, 1, 0.125]
    plane = fly(one_server(servers=9), at=[0, 1, 2, 7, 8, 13, 13.0625, 14], given={"a": service}, client=client)
    assert done(plane) == [0.5, 1.5, 2.0, 7.5, 8.0, 13.125, 13.0625, 14.125]
    assert routes(plane) == ["timeout", "timeout", "shed", "timeout", "shed", "model", "shed", "model"]
    assert plane.totals()["refused"] == 3


def test_only_the_trial_closes_the_breaker(fly):
    acts = [
        (0.1, "order", orders.REFUSE, 0),
        (0.5, "order", orders.KILL, 1),
        (0.6, "order", orders.ACCEPT, 1),
    ]
    client = Client(breaker=Breaker(window=10.0, least=2, share=0.5, cool=1.0))
    pool = one_server(replicas=2, servers=9, balance="round_robin")
    plane = fly(pool, at=[0, 0.2, 0.3, 2, 5, 7], given={"a": [4, 1, 1, 4, 1, 1]}, client=client, acts=acts)
    assert routes(plane) == ["model", "lost", "lost", "model", "shed", "model"]


def test_a_class_is_turned_away_at_the_door(fly):
    plane = fly(one_server(servers=9), at=range(4), klass=[0, 1, 0, 1], client=Client(shed=(0.0, 1.0), fallback=True))
    assert routes(plane) == ["model", "fallback", "model", "fallback"]
    assert plane.tries.tolist() == [1, 0, 1, 0]


def test_the_door_can_be_shut_later_and_requests_called_off(fly):
    acts = [(1.5, "shed", 1, 1.0), (1.5, "classify", np.array([3]), -1)]
    plane = fly(one_server(), at=range(5), klass=[1, 1, 1, 0, 0], acts=acts)
    assert plane.route.tolist()[:3] == [1, 1, 3] and plane.route[3] == 0 and np.isinf(plane.done[3])


def test_a_lost_replica_takes_its_batch_and_its_queue_along(fly):
    acts = [(1.0, "order", orders.KILL, 0)]
    plane = fly(one_server(batch=Batch(2, 9.0)), at=[0, 0.5, 0.75, 2.0], client=Client(retries=0), acts=acts)
    assert routes(plane) == ["lost", "lost", "lost", "shed"]
    assert done(plane) == [1.0, 1.0, 1.0, 2.0]
    assert (plane.reading(0).up, plane.reading(0).busy, plane.reading(0).worked) == (0, 0, 0.5)


def test_lost_work_is_tried_again_elsewhere(fly):
    acts = [(0.5, "order", orders.KILL, 0)]
    pool = one_server(replicas=2, balance="round_robin")
    plane = fly(pool, at=[0], client=Client(retries=1, backoff=Backoff(0.25)), acts=acts)
    assert done(plane) == [1.75]


def test_a_slow_replica_takes_longer_for_what_it_starts(fly):
    acts = [(0.5, "order", orders.SLOW, 0, 3.0), (3.0, "order", orders.SLOW, 0, 1.0)]
    assert done(fly(one_server(), at=[0, 0.25, 3.5], acts=acts)) == [1.0, 4.0, 5.0]


def test_more_slots_start_what_waits_and_fewer_let_work_go_on(fly):
    more = [(0.5, "order", orders.SLOTS, 0, 2.0)]
    assert done(fly(one_server(), at=[0, 0, 0], acts=more)) == [1.0, 1.5, 2.0]
    fewer = [(0.5, "order", orders.SLOTS, 0, 1.0)]
    assert done(fly(one_server(servers=2), at=[0, 0, 0, 0], acts=fewer)) == [1.0, 1.0, 2.0, 3.0]


def test_a_paused_stage_starts_nothing(fly):
    acts = [(0.5, "order", orders.PAUSE, 0), (3.0, "order", orders.RESUME, 0)]
    assert done(fly(one_server(), at=[0, 0.25, 0.75], acts=acts)) == [1.0, 4.0, 5.0]


def test_a_flushed_cache_holds_nothing(fly):
    for policy in ("lru", "ttl"):
        cache = Cache(name="c", keys=Keys(9), policy=policy)
        plane = fly(cache, at=range(4), given={"c": [5] * 4}, acts=[(1.5, "order", orders.FLUSH, 0)])
        assert plane.reading(0).counts["misses"] == 2


def test_settings_change_in_flight(fly):
    acts = [(0.5, "set", 0, "batch", 1), (5.5, "set", None, "timeout", 0.25)]
    plane = fly(one_server(batch=Batch(2, 9.0), servers=2), at=[0, 6.0], acts=acts)
    assert done(plane) == [1.5, 6.25]


@pytest.mark.parametrize("make", ENGINES.values(), ids=ENGINES)
def test_a_watermark_hands_the_moment_back(make):
    plane = make(Topology((one_server(),)), Traffic(np.array([0.0, 0.25, 0.5, 0.75, 4.0])), Streams(0))
    plane.set(0, "guard", 1)
    assert [plane.advance(9.0), plane.now] == [0.5, 0.5]
    plane.set(0, "guard", -1)
    assert plane.advance(9.0) == 9.0
    assert plane.ended().tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("make", ENGINES.values(), ids=ENGINES)
def test_nobody_who_accepts_work(make):
    plane = make(Topology((one_server(),), Client(retries=2)), Traffic(np.array([1.0])), Streams(0))
    plane.order(orders.REFUSE, 0)
    plane.advance(9.0)
    assert (plane.tries.tolist(), ROUTES[plane.route[0]], plane.reading(0).up) == ([3], "shed", 0)


def test_a_stage_that_nobody_needs(fly):
    plane = fly(one_server(share=0.0), at=[0, 1])
    assert done(plane) == [0.0, 1.0]
    assert routes(plane) == ["model", "model"]


def test_work_of_no_length_comes_before_the_next_arrival(fly):
    plane = fly(one_server(service=NO_TIME, queue_limit=0), Delay(name="d", service=NO_TIME), at=[1.0] * 5)
    assert done(plane) == [1.0] * 5
    assert plane.ended().tolist() == [0, 1, 2, 3, 4]
