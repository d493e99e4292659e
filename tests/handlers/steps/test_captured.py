"""What a stopped task logged and why it stopped, captured at the moment of failure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from handlers.ports.scope import Scope
from handlers.steps.captured import LINES, capture
from handlers.words.errors import Denied
from handlers.words.message import Log
from policies.service.facts import Container, Event, ServiceFacts
from tests.fakes.aws import START
from tests.golden import Golden
from tests.handlers.world import World, service, task

Place = Callable[[], Scope]


def failing(count: int = 1) -> ServiceFacts:
    stopped = tuple(
        task(n, "ecs-svc/1", last_status="STOPPED", stop_code="TaskFailedToStart", stopped_reason="no image")
        for n in range(1, count + 1)
    )
    return replace(service(), tasks=stopped, events=(Event(START, "(service orders-api) trouble"),))


def titles(found: Sequence[Log]) -> list[str]:
    return [log.title for log in found]


def test_the_most_telling_log_comes_first(world: World, place: Place) -> None:
    world.aws().logs.write("/staging/orders-api", f"ecs/app/{1:032x}", "bye")
    found = capture(place(), failing(), "ecs-svc/1").logs
    assert titles(found) == [
        "Why tasks stopped",
        f"Log /staging/orders-api ecs/app/{1:032x}",
        "Last events",
    ]


def test_the_logs_of_two_failed_tasks_are_enough(world: World, place: Place) -> None:
    for n in range(1, 6):
        world.aws().logs.write("/staging/orders-api", f"ecs/app/{n:032x}", f"bye from {n}")
    found = capture(place(), failing(5), "ecs-svc/1").logs
    assert sum(t.startswith("Log ") for t in titles(found)) == 2
    assert world.aws().script.count("last_lines") == 2


def test_two_logs_that_are_alike_are_shown_once(world: World, place: Place, golden: Golden) -> None:
    for n in (1, 2):
        world.aws().logs.write("/staging/orders-api", f"ecs/app/{n:032x}", "bye")
    logs = [t for t in titles(capture(place(), failing(2), "ecs-svc/1").logs) if t.startswith("Log ")]
    assert len(logs) == 1
    assert logs[0] == golden


def test_a_log_that_is_unreadable_or_empty_is_named_in_its_place(
    world: World, place: Place, golden: Golden
) -> None:
    world.aws().logs.script.fail("last_lines", Denied("AWS does not let this role read logs."))
    found = capture(place(), failing(2), "ecs-svc/1").logs
    assert [log.lines for log in found if log.tail] == golden


def test_whole_lines_are_redacted_even_if_a_key_spans_several(world: World, place: Place) -> None:
    world.aws().logs.write(
        "/staging/orders-api",
        f"ecs/app/{1:032x}",
        "API_TOKEN=correct-horse-battery",
        "-----BEGIN PRIVATE KEY-----",
        "Y29ycmVjdCBob3JzZQ==",
        "-----END PRIVATE KEY-----",
        "bye",
    )
    text = repr(capture(place(), failing(), "ecs-svc/1").logs)
    assert "correct-horse" not in text
    assert "Y29ycmVjdCBob3JzZQ" not in text
    assert "bye" in text


@pytest.mark.parametrize(
    "said",
    [
        ("password=hunt", "er2hunter2 ok"),
        ("INFO connecting with password=", "hunter2hunter2 ok"),
        ("INFO pass", "word=hunter2hunter2"),
    ],
)
def test_a_secret_that_is_cut_over_two_events_survives_in_neither(
    world: World, place: Place, said: tuple[str, ...]
) -> None:
    world.aws().logs.write("/staging/orders-api", f"ecs/app/{1:032x}", "INFO ready", *said, "bye")
    (log,) = [c for c in capture(place(), failing(), "ecs-svc/1").logs if c.tail]
    assert "er2hunter2" not in repr(log)
    assert {"INFO ready", "bye"} <= set(log.lines)


def test_what_announces_a_secret_is_read_although_it_is_not_kept(world: World, place: Place) -> None:
    """The line that ends with the name is the last one that is too old to be kept."""
    after = [f"INFO {number}" for number in range(LINES - 1)]
    world.aws().logs.write(
        "/staging/orders-api", f"ecs/app/{1:032x}", "password=", "hunter2hunter2 ok", *after
    )
    (log,) = [c for c in capture(place(), failing(), "ecs-svc/1").logs if c.tail]
    assert "hunter2hunter2" not in repr(log)
    assert len(log.lines) == LINES


def test_the_end_of_a_line_that_is_too_long_to_be_read_still_announces_a_secret(
    world: World, place: Place
) -> None:
    world.aws().logs.write(
        "/staging/orders-api", f"ecs/app/{1:032x}", f"{'word ' * 4_000}password=hunt", "er2hunter2 ok", "bye"
    )
    (log,) = [c for c in capture(place(), failing(), "ecs-svc/1").logs if c.tail]
    assert "er2hunter2" not in repr(log)
    assert log.lines[0].startswith("word word") and log.lines[-1] == "bye"


def test_an_event_of_several_lines_keeps_its_lines(world: World, place: Place) -> None:
    trace = ("Traceback (most recent call last):", '  File "app.py", line 3', "KeyError: 'x'")
    world.aws().logs.write("/staging/orders-api", f"ecs/app/{1:032x}", "\n".join(trace), "bye")
    (log,) = [c for c in capture(place(), failing(), "ecs-svc/1").logs if c.tail]
    assert log.lines == (*trace, "bye")


def test_the_record_keeps_what_only_admins_may_read(world: World, place: Place) -> None:
    role = "arn:aws:sts::" + "123456789012" + ":assumed-role/staging-exec/0a1b"
    secret = "arn:aws:secretsmanager:eu-west-1:" + "123456789012" + ":secret:staging/db-AbCdEf"
    said = f"ResourceInitializationError: {role} may not read {secret} because of its policy"
    world.aws().logs.write("/staging/orders-api", f"ecs/app/{1:032x}", said)
    facts = failing()
    stopped = (replace(facts.tasks[0], stopped_reason=said),)
    found = capture(place(), replace(facts, tasks=stopped, events=(Event(START, said),)), "ecs-svc/1").logs
    assert len(found) == 3
    assert all(said in repr(each) for each in found)


def test_nothing_is_captured_if_nothing_was_logged(world: World, place: Place) -> None:
    assert capture(place(), replace(service(), tasks=(), events=()), "ecs-svc/1").logs == ()


def test_a_line_of_any_length_is_cut_between_words_before_it_is_redacted(
    world: World, place: Place, golden: Golden
) -> None:
    endless = "token=arn:aws:s3:::a=" * 12_000
    world.aws().logs.write("/staging/orders-api", f"ecs/app/{1:032x}", f"begin {endless}")
    (log,) = [c.lines for c in capture(place(), failing(1), "ecs-svc/1").logs if c.tail]
    assert log == golden


def test_the_log_with_the_line_that_says_why_comes_before_what_ecs_says(world: World, place: Place) -> None:
    world.aws().logs.write(
        "/staging/orders-api", f"ecs/app/{1:032x}", "FATAL: missing environment variable DATABASE_URL", "bye"
    )
    stopped = replace(
        failing().tasks[0],
        stop_code="EssentialContainerExited",
        containers=(Container("app", exit_code=1),),
    )
    found = capture(place(), replace(failing(), tasks=(stopped,)), "ecs-svc/1")
    assert titles(found.logs) == [
        f"Log /staging/orders-api ecs/app/{1:032x}",
        "Why tasks stopped",
        "Last events",
    ]
    assert found.cause == "exit code 1, DATABASE_URL is missing"


def test_there_is_no_cause_if_no_task_failed(place: Place) -> None:
    assert capture(place(), replace(service(), tasks=()), "ecs-svc/1").cause == ""
