"""Composes the answers of ``diff``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from handlers.ports.scope import Scope
from handlers.tell import compared as tell
from handlers.tell.compared import Author
from handlers.tell.gate import no_service
from handlers.words.message import Text, blocks
from handlers.words.result import Answer, Missing
from policies.schedule.standing import said_in_full, zone_of
from policies.secrets.public import public
from policies.service.comparing import Difference, Revision, missing_names, unresolved
from policies.service.ecs_reasons import plainly
from policies.service.history import PastDeployment


def no_history(environment: str, service: str, controller: str) -> Answer:
    told = f"ECS remembers no deployment of `{service}` in `{environment}`, so nothing can be compared."
    return Answer(told, blocks(Text((tell.no_record(controller),))))


def none_that_worked(environment: str, now: Revision) -> Answer:
    name = tell.revision_name(now)
    told = f"ECS remembers no deployment in `{environment}` that worked before `{name}`."
    return Answer(told, blocks(Text((tell.KEPT,))))


def the_same_place(environment: str, service: str) -> Answer:
    return Answer(f"`{service}` in `{environment}` is the same service: name another environment.")


def takes_no_revision(named: str) -> Missing:
    return Missing(
        f"`{named}` names no environment, and `diff` takes no revision: it compares with the last one that "
        "worked, or with another environment."
    )


def not_there(service: str, environment: str, names: Sequence[str]) -> Missing:
    return no_service(service, environment, names)


def of_one(scope: Scope, service: str, before: Revision, made: Author, found: Sequence[Difference]) -> Answer:
    """Show the newest deployment next to the last one that worked before it."""
    now = made.revision
    zone = zone_of(scope.environment, scope.schedule)
    if before.definition is None or now.definition is None:
        told = f"`{service}` in `{scope.environment.name}`: only images and network can be compared."
    elif not found:
        which = (
            "the revision before it that worked" if now.deployment.worked else "the last revision that worked"
        )
        told = f"`{service}` in `{scope.environment.name}` is identical to {which}."
    else:
        told = _summary(service, scope.environment.name, (before, now), found)
    notes = (
        *_how(before, now, zone, scope.now),
        f"{tell.author_line(made, zone, scope.now)}.",
        *notes_on(before, now),
    )
    return Answer(
        told, blocks(tell.table(found, tell.columns(now)), Text(tuple(note for note in notes if note)))
    )


def _summary(
    service: str, environment: str, pair: tuple[Revision, Revision], found: Sequence[Difference]
) -> str:
    before, now = pair
    lacking, name, old = missing_names(tuple(found)), tell.revision_name(now), tell.revision_name(before)
    worked = now.deployment.worked
    if lacking:
        more = len(found) - len(lacking)
        also = f"; {tell.things(more)} too" if more > 0 else ""
        had = f"the last revision of `{service}` that worked had"
        had = f"`{old}`, which worked before it, had" if worked else had
        return f"`{name}` lacks {tell.listed(lacking)}, which {had}{also}."
    told = f"{tell.things(len(found)).capitalize()} in `{service}` of `{environment}`"
    return f"{told} since `{old}`, which worked before." if worked else f"{told} since it last worked."


def _how(before: Revision, now: Revision, zone: tzinfo, at: datetime) -> tuple[str, ...]:
    """Say what became of the newest deployment, if it is not what runs, and what worked before it."""
    name, old, made = tell.revision_name(now), tell.revision_name(before), now.deployment
    when = said_in_full(before.deployment.created_at, zone, at)
    if name == old and made.ended:
        then = said_in_full(made.created_at, zone, at)
        return (f"`{name}` was deployed again at {then}{_end(made)}.", f"Its deployment at {when} worked.")
    if made.worked:
        return (f"`{old}` worked before `{name}`; `{old}` was deployed at {when}.",)
    tried = f"`{name}` is still being deployed."
    if made.rolled_back:
        tried = f"`{name}` was tried last and rolled back, so it is not what runs."
    elif made.status == "STOPPED":
        tried = f"`{name}` was tried last, and its deployment was stopped."
    return (tried, f"`{old}` worked last; it was deployed at {when}.")


def _end(made: PastDeployment) -> str:
    """Say how a deployment of the same revision ended, and why, as far as ECS gives a reason."""
    if made.worked:
        return ""
    how = "was rolled back" if made.rolled_back else "was stopped"
    why = public(plainly(made.reason))
    return f", and that deployment {how}{f': {why}' if why else ''}"


def of_two(
    service: str,
    places: tuple[str, str],
    *,
    revisions: tuple[Revision, Revision],
    found: Sequence[Difference],
) -> Answer:
    """Show what runs in two environments, side by side."""
    here, there = places
    ours, theirs = revisions
    names = f"`{tell.revision_name(ours)}` runs in `{here}`, `{tell.revision_name(theirs)}` in `{there}`."
    if ours.definition is None or theirs.definition is None:
        told = f"`{service}` in `{here}` and in `{there}`: only images can be compared."
    elif not found:
        told = f"`{service}` is identical in `{here}` and in `{there}`."
    else:
        told = f"{tell.things(len(found)).capitalize()} between `{service}` in `{here}` and in `{there}`."
    notes = (names, _ELSEWHERE, *notes_on(ours, theirs))
    return Answer(told, blocks(tell.table(found, ("What", here, there)), Text(notes)))


_ELSEWHERE = (
    "Networks, roles and where secrets come from differ between environments on purpose: not compared."
)


def notes_on(one: Revision, other: Revision) -> tuple[str, ...]:
    """Say what could not be compared."""
    found = (tell.gone(one), tell.gone(other), tell.untold(unresolved(one, other)), tell.VALUES)
    return tuple(dict.fromkeys(note for note in found if note))
