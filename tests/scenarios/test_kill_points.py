"""``kill -9`` before and after every outward call of a restart, from the command to the end state.

A COMMIT cannot be held from outside on SQLite, and need not be: each COMMIT lies between two outward calls,
and the bot is killed on both sides of it. ``test_kill_points_rows`` tries the moments in between.
"""

from __future__ import annotations

import os

from tests.scenarios.killing import (
    PHASES,
    RESTART,
    Call,
    Found,
    Held,
    Phase,
    begin_anew,
    ensure_patient,
    found_in,
    hold,
    kill_at,
    outward_calls,
    record_of,
    rows_of,
    said,
    settle,
    start,
    told_to_its_end,
    was_adopted,
)
from tests.scenarios.stage import DEV, Stage, kinds_of

AT_ONCE = 7
"""The most calls held for one kill. The bot has 8 threads that advance operations, and each held look keeps
one busy.
"""


def test_a_restart_killed_before_any_call_to_aws_arrives_acts_once_and_ends_truly(stage: Stage) -> None:
    _killed_at_each_call_to_aws(stage, "before_effect")


def test_a_restart_killed_after_any_call_to_aws_acts_once_and_ends_truly(stage: Stage) -> None:
    _killed_at_each_call_to_aws(stage, "after_effect")


def test_a_restart_killed_around_each_commit_acts_once_and_ends_truly(stage: Stage) -> None:
    """The commits are OPEN, INTEND, RECORD and CLOSE; the calls on both sides of each are held."""
    calls = outward_calls(stage)
    update = _place_of(stage, "ecs.UpdateService")
    ensure_patient(stage)
    opening = [c for c in calls if c.method == "ecr.DescribeImages"]
    intending, sending = calls[update - 3 : update - 1], calls[update]
    looking = [c for c in calls[update:] if c.method == "ecs.DescribeServices"][:1]
    held = [hold(stage, call, "after_effect") for call in (*opening, *intending, *looking)]
    held += [hold(stage, sending, phase) for phase in PHASES]
    _kill_and_prove(stage, held)
    assert all(one.caught for one in held)


def test_a_restart_killed_at_any_call_to_slack_acts_once_and_is_shown(stage: Stage) -> None:
    """Only the first call of each method is held, because the number of edits after it depends on how the
    world's speed compares with the bot's pace of editing. The calls that only look something up come first,
    because they are made once in a while and not for each command.
    """
    calls = {call.method: call for call in outward_calls(stage) if call.to_slack and call.nth == 1}
    settle(stage)
    begin_anew(stage)
    order = ["users.info", "conversations.info", "chat.update", "chat.getPermalink", "chat.postMessage"]
    assert sorted(order) == sorted(calls)
    points: list[tuple[Call, Phase]] = [(calls[method], phase) for method in order for phase in PHASES]
    held = [hold(stage, call, phase) for call, phase in points]
    assert all(one.caught for one in held)
    _kill_and_prove(stage, held)


def _killed_at_each_call_to_aws(stage: Stage, phase: Phase) -> None:
    """Kill at every call to AWS, in as few kills as possible.

    The number of looks after the first depends on the moment, so only ``make soak`` holds the later looks.
    Likewise only ``make soak`` holds every call, each in both phases; otherwise the first call of each method
    is held in one phase, in turn, and the one that deploys in both. ``tests/handlers/gate/test_kills`` holds
    all of them every time, with everything in one process's memory.
    """
    every = os.environ.get("SOAK") == "1"
    turn = PHASES.index(phase)
    calls = [c for c in outward_calls(stage) if not c.to_slack and (every or c.nth == 1)]
    if not every:
        calls = [c for n, c in enumerate(calls) if n % 2 == turn or c.method == "ecs.UpdateService"]
    left = sorted(
        calls, key=lambda call: call.place % 4
    )  # so that each kill has calls of every part of the restart
    while left:
        ensure_patient(stage)
        now, left = left[-AT_ONCE:], left[:-AT_ONCE]
        now.sort(
            key=lambda call: -call.place
        )  # operations that have not begun are the youngest, so the next bot begins them
        held = [hold(stage, call, phase) for call in now]
        _kill_and_prove(stage, held)
        assert all(one.caught for one in held if one.call.certain)


def _kill_and_prove(stage: Stage, held: list[Held]) -> None:
    with rows_of(stage) as rows:
        kill_at(stage, held)
        left = {one: found_in(record_of(rows, one.environment)) for one in held}
    effects = {one: stage.world.deploys(one.environment) for one in held}
    start(stage, lease_over=True)
    opened = [one for one in held if left[one] != "nothing"]
    for one in opened:
        _ended_truly(stage, one, left[one], effects[one])
    _nothing_ran_and_asking_again_works(stage, [one for one in held if one not in opened])
    assert stage.evidence.faults() == ()


def _ended_truly(stage: Stage, held: Held, left: Found, effects: int) -> None:
    """Assert that the next holder does what it has to do with what it finds."""
    posted = _place_of(stage, "chat.postMessage")
    assert held.call.place >= posted, f"{held}: nothing may be open before the first post"
    entry = stage.closed(held.environment)
    undone = left == "began" and not effects
    outcome, deploys = ("interrupted", 0) if undone else ("succeeded", 1)
    assert (entry.outcome, stage.world.deploys(held.environment)) == (outcome, deploys), (held, left, entry)
    assert was_adopted(entry) == (left == "began" and effects == 1), (held, left, entry.evidence)
    assert not undone or "nothing was done" in entry.summary
    assert kinds_of(stage.audit(held.environment)) == ["started", "closed"]
    told_to_its_end(stage, entry, twice=held.call.place == posted and held.phase == "after_effect")


def _nothing_ran_and_asking_again_works(stage: Stage, held: list[Held]) -> None:
    posted = _place_of(stage, "chat.postMessage")
    for one in held:
        assert one.call.place < posted, f"{one}: it was open by then"
        assert (stage.world.deploys(one.environment), said(stage, one.environment)) == (0, []), one
        assert stage.audit(one.environment) == [], one
        stage.types(DEV, RESTART.format(one.environment))
    for one in held:
        assert stage.closed(one.environment).outcome == "succeeded"
        assert stage.world.deploys(one.environment) == 1


def _place_of(stage: Stage, method: str) -> int:
    return next(call.place for call in outward_calls(stage) if call.method == method)
