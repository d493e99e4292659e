"""Who is asked about a finding after the grace period, and which leftovers are in an account."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.ports.signals import Leftover as LeftoverSeen
from handlers.ports.signals import LeftoverKind
from handlers.ports.store import CatalogChange
from policies.cost.spans import Part
from policies.cost.usage import UsageRow
from policies.orphans.answers import Answer, Reply
from policies.orphans.findings import Finding, Stage
from tests import telling
from tests.golden import Golden
from tests.handlers.clock.watching import DAY, NOON, Watching, idle_world
from tests.handlers.orphaned import LOST, now_of, owned
from tests.handlers.world import ADA, World


@pytest.fixture
def world() -> World:
    return idle_world()


@pytest.fixture
def stage(world: World) -> Watching:
    return Watching(world)


def asked(stage: Watching, days: float) -> Finding:
    """A finding that was asked about this many days ago."""
    stage.look()
    at = stage.world.clock.at - timedelta(days=days)
    finding = replace(now_of(stage.world), asked=at, grace_end=at + timedelta(days=14))
    stage.world.store.memory.findings["pr-142"] = finding
    return finding


def test_a_person_is_asked_once_to_stop_the_environment_after_the_grace(
    stage: Watching, golden: Golden
) -> None:
    asked(stage, 15)
    stage.look()
    stage.begin()
    stage.look()
    ((channel, _, said),) = stage.posts.posted
    assert channel == LOST.channel
    assert (said.status, said.headline, telling.notes(said)) == golden
    assert [o.label for o in said.offers] == ["Keep 30 days", "Assign owner", "Stop it", "Not mine"]
    assert stage.operations() == [], "nothing is stopped by itself"
    assert telling.status(stage.press(said.offers[2], who=ADA)) == "needs confirmation"
    done = stage.press(stage.press(said.offers[0]).offers[0])  # type: ignore[union-attr]
    assert telling.status(done) == "succeeded"


def test_only_one_of_two_simultaneous_holders_asks(stage: Watching) -> None:
    finding = asked(stage, 15)
    other = Watching(stage.world, holder="two")
    beats = [other.watch.tick]

    def meanwhile(method: str) -> None:
        if method == "findings.change" and beats:
            beats.pop()()

    stage.world.store.memory.before_call = meanwhile
    stage.look()
    assert not beats
    assert len(stage.posts.posted) + len(other.posts.posted) == 1
    assert now_of(stage.world).found == finding.found


def test_an_owner_who_is_there_is_asked_by_name(stage: Watching, golden: Golden) -> None:
    owned(stage.world, "U0VIC", "Vic")
    stage.look()
    stage.world.store.memory.findings["pr-142"] = replace(
        Finding("pr-142", NOON, NOON, evidence=stage.evidence()),
        asked=NOON - timedelta(days=15),
        grace_end=NOON - DAY,
    )
    stage.look()
    ((_, _, said),) = stage.posts.posted
    assert said.headline == golden


@pytest.mark.parametrize("days", [0, 13])
def test_nobody_is_asked_before_the_grace_is_over(stage: Watching, days: int) -> None:
    asked(stage, days)
    stage.look()
    assert stage.posts.posted == []


def test_the_digest_asks_again_once_an_answer_has_lapsed_and_nobody_is_urged(
    stage: Watching,
) -> None:
    """The environment is looked at once a day, if all is known of it, and the answer ends in between."""
    for number in range(1, 9):
        day = (NOON - number * DAY).date()
        rows = [UsageRow("pr-142", "web", day, "fargate.vcpu.x86", 1, 1_000_000)]
        stage.store.book.ledger.days.put("pr-142", [day], rows)
    finding = asked(stage, 40)
    now = stage.world.clock.at
    kept = Answer(
        "op", Reply.KEPT, now - timedelta(days=30), "slack:T0HOME:U0DEV", "Dev", now + timedelta(hours=1)
    )
    stage.world.store.memory.findings["pr-142"] = replace(finding, answer=kept)
    stage.look(days=0.5)
    assert stage.posts.posted == []
    assert now_of(stage.world).stage(stage.world.clock.at) is Stage.NEW


def test_nobody_is_asked_to_stop_an_environment_that_costs_nothing(stage: Watching) -> None:
    """CI has taken everything down since somebody was asked about the environment."""
    finding = asked(stage, 15)
    assert finding.evidence is not None
    stage.world.store.memory.findings["pr-142"] = replace(
        finding, evidence=replace(finding.evidence, monthly=0)
    )
    stage.watch.tick()
    assert stage.posts.posted == []


def test_a_silent_slack_is_tried_again_in_an_hour_and_a_gone_channel_is_not(
    stage: Watching,
) -> None:
    asked(stage, 15)
    stage.posts.silent = True
    stage.look()
    assert now_of(stage.world).urged is None
    stage.posts.silent = False
    stage.look(days=0.01)
    assert stage.posts.posted == []
    stage.look(days=0.05)
    assert len(stage.posts.posted) == 1


def test_a_channel_that_another_company_reads_is_told_without_evidence(stage: Watching) -> None:
    stage.store.catalog.write(CatalogChange(put_environments=(replace(LOST, shared_channel=True),)))
    asked(stage, 15)
    stage.look()
    ((_, _, said),) = stage.posts.posted
    assert said.blocks == ()


def left(number: int, kind: LeftoverKind = LeftoverKind.ADDRESS) -> LeftoverSeen:
    parts = (Part("ipv4", 1_000),) if kind is LeftoverKind.ADDRESS else ()
    return LeftoverSeen("111122223333", "eu-west-1", kind, f"id-{number}", f"name-{number}", parts=parts)


def leftovers(stage: Watching) -> list[tuple[str, int | None]]:
    found = stage.store.book.orphans.findings.all()
    return [(f.leftover.id, f.monthly) for f in found if f.leftover]


def test_leftovers_are_listed_once_a_day_with_their_cost(stage: Watching) -> None:
    there = stage.world.aws("pr-142").leftovers
    there.account, there.region = "111122223333", "eu-west-1"
    there.there = [left(1), left(2, LeftoverKind.VOLUME)]
    stage.look()
    assert leftovers(stage) == [("id-1", 3_650_000), ("id-2", None)]
    there.there, there.refused = [left(3)], {LeftoverKind.VOLUME: "AWS denies it."}
    stage.look(days=0.5)
    assert [name for name, _ in leftovers(stage)] == ["id-1", "id-2"]
    stage.look(days=0.6)
    assert [name for name, _ in leftovers(stage)] == ["id-3", "id-2"], (
        "of a kind that is refused nothing is known"
    )


def without_a_channel(stage: Watching) -> None:
    homeless, ops = replace(LOST, channel=""), {"ops_channel": "C0OPS"}
    stage.store.catalog.write(CatalogChange(put_environments=(homeless,), put_settings=ops))
    asked(stage, 15)


def test_the_ops_channel_is_asked_about_an_environment_without_a_channel(stage: Watching) -> None:
    without_a_channel(stage)
    stage.posts.silent = True
    stage.look()
    stage.posts.silent = False
    stage.look(days=0.01)
    assert (stage.posts.posted, now_of(stage.world).urged) == ([], None), "it is asked again in an hour"
    stage.look(days=0.05)
    ((channel, _, said),) = stage.posts.posted
    assert (channel, len(said.offers)) == ("C0OPS", 4)


def test_an_ops_channel_that_another_company_reads_is_not_asked(stage: Watching) -> None:
    without_a_channel(stage)
    stage.posts.external = {"C0OPS"}
    stage.look()
    assert (stage.posts.posted, now_of(stage.world).urged) == ([], None)
