"""`/env changes`: one timeline of what was done through Lamplighter and of what AWS shows others did."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.typed.reading import read
from handlers.typed.room import Room
from handlers.typed.values import Names, Parsed
from handlers.words.errors import Denied
from handlers.words.result import Reply
from policies.access.people import Actor
from policies.capacity.facts import ScalingFacts
from policies.service.facts import Event
from policies.service.happened import Activity, Rollout
from tests import telling
from tests.fakes.aws import START
from tests.golden import Golden
from tests.handlers.stage import REGISTRY, Stage
from tests.handlers.world import DEV, NIA, OLU, VIC, World

ARN = "arn:aws:ecs:eu-central-1:123456789012:service-deployment/staging/web/theirs"


def rows(answer: Reply) -> list[tuple[str, ...]]:
    return list(telling.table(answer).rows)


def theirs(world: World, hours: float = 1, **fields: object) -> Rollout:
    at = world.clock.at - timedelta(hours=hours)
    made = Rollout("web", ARN, "SUCCESSFUL", at, at + timedelta(seconds=90), revision="web:8")
    made = replace(made, registered_by="ci-77", registered_at=at - timedelta(minutes=3))
    made = replace(made, **fields)  # type: ignore[arg-type]
    world.aws().services.rolled(made)
    return made


def asked(stage: Stage, since: str = "", who: Actor = DEV) -> Reply:
    return stage.ask("changes", "staging", arguments={"since": since} if since else {}, who=who)


def test_ours_and_others_stand_in_one_timeline_newest_first(
    stage: Stage, world: World, golden: Golden
) -> None:
    theirs(world)
    stage.ask("restart", "staging", "orders-api")
    stage.finish()
    answer = asked(stage, who=VIC)
    assert telling.headline(answer) == golden
    assert rows(answer) == golden(name="lines")
    assert [row[1] for row in rows(answer)] == ["Dev", "ci-77"]


def test_ours_lead_to_their_message_and_deployments_of_others_to_the_console(world: World) -> None:
    stage = Stage(world, link=lambda channel, ts: f"https://home.slack.com/archives/{channel}/p{ts}")
    theirs(world)
    stage.ask("restart", "staging", "orders-api")
    stage.finish()
    (record,) = stage.store.memory.operations.values()
    assert telling.table(asked(stage)).links[0] == ""
    row = stage.store.messages.find(record.id)
    assert row is not None
    stage.store.messages.shown(replace(row, ts="1.1"))
    page = "https://eu-central-1.console.aws.amazon.com/ecs/v2/clusters/staging/services/web/deployments"
    assert telling.table(asked(stage)).links == (
        f"https://home.slack.com/archives/{row.channel}/p1.1",
        f"{page}?region=eu-central-1",
    )


def test_where_no_address_is_known_there_are_no_links(stage: Stage) -> None:
    stage.ask("restart", "staging", "orders-api")
    assert telling.table(asked(stage)).links == ()


def test_lines_that_somebody_shared_are_no_change(stage: Stage, world: World) -> None:
    """They also explain no task that came or went meanwhile."""
    world.aws().logs.say("/staging/orders-api", f"ecs/app/{1:032x}", world.clock.now(), "a line")
    shared = stage.ask("share", "staging", "orders-api")
    stage.finish()
    assert telling.status(shared) in ("succeeded", "running")
    assert telling.headline(asked(stage)).startswith("Nothing was changed in `staging`")


def test_a_deployment_of_ours_is_told_once(stage: Stage, world: World) -> None:
    stage.ask("restart", "staging", "web")
    stage.finish()
    world.forward(60)
    assert len(world.aws().services.deployments_since(["web"], START)) == 1
    assert [row[1] for row in rows(asked(stage))] == ["Dev"]


def test_whoever_registered_a_revision_long_before_is_not_said_to_have_deployed_it(
    stage: Stage, world: World, golden: Golden
) -> None:
    theirs(world, registered_at=START - timedelta(days=30), status="ROLLBACK_SUCCESSFUL", reason="It failed.")
    ((_, who, what),) = rows(asked(stage))
    assert who == "not known"
    assert what == golden


def test_what_autoscaling_did_and_tasks_that_others_ran_are_told(
    stage: Stage, world: World, golden: Golden
) -> None:
    aws = world.aws()
    aws.scaling.put("web", ScalingFacts(1, 4))
    cause = "monitor alarm web-cpu in state ALARM triggered policy cpu"
    at = START - timedelta(minutes=20)
    aws.scaling.act(Activity("web", at, "Setting desired count to 3.", cause, "Successful"))
    aws.tasks.run("migrate", by="ci-77", since=START - timedelta(minutes=10))
    aws.tasks.end()
    aws.tasks.run("shell", since=START - timedelta(minutes=5), ours=False)
    assert rows(asked(stage)) == golden


def test_tasks_that_started_for_no_cause_that_is_named_are_told_as_such(
    stage: Stage, world: World, golden: Golden
) -> None:
    started = Event(START - timedelta(hours=3), "(service web) has started 2 tasks: (task a) (task b).")
    world.aws().services.change("web", events=(started,))
    answer = asked(stage)
    assert [row[1:] for row in rows(answer)] == [("ECS", "web: 2 tasks started")]
    assert telling.notes(answer) == golden


def test_it_is_said_from_when_on_events_are_known_if_ecs_forgot_the_older_ones(
    stage: Stage, world: World, golden: Golden
) -> None:
    steady = [
        Event(START - timedelta(minutes=n), "(service web) has reached a steady state.") for n in range(100)
    ]
    world.aws().services.change("web", events=tuple(steady))
    assert telling.note(asked(stage), "last 100") == golden


@pytest.mark.parametrize("method", ["members", "deployments_since", "scaling.activities", "ran_since"])
def test_what_aws_refuses_is_said_and_the_rest_stands(stage: Stage, world: World, method: str) -> None:
    stage.ask("restart", "staging", "orders-api")
    stage.finish()
    times = world.aws().script.count(method) + 1
    world.aws().script.fail(method, Denied("AWS does not let the bot read that."), nth=times)
    answer = asked(stage)
    assert [row[1] for row in rows(answer)] == ["Dev"]
    assert "AWS does not let the bot read that." in telling.note(answer, "missing here")


def test_only_what_lies_since_then_is_told(stage: Stage, world: World, golden: Golden) -> None:
    theirs(world, hours=30)
    assert telling.headline(asked(stage)) == golden(name="nothing")
    assert len(rows(asked(stage, "yesterday 00:00"))) == 1


def test_a_time_to_come_and_one_too_long_ago_are_answered_with_what_can_be_asked(
    stage: Stage, golden: Golden
) -> None:
    assert telling.headline(asked(stage, "today 23:00")) == golden(name="to come")
    assert telling.headline(asked(stage, "2026-01-01")) == golden(name="too old")
    assert [entry.kind for entry in stage.entries()] == ["refused", "refused"]


def test_a_time_that_cannot_be_read_never_reaches_the_gate(stage: Stage, golden: Golden) -> None:
    reply = asked(stage, "lunch")
    assert telling.status(reply) == "not understood"
    assert telling.headline(reply) == golden


def test_several_environments_show_what_was_done_here_alone(
    stage: Stage, world: World, golden: Golden
) -> None:
    theirs(world)
    stage.ask("restart", "staging", "web")
    stage.finish()
    before = len(world.aws().script.calls)
    answer = stage.ask("changes", who=OLU)
    assert [row[1] for row in rows(answer)] == ["Dev"]
    assert telling.notes(answer) == golden
    assert len(world.aws().script.calls) == before


def test_one_who_may_view_nothing_is_told_so(stage: Stage, golden: Golden) -> None:
    assert telling.headline(stage.ask("changes", who=NIA)) == golden


def test_a_page_goes_on_where_the_one_before_ended(stage: Stage, world: World) -> None:
    for n in range(23):
        at = START - timedelta(minutes=n)
        world.aws().services.rolled(Rollout("web", f"{ARN}-{n}", "SUCCESSFUL", at, revision=f"web:{n}"))
    first = asked(stage, "3h")
    (offer,) = telling.offers(first)
    world.forward(600)
    second = stage.press(offer)
    told = [row[2] for row in (*rows(first), *rows(second))]
    assert len(told) == len(set(told)) == 23


@pytest.mark.parametrize(
    ("text", "environment", "since"),
    [
        ("changes staging since 3pm", "staging", "since 3pm"),
        ("changes since 3pm staging", "staging", "since 3pm"),
        ("changes staging", "staging", ""),
        ("timeline since yesterday", "", "since yesterday"),
        ("changes", "", ""),
    ],
)
def test_the_words_may_come_in_any_order(text: str, environment: str, since: str) -> None:
    names = Names(frozenset({"staging", "qa-eu"}), "", {})
    arguments = {"since": since} if since else {}
    assert read(text, Room(REGISTRY, "/env", names)) == Parsed("changes", environment, "", arguments)
