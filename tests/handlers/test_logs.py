"""`/env logs`: what is read, what is said where nothing can be, and who sees it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.ports.store import CatalogChange
from handlers.words.errors import Denied, Throttled
from handlers.words.message import Log, Offer
from handlers.words.result import Answer, Missing, NotUnderstood, Refusal, Reply
from policies.logs.routes import Route
from policies.secrets.shapes import MARK
from tests import telling
from tests.fakes.aws import START
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import DEV, STAGING, VIC, World, service

GROUP = "/staging/orders-api"


def stream(number: int, container: str = "app") -> str:
    return f"ecs/{container}/{number:032x}"


@pytest.fixture
def said(world: World) -> World:
    """Two tasks that have each written a line a second for the last ten seconds."""
    logs = world.aws().logs
    for number in (1, 2):
        logs.say(GROUP, stream(number), START, *(f"task {number} line {n}" for n in range(10)))
    return world


def ask(stage: Stage, lines: str = "", **rest: Any) -> Reply:
    return stage.ask("logs", "staging", "orders-api", arguments={"lines": lines} if lines else {}, **rest)


def shown(reply: Reply) -> tuple[str, ...]:
    assert isinstance(reply, Answer), reply
    return tuple(line for block in reply.blocks if isinstance(block, Log) for line in block.lines)


def offer(reply: Reply, label: str) -> Offer:
    return next(o for o in telling.offers(reply) if o.label.startswith(label))


def labels(reply: Reply) -> list[str]:
    return [o.label for o in telling.offers(reply)]


def test_the_newest_lines_of_all_running_tasks_stand_newest_last(
    stage: Stage, said: World, golden: Golden
) -> None:
    answer = ask(stage, who=VIC)
    lines = shown(answer)

    assert len(lines) == 20
    assert lines[-1].endswith("task 2 line 9")
    assert lines[0].endswith("task 1 line 0")
    assert answer.headline == golden


def test_reading_logs_is_recorded_with_what_was_asked(stage: Stage, said: World) -> None:
    ask(stage, "grep line", who=VIC)
    (entry,) = stage.entries("read")
    assert (entry.operation, entry.target, entry.arguments) == ("logs", "orders-api", {"lines": "grep line"})


def test_a_setting_may_demand_a_higher_role(stage: Stage, said: World) -> None:
    stage.store.catalog.write(CatalogChange(put_settings={"logs_role": "developer"}))
    assert isinstance(ask(stage, who=VIC), Refusal)
    assert shown(ask(stage, who=DEV))


def test_older_lines_follow_without_a_repeat_or_a_gap(stage: Stage, world: World) -> None:
    texts = [f"line {n:03}" for n in range(120)]
    world.aws().logs.say(GROUP, stream(1), START, *texts, apart=0.1)
    seen: list[str] = []
    answer = ask(stage)
    for _ in range(10):
        seen = [line.split(" ", 1)[1] for line in shown(answer)] + seen
        if "Older" not in labels(answer):
            break
        answer = stage.press(offer(answer, "Older"))
    assert seen == texts


def test_lines_of_one_instant_are_split_between_pages_without_loss(stage: Stage, world: World) -> None:
    texts = [f"line {n:03}" for n in range(60)]
    world.aws().logs.say(GROUP, stream(1), START, *texts, apart=0.0)
    first = ask(stage)
    second = stage.press(offer(first, "Older"))
    both = [line.split(" ", 1)[1] for line in (*shown(second), *shown(first))]
    assert both == texts[-len(both) :]
    assert len(set(both)) == len(both) > 40


def test_no_secret_is_shown_and_none_can_be_searched_for(stage: Stage, world: World, golden: Golden) -> None:
    logs = world.aws().logs
    logs.say(GROUP, stream(1), START, "user=app password=hunter2x ok", "token=ab12cd34", "plain")
    assert [line.split(" ", 1)[1] for line in shown(ask(stage))] == golden
    for secret in ("hunter2x", "ab12cd34", "hunter"):
        assert not shown(ask(stage, f"grep {secret}"))
    assert len(shown(ask(stage, "grep PASSWORD"))) == 1


def test_a_secret_in_the_line_after_its_name_is_hidden_at_the_border_of_a_page() -> None:
    for at in range(20, 30):
        lines = [*(f"line {n}" for n in range(at)), "DB_PASSWORD=", "hunter2xQ9", *("end" for _ in range(24))]
        fresh = Stage(World().catalogue(STAGING))
        fresh.world.aws().logs.say(GROUP, stream(1), START, *lines, apart=0.01)
        answer = ask(fresh)
        pages = list(shown(answer))
        while "Older" in labels(answer):
            answer = fresh.press(offer(answer, "Older"))
            pages += shown(answer)
        assert not any("hunter2xQ9" in line for line in pages)
        assert any(MARK in line for line in pages)


def test_a_text_that_no_line_has_is_answered_with_the_span_looked_at(
    stage: Stage, said: World, golden: Golden
) -> None:
    answer = ask(stage, "since 5m grep nowhere")
    assert answer.headline == golden
    assert not shown(answer)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        *(
            (text, True)
            for text in ("time.*out", "*timeout*", "a|b", "^ERROR", "failed$", r"\d+ms", "[0-9]+")
        ),
        *((text, False) for text in ("timeout", "GET /x?a=1", "(x)", "{}", "$5", "1.5", "a+b", "user@host")),
    ],
)
def test_where_no_line_has_a_pattern_it_is_said_that_none_is_read(
    stage: Stage, said: World, text: str, pattern: bool
) -> None:
    assert ("not as a pattern" in ask(stage, f'grep "{text}"').headline) is pattern


def test_where_nothing_was_written_the_span_is_said_and_a_longer_one_offered(
    stage: Stage, said: World, golden: Golden
) -> None:
    said.forward(3_600)
    answer = ask(stage, "since 5m")
    assert answer.headline == golden
    assert len(shown(stage.press(offer(answer, "Look back")))) == 20


def test_it_is_said_since_when_lines_are_shown_if_somebody_asked_for_a_time(
    stage: Stage, said: World, golden: Golden
) -> None:
    asked = ("since 8:30", "since 3pm", "last 30 minutes")
    assert {f"`{lines}`": telling.headline(ask(stage, lines)) for lines in asked} == golden


def test_an_unknown_container_is_answered_with_those_there_are(
    stage: Stage, said: World, golden: Golden
) -> None:
    answer = ask(stage, "grep line container envoy")
    assert isinstance(answer, Missing)
    assert answer.headline == golden
    assert labels(answer) == ["Container app"]
    assert not stage.entries(), "nothing was read"
    assert len(shown(stage.press(offer(answer, "Container app")))) == 20


@pytest.mark.parametrize("operation", ["follow", "share"])
def test_an_unknown_container_is_answered_by_each_command_with_a_button_of_its_own(
    stage: Stage, said: World, operation: str
) -> None:
    asked = {"lines": 'grep "line" container envoy'}
    answer = stage.ask(operation, "staging", "orders-api", arguments=asked)
    assert isinstance(answer, Missing)
    assert not stage.entries()
    assert [(o.operation, o.arguments["lines"]) for o in answer.offers] == [
        (operation, 'grep "line" container app')
    ]


def test_sidecars_are_chosen_by_name_and_named_where_they_are_not_shown(
    stage: Stage, said: World, golden: Golden
) -> None:
    app = Route("app", True, "awslogs", GROUP, "ecs", "eu-central-1")
    envoy = replace(app, container="envoy", essential=False)
    said.aws().services.route("revision", app, envoy)
    said.aws().logs.say(GROUP, stream(1, "envoy"), START, "from envoy")

    answer = ask(stage)
    assert not any("from envoy" in line for line in shown(answer))
    assert telling.notes(answer) == golden
    assert any("from envoy" in line for line in shown(stage.press(offer(answer, "Container envoy"))))


def test_log_groups_beyond_the_third_are_said_and_shown_by_their_container(
    stage: Stage, world: World, golden: Golden
) -> None:
    names = ("app", "web", "queue", "cron", "mail")
    routes = [Route(name, True, "awslogs", f"/staging/{name}", "ecs", "eu-central-1") for name in names]
    world.aws().services.route("revision", *routes)
    for name in names:
        world.aws().logs.say(f"/staging/{name}", stream(1, name), START, f"from {name}")
    answer = ask(stage)
    assert not [line for line in shown(answer) if "cron" in line or "mail" in line]
    assert (telling.notes(answer), labels(answer)) == golden
    assert any("from cron" in line for line in shown(stage.press(offer(answer, "Container cron"))))


def test_log_groups_of_too_many_revisions_are_said_where_no_name_shows_more(
    stage: Stage, world: World, golden: Golden
) -> None:
    facts = service(desired=4)
    tasks = [replace(t, revision=f"revision-{n}") for n, t in enumerate(facts.tasks)]
    world.aws().services.put(replace(facts, tasks=tuple(tasks)))
    for n in range(4):
        group = f"/staging/{n}"
        world.aws().services.route(f"revision-{n}", Route("app", True, "awslogs", group, "ecs", "eu-west-1"))
        world.aws().logs.say(group, stream(n + 1), START, "line")
    assert telling.notes(ask(stage)) == golden


def test_each_revision_that_runs_is_read_by_its_own_route(stage: Stage, said: World) -> None:
    facts = said.aws().services.known()["orders-api"]
    one, two = facts.tasks
    said.aws().services.change("orders-api", tasks=(one, replace(two, revision="other")))
    said.aws().services.route("other", Route("app", True, "awslogs", "/new", "web", "eu-west-1"))
    said.aws().logs.say("/new", f"web/app/{2:032x}", START, "by the new revision")

    lines = shown(ask(stage))
    assert any("by the new revision" in line for line in lines)
    assert not any("task 2" in line for line in lines)


def test_where_no_task_runs_the_last_stopped_task_is_read(stage: Stage, said: World, golden: Golden) -> None:
    facts = said.aws().services.known()["orders-api"]
    stopped = [
        replace(t, last_status="STOPPED", stopped_at=START - timedelta(minutes=n))
        for n, t in enumerate(facts.tasks)
    ]
    said.aws().services.change("orders-api", tasks=tuple(stopped))
    answer = ask(stage)
    assert len(shown(answer)) == 10
    assert answer.headline == golden


def test_more_tasks_than_are_read_are_counted(stage: Stage, world: World, golden: Golden) -> None:
    world.aws().services.put(service(desired=53))
    world.aws().logs.say(GROUP, stream(53), START, "line")
    assert telling.notes(ask(stage)) == golden


def test_a_service_without_any_task_says_so(stage: Stage, world: World, golden: Golden) -> None:
    world.aws().services.put(service(desired=0))
    assert ask(stage).headline == golden


@pytest.mark.parametrize("driver", ["awsfirelens", "splunk", "none", ""])
def test_other_drivers_are_not_readable_and_it_is_said_why(
    stage: Stage, world: World, golden: Golden, driver: str
) -> None:
    world.aws().services.route("revision", Route("app", driver=driver))
    answer = ask(stage)
    assert (answer.headline, telling.notes(answer)) == golden(name=driver or "absent")


def test_without_a_stream_prefix_nothing_is_guessed(stage: Stage, world: World, golden: Golden) -> None:
    world.aws().services.route("revision", Route("app", True, "awslogs", GROUP, "", "eu-central-1"))
    assert telling.notes(ask(stage)) == golden


def test_a_log_group_that_is_gone_is_named(stage: Stage, world: World, golden: Golden) -> None:
    assert ask(stage).headline == golden


@pytest.mark.parametrize("lines", ["since banana", "since tomorrow 9am", "grep", "foo", "container a;b"])
def test_what_cannot_be_read_is_answered_before_anything_is_asked(
    stage: Stage, said: World, lines: str
) -> None:
    assert isinstance(ask(stage, lines), NotUnderstood)
    assert not stage.entries()


def test_a_time_too_long_ago_is_refused(stage: Stage, said: World, golden: Golden) -> None:
    for operation in ("logs", "follow", "share"):
        reply = stage.ask(operation, "staging", "orders-api", arguments={"lines": "since 20 days"})
        assert (reply.headline, telling.status(reply)) == golden(name="logs")
    assert {entry.kind for entry in stage.entries()} == {"refused"}


def test_a_class_that_cannot_be_filtered_offers_a_query_that_says_what_it_costs(
    stage: Stage, said: World, golden: Golden
) -> None:
    logs = said.aws().logs
    logs.classes[GROUP] = "INFREQUENT_ACCESS"
    answer = ask(stage)
    query = offer(answer, "Query")
    assert (answer.headline, telling.notes(answer), query.label, query.confirm) == golden
    assert not logs.queries

    began = stage.press(query)
    assert began.headline == golden(name="began")
    logs.running = True
    runs = stage.press(offer(began, "Show"))
    assert runs.headline == golden(name="runs")
    logs.running = False
    found = stage.press(offer(runs, "Show"))
    assert len(shown(found)) == 20
    assert telling.notes(found) == golden(name="billed")
    assert len(logs.queries) == 1


def test_the_group_that_needs_a_query_is_queried_and_no_other(stage: Stage, world: World) -> None:
    logs = world.aws().logs
    routes = [
        Route(name, True, "awslogs", f"/staging/{name}", "ecs", "eu-central-1") for name in ("app", "web")
    ]
    world.aws().services.route("revision", *routes)
    logs.classes |= {"/staging/app": "STANDARD", "/staging/web": "INFREQUENT_ACCESS"}
    stage.press(offer(ask(stage), "Query"))
    assert [asked.group.name for asked in logs.queries.values()] == ["/staging/web"]


def test_a_class_that_aws_only_passes_on_is_not_offered_to_be_queried(stage: Stage, said: World) -> None:
    said.aws().logs.classes[GROUP] = "DELIVERY"
    answer = ask(stage)
    assert "not readable" in telling.headline(answer)
    assert "only passes on" in str(telling.notes(answer))
    assert not telling.offers(answer)


def test_a_class_that_may_not_be_read_is_tried_as_a_standard_one(stage: Stage, said: World) -> None:
    said.aws().script.fail("log_class", Denied("AWS did not allow it."))
    assert len(shown(ask(stage))) == 20


def test_a_rate_that_is_used_up_after_the_first_page_still_shows_what_was_read(
    stage: Stage, said: World, golden: Golden
) -> None:
    said.aws().logs.page_size = 15
    said.aws().script.fail("page", Throttled("Too much."), nth=2)
    answer = ask(stage)
    assert shown(answer)
    assert telling.notes(answer) == golden


def test_a_task_that_has_no_stream_yet_does_not_hide_the_others(stage: Stage, world: World) -> None:
    world.aws().logs.say(GROUP, stream(1), START, "alone")
    assert len(shown(ask(stage))) == 1
