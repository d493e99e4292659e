"""Composes what is said of orphans: each finding with its evidence and its buttons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from handlers.tell.caveats import NOT_IN_IT, which
from handlers.tell.evidence import clauses, day, days, unknown
from handlers.tell.pages import more
from handlers.tell.wording import listed
from handlers.words.message import Message, Offer, Status, Text, blocks
from handlers.words.result import Answer
from policies.cost.money import told as money
from policies.orphans.answers import KEPT_FOR, Reply
from policies.orphans.answers import Answer as Given
from policies.orphans.findings import Finding, Stage
from policies.orphans.verdict import Verdict, judge
from policies.times.instants import words

LASTS = timedelta(days=14)
"""How long a button on a finding can be pressed: two digests are a week apart."""


@dataclass(frozen=True)
class Seen:
    """How far the looks have come. ``looked`` counts the environments looked at, ``of`` those that are
    judged; ``oldest`` is the time of the oldest look.
    """

    of: int
    looked: int
    oldest: datetime | None = None


@dataclass(frozen=True)
class Shown:
    """A finding, and the zone in which its days are told."""

    finding: Finding
    zone: tzinfo = UTC


@dataclass(frozen=True)
class Part:
    """The contents of one page. ``of`` counts all open findings; ``skipped``, those on earlier pages."""

    shown: Sequence[Shown]
    settled: Sequence[Shown]
    of: int
    skipped: int = 0


def page(part: Part, seen: Seen, now: datetime) -> Answer:
    alone, next_ = len(part.shown) == 1, part.skipped + len(part.shown)
    quiet = tuple(f"{settled(each.finding, now, each.zone)}." for each in part.settled)
    return Answer(
        _headline(part.of, seen),
        (
            *(Text(_whole(each.finding, now, each.zone)) for each in part.shown),
            *blocks(Text(quiet), Text((*_month(part), *_looked(seen, now)))),
        ),
        (
            *(offer for each in part.shown for offer in offers(each.finding, alone=alone)),
            *more("orphans", part.of - next_, next_),
        ),
    )


def _month(part: Part) -> tuple[str, ...]:
    """Say what a monthly cost includes."""
    if not any(each.finding.monthly for each in part.shown):
        return ()
    return (f"A month is 30 days like the last ones, without what is shared, and without {NOT_IN_IT}.",)


def _headline(count: int, seen: Seen) -> str:
    if count:
        of = f"of your {seen.of} environments" if seen.of != 1 else "of 1 environment"
        return f"{count} {of} look{'s' if count == 1 else ''} orphaned."
    if seen.of == 0:
        return "There is no environment here for you that could be orphaned."
    if seen.looked == 0:
        return "None of your environments has been looked at yet."
    return "None of your environments looks orphaned."


def _looked(seen: Seen, now: datetime) -> tuple[str, ...]:
    said = [f"The oldest look is {words(now - seen.oldest)} old."] if seen.oldest else []
    if missing := seen.of - seen.looked:
        have = "environment has" if missing == 1 else "environments have"
        said.append(f"{missing} {have} not been looked at yet; each is looked at once a day.")
    return tuple(said)


def lines(finding: Finding, now: datetime, zone: tzinfo) -> tuple[str, ...]:
    """Say the environment's cost, why it looks orphaned, what speaks against that, and what is not known."""
    verdict = _judged(finding)
    missing = verdict.unknown if verdict else ()
    return (*evidence(finding, now, zone), *((f"Not known: {unknown(missing)}.",) if missing else ()))


def evidence(finding: Finding, now: datetime, zone: tzinfo) -> tuple[str, ...]:
    """Return the same as ``lines``, without what is not known."""
    verdict = _judged(finding)
    if finding.evidence is None or verdict is None:
        return ()
    return (
        f"`{finding.subject}`: {cost(finding)}. Nobody has touched it for {days(now - verdict.since)}.",
        *_led("Why", clauses(verdict.orphaned, finding.evidence, zone)),
        *_led("Against it", clauses(verdict.wanted, finding.evidence, zone)),
    )


def _judged(finding: Finding) -> Verdict | None:
    return judge(finding.evidence) if finding.evidence else None


def _whole(finding: Finding, now: datetime, zone: tzinfo) -> tuple[str, ...]:
    return (*lines(finding, now, zone), *asked(finding, now, zone))


def _led(lead: str, found: Sequence[str]) -> Iterator[str]:
    for number, line in enumerate(found):
        yield _begin(line) if number else f"{lead}: {line}"


def cost(finding: Finding) -> str:
    """Say the cost: *about 62 USD a month at list prices (price list 2026-11-29)*."""
    match finding.monthly:
        case None:
            return "what it costs is not known"
        case 0:
            return "it costs nothing as it stands"
        case known:
            return f"about {money(known)} a month at list prices{which(finding.prices)}"


def asked(finding: Finding, now: datetime, zone: tzinfo) -> tuple[str, ...]:
    """Say who denied owning the environment, and by when an answer is due."""
    said = []
    if finding.denied:
        said.append(f"{listed([answer.by_name for answer in finding.denied])} said that it is not theirs.")
    if finding.grace_end is None:
        return tuple(said)
    end = day(finding.grace_end, now, zone)
    match finding.stage(now):
        case Stage.ASKED:
            said.append(f"If nobody answers by {end}, somebody is asked to stop it.")
        case Stage.OVERDUE:
            said.append(f"Nobody answered by {end}: please stop it, or say why it stays.")
        case _:
            pass
    return tuple(said)


def offers(finding: Finding, *, alone: bool = True) -> tuple[Offer, ...]:
    """The buttons of a finding. If one message has several findings, each label names its environment."""
    name, bound = finding.subject, {"finding": finding.round}
    of = "" if alone else f": {name}"
    return (
        Offer(
            f"Keep {KEPT_FOR.days} days{of}", "retain", name, arguments=bound, once=False, expires_in=LASTS
        ),
        Offer(f"Assign owner{of}", "assign", name, arguments=bound, once=False, expires_in=LASTS),
        Offer(f"Stop it{of}", "stop", name, once=False, style="danger", expires_in=LASTS),
        Offer(f"Not mine{of}", "disown", name, arguments=bound, once=False, expires_in=LASTS),
    )


def settled(finding: Finding, now: datetime, zone: tzinfo) -> str:
    """Say how a finding was answered: *`pr-142`: Dev keeps it until 30 Dec: a demo*."""
    assert finding.answer is not None
    return f"`{finding.subject}`: {given(finding.answer, now, zone)}"


def given(answer: Given, now: datetime, zone: tzinfo) -> str:
    """Say who answered, and how: *Dev keeps it until 30 Dec: a demo*."""
    on = day(answer.at, now, zone)
    match answer.reply:
        case Reply.KEPT:
            why = f": {answer.reason}" if answer.reason else ""
            return f"{answer.by_name} keeps it until {day(answer.until, now, zone)}{why}"
        case Reply.OWNED:
            return f"{answer.by_name} named {answer.about} as its owner on {on}"
        case Reply.STOPPED:
            return f"{answer.by_name} stopped it on {on}"
        case Reply.NOT_MINE:
            return f"{answer.by_name} said on {on} that it is not theirs"


def urge(finding: Finding, whom: str, now: datetime, zone: tzinfo) -> Message:
    """The message after the grace period, which asks a person to stop the environment. ``whom`` names the
    person to ask first; empty if nobody is known.
    """
    ask = f"{whom}, please" if whom else "Somebody please"
    since = f" since {day(finding.asked, now, zone)}" if finding.asked else ""
    told = f"Nobody has said{since} who needs `{finding.subject}`. {ask} stop it or say why it stays."
    said = (*lines(finding, now, zone), "Nothing stops or deletes it by itself.")
    return Message(Status.UNANSWERED, told, blocks(Text(said)), offers(finding))


def _begin(line: str) -> str:
    return line[:1].upper() + line[1:]
