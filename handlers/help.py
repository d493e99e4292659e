"""`/env help`: only what this person may do."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.ports.desk import Desk
from handlers.words.operation import Argument, Operation, Reach, operation
from handlers.words.result import Field, Outcome
from policies.access import standing
from policies.people import Role


@operation(
    "help",
    role=Role.VIEWER,
    reach=Reach.VIEWABLE,
    anyone=True,
    aliases=("?", "commands"),
    arguments=(Argument("about", "one command", positional=True),),
)
def help_(desk: Desk, about: str = "") -> Outcome:
    """What you may do here, or how one command is typed."""
    mine = may(desk)
    if about:
        return _one(desk, about, mine)
    fields = tuple(Field(f"`{o.usage(desk.command)}`", o.help) for o in mine)
    where = ", ".join(f"`{e.name}`" for e in desk.environments[:15]) or "none yet: ask an admin for a grant"
    return Outcome(
        "help",
        f"Lamplighter operates ECS environments. Yours: {where}.",
        fields=fields,
        notes=(f"`{desk.command} help restart` tells more about one command.",),
    )


def may(desk: Desk) -> tuple[Operation, ...]:
    """The operations this actor may ask for somewhere."""
    roles = [found.role for e in desk.environments if (found := standing(e, desk.mine))]
    best = max(roles, default=None)
    return tuple(
        o for o in desk.operations if not o.console and (o.anyone or (best is not None and best >= o.role))
    )


def _one(desk: Desk, about: str, mine: Sequence[Operation]) -> Outcome:
    word = about.lower().removeprefix(desk.command).strip()
    found = next((o for o in mine if word in (o.name, *o.aliases)), None)
    if found is None:
        return Outcome("not found", f"There is no command `{about}` for you. Try `{desk.command} help`.")
    fields = [Field("Typed", f"`{found.usage(desk.command)}`"), Field("Needs", found.role.word)]
    fields += [Field(a.name, _argument(a)) for a in found.arguments if not a.hidden]
    if found.aliases:
        fields.append(Field("Also", ", ".join(found.aliases)))
    return Outcome("help", f"`{found.name}`: {found.help}.", fields=tuple(fields))


def _argument(argument: Argument) -> str:
    return f"{argument.help}: {', '.join(argument.choices)}" if argument.choices else argument.help
