"""Which schedule an environment is under."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policies.schedule.rows import ScheduleRow, governing
from policies.service.environment import Tier
from tests.policies.make import environment

WEEK = "Mon-Fri 08:00-20:00 Europe/Berlin"
PR = environment("pr-142")


def row(pattern: str, origin: str = "file") -> ScheduleRow:
    return ScheduleRow(pattern, WEEK, origin=origin)


@pytest.mark.parametrize(
    ("rows", "holds"),
    [
        ((), None),
        (("staging",), None),
        (("*", "pr-*"), "pr-*"),
        (("pr-142", "pr-14*"), "pr-142"),
        (("pr-1*", "pr-*"), "pr-1*"),
    ],
)
def test_a_name_comes_before_a_pattern_and_a_longer_pattern_before_a_shorter(
    rows: tuple[str, ...], holds: str | None
) -> None:
    found = governing(PR, [row(p) for p in rows])
    assert (found.pattern if found else None) == holds


def test_a_files_row_comes_before_one_from_slack_for_the_same_name() -> None:
    file, slack = row("pr-142"), row("pr-142", "slack")
    assert governing(PR, [slack, file]) == governing(PR, [file, slack]) == file
    assert governing(PR, [row("pr-*"), slack]) == slack


@pytest.mark.parametrize(
    ("pattern", "open_to", "covered"),
    [
        ("production", {"stop", "start"}, True),
        ("production", {"stop"}, False),
        ("production", set(), False),
        ("prod*", {"stop", "start"}, False),
        ("*", {"stop", "start"}, False),
    ],
)
def test_production_has_a_schedule_only_by_its_name_and_if_the_catalog_opens_it(
    pattern: str, open_to: set[str], covered: bool
) -> None:
    production = replace(environment("production"), tier=Tier.PRODUCTION, open_to=frozenset(open_to))
    assert row(pattern).covers(production) is covered
