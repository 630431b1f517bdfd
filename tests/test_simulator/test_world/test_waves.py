"""Additional requests come while their incident holds; those of a conditional one lie ready for the whole flight."""

from __future__ import annotations

import numpy as np

from simulator.books.requests import Requests, Truths
from simulator.world.tape import Block
from simulator.world.waves import drawn_for, together


def block(*at: float) -> Block:
    n = len(at)
    zeros = np.zeros(n, dtype=np.int64)
    requests = Requests(zeros, np.array(at), zeros, zeros, np.array(at)[:, None], zeros)
    return Block(requests, Truths(zeros > 0, np.full(n, np.inf), zeros - 1, {"luck": np.array(at)}))


def test_an_incident_keeps_what_is_asked_while_it_holds():
    kept = drawn_for(block(-1.0, 1.0, 2.0, 3.0, 4.0), 2.0, 4.0, conditional=False)
    assert kept.requests.at.tolist() == [2.0, 3.0]
    assert kept.truths.luck["luck"].tolist() == [2.0, 3.0]


def test_a_conditional_one_keeps_the_whole_flight():
    kept = drawn_for(block(-1.0, 0.0, 1.0, 9.0), 2.0, 4.0, conditional=True)
    assert kept.requests.at.tolist() == [0.0, 1.0, 9.0]


def test_blocks_lie_behind_one_another():
    both = together([block(3.0), block(1.0, 2.0)])
    assert both.requests.at.tolist() == both.truths.luck["luck"].tolist() == [3.0, 1.0, 2.0]
