"""The audit entries that the gate writes: complete, masked and within bounds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

from handlers.gate import entries
from handlers.words.plan import Plan, Step
from handlers.words.step import StepRecord, StepState
from policies.access.decision import allow, refuse
from policies.record.lifecycle import State
from tests.fakes.aws import START
from tests.handlers.gate.rows import record
from tests.handlers.stage import request

PLAN = Plan("restarting", (Step("deploy", "web", {"revision": "r:7"}),), {"web": {"desired": 2}}, ("note",))


def test_a_refusal_has_the_true_reason_not_what_was_said() -> None:
    asked = request("restart", "staging", "web")
    entry = entries.refused(asked, refuse("rule", "the true reason", "what was said"), now=START)
    assert (entry.kind, entry.decision, entry.rule, entry.reason) == (
        "refused",
        "refused",
        "rule",
        "the true reason",
    )
    assert (entry.environment, entry.target, entry.operation) == ("staging", "web", "restart")


def test_typed_text_is_cut_to_a_length_that_fits_a_row() -> None:
    asked = request("x" * 3_000, "y" * 3_000, "z" * 3_000, arguments={"why": "w" * 3_000})
    entry = entries.refused(asked, refuse("rule", "reason"), now=START)
    assert [len(v) for v in (entry.operation, entry.environment, entry.target)] == [100, 100, 100]
    assert entry.arguments["why"].startswith("sha256:")


def test_arguments_are_masked_and_long_ones_hashed() -> None:
    given = {"why": "password=correct-horse-battery", "n": 7, "long": "a" * 501, "edge": "a" * 500}
    kept = entries.arguments(given)
    assert "correct-horse" not in kept["why"]
    assert kept["n"] == "7"
    assert kept["long"] == f"sha256:{sha256(b'a' * 501).hexdigest()}"
    assert kept["edge"] == "a" * 500


def test_a_start_has_the_plan_its_hash_and_the_state_before() -> None:
    entry = entries.started(
        request("restart"), PLAN, now=START, operation_id="op-1", where=("staging", "web")
    )
    assert entry.plan == {
        "doing": "restarting",
        "steps": [{"kind": "deploy", "on": "web", "arguments": {"revision": "r:7"}}],
        "notes": ["note"],
        "hash": PLAN.hash,
    }
    assert (entry.before, entry.operation_id) == ({"web": {"desired": 2}}, "op-1")
    assert (entry.environment, entry.target, entry.decision) == ("staging", "web", "")


def test_a_read_names_the_rule_it_rests_on() -> None:
    decision = allow("access.grant", "viewer on staging")
    entry = entries.read(request("logs"), decision, now=START, environment="staging", target="web")
    assert (entry.kind, entry.rule, entry.reason) == ("read", "access.grant", "viewer on staging")


def test_an_end_has_seconds_both_states_request_ids_once_and_each_steps_evidence() -> None:
    first = StepRecord(0, PLAN.steps[0], StepState.DONE, evidence={"request_ids": ["a", "b", 7]})
    second = StepRecord(1, Step("look"), StepState.DONE, evidence={"request_ids": ["b"], "said": "x"})
    found = replace(record(first, second), before={"web": 1})
    now = START + timedelta(seconds=38, milliseconds=260)
    entry = entries.closed(found, State.SUCCEEDED, summary="healthy", after={"web": 2}, now=now)
    assert (entry.seconds, entry.outcome, entry.summary) == (38.3, "succeeded", "healthy")
    assert (entry.before, entry.after) == ({"web": 1}, {"web": 2})
    assert entry.request_ids == ("a", "b")
    assert set(entry.evidence) == {"0 deploy web", "1 look"}
    assert (entry.actor, entry.operation_id, entry.source) == ("slack:T0HOME:U0DEV", "op-1", "slash")
