"""`/env download`: what was captured of a failure, as one file, for whoever asks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.gate.fitting import RECENT
from handlers.ports.store import OperationRecord
from handlers.words.codec import encode
from handlers.words.message import Log, Offer, TextFile
from handlers.words.result import Answer, Refusal, Reply
from handlers.words.step import Left, StepState
from policies.record.lifecycle import State
from tests import telling
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import NIA, VIC, World, service

SAID = (
    Log("Log /staging/web ecs/app/1", ("starting", "FATAL: no DATABASE_URL"), tail=True),
    Log("Why ECS stopped it", ("role arn:aws:iam::123456789012:role/task may not read it",)),
)


def failed(stage: Stage, target: str = "web", *, captured: tuple[Log, ...] = SAID) -> OperationRecord:
    """Restart a service, and let the restart have failed a minute later."""
    stage.ask("restart", "staging", target)
    memory = stage.world.store.memory
    record = list(memory.operations.values())[-1]
    begun = record.opened_at
    (step,) = record.steps
    ended = replace(
        step,
        state=StepState.FAILED,
        sentence="exit code 1",
        evidence={**step.evidence, **encode(Left(captured=captured))},
        ended_at=begun.replace(minute=begun.minute + 1),
    )
    closed = replace(
        record,
        state=State.FAILED,
        steps=(ended,),
        summary=f"`{target}` failed to start: exit code 1",
        closed_at=ended.ended_at,
    )
    memory.operations[record.id] = closed
    return closed


def file_of(answer: Reply) -> TextFile:
    assert isinstance(answer, Answer)
    assert answer.file is not None
    return answer.file


def test_the_file_has_the_steps_and_all_that_was_captured_and_no_account(
    stage: Stage, golden: Golden
) -> None:
    failed(stage)
    answer = stage.ask("download", "staging", "web", who=VIC)
    file = file_of(answer)
    assert file.text == golden
    assert file.name == golden(name="name")
    assert file.title == golden(name="title")
    assert telling.headline(answer) == golden(name="headline")
    assert "123456789012" not in file.text and "arn:" not in file.text


def test_without_a_service_it_is_the_latest_in_the_environment(stage: Stage, world: World) -> None:
    failed(stage, "orders-api")
    world.forward(60)
    failed(stage, "web")
    assert "web" in file_of(stage.ask("download", "staging")).name
    assert "orders-api" in file_of(stage.ask("download", "staging", "orders-api")).name


def test_what_failed_without_anything_captured_is_passed_over(stage: Stage, golden: Golden) -> None:
    failed(stage, captured=())
    answer = stage.ask("download", "staging", "web")
    assert isinstance(answer, Answer) and answer.file is None
    assert answer.headline == golden


def shared(stage: Stage) -> None:
    """Share lines of a healthy service."""
    world = stage.world
    world.aws().services.put(service("web"))
    world.aws().logs.say("/staging/web", f"ecs/app/{1:032x}", world.clock.at, "GET /health 200")
    stage.ask("share", "staging", "web")
    stage.finish()
    ended = list(stage.world.store.memory.operations.values())[-1]
    assert (ended.name, ended.state) == ("share", State.SUCCEEDED)


def test_lines_that_were_shared_are_no_failure(stage: Stage, world: World) -> None:
    failed(stage, "web")
    world.forward(60)
    shared(stage)
    answer = stage.ask("download", "staging", "web", who=VIC)
    assert "FATAL: no DATABASE_URL" in file_of(answer).text
    assert "FATAL: no DATABASE_URL" in file_of(stage.ask("download", "staging", who=VIC)).text
    assert "FATAL: no DATABASE_URL" in file_of(stage.press(why(stage), who=VIC)).text


def test_a_failure_behind_many_shared_lines_is_found(stage: Stage, world: World) -> None:
    record = failed(stage)
    shared(stage)
    memory = world.store.memory
    last = list(memory.operations.values())[-1]
    for number in range(RECENT):
        memory.operations[f"share-{number}"] = replace(last, id=f"share-{number}")
    for service_named in ("web", ""):
        assert "FATAL: no DATABASE_URL" in file_of(stage.ask("download", "staging", service_named)).text
    (button,) = [o for o in telling.offers(stage.ask("why", "staging", "web")) if o.label == "Download"]
    assert button.arguments == {"of": record.id}


def test_where_nothing_failed_there_is_nothing_to_download(stage: Stage) -> None:
    shared(stage)
    for named in (("web",), ()):
        answer = stage.ask("download", "staging", *named, who=VIC)
        assert isinstance(answer, Answer) and answer.file is None
    answer = stage.ask("why", "staging", "web", who=VIC)
    assert [offer.operation for offer in telling.offers(answer)] == []


def test_why_has_a_button_for_exactly_that_operation(stage: Stage, world: World) -> None:
    failed(stage, "web")
    offer = why(stage)
    world.forward(7200)
    later = failed(stage, "web")
    assert file_of(stage.press(offer, who=VIC)).text != file_of(stage.press(why(stage), who=VIC)).text
    assert later.environment == "staging"


def why(stage: Stage) -> Offer:
    answer = stage.ask("why", "staging", "web", who=VIC)
    (offer,) = [offer for offer in telling.offers(answer) if offer.operation == "download"]
    return offer


def test_it_is_recorded_as_a_read(stage: Stage) -> None:
    failed(stage)
    stage.press(why(stage), who=VIC)
    _, entry = stage.entries("read")
    assert (entry.operation, entry.environment, entry.source) == ("download", "staging", "button")


def test_what_is_no_longer_kept_is_said(stage: Stage, golden: Golden) -> None:
    record = failed(stage)
    offer = why(stage)
    del stage.world.store.memory.operations[record.id]
    answer = stage.press(offer, who=VIC)
    assert isinstance(answer, Answer) and answer.file is None
    assert answer.headline == golden


@pytest.mark.parametrize("id_", ["op-0", ""], ids=["of another environment", "typed"])
def test_an_operation_of_another_environment_is_not_read_here(stage: Stage, id_: str) -> None:
    record = failed(stage)
    memory = stage.world.store.memory
    memory.operations[record.id] = replace(record, environment="qa-eu")
    arguments = {"of": record.id} if id_ else {}
    answer = stage.ask("download", "staging", arguments=arguments)
    assert isinstance(answer, Answer) and answer.file is None


def test_whoever_may_not_view_the_environment_gets_nothing(stage: Stage) -> None:
    failed(stage)
    offer = why(stage)
    assert isinstance(stage.press(offer, who=NIA), Refusal)


def test_where_logs_need_more_than_a_viewer_the_file_does_too(stage: Stage) -> None:
    failed(stage)
    memory = stage.world.store.memory
    memory.settings["logs_role"] = "developer"
    assert isinstance(stage.ask("download", "staging", "web", who=VIC), Refusal)


def test_where_nothing_was_captured_no_read_is_recorded(stage: Stage) -> None:
    for arguments in ({}, {"of": "260101t000000-0000000000"}):
        answer = stage.ask("download", "staging", "web" if not arguments else "", arguments=arguments)
        assert isinstance(answer, Answer)
        assert answer.file is None
    assert stage.entries("read") == []
