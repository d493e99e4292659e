"""Live messages of the clock, each with what it said when it was posted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select

from bot.db.putting import put
from bot.db.store import Store
from bot.db.tables import live_posts
from handlers.ports.live import LivePost, Thing
from handlers.words.message import Message, Offer, Status, Text


class SqlLivePosts:
    """``handlers.ports.live.LivePosts``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def live(self) -> Sequence[LivePost]:
        query = select(live_posts).where(live_posts.c.over.is_(False))
        with self._store.read() as connection:
            found = connection.execute(query.order_by(live_posts.c.at, live_posts.c.ts))
            return [_post(row) for row in found]

    def write(self, post: LivePost) -> None:
        with self._store.step_transaction() as connection:
            put(connection, live_posts, [_row(post)])


def _row(post: LivePost) -> dict[str, Any]:
    return {
        "channel": post.channel,
        "ts": post.ts,
        "thing": post.thing.value,
        "subject": post.subject,
        "at": post.at,
        "said": _said(post.said),
        "about": dict(post.about),
        "shown": post.shown,
        "over": post.over,
    }


def _said(said: Message) -> dict[str, Any]:
    """Such a message is a sentence, remarks and buttons."""
    return {
        "status": said.status.value,
        "headline": said.headline,
        "lines": [line for block in said.blocks if isinstance(block, Text) for line in block.lines],
        "offers": [
            {**asdict(offer), "expires_in": offer.expires_in.total_seconds()} for offer in said.offers
        ],
        "people": list(said.people),
    }


def _post(row: Row[Any]) -> LivePost:
    said = row.said
    lines = tuple(said["lines"])
    offers = (Offer(**{**o, "expires_in": timedelta(seconds=o["expires_in"])}) for o in said["offers"])
    return LivePost(
        channel=row.channel,
        ts=row.ts,
        thing=Thing(row.thing),
        subject=row.subject,
        at=row.at,
        said=Message(
            Status(said["status"]),
            said["headline"],
            (Text(lines),) if lines else (),
            tuple(offers),
            tuple(said["people"]),
        ),
        about=row.about,
        shown=row.shown,
        over=row.over,
    )
