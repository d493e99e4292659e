"""The versions in which a message is sent to Slack, one after another: with its charts as Slack's own block,
with pictures of them, with their numbers in a table.

The next version is sent only if Slack refused the one before for its blocks, and therefore shows none of it.
Any other outcome of a version, including no answer at all, is final (decision 0014).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol, TypeVar

from bot.slack.blocks import Drawn, without_pictures
from bot.slack.charts import CHART, image_block
from handlers.words.errors import Rejected

T = TypeVar("T")
PAUSES = (0.5, 1.5, 3.0)
"""Seconds before each try with pictures: Slack refuses a file that it has not processed yet (facts/slack
2.7).
"""


class Pictures(Protocol):
    """Where pictures of charts are kept for a message."""

    def files(self, charts: list[dict[str, Any]]) -> list[str] | None:
        """Return a file id for each chart, in this order; ``None`` if no pictures can be had."""
        ...

    def wait(self, seconds: float) -> None: ...


def give(drawn: Drawn, send: Callable[[Drawn], T], pictures: Pictures | None = None) -> T:
    """Return the result of the first version that Slack did not refuse for its blocks. ``send`` raises
    ``Rejected`` with such a code if Slack did; the refusal of the last version is raised here.
    """
    versions = _versions(drawn, pictures)
    version = next(versions)
    while True:
        try:
            return send(version)
        except Rejected as refusal:
            plainer = next(versions, None) if "blocks" in refusal.code else None
            if plainer is None:
                raise
            version = plainer


def _versions(drawn: Drawn, pictures: Pictures | None) -> Iterator[Drawn]:
    yield drawn
    table = without_pictures(drawn)
    if table is None:
        return
    if pictures is not None and (pictured := _pictured(drawn, pictures)) is not None:
        for seconds in PAUSES:
            pictures.wait(seconds)
            yield pictured
    yield table


def _pictured(drawn: Drawn, pictures: Pictures) -> Drawn | None:
    charts = [block for block in drawn["blocks"] if block["type"] == CHART]
    files = pictures.files(charts)
    if files is None:
        return None
    left = iter(files)
    return {**drawn, "blocks": [image_block(b, next(left)) if b in charts else b for b in drawn["blocks"]]}
