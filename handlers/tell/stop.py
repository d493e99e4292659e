"""Composes the replies of ``stop``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from handlers.ports.scope import Used
from handlers.ports.store import OperationRecord
from handlers.words.result import Refusal
from policies.access.decision import refuse
from policies.capacity import stopping
from policies.schedule.overrides import Override
from policies.schedule.standing import said_in_full
from policies.service.one_off import OneOff, named
from policies.times.instants import words as span_words

STILL_COSTS = "Load balancers, NAT gateways, caches, addresses and storage stay on, and still cost."
"""The source is facts/ecs 3.4."""


def lacking(environment: str, denied: Mapping[str, Sequence[str]]) -> Refusal:
    return Refusal(refuse(stopping.LACKING, stopping.lacking(environment, denied)))


def all_in_flight(notes: Sequence[str]) -> Refusal:
    """Refuse a stop if nothing else is left to stop."""
    return Refusal(refuse(stopping.IN_FLIGHT, " ".join(notes)))


def predictive(service: str, policies: Sequence[str]) -> str:
    """Warn of predictive scaling, which no suspension covers (facts/ecs 3.2)."""
    named = " and ".join(f"`{policy}`" for policy in policies)
    return (
        f"`{service}` has predictive scaling ({named}), which nothing suspends: it may start tasks while "
        "everything else is stopped, unless it is set to forecast only."
    )


def predictive_unknown(why: str) -> str:
    return f"It is not known whether predictive scaling would start any of it again. {why}"


STOP_IT = "Stop it"
"""The label of the button that confirms a stop."""
AGO = timedelta(minutes=1)
"""The age from which the last use is also told as a span, next to its time."""
MOST_NAMES = 6
"""The most services, and the most databases, that a question names."""


def question(environment: str, services: Sequence[str], databases: Sequence[str]) -> str:
    """The question: *Stop `staging`? 5 services and the database `orders-db` go down.*"""
    of_databases = f"the database {_some(databases)}" if len(databases) == 1 else ""
    if len(databases) > 1:
        of_databases = f"{len(databases)} databases ({_some(databases)})"
    of_services = f"{len(services)} service{'' if len(services) == 1 else 's'}" if services else ""
    going = [part for part in (of_services, of_databases) if part]
    if not going:
        return f"Stop `{environment}`? No service and no database runs there now."
    one = len(services) + len(databases) == 1
    return f"Stop `{environment}`? {_first_up(' and '.join(going))} {'goes' if one else 'go'} down."


def at_work(services: Sequence[str], tasks: int, beside: Sequence[OneOff]) -> tuple[str, ...]:
    """Say what runs at this moment. ``tasks`` counts the tasks of those services; ``beside`` holds the
    one-off tasks, which nothing stops.
    """
    lines = []
    if services:
        runs = f"Running now: {tasks} task{'' if tasks == 1 else 's'} of" if tasks else "Services:"
        lines.append(f"{runs} {_some(services)}.")
    if beside:
        runs = "also runs, and is" if len(beside) == 1 else "also run, and are"
        lines.append(f"{_first_up(named(beside))} {runs} not stopped.")
    return tuple(lines)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(f"`{name}`" for name in names[:MOST_NAMES]) + more


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]


@dataclass(frozen=True)
class Touched:
    """The people whom a stop by hand affects. ``now`` has the same lines and how long ago the last use was,
    which changes with time.
    """

    lines: tuple[str, ...] = ()
    now: tuple[str, ...] = ()


def touched(
    held: Override | None, move: OperationRecord | None, used: Used | None, *, zone: tzinfo, now: datetime
) -> Touched:
    """Say whom a stop affects. ``held`` is the override in force; ``move`` is the start that the stop
    cancels.
    """
    lines = []
    if move is not None:
        lines.append(f"It cancels the start by {move.actor_name}, which is under way.")
    if held is not None and held.state == "up":
        why = f" ({held.reason})" if held.reason else ""
        until = said_in_full(held.end, zone, now)
        lines.append(f"{keeper(held)} keeps it on until {until}{why}; stopping it ends that.")
    if used is None:
        return Touched(tuple(lines), tuple(lines))
    last = f"Last used by {used.by} at {said_in_full(used.at, zone, now)}"
    since = f", {span_words(now - used.at)} ago" if now - used.at >= AGO else ""
    return Touched((*lines, f"{last}."), (*lines, f"{last}{since}."))


def keep_ended(held: Override, zone: tzinfo, now: datetime) -> str:
    """Say that a stop ended the keep."""
    whose = f"{held.actor_name}'s keep" if held.actor_name else "the keep"
    return f"{whose} until {said_in_full(held.end, zone, now)} ended"


def keeper(held: Override) -> str:
    return held.actor_name or "somebody"
