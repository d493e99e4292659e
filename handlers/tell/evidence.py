"""Composes the evidence on an orphan, one clause for each part of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta, tzinfo

from policies.orphans.evidence import Evidence, Last, Measured, Standing
from policies.orphans.signals import LONG, Sign

ROOM = 240
"""The longest line in characters, below the length at which the edge cuts."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
UNKNOWN: Mapping[Sign, str] = {
    Sign.DEPLOYED: "deployments",
    Sign.IMAGE: "how old its image is",
    Sign.ACTED: "who worked on it",
    Sign.REQUESTS: "requests",
    Sign.CPU: "CPU",
    Sign.OPTIMIZER: "Compute Optimizer's view",
    Sign.REST: "since when it is stopped",
    Sign.OWNER: "who owns it",
    Sign.PURPOSE: "what it was made for",
}


def day(instant: datetime, now: datetime, zone: tzinfo) -> str:
    """The day, with the year unless it is the current one: *28 Sep*."""
    local = instant.astimezone(zone)
    year = f" {local.year}" if local.year != now.astimezone(zone).year else ""
    return f"{local.day} {_MONTHS[local.month - 1]}{year}"


def days(span: timedelta) -> str:
    count = max(0, span.days)
    return f"{count} day{'' if count == 1 else 's'}"


def clauses(signs: Iterable[Sign], evidence: Evidence, zone: tzinfo) -> tuple[str, ...]:
    """Return lines of one sentence each, with as many clauses as fit."""
    lines: list[str] = []
    for sign in signs:
        clause = _SAID[sign](evidence, zone)
        if lines and len(lines[-1]) + len(clause) + 2 <= ROOM:
            lines[-1] += f"; {clause}"
        else:
            lines.append(clause)
    return tuple(f"{line}." for line in lines)


def unknown(signs: Iterable[Sign]) -> str:
    return ", ".join(UNKNOWN[sign] for sign in signs)


def _deployed(evidence: Evidence, zone: tzinfo) -> str:
    return _done(evidence.deployed, "deployed to it", evidence, zone)


def _acted(evidence: Evidence, zone: tzinfo) -> str:
    return _done(evidence.acted, "worked on it through this bot", evidence, zone)


def _done(last: Last | None, what: str, evidence: Evidence, zone: tzinfo) -> str:
    assert last is not None
    span = evidence.at - last.quiet_since
    if last.at is None:
        return f"nobody has {what} for at least {days(span)}"
    on = day(last.at, evidence.at, zone)
    return f"somebody {what} on {on}" if span < LONG else f"nobody has {what} for {days(span)}, since {on}"


def _image(evidence: Evidence, zone: tzinfo) -> str:
    assert evidence.image is not None
    return f"the newest image that runs there is {days(evidence.at - evidence.image)} old"


def _requests(evidence: Evidence, zone: tzinfo) -> str:
    seen = _known(evidence.requests)
    count = "no requests" if seen.value == 0 else f"{seen.value:,} request{'' if seen.value == 1 else 's'}"
    return f"it had {count} in {seen.days} days"


def _cpu(evidence: Evidence, zone: tzinfo) -> str:
    seen = _known(evidence.cpu)
    return f"in {seen.days} days no service used more than {seen.value / 100:.1f}% of its CPU on any day"


def _optimizer(evidence: Evidence, zone: tzinfo) -> str:
    assert evidence.optimizer is not None
    return f"AWS Compute Optimizer finds it {'idle' if evidence.optimizer.idle else 'in use'}"


def _rest(evidence: Evidence, zone: tzinfo) -> str:
    assert evidence.rest is not None and evidence.rest.since is not None
    return f"it has been stopped since {day(evidence.rest.since, evidence.at, zone)} and still costs money"


def _owner(evidence: Evidence, zone: tzinfo) -> str:
    assert evidence.owner is not None
    name = evidence.owner.name
    match evidence.owner.standing:
        case Standing.THERE:
            return f"{name} is its owner"
        case Standing.MISSING:
            return "nobody is named as its owner"
        case Standing.DEACTIVATED:
            return f"its owner, {name}, is deactivated in Slack"
        case Standing.GONE:
            return f"Slack no longer knows its owner, {name}"


def _purpose(evidence: Evidence, zone: tzinfo) -> str:
    return f"it was made for {evidence.made_for}"


def _known(measured: Measured | None) -> Measured:
    assert measured is not None
    return measured


_SAID: Mapping[Sign, Callable[[Evidence, tzinfo], str]] = {
    Sign.DEPLOYED: _deployed,
    Sign.IMAGE: _image,
    Sign.ACTED: _acted,
    Sign.REQUESTS: _requests,
    Sign.CPU: _cpu,
    Sign.OPTIMIZER: _optimizer,
    Sign.REST: _rest,
    Sign.OWNER: _owner,
    Sign.PURPOSE: _purpose,
}
