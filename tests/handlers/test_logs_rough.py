"""`/env logs` where AWS answers oddly, and where somebody types as a shell would have it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.slack.blocks import LOG_TEXT
from handlers.ports.logs import LogSpan
from handlers.words.errors import Throttled
from handlers.words.result import Answer
from policies.logs.routes import Route
from policies.service.facts import Task
from tests import telling
from tests.fakes.aws import START
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.test_logs import GROUP, ask, offer, shown, stream
from tests.handlers.world import World


def running(world: World, count: int) -> None:
    """Let so many tasks run, the last one the newest."""
    facts = world.aws().services.known()["orders-api"]
    first: Task = facts.tasks[0]
    tasks = tuple(
        replace(first, id=f"{n:032x}", created_at=START.replace(minute=0, second=n))
        for n in range(1, count + 1)
    )
    world.aws().services.change("orders-api", tasks=tasks)


@pytest.fixture
def deployed(world: World) -> World:
    """Eight tasks, of which only the oldest has a stream: the others were just started."""
    running(world, 8)
    world.aws().logs.say(GROUP, stream(1), START, "task 1 line")
    return world


def test_streams_that_were_not_read_are_said_to_be_left_out(
    stage: Stage, deployed: World, golden: Golden
) -> None:
    answer = ask(stage)
    assert isinstance(answer, Answer)
    assert telling.notes(answer) == golden
    assert [line.split(" ", 1)[1] for line in shown(answer)] == ["task 1 line"]


def test_where_no_stream_exists_yet_nobody_is_said_to_have_written_nothing(
    stage: Stage, world: World, golden: Golden
) -> None:
    running(world, 40)
    world.aws().logs.classes[GROUP] = "STANDARD"
    answer = ask(stage)
    assert (telling.headline(answer), telling.notes(answer)) == golden
    assert world.aws().script.count("page") <= 6


def test_a_rate_that_ends_between_single_streams_keeps_what_was_read(stage: Stage, world: World) -> None:
    running(world, 4)
    for number in (1, 2):
        world.aws().logs.say(GROUP, stream(number), START, f"task {number} line")
    world.aws().script.fail("page", Throttled("Too many calls.", retry_helps=True), nth=3)
    answer = ask(stage)
    assert [line.split(" ", 1)[1] for line in shown(answer)] == ["task 1 line", "task 2 line"]
    assert telling.note(answer, "not read")


@pytest.mark.parametrize("text", ['"level": "error"', "it's", """it's "so\""""])
def test_a_text_with_quotes_in_it_is_looked_for_again_by_the_buttons(
    stage: Stage, world: World, text: str
) -> None:
    begin, end = next(q for q in ("''", '""', "“”") if q[0] not in text)
    lines = [f"{n} {text} {'x' * 150}" for n in range(30)]
    world.aws().logs.say(GROUP, stream(1), START, *lines)
    answer = ask(stage, f"grep {begin}{text}{end}")
    assert all(text in line for line in shown(answer))
    older = stage.press(offer(answer, "Older"))
    assert all(text in line for line in shown(older))


def test_lines_of_several_days_say_which_day_where_one_begins(stage: Stage, world: World) -> None:
    world.aws().logs.say(GROUP, stream(1), START, *(f"line {n}" for n in range(4)), apart=15 * 3_600)
    assert shown(ask(stage, "since 3 days")) == (
        "Sat 28 Feb 12:00:00 line 0",
        "Sun 1 Mar 03:00:00 line 1",
        "18:00:00 line 2",
        "Mon 2 Mar 09:00:00 line 3",
    )


def test_the_longest_answer_of_many_days_is_shown_whole(stage: Stage, world: World) -> None:
    lines = [f"line {n:02} {'x' * 67}" for n in range(25)]
    world.aws().logs.say(GROUP, stream(1), START, *lines, apart=6.9 * 3_600)
    said = shown(ask(stage, "since 7 days"))
    assert len(said) > 20
    assert sum(len(line) + 1 for line in said) <= LOG_TEXT


def test_more_streams_than_one_call_takes_are_not_left_out_in_silence(stage: Stage, world: World) -> None:
    running(world, 50)
    names = [f"part-{n}" for n in range(3)]
    routes = [
        Route(name, driver="awslogs", group=GROUP, prefix="ecs", region="eu-central-1") for name in names
    ]
    for task in world.aws().services.known()["orders-api"].tasks:
        world.aws().services.route(task.revision, *routes)
    for number in range(1, 51):
        for name in names:
            world.aws().logs.say(GROUP, stream(number, name), START, "a line")
    assert "50 log streams" in telling.note(ask(stage), "not read")
    spans = [call.arguments[0] for call in world.aws().script.calls if call.method == "page"]
    assert [len(span.group.streams) for span in spans if isinstance(span, LogSpan)] == [100]


@pytest.mark.parametrize("blank", [1, 3, 4, 9])
def test_pages_without_a_line_are_not_told_as_a_task_that_wrote_nothing(
    stage: Stage, world: World, blank: int, golden: Golden
) -> None:
    world.aws().logs.say(GROUP, stream(1), START, "a line")
    world.aws().logs.say(GROUP, stream(2), START, "a line")
    world.aws().logs.blank = blank
    answer = ask(stage, "since 6h")
    assert (telling.headline(answer), telling.notes(answer)) == golden
    assert len(shown(answer)) == (2 if blank < 4 else 0)


def test_a_rate_that_ends_after_an_empty_page_is_not_told_so_either(stage: Stage, world: World) -> None:
    world.aws().logs.say(GROUP, stream(1), START, "a line")
    world.aws().logs.say(GROUP, stream(2), START, "a line")
    world.aws().logs.blank = 2
    world.aws().script.fail("page", Throttled("Too many calls.", retry_helps=True), nth=2)
    assert "wrote nothing" not in telling.headline(ask(stage))
