"""A digest of five and of five hundred environments, as Slack takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.slack.blocks import draw, draw_detail
from handlers.tell import digest as tell
from handlers.tell.awaited import late
from playground.slack.validator import check_message
from policies.cost.anomalies import Anomaly, Change, ChangeKind, Share
from policies.cost.basis import Basis
from policies.cost.budgets import Budget, BudgetRow, Spending
from policies.cost.digest import Figure, Line, Moved, Mover
from policies.cost.outlook import Outlook
from policies.cost.savings import Savings
from policies.digest.leftovers import Leftovers, NotListed
from policies.digest.money import Budgets, Odd, OutOfLine, Saved
from policies.digest.sections import Coming, Costs, Digest, Failures, Head
from policies.orphans.evidence import Evidence, Judged, Last, Measured, Owner, Rest, Standing
from policies.orphans.findings import Finding
from policies.orphans.leftovers import Leftover
from policies.orphans.week import Week as Orphans
from policies.record.endings import Ended
from policies.record.lifecycle import State
from policies.times.weeks import Week
from tests.policies.orphans.make import finding

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MARCH = date(2026, 3, 1)
DOLLAR = 1_000_000
PLACE = ("111122223333", "ap-southeast-2")
LISTED = ("price list 2026-02-01", "price list 2026-03-01", "built-in table 2026-09-11")
LONG = "x" * 63
"""The longest possible name."""


def left(number: int) -> Leftover:
    return Leftover(*PLACE, "log group", f"arn-{number}", "x" * 512, NOW, 10**6, number * DOLLAR)


def _lines(names: Sequence[str]) -> tuple[Line, ...]:
    return tuple(
        Line(
            name,
            tuple(Figure((len(names) - n) * DOLLAR * week, whole=False) for week in range(1, 5)),
            gap=n % 2 == 0,
            backfilled=n % 4 == 1,
            gap_before=True,
            history=True,
            alike=n % 4 != 1,
        )
        for n, name in enumerate(names)
    )


def _budgets(names: Sequence[str]) -> tuple[Spending, ...]:
    return tuple(
        Spending(
            BudgetRow(name, Budget(DOLLAR)),
            MARCH,
            DOLLAR,
            2 * DOLLAR,
            prices=LISTED,
            basis=Basis(3, timedelta(hours=9), MARCH),
            recent=Basis(20, timedelta(hours=9)),
        )
        for name in names
    )


def digest(count: int) -> Digest:
    """Make a digest with the longest possible names and something in every section."""
    names = tuple(f"{LONG[:59]}-{number:03}" for number in range(count))
    lines, budgets = _lines(names), _budgets(names[:3])
    odd = Anomaly(
        MARCH, 9 * DOLLAR, DOLLAR, 4, (Share(LONG, 3 * DOLLAR, DOLLAR),) * 3,
        tuple(Change(kind, MARCH, by="An Owner of a long name") for kind in ChangeKind)
        + tuple(Change(kind, MARCH, LONG) for kind in ChangeKind),
        (12, 24),
    )  # fmt: skip
    movers = tuple(
        Mover(name, 9 * DOLLAR, (Moved(LONG, 5 * DOLLAR, new=True),) * 2, (60, 104), (LONG,) * 9, 2)
        for name in names[:3]
    )
    ended = tuple(Ended("restart", name, LONG, State.ROLLED_BACK, NOW) for name in names)
    holidays = tuple((Week(2026, 9).after.first, names) for _ in range(3))
    return Digest(
        week=Week(2026, 9),
        zone=ZoneInfo("UTC"),
        names=names,
        costs=Costs(
            lines, movers, outside=True, prices=tuple(f"price list 2026-03-0{n}" for n in range(1, 8))
        ),
        orphans=Orphans(tuple(_found(name) for name in names[:3]), more=7, monthly=900 * DOLLAR),
        failures=Failures(count, ended, tuple(("stop", name) for name in names)),
        coming=Coming((), holidays),
        head=Head(12_345, "f" * 64),
        saved=Saved(
            tuple((name, Savings(3_600 * 60, 9 * DOLLAR, DOLLAR)) for name in names),
            tuple((name, Outlook(3_600 * 108, 3_600 * 60, 9 * DOLLAR, backfilled=True)) for name in names),
            ("price list 2026-03-01", "built-in table 2026-10-09"),
        ),
        budgets=Budgets(budgets, 17),
        out_of_line=OutOfLine(tuple(Odd(name, odd, others=3) for name in names[:3]), count),
        leftovers=Leftovers(
            tuple(left(n) for n in range(count)), (NotListed(PLACE, "log group", "x" * 300),) * 9
        ),
    )


def _found(name: str) -> Finding:
    """Make a finding with every kind of evidence for it and against it, that was already asked about."""
    known = Evidence(
        environment=name,
        at=NOW,
        deployed=Last(ago(99), ago(99)),
        acted=Last(None, ago(60)),
        image=ago(4),
        requests=Measured(3, 14, NOW),
        cpu=Measured(20, 14, NOW),
        optimizer=Judged(idle=False, at=NOW),
        owner=Owner(Standing.GONE, LONG, "U0GONE"),
        made_for=f"branch {LONG}",
        rest=Rest(ago(30)),
        monthly=900 * DOLLAR,
        prices=LISTED,
    )
    return replace(finding(name), evidence=known, asked=ago(3), grace_end=NOW + timedelta(days=11))


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


@pytest.mark.parametrize("count", [1, 5, 500])
def test_a_digest_is_one_message_that_slack_takes(count: int) -> None:
    said = tell.message(digest(count), NOW, (late("09:00 on Mon 2 Mar (UTC)"),))
    said = replace(said, offers=tuple(replace(o, id=f"o-{n}") for n, o in enumerate(said.offers)))
    drawn = draw(said)
    assert check_message(drawn) == []
    assert "Not all of it fits here." not in str(drawn)
    assert len(drawn["blocks"]) < 30


def test_the_rows_of_five_hundred_environments_fit_one_reply() -> None:
    logs = tell.thread(digest(500))
    assert check_message(draw_detail(logs)) == []
    assert len({line for log in logs for line in log.lines[1:]}) == sum(len(log.lines) - 1 for log in logs)


def test_a_digest_of_five_environments_needs_no_reply() -> None:
    assert tell.thread(digest(5)) == ()
