"""What ``help`` says."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.words.message import Field, Fields, Text, blocks
from handlers.words.operation import Operation
from handlers.words.result import Answer, Missing
from policies.service.environment import Environment

MOST = 15
"""Environments named."""
TOGETHER = 20
"""Commands in one block: an edge may leave out what is more (``bot.slack.blocks.FIELDS``)."""


def everything(mine: Sequence[Operation], environments: Sequence[Environment], command: str) -> Answer:
    where = ", ".join(f"`{e.name}`" for e in environments[:MOST]) or "none yet: ask an admin for a grant"
    each = [Field(f"`{o.usage(command)}`", o.help) for o in mine]
    parts = (Fields(tuple(each[n : n + TOGETHER])) for n in range(0, len(each), TOGETHER))
    return Answer(
        f"Lamplighter operates ECS environments. Yours: {where}.",
        blocks(
            *parts,
            Text((f"`{command} help restart` tells more about one command.",)),
        ),
    )


def one(found: Operation, command: str) -> Answer:
    fields = [
        Field("Typed", f"`{found.usage(command)}`"),
        Field("For example", f"`{found.example(command)}`"),
    ]
    fields += [Field("Needs", found.role.word)]
    fields += [Field(a.name, a.told) for a in found.arguments if not a.hidden]
    if found.aliases:
        fields.append(Field("Also", ", ".join(found.aliases)))
    return Answer(f"`{found.name}`: {found.help}.", blocks(Fields(tuple(fields))))


def unknown(about: str, command: str) -> Missing:
    return Missing(f"There is no command `{about}` for you. Try `{command} help`.")
