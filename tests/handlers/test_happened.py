"""What an operation's rows say that AWS made of it, so that it is not told as somebody else's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from handlers.facts.happened import acts_of
from handlers.words.step import StepRecord
from tests.fakes.aws import START
from tests.handlers.stage import Stage

TASK = "arn:aws:ecs:eu-central-1:123456789012:task/staging/0af3"


def test_the_ids_that_aws_gave_are_known_also_within_an_arn(stage: Stage) -> None:
    stage.ask("restart", "staging", "web")
    stage.finish()
    record = stage.operation()
    (step,) = record.steps
    told = replace(step, evidence={**step.evidence, "tasks": [TASK], "more": {"at": "elsewhere"}})
    (did,) = acts_of([replace(record, steps=(told,))], START + timedelta(hours=1))
    assert {TASK, "0af3", "elsewhere", record.id, step.evidence["deployment"]} <= did.known
    assert (did.services, did.begin, did.end) == (frozenset({"web"}), record.opened_at, record.closed_at)
    assert did.deployed == ()


def test_a_deployment_without_an_answer_is_known_by_its_time_and_a_running_act_lasts_until_now(
    stage: Stage,
) -> None:
    stage.ask("restart", "staging", "web")
    record = stage.operation()
    lost: StepRecord = replace(record.steps[0], evidence={})
    now = START + timedelta(minutes=1)
    (did,) = acts_of([replace(record, steps=(lost,))], now)
    assert did.deployed == (("web", lost.began_at),)
    assert did.end == now
