"""Composes the answers of ``help``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handlers.words.arguments import Argument
from handlers.words.message import Block, Field, Fields, Text, blocks
from handlers.words.operation import Operation, Purpose
from handlers.words.result import Answer, Missing
from policies.service.environment import Environment

MOST = 15
"""The most environments that are named."""
GROUPS: Mapping[Purpose, str] = {
    Purpose.LOOK: "Look",
    Purpose.MEND: "Mend a service",
    Purpose.TONIGHT: "Tonight: on, off, and for how long",
    Purpose.SCHEDULE: "The schedule of every week",
    Purpose.MONEY: "Money",
    Purpose.MORE: "More",
}
"""The purposes, in the order in which help shows them."""
FIRST = ("status", "why", "logs", "list", "restart", "rollback", "pause", "keep")
"""The commands that are asked for most, which come first in their group; the others follow by name."""


@dataclass(frozen=True)
class Where:
    """Where help is asked for. ``command`` is the slash command; ``here`` the environment that need not be
    named in this channel, empty if there is none.
    """

    command: str
    here: str


def everything(
    mine: Sequence[Operation], environments: Sequence[Environment], shown: Mapping[str, str], asked: Where
) -> Answer:
    """Show all commands. ``shown``: the example of each, by its name."""
    where = ", ".join(f"`{e.name}`" for e in environments[:MOST]) or "none yet: ask an admin for a grant"
    remarks = [f"`{asked.command} help restart` tells more about one command. The order of words is free."]
    remarks += [f"In this channel `{asked.here}` need not be named."] if asked.here else []
    parts: list[Block] = []
    mine = sorted(mine, key=lambda o: FIRST.index(o.name) if o.name in FIRST else len(FIRST))
    for purpose, title in GROUPS.items():
        each = tuple(Field(f"`{shown[o.name]}`", o.help) for o in mine if o.purpose is purpose)
        parts += [Text((title,)), Fields(each)] if each else []
    return Answer(
        f"Lamplighter operates ECS environments. Yours: {where}.", blocks(*parts, Text(tuple(remarks)))
    )


def one(found: Operation, example: str) -> Answer:
    fields = [Field("For example", f"`{example}`"), Field("Needs", found.role.word)]
    fields += [_argument(a) for a in found.arguments if not a.hidden]
    if found.aliases:
        fields.append(Field("Also", ", ".join(found.aliases)))
    return Answer(f"`{found.name}`: {found.help}.", blocks(Fields(tuple(fields))))


def _argument(argument: Argument) -> Field:
    """Say what an argument is for, and how it may be written."""
    if argument.forms:
        return Field(_first_capital(argument.help), ", ".join(f"`{form}`" for form in argument.forms))
    if argument.positional:
        return Field(_first_capital(argument.help), f"`{argument.example}`" if argument.example else "a word")
    example = argument.example or "|".join(argument.choices)
    return Field(
        f"{argument.name}=",
        f"{argument.told}" if argument.choices else f"{argument.help}: `{argument.name}={example}`",
    )


def _first_capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def unknown(about: str, command: str) -> Missing:
    return Missing(f"There is no command `{about}` for you. Try `{command} help`.")
