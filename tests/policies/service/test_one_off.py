"""Tasks that no service started: which ones a stop waits for, and what is said of the others."""

from __future__ import annotations

from dataclasses import replace

from policies.service.one_off import OneOff, awaited, named, untold
from tests.golden import Golden

MIGRATE = OneOff("0a1b2c3d4e5f", "orders-migrate", "ci")
REPORT = OneOff("ffffffffffff", "report")
STRAY = replace(REPORT, ours=False)


def test_a_stop_waits_only_for_the_environments_own_tasks() -> None:
    assert awaited((MIGRATE, STRAY)) == (MIGRATE,)


def test_one_off_tasks_are_named_by_family_id_and_who_started_them(golden: Golden) -> None:
    assert named((MIGRATE,)) == golden
    assert named((MIGRATE, REPORT)) == golden


def test_one_off_tasks_of_nobody_are_named_with_the_tag_they_lack(golden: Golden) -> None:
    assert untold((MIGRATE,), "team") == ""
    one, two = untold((STRAY,), "team"), untold((STRAY, MIGRATE, STRAY), "team")
    assert one == golden
    assert two == golden
    assert "orders-migrate" not in two
