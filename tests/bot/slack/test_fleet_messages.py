"""The answers to `/env cost` and `/env list`, about few and many environments, with names and texts as
hostile as they can be: Slack takes each answer, and nothing falls off its end.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.slack.blocks import NOTE, draw
from bot.slack.home_view import home_view
from handlers.ports.store import CatalogChange
from handlers.tell.reply import message
from handlers.words.message import Text
from handlers.words.result import Reply
from playground.slack.validator import check_view
from policies.cost.sightings import ServiceSeen, Sighting
from policies.cost.spans import Source
from policies.schedule.rows import ScheduleRow
from tests.bot.slack.test_blocks import NASTY, must_hold
from tests.handlers.spending import RDS, USD, VCPU, Spending
from tests.handlers.stage import Stage
from tests.handlers.world import OLU, HandClock, World, environment

NOW = datetime(2026, 3, 17, 9, 0, tzinfo=UTC)
FIRST, TODAY = date(2026, 3, 14), date(2026, 3, 17)
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
LOOKS = (SINCE, NOW - timedelta(hours=90))
AGAIN = (NOW - timedelta(hours=80), NOW - timedelta(minutes=9))
HOSTILE = ["s" * 255, "t" * 255, "`" * 255, "".join(NASTY), *NASTY]


def stage_of(count: int) -> Stage:
    """Make a stage where everything that can be said of an environment is said of each."""
    world = World(HandClock(NOW)).catalogue()
    names = [f"{'e' * (58 if n % 2 else 2)}-{n:03}" for n in range(count)]
    owner = "".join(NASTY) * 30
    put = tuple(environment(name, owner=owner) for name in names)
    schedules = (ScheduleRow("e*", "Mon-Fri 08:00-20:00 Europe/Berlin", since=SINCE),)
    world.store.catalog.write(CatalogChange(put_environments=put, put_schedules=schedules))
    spending = Spending(world)
    for n, name in enumerate(names):
        spending.watched(name, LOOKS, (AGAIN[0] + timedelta(minutes=n), AGAIN[1]))
        spending.days(name, FIRST, TODAY, *[(service, USD * (n + 7)) for service in HOSTILE])
        for service in HOSTILE:
            spending.row(name, service, TODAY, "fargate.vcpu.windows", 1_000, None)
        spending.row(name, "database-" + "d" * 50, TODAY, RDS, 1_000 * 86_400, USD)
        spending.row(name, "web", FIRST, VCPU, 1, USD, source=Source.INSIGHTS)
        seen = tuple(ServiceSeen(service, 1, 1, healthy=False) for service in HOSTILE)
        world.store.book.ledger.sightings.put(
            Sighting(name, NOW - timedelta(hours=2), seen, trouble="".join(NASTY) * 20)
        )
    spending.shared(*names[:3], service="<!channel> db", day=FIRST, micros=USD)
    return Stage(world)


def whole(reply: Reply) -> str:
    said = message(reply)
    drawn = draw(said)
    must_hold(drawn)
    told = json.dumps(drawn, ensure_ascii=False)
    assert "Not all of it fits" not in told
    assert "more rows" not in told
    for block in said.blocks:
        assert not isinstance(block, Text) or len(block.lines) <= 9
    return told


@pytest.mark.parametrize("count", [5, 500])
@pytest.mark.parametrize(("operation", "arguments"), [("cost", {}), ("list", {}), ("list", {"sort": "cost"})])
def test_answers_about_few_and_many_environments_are_sound_and_whole(
    count: int, operation: str, arguments: dict[str, str]
) -> None:
    stage = stage_of(count)
    first = stage.ask(operation, who=OLU, arguments=arguments)
    whole(first)
    for offer in message(first).offers:
        whole(stage.press(offer, who=OLU))


def test_an_answer_about_one_environment_is_sound_and_whole() -> None:
    stage = stage_of(3)
    told = whole(stage.ask("cost", "ee-000", who=OLU))
    assert "What it shares is not in this figure" in told
    assert "list prices" in told


def test_lines_of_a_usual_environment_are_not_cut() -> None:
    world = World(HandClock(NOW)).catalogue()
    spending = Spending(world)
    gaps = [(LOOKS[0] + timedelta(days=70 + n), LOOKS[0] + timedelta(days=70 + n, hours=9)) for n in range(5)]
    spending.watched("staging", *gaps, AGAIN)
    services = [(f"a-service-of-usual-length-{n:02}", USD) for n in range(15)]
    spending.days("staging", date(2026, 2, 1), TODAY, *services)
    for service, _ in services:
        spending.row("staging", service, TODAY, "fargate.vcpu.windows", 1, None)
    spending.shared("staging", "qa-eu", service="main-db", day=FIRST, micros=USD)
    said = message(Stage(world).ask("cost", "staging"))
    lines = [line for block in said.blocks if isinstance(block, Text) for line in block.lines]
    assert max(len(line) for line in lines) <= NOTE


def test_a_home_of_many_environments_is_sound() -> None:
    page = stage_of(500).gate.home(OLU)
    assert page is not None and page.rest
    assert check_view(home_view(page)) == []
