"""Composes what is said to a person who lacks a grant, and to the person who can give one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from handlers.words.message import Log, Message, Offer, Status, Table, Text, blocks
from handlers.words.result import Answer, Refusal, Unchanged
from policies.access.decision import refuse
from policies.access.grants import either
from policies.access.people import Role
from policies.record.evidence import Entry
from policies.schedule.standing import said_in_full

LASTS = timedelta(hours=12)
LINES = "Lines for the catalog"


def button(environment: str, role: Role, what: str) -> Offer:
    """The button that asks for a grant. It is bound to no environment, because whoever presses it may have no
    grant there.
    """
    arguments = {"environment": environment, "role": role.word, "what": what}
    return Offer("Ask", "ask", arguments=arguments, expires_in=LASTS)


def can_grant(names: Sequence[str]) -> str:
    return f"{either(names)} can grant it."


def direct(user: str, name: str, environment: str, role: str, what: str) -> Message:
    """The direct message to the person who can give the grant. ``user`` is the asker's Slack id, as the
    catalog names a person.
    """
    for_what = f", for `{what}` there" if what else ""
    return Message(
        Status.ANSWERED,
        f"{name} asks for {role} on `{environment}`{for_what}.",
        blocks(
            Text(("If you agree, add this under `grants` in the catalog and run `lamplighter apply`:",)),
            Log(LINES, (f"- {{ person: {user}, role: {role}, environment: {environment} }}",)),
            Text(("Nothing is granted until then, and nobody else was asked.",)),
        ),
        people=(user,),
    )


def removed(environment: str) -> Unchanged:
    return Unchanged(f"`{environment}` was removed from the catalog meanwhile, so nobody was asked.")


def has_it(environment: str, role: Role) -> Unchanged:
    return Unchanged(f"You are {role.word} on `{environment}` now, so nobody was asked.")


def nobody(environment: str) -> Refusal:
    told = f"Nobody who can give a role on `{environment}` can be asked in Slack now."
    return Refusal(refuse("ask.nobody", told))


def asked_already(
    environment: str, role: Role, before: Entry, again: datetime, *, at: tuple[tzinfo, datetime]
) -> Unchanged:
    """Say that the person asked before. ``at`` is the zone and the current time."""
    zone, now = at
    whom = before.after.get("asked")
    name = str(whom.get("name", "")) if isinstance(whom, dict) else ""
    of = f" {name}" if name else ""
    return Unchanged(
        f"You asked{of} for {role.word} on `{environment}` at {said_in_full(before.at, zone, now)}, so "
        f"nothing new was sent. You can ask again from {said_in_full(again, zone, now)}."
    )


def too_many(most: int) -> Refusal:
    told = f"You have asked for {most} things within a day, which is the most; nobody was asked."
    return Refusal(refuse("ask.often", told))


def who_can(rows: Sequence[tuple[str, str, Sequence[str]]], *, all_of_it: bool) -> Answer:
    """List who can give more. A row has an environment, the person's role there, and those who can."""
    if not rows and all_of_it:
        return Answer("You are admin of everything you see here, so there is nothing to ask for.")
    if not rows:
        return Answer("You have no grant on any environment yet; an admin can give one.")
    table = Table(
        ("Environment", "You are", "More from"), tuple((e, role, ", ".join(names)) for e, role, names in rows)
    )
    return Answer(
        "Here is who can give you more. If you are refused because you lack a role, `Ask` asks one of them.",
        blocks(table),
    )
