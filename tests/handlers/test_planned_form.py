"""A keep that is planned in the picker's form is the one that would be typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from handlers.ports.store import CatalogChange
from handlers.typed import form
from handlers.typed.form import ENVIRONMENT, Filled
from handlers.typed.reading import read
from handlers.typed.room import Room
from handlers.typed.values import Names, Parsed
from handlers.words.result import Reply
from policies.access.people import Actor
from policies.record.evidence import Entry
from policies.schedule.overrides import Override
from policies.schedule.rows import ScheduleRow
from tests import telling
from tests.golden import Golden
from tests.handlers.stage import REGISTRY, Stage
from tests.handlers.world import DEV, OLU, VIC, World

ROW = ScheduleRow("staging", "Mon-Fri 08:00-20:00 Europe/Berlin", since=datetime(2026, 3, 1, tzinfo=UTC))
"""Monday 10:00 in Berlin; up until 20:00."""
KEEP = REGISTRY.operations["keep"]
ROOM = Room(REGISTRY, "/env", Names(frozenset({"staging"}), services=lambda _: ("orders-api",)))
FROM, UNTIL, WHY = form.begins(KEEP.arguments[0]), form.at(KEEP.arguments[0]), form.why(KEEP.arguments[0])


def fresh() -> Stage:
    stage = Stage(World().catalogue(), new_id=map("op-{}".format, count(1)).__next__)
    stage.store.catalog.write(CatalogChange(put_schedules=(ROW,)))
    return stage


def filled(begins: str, ends: str, why: str = "") -> Parsed | Mapping[str, str]:
    return form.read(KEEP, Filled({ENVIRONMENT: "staging", FROM: begins, UNTIL: ends, WHY: why}))


def asked(stage: Stage, parsed: object, **rest: Any) -> Reply:
    assert isinstance(parsed, Parsed), parsed
    return stage.ask(parsed.operation, parsed.environment, arguments=dict(parsed.arguments), **rest)


def planned(stage: Stage) -> list[Override]:
    return list(stage.store.book.overrides.current(stage.world.clock.now()))


def recorded(stage: Stage, source: str) -> list[Entry]:
    """Return the entries, which all came from this source, as if they came from none."""
    assert {entry.source for entry in stage.entries()} <= {source}
    return [replace(entry, source="") for entry in stage.entries()]


@pytest.mark.parametrize(
    ("who", "begins", "ends", "status"),
    [
        (DEV, "Tue 06:30", "09:00", "succeeded"),
        (DEV, "tomorrow 6", "9am", "needs confirmation"),
        (DEV, "today 06:30", "09:00", "not understood"),
        (DEV, "Tue 09:00", "12:00", "unchanged"),
        (DEV, "Sat 06:00", "21:00", "refused"),
        (OLU, "Sat 06:00", "21:00", "succeeded"),
        (DEV, "Tue 12:00", "off until 14:00", "refused"),
        (OLU, "Tue 12:00", "off 14:00", "succeeded"),
        (VIC, "Tue 06:30", "09:00", "refused"),
    ],
)
def test_a_form_and_a_line_have_one_decision_one_plan_and_one_entry(
    who: Actor, begins: str, ends: str, status: str
) -> None:
    off = "off " if ends.startswith("off") else ""
    end = ends.removeprefix("off ").removeprefix("until ")
    line = read(f'keep staging {off}from {begins} until {end} "demo"', ROOM)
    drawn = filled(begins, ends, "demo")
    assert drawn == line
    by_line, by_form = fresh(), fresh()
    said = asked(by_line, line, who=who)
    formed = asked(by_form, drawn, who=who, source="modal")
    assert (telling.status(said), telling.rule(said)) == (telling.status(formed), telling.rule(formed))
    assert telling.status(formed) == status
    assert telling.headline(said) == telling.headline(formed)
    assert recorded(by_line, "slash") == recorded(by_form, "modal")
    assert planned(by_line) == planned(by_form)


def test_an_empty_beginning_is_a_keep_from_now() -> None:
    assert filled("", "until 23:00", "demo") == read('keep staging until 23:00 "demo"', ROOM)


def test_the_line_of_both_times_still_fits_into_the_one_field() -> None:
    assert filled("", "Tue 06:30-09:00") == read("keep staging Tue 06:30-09:00", ROOM)


@pytest.mark.parametrize(
    ("begins", "ends", "field"),
    [
        ("whenever", "09:00", FROM),
        ("`Tue` *06:30*", "09:00", FROM),
        ("Tue 06:30", "whenever", UNTIL),
        ("Tue 06:30", "Wed 06:30-09:00", FROM),
    ],
)
def test_what_is_wrong_stands_at_its_field_without_marks(
    begins: str, ends: str, field: str, golden: Golden
) -> None:
    wrong = filled(begins, ends)
    assert not isinstance(wrong, Parsed)
    assert set(wrong) == {field}
    assert "`" not in wrong[field]
    assert wrong[field] == golden


def test_a_beginning_alone_needs_its_end() -> None:
    wrong = filled("Tue 06:30", "", "demo")
    assert not isinstance(wrong, Parsed)
    assert set(wrong) == {UNTIL} and wrong[UNTIL].startswith("Until when? For example:")
