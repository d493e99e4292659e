"""Composes the replies of ``start``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo

from handlers.tell.keep import typed
from handlers.words.message import Offer, Table, blocks
from handlers.words.result import Choice, Refusal
from policies.access.decision import refuse
from policies.capacity.rules import Count
from policies.capacity.starting import Found, Stay
from policies.schedule.standing import said_in_full

BY_HAND = "started by hand"
"""The reason of the override, if the person who started the environment said until when."""


def nothing_saved(environment: str) -> Refusal:
    """Refuse a start by the clock."""
    return Refusal(
        refuse(
            "start.nothing-saved",
            f"No counts are saved for `{environment}` and all of its services are at 0, so the clock does "
            f"not guess them. Start `{environment}` by hand.",
        )
    )


def shown_first(environment: str, ends: datetime, said_so: str, *, at: tuple[tzinfo, datetime]) -> Choice:
    """Ask about a rough end, shown as the exact time that it is read as. ``at`` is the zone and the current
    time.
    """
    zone, now = at
    told = (
        f"Start `{environment}` now, and stop it at {said_in_full(ends, zone, now)}? "
        f'That is what "{said_so}" is taken for.'
    )
    label = f"Start until {said_in_full(ends, zone, now)}"
    arguments = {"until": f"until {typed(ends, zone)}"}
    return Choice(told, offers=(Offer(label, "start", environment, arguments=arguments, style="primary"),))


def notes(found: Found, stays: Stay) -> list[str]:
    """The notes of a plan."""
    counts, unsaved = found.counts(), found.unsaved()
    said = [stays.note] if stays.note else []
    for name, count in counts.items():
        if count.source != "saved":
            said.append(f"`{name}`: no count is saved for it, so it starts with {count.words}.")
    for facts in found.at_zero:
        if facts.name not in counts and (found.forgotten or facts in unsaved):
            said.append(left_at_zero(facts.name))
        elif facts.name not in counts:
            said.append(f"`{facts.name}` was at 0 before the environment was stopped, so it stays at 0.")
    return [*said, *(f.why for f in found.fates if f.why), *found.empty_groups]


def gone(reasons: Iterable[str]) -> tuple[str, ...]:
    """The notes of a plan that say why services are not started."""
    return tuple(f"{why}." for why in reasons)


def left_at_zero(service: str) -> str:
    return f"`{service}` is at 0 and no count is saved for it, so it stays at 0."


def with_these_counts(environment: str, counts: Mapping[str, Count], arguments: Mapping[str, str]) -> Choice:
    """Ask a person to confirm the counts. After a lost database nothing moves until then."""
    rows = tuple((name, count.words) for name, count in counts.items())
    return Choice(
        f"No counts are saved for `{environment}`, and all of its services are at 0. It would start with "
        f"these counts:",
        blocks(Table(("Service", "Tasks"), rows)),
        (Offer("Start with these counts", "start", arguments=arguments, style="primary"),),
    )
