"""Money is posted once, in whole micro-dollars, and every sum agrees with every other."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reach import arrays

from simulator.books.ledger import CLOSE, Ledger
from simulator.errors import BrokenInvariant

AMOUNTS = st.lists(st.integers(-(10**12), 10**12), max_size=6)
POSTINGS = st.lists(
    st.tuples(st.sampled_from(["sales", "fees", "wages"]), st.sampled_from(["sold", "late", CLOSE]), AMOUNTS),
    max_size=8,
)


@given(POSTINGS)
def test_all_sums_agree(postings):
    ledger, by_hand = Ledger(), Counter()
    for account, cause, amounts in postings:
        ledger.post(account, cause, np.arange(len(amounts)) * 1.0, np.array(amounts, np.int64), np.arange(len(amounts)))
        by_hand[account] += sum(amounts)
    book = ledger.postings()
    assert ledger.total() == sum(by_hand.values()) == sum(book.amount.tolist())
    assert +Counter(ledger.by_account()) == +by_hand and -Counter(ledger.by_account()) == -by_hand
    for number, account in enumerate(ledger.accounts):
        assert ledger.total(account) == sum(book.amount[book.account == number].tolist())
    wanted = sum(sum(amounts) for _, cause, amounts in postings if cause == CLOSE)
    assert sum(book.amount[ledger.caused_by(CLOSE)].tolist()) == wanted
    ledger.close()


def test_a_row_keeps_what_was_posted():
    ledger = Ledger()
    ledger.post("fees", "sold", 3.0, np.array([-5, -7]), np.array([10, 11]))
    ledger.post("wages", "day", 4.0, -100)
    book = ledger.postings()
    rows = [(float(a), ledger.accounts[n], ledger.causes[c], int(m), int(r)) for a, n, c, m, r in zip(
        book.at, book.account, book.cause, book.amount, book.request, strict=True)]  # fmt: skip
    assert rows == [(3.0, "fees", "sold", -5, 10), (3.0, "fees", "sold", -7, 11), (4.0, "wages", "day", -100, -1)]


def test_reading_in_between_changes_nothing():
    one, two = Ledger(), Ledger()
    for n in range(4):
        for ledger in (one, two):
            ledger.post(f"account {n % 2}", "x", float(n), n)
        two.postings()
    assert [c.tolist() for c in (one.postings().at, one.postings().amount)] == [
        c.tolist() for c in (two.postings().at, two.postings().amount)
    ]


@pytest.mark.parametrize(
    ("at", "amount"),
    [
        (np.nan, 1),
        (np.inf, 1),
        (1.0, 1.5),
        (1.0, np.nan),
        (1.0, True),
        (1.0, "1"),
        (1.0, 2**70),
        (1.0, np.array([1.0])),
    ],
    ids=str,
)
def test_a_broken_posting_is_refused(at, amount):
    ledger = Ledger()
    with pytest.raises(BrokenInvariant, match="posting to fees"):
        ledger.post("fees", "x", at, amount)
    assert ledger.total() == 0


def test_posting_nothing_posts_nothing():
    ledger = Ledger()
    ledger.post("fees", "x", [], [], [])
    ledger.post("fees", "x", np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64))
    assert ledger.total() == 0 and len(ledger.postings().at) == 0


def test_a_closed_book_takes_no_more():
    ledger = Ledger()
    ledger.post("fees", "x", 1.0, 5)
    ledger.close()
    with pytest.raises(BrokenInvariant, match="closed"):
        ledger.post("fees", "x", 2.0, 5)


def test_a_closed_book_cannot_be_written_on():
    ledger = Ledger()
    ledger.post("fees", "x", np.array([1.0, 2.0]), np.array([5, 6]))
    ledger.close()
    with pytest.raises(ValueError, match="read-only"):
        ledger.postings().amount[0] = 7


@pytest.mark.parametrize("chunks", [1, 3])
def test_tampering_with_a_row_is_found_at_the_close(chunks):
    ledger = Ledger()
    for n in range(chunks):
        ledger.post("fees", "x", np.arange(3.0), np.array([5, 6, 7]) + n)
    tampered = ledger.postings().amount
    tampered.setflags(write=True)
    tampered[1] += 1
    with pytest.raises(BrokenInvariant, match="does not balance"):
        ledger.close()


def test_tampering_with_a_total_is_found_at_the_close():
    ledger = Ledger()
    ledger.post("fees", "x", 1.0, 5)
    ledger._totals["fees"] += 1
    with pytest.raises(BrokenInvariant, match="does not balance"):
        ledger.close()


def test_what_was_posted_shares_no_memory_with_what_it_was_posted_from():
    """A view of the world's columns would put the whole world within reach of whoever may read the ledger."""
    at, amount, request = np.arange(9.0), np.arange(9), np.arange(9)
    ledger = Ledger()
    ledger.post("fees", "x", at[2:4], amount[2:4], request[2:4])
    for column in arrays(ledger):
        assert not any(np.shares_memory(column, source) for source in (at, amount, request))
    at[:], amount[:], request[:] = 99, 99, 99
    book = ledger.postings()
    assert (book.at.tolist(), book.amount.tolist(), book.request.tolist()) == ([2.0, 3.0], [2, 3], [2, 3])
    ledger.close()
