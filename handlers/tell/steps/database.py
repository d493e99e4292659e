"""Composes what is said of databases while they stop and start, and of the tasks that must end first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from policies.capacity import databases
from policies.schedule.standing import said_in_full
from policies.service.one_off import OneOff, named
from policies.times.instants import words

NEXT = "the next may begin"


def absent(database: str) -> str:
    return f"There is no database `{database}` any more."


def stopped(database: str) -> str:
    return f"database `{database}` is stopped"


def available(database: str) -> str:
    return f"database `{database}` is available"


def broken(database: str, status: str) -> str:
    return f"database `{database}`: RDS says {status}"


def going(database: str, status: str) -> str:
    return f"database `{database}` is {status}"


def still(database: str, status: str, *, after: timedelta) -> str:
    return f"database `{database}` is still {status} after {words(after)}"


def needed(database: str, services: Sequence[str]) -> str:
    return databases.needed(database, services).rstrip(".")


def no_task(beside: str) -> str:
    """Say that no one-off task has to be waited for. ``beside`` tells of tasks that are not waited for; empty
    if there are none.
    """
    return beside or "no one-off task runs"


def waiting(tasks: Sequence[OneOff], until: datetime, *, zone: tzinfo, now: datetime) -> str:
    at = said_in_full(until, zone, now)
    return f"databases and instances wait for {named(tasks)}, until {at} at the latest"


def waited_enough(tasks: Sequence[OneOff], beside: str, *, after: timedelta) -> str:
    verb, pronoun = ("still runs", "it") if len(tasks) == 1 else ("still run", "them")
    told = f"{named(tasks)} {verb} after {words(after)}, so nothing waits for {pronoun} any longer"
    return "; ".join(filter(None, (told, beside)))
