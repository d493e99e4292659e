"""`/env status`: an environment, unhealthy first, or one service in detail."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.ports.store import CatalogChange
from handlers.tell import status as tell
from handlers.words.errors import Denied
from handlers.words.message import Field, Log, Table, Text
from handlers.words.result import Answer
from policies.record.lifecycle import WHOLE
from policies.service.facts import Event
from policies.service.status import describe
from tests import telling
from tests.fakes.aws import START
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import NEW, OLU, STAGING, TAG, VIC, World, service, task


def test_an_environment_is_one_table_with_the_worst_first_and_the_reason(
    stage: Stage, world: World, golden: Golden
) -> None:
    services = world.aws().services
    services.put(service("aardvark"))
    services.put(service("stopped", desired=0))
    event = Event(START, "(service worker) is unable to place a task.")
    short = service("worker", running=1, tasks=(task(1, "ecs-svc/worker-0"),), events=(event,))
    services.put(short)
    answer = stage.ask("status", "staging", who=VIC)
    assert answer.headline == golden
    assert telling.table(answer).columns == ("Service", "Health", "Tasks", "Why")
    assert [(r[0], r[1], r[2]) for r in telling.table(answer).rows] == [
        ("worker", "unhealthy", "1/2"),
        ("stopped", "stopped", "0/0"),
        ("aardvark", "healthy", "2/2"),
        ("orders-api", "healthy", "2/2"),
        ("web", "healthy", "2/2"),
    ]
    assert telling.table(answer).rows[0][3] == golden
    assert telling.notes(answer) == ("nonproduction, owner team-orders",)


def test_a_running_operation_is_shown_next_to_the_service(stage: Stage, world: World, golden: Golden) -> None:
    stage.ask("restart", "staging", "web")
    world.forward(38)
    answer = stage.ask("status", "staging", who=VIC)
    rows = {r[0]: r[3] for r in telling.table(answer).rows}
    assert "restarting" not in rows["orders-api"]
    one = stage.ask("status", "staging", "web", who=VIC)
    now = telling.fields(one)[-1]
    assert now.label == "Now"
    assert stage.operation().id not in f"{answer}{one}"
    assert now.value == golden
    assert rows["web"].startswith(f"{now.value}; ")


def test_an_operation_on_the_environment_is_shown_once_above_the_table(
    stage: Stage, world: World, golden: Golden
) -> None:
    stage.ask("restart", "staging", "web")
    running = replace(stage.operation(), name="stop", target=WHOLE, doing="stopping", actor_name="Olu")
    judged = [(service(name), describe(service(name))) for name in ("orders-api", "web")]
    answer = tell.of_environment(
        STAGING, judged, running={WHOLE: running}, notes=(), now=running.opened_at + timedelta(seconds=38)
    )
    above, table, _ = answer.blocks
    assert isinstance(above, Text)
    assert above.lines == golden
    assert isinstance(table, Table)
    assert {row[3] for row in table.rows} == {"2 of 2 tasks healthy"}
    assert running.id not in repr(answer)
    assert telling.status(answer) == "stopping"


@pytest.mark.parametrize(
    ("desired", "running", "status"),
    [
        ((2, 2), (2, 2), "on"),
        ((2, 2), (2, 1), "partly up"),
        ((0, 0), (0, 0), "off"),
        ((2, 0), (2, 0), "partly up"),
    ],
)
def test_the_word_and_the_sign_describe_the_whole_environment(
    stage: Stage, desired: tuple[int, int], running: tuple[int, int], status: str
) -> None:
    judged = []
    for n, (wanted, there) in enumerate(zip(desired, running, strict=True)):
        tasks = tuple(task(n * 10 + k, f"ecs-svc/s{n}-0") for k in range(there))
        facts = service(f"s{n}", desired=wanted, running=there, tasks=tasks)
        judged.append((facts, describe(facts)))
    answer = tell.of_environment(STAGING, judged, running={}, notes=(), now=START)
    assert telling.status(answer) == status


def test_a_disputed_service_is_left_out_and_named(stage: Stage, world: World, golden: Golden) -> None:
    world.aws().services.dispute("web", "staging", "production")
    answer = stage.ask("status", "staging", who=VIC)
    assert telling.notes(answer)[0] == golden
    assert [r[0] for r in telling.table(answer).rows] == ["orders-api"]


def test_an_environment_without_services_or_owner_says_so(stage: Stage, world: World) -> None:
    world.store.catalog.write(CatalogChange(put_environments=(replace(STAGING, name="bare", owner=""),)))
    answer = stage.ask("status", "bare", who=OLU)
    assert answer == Answer("`bare` has no services here.", (Text(("nonproduction, no owner",)),))


def test_one_service_is_shown_in_detail(stage: Stage, world: World, golden: Golden) -> None:
    events = tuple(Event(START, f"(service orders-api) event {n}") for n in range(7))
    world.aws().services.change("orders-api", events=events)
    answer = stage.ask("status", "staging", "orders-api", who=VIC)
    assert answer.headline == golden
    tasks, *others = telling.fields(answer)
    assert tasks.label == "Tasks"
    assert tasks.value == golden
    assert others == [
        Field("Revision", "staging-orders-api:7"),
        Field("Image of app", "orders-api:live (aaaaaaaaaaaa)"),
    ]
    lines = tuple(f"09:00:00 UTC (service orders-api) event {n}" for n in range(5))
    assert telling.logs(answer) == (Log("Last events", lines),)


def test_an_event_of_another_day_has_its_date(stage: Stage, world: World) -> None:
    events = (Event(START, "event 1"), Event(START - timedelta(days=2), "event 0"))
    world.aws().services.change("orders-api", events=events)
    (log,) = telling.logs(stage.ask("status", "staging", "orders-api", who=VIC))
    assert log.lines == ("09:00:00 UTC event 1", "2026-02-28 09:00:00 UTC event 0")


def test_a_moved_tag_and_an_unknown_digest_are_shown(stage: Stage, world: World, golden: Golden) -> None:
    world.aws().images.push(TAG, NEW)
    answer = stage.ask("status", "staging", "orders-api", who=VIC)
    moved = telling.notes(answer)[0]
    assert "aaaaaaaaaaaa" in moved and "is bbbbbbbbbbbb now" in moved
    world.aws().services.change("orders-api", tasks=())
    answer = stage.ask("status", "staging", "orders-api", who=VIC)
    image = telling.fields(answer)[-1]
    assert image.label == "Image of app"
    assert image.value == golden


def test_unreadable_facts_are_told_in_plain_words(stage: Stage, world: World, golden: Golden) -> None:
    world.aws().services.fail("summaries", Denied("AWS does not let this role list services."))
    answer = stage.ask("status", "staging", who=VIC)
    assert telling.status(answer) == "failed"
    assert answer.headline == golden


def test_roles_secrets_accounts_and_passwords_are_not_shown(
    stage: Stage, world: World, golden: Golden
) -> None:
    account, password = "1234" + "56789012", "correct-horse-battery"
    said = (
        f"(service orders-api) User: arn:aws:sts::{account}:assumed-role/staging-exec/0a1b cannot read "
        f"arn:aws:secretsmanager:eu-west-1:{account}:secret:staging/db-AbCdEf with DB_PASSWORD={password}"
    )
    event = Event(START, f"{said} and is unable to place a task.")
    world.aws().services.change("orders-api", running=0, tasks=(), events=(event,))
    one = stage.ask("status", "staging", "orders-api", who=VIC)
    everything = stage.ask("status", "staging", who=VIC)
    assert telling.logs(one)[0].lines[0] == golden
    assert "(a role)" in one.headline
    assert "(a role)" in telling.table(everything).rows[0][3]
    for hidden in (account, password, "staging-exec", "db-AbCdEf"):
        assert hidden not in repr(one) + repr(everything)


def test_the_build_time_in_a_tag_is_not_taken_for_an_account(stage: Stage, world: World) -> None:
    account = "1234" + "56789012"
    image = f"{account}.dkr.ecr.eu-west-1.amazonaws.com/orders-api:202611210943"
    (known,) = world.aws().services.known()["orders-api"].images
    world.aws().services.change("orders-api", images=(replace(known, image=image),))
    answer = stage.ask("status", "staging", "orders-api", who=VIC)
    assert Field("Image of app", "orders-api:202611210943 (aaaaaaaaaaaa)") in telling.fields(answer)
