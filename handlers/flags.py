"""`/env flags staging`, or `/env flag staging new-checkout` for one alone: which feature flags are on."""

from __future__ import annotations

from typing import Annotated

from handlers.ports.scope import Scope
from handlers.tell import flag as tell
from handlers.words.arguments import FlagNamed, word
from handlers.words.operation import operation
from handlers.words.result import Answer, Refusal
from policies.access.decision import Refused
from policies.access.people import Role
from policies.flags.switching import meant, nearest


@operation("flags", role=Role.VIEWER)
def flags(
    scope: Scope, name: Annotated[FlagNamed | None, word("which flag", "new-checkout")] = None
) -> Answer | Refusal:
    """Show which feature flags are on."""
    where = scope.environment
    wanted = where.flags
    if name is not None or not wanted:
        found = meant(name or "", where)
        if isinstance(found, Refused):
            return tell.not_meant(found, nearest(name or "", where), where.flags)
        wanted = (found,)
    held = scope.flags.read([flag.name for flag in wanted])
    return (
        tell.one(scope.command, where.name, wanted[0], held.get(wanted[0].name))
        if name
        else tell.all_of(where.name, wanted, held)
    )
