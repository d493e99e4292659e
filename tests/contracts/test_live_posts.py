"""Live messages of the clock, read back from the fake and from the databases."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from handlers.ports.book import Book
from handlers.ports.live import LivePost, Thing
from handlers.words.message import (
    Asking,
    Chart,
    ChartKind,
    Field,
    Fields,
    Log,
    Message,
    Offer,
    Series,
    Status,
    Table,
    Text,
)
from tests.contracts.values import NOW, later


@pytest.fixture
def book(store: Any) -> Book:
    return store.book  # type: ignore[no-any-return]


def test_a_live_message_is_read_back_whole_until_it_is_over(book: Book) -> None:
    stop = Offer("Stop now", "stop", "staging", arguments={"a": "b"}, style="danger", id="offer-1")
    said = Message(Status.DRIFTED, "`staging` runs.", (Text(("a", "b")),), (stop,), people=("U0ADA",))
    post = LivePost("C0STAGING", "1.2", Thing.DRIFT, "staging", NOW, said, {"round": "1"}, "digest")
    first = replace(post, ts="1.1", at=later(hours=-1), said=Message(Status.BUDGET, "said"))
    for made in (post, first):
        book.live_posts.write(made)
    assert book.live_posts.live() == [first, post]
    book.live_posts.write(replace(post, shown="another"))
    book.live_posts.write(replace(first, over=True))
    assert book.live_posts.live() == [replace(post, shown="another")]


def test_every_kind_of_block_is_read_back_as_it_was(book: Book) -> None:
    shown = (
        Chart("Cost", ChartKind.LINE, "USD", ("2 Nov", "9 Nov"), (Series("a", (Decimal("1.10"), 2)),)),
        Fields((Field("Orphans", "1 looks orphaned."),)),
        Table(("a", "b"), (("1", "2"),), ("https://one",)),
        Log("log", ("line",), tail=True),
        Text(("told",)),
        Asking(("If nobody answers by 9 Mar …",), "pr-142"),
    )
    said = Message(Status.ANSWERED, "said", shown)
    post = LivePost("C0STAGING", "1.3", Thing.DIGEST, "2026-W48", NOW, said, {"pr-142": "1"})
    book.live_posts.write(post)
    assert book.live_posts.live() == [post]
