"""Live messages of the clock, each with what it said when it was posted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select

from bot.db.putting import put
from bot.db.store import Store
from bot.db.tables import live_posts
from handlers.ports.live import LivePost, Thing
from handlers.words.message import (
    Asking,
    Block,
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
            put(connection, live_posts, [row_of(post)])


def row_of(post: LivePost) -> dict[str, Any]:
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
    return {
        "status": said.status.value,
        "headline": said.headline,
        "blocks": [_block(block) for block in said.blocks],
        "offers": [
            {**asdict(offer), "expires_in": offer.expires_in.total_seconds()} for offer in said.offers
        ],
        "people": list(said.people),
    }


def _block(block: Block) -> dict[str, Any]:
    """Return a block under the name of its kind. A chart's numbers are text, so that each stays exact."""
    held = asdict(block)
    if isinstance(block, Chart):
        held["series"] = [{"name": s.name, "values": [str(v) for v in s.values]} for s in block.series]
    return {"block": type(block).__name__, **held}


def _read(held: Mapping[str, Any]) -> Block:
    match held["block"]:
        case "Fields":
            return Fields(tuple(Field(**pair) for pair in held["pairs"]))
        case "Table":
            rows = tuple(tuple(row) for row in held["rows"])
            return Table(tuple(held["columns"]), rows, tuple(held["links"]))
        case "Log":
            return Log(held["title"], tuple(held["lines"]), held["tail"])
        case "Chart":
            series = tuple(Series(s["name"], tuple(map(Decimal, s["values"]))) for s in held["series"])
            kind, categories = ChartKind(held["kind"]), tuple(held["categories"])
            return Chart(held["title"], kind, held["unit"], categories, series)
        case "Asking":
            return Asking(tuple(held["lines"]), held["about"])
    return Text(tuple(held["lines"]))


def _blocks(said: Mapping[str, Any]) -> tuple[Block, ...]:
    """Return the blocks; a row of the previous release has remarks alone, as its lines."""
    if "blocks" in said:
        return tuple(map(_read, said["blocks"]))
    return (Text(tuple(said["lines"])),) if said["lines"] else ()


def _post(row: Row[Any]) -> LivePost:
    said = row.said
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
            _blocks(said),
            tuple(offers),
            tuple(said["people"]),
        ),
        about=row.about,
        shown=row.shown,
        over=row.over,
    )
