"""What ``apply`` and ``recover`` say."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.words.message import Field, Fields, Text, blocks
from handlers.words.result import Refusal, Unchanged
from policies.decision import refuse

NOBODY = (
    "! no console user is admin: later files are applied by `serve` (LAMPLIGHTER_CATALOG_FILE) or by a "
    "console user you add"
)


def refused_whole(mistakes: Sequence[str]) -> Refusal:
    told = "The file was refused whole; nothing was changed."
    fields = Fields(tuple(Field("mistake", wrong) for wrong in mistakes))
    return Refusal(refuse("catalog.mistakes", f"{len(mistakes)} mistakes in the file", told), blocks(fields))


def nothing_to_apply(kept: Sequence[str]) -> Unchanged:
    return Unchanged("The catalog already is what the file says.", blocks(Text(tuple(kept))))


def nothing_lost(left: Sequence[str]) -> Unchanged:
    return Unchanged("There is nothing to put back.", blocks(Text(tuple(left))))
