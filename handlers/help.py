"""`/env help`: only what this person may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from handlers import examples
from handlers.ports.desk import Desk
from handlers.tell import help as tell
from handlers.words.arguments import word
from handlers.words.operation import Operation, Purpose, Reach, operation
from handlers.words.result import Answer, Missing
from policies.access.grants import standing
from policies.access.people import Role


@operation(
    "help",
    purpose=Purpose.MORE,
    role=Role.VIEWER,
    reach=Reach.VIEWABLE,
    anyone=True,
    aliases=("?", "commands"),
)
def help_(desk: Desk, about: Annotated[str, word("one command", "restart")] = "") -> Answer | Missing:
    """What you may do here, or how one command is typed."""
    mine = may(desk)
    shown = _shown(desk, mine)
    if about:
        return _one(desk, about, mine, shown)
    return tell.everything(mine, desk.environments, shown, tell.Where(desk.command, _here(desk)))


def _shown(desk: Desk, mine: Sequence[Operation]) -> dict[str, str]:
    """Return an example of each operation, by its name, that names what there is: an environment of this
    person's, with a service, a flag and a task of its own as far as the catalog and the meter know them.
    """
    names = [e.name for e in desk.environments]
    preferred = _here(desk) or ("staging" if "staging" in names or not names else names[0])
    places = sorted(desk.environments, key=lambda e: e.name != preferred)
    seen = desk.book.ledger.sightings.all() if places else {}
    services = {
        e.name: tuple(s.name for s in seen[e.name].services) if e.name in seen else () for e in places
    }
    return {o.name: examples.of(o, desk.command, places, services) for o in mine}


def _here(desk: Desk) -> str:
    """Return the only environment of the channel where help was asked; empty if the channel has none or
    several.
    """
    told = [e.name for e in desk.environments if desk.channel and e.channel == desk.channel]
    return told[0] if len(told) == 1 else ""


def may(desk: Desk) -> tuple[Operation, ...]:
    """Return the operations that this actor may ask for somewhere."""
    roles = [found.role for e in desk.environments if (found := standing(e, desk.mine))]
    best = max(roles, default=None)
    return tuple(
        o for o in desk.operations if not o.console and (o.anyone or (best is not None and best >= o.role))
    )


def _one(desk: Desk, about: str, mine: Sequence[Operation], shown: Mapping[str, str]) -> Answer | Missing:
    asked = about.lower().removeprefix(desk.command).strip()
    found = next((o for o in mine if asked in (o.name, *o.aliases)), None)
    return tell.unknown(about, desk.command) if found is None else tell.one(found, shown[found.name])
