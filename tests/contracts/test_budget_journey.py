"""A budget's warning on each store, from what the meter sees to the button that stops."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.slack.blocks import draw
from handlers.clock.budgets import BudgetClock
from handlers.clock.meter import Meter
from handlers.ports.store import CatalogChange
from handlers.words.result import Choice, Reply
from policies.access.people import SlackPerson
from policies.cost.budgets import Budget, BudgetRow
from policies.cost.spans import Part
from tests import telling
from tests.contracts.conftest import Process
from tests.fakes.posts import FakePosts
from tests.handlers.stage import Stage, request
from tests.handlers.world import OLU, VIC, World

USD = 1_000_000
EVERY = timedelta(minutes=15)
HUNDRED = (Part("fargate.vcpu.x86", 100_000),)
"""A hundred vCPU: 4.048 USD an hour in eu-west-1 by the built-in table."""
FIVE = BudgetRow("staging", Budget(5 * USD, (50, 100)), people=("U0ADA", "U0OLU"))


class Installation:
    """Two replicas on one store; one task of ``web`` runs."""

    def __init__(self, process: Process) -> None:
        one: Any = process("one")
        self.world, self.posts = World(store=one).catalogue(), FakePosts()
        one.catalog.write(CatalogChange(put_budgets=(FIVE,)))
        self.world.aws().usage.run("web", parts=HUNDRED)
        self.stage = Stage(self.world, posts=self.posts)
        self.meter = Meter(self.stage.parts, EVERY)
        second: Any = process("two")
        names = ("catalog", "operations", "records", "audit", "offers", "book")
        other = replace(self.stage.parts, **{name: getattr(second, name) for name in names})
        self.budgets = [BudgetClock(parts, self.posts) for parts in (self.stage.parts, other)]

    def quarters(self, count: int) -> list[str]:
        """The messages that are new in so many quarters of an hour."""
        before = len(self.posts.posted)
        for _ in range(count):
            self.world.clock.at += EVERY
            self.meter.tick()
            for clock in self.budgets:
                clock.tick()
        return [said.headline for _, _, said in self.posts.posted[before:]]

    def press(self, offer: str, who: SlackPerson) -> Reply:
        return self.stage.gate.handle(request("", who=who, offer=offer, source="button"))

    def finish(self) -> None:
        for _ in range(300):
            self.world.move()
            self.world.clock.at += timedelta(seconds=5)
            for id_ in self.stage.advance.due():
                self.stage.advance.once(id_)
            if not self.stage.parts.records.running(["staging"]):
                return
        raise AssertionError("still running")


def test_each_share_is_announced_once_to_the_named_people_and_its_button_stops(process: Process) -> None:
    here = Installation(process)
    assert here.quarters(2) == []  # 2.02 USD of 5 at the most
    assert len(here.quarters(2)) == 1  # 3.04, then 4.05
    assert len(here.quarters(2)) == 1  # 5.06, then 6.07
    assert here.quarters(4) == []

    channel, _, said = here.posts.posted[-1]
    assert channel == "C0STAGING"
    drawn = json.dumps(draw(said))
    assert "<@U0ADA>" in drawn
    assert "<@U0OLU>" in drawn
    assert [(w.share, bool(w.ts)) for w in here.stage.parts.book.budget_warnings.of(date(2026, 3, 1))] == [
        (50, True),
        (100, True),
    ]

    (stop,) = said.offers
    assert telling.status(here.press(stop.id, VIC)) == "refused"
    asked = here.press(stop.id, OLU)
    assert isinstance(asked, Choice)
    here.press(asked.offers[0].id, OLU)
    here.finish()
    assert {facts.desired for facts in here.world.aws().services.known().values()} == {0}
