"""Which findings people are asked about."""

from __future__ import annotations

from dataclasses import replace

from policies.cost.money import MILLION
from policies.orphans.findings import Finding
from policies.orphans.week import Week, week
from tests.policies.orphans.make import NOW, ORPHAN, ago, answer, finding


def costing(name: str, monthly: int | None, **known: object) -> Finding:
    return replace(finding(name), evidence=replace(ORPHAN, environment=name, monthly=monthly), **known)  # type: ignore[arg-type]


CHEAP, DEAR = costing("cheap", MILLION), costing("dear", 90 * MILLION)
UNPRICED, FREE = costing("unpriced", None), costing("free", 0)
LATE = costing("late", 2 * MILLION, asked=ago(20), grace_end=ago(6))
KEPT, GONE = costing("kept", 7 * MILLION, answer=answer()), costing("gone", MILLION, gone=ago(1))
ALL = (CHEAP, DEAR, UNPRICED, FREE, LATE, KEPT, GONE)
NAMES = frozenset(f.subject for f in ALL)


def test_overdue_findings_come_first_then_expensive_ones_and_answered_ones_never() -> None:
    assert week(ALL, NAMES, NOW, most=10) == Week((LATE, DEAR, CHEAP, UNPRICED), 0, 93 * MILLION)


def test_people_are_asked_about_a_few_findings_and_the_others_are_counted() -> None:
    assert week(ALL, NAMES, NOW) == Week((LATE, DEAR, CHEAP), 1, 93 * MILLION)


def test_only_findings_that_may_be_shown_are_counted() -> None:
    assert week(ALL, {"cheap", "kept"}, NOW) == Week((CHEAP,), 0, MILLION)
    assert week(ALL, {"unpriced"}, NOW) == Week((UNPRICED,), 0, None)
    assert week((), NAMES, NOW) == Week()
