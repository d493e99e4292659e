"""kill -9 after every call of an operation, and before it where that differs, then another process: the
operation acts at most once, is closed once, and the recorded end is the true one.

The scenarios do the same with real processes and databases.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import pytest

from handlers.tell.glance import of_state
from handlers.words.codec import decode
from handlers.words.result import Reply
from handlers.words.step import Left, StepState
from policies.catalog.values import Wanted, to_json
from policies.record.joining import worst
from policies.record.lifecycle import State
from policies.service.environment import Bound
from tests import telling
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.wire import Killed, When, Wire, moments
from tests.handlers.world import GRANTS, OLU, PRODUCTION, QA, ROOT, STAGING, World

LEASE = 31
Asking = Callable[[Stage], Reply]


def restart(stage: Stage) -> Reply:
    return stage.ask("restart", "staging", "orders-api")


def restart_same(stage: Stage) -> Reply:
    return stage.ask("restart", "staging", "orders-api", arguments={"image": "same"})


def burst(stage: Stage) -> Reply:
    """Of the same kind within a minute: the second joins the message of the first."""
    stage.ask("restart", "staging", "orders-api")
    return stage.ask("restart", "staging", "web")


def scale(stage: Stage) -> Reply:
    return stage.ask("scale", "staging", "orders-api", who=OLU, arguments={"count": "4"})


def apply(stage: Stage) -> Reply:
    content = to_json(Wanted((STAGING, QA), GRANTS))
    shown = stage.ask("apply", who=ROOT, arguments={"content": content})
    return stage.ask("apply", who=ROOT, offer=telling.offers(shown)[0].id)


def share(stage: Stage) -> Reply:
    for number, line in enumerate(("line", "password=hunter2x"), 1):
        stream = f"ecs/app/{number:032x}"
        stage.world.aws().logs.say("/staging/orders-api", stream, stage.world.clock.now(), line)
    return stage.ask("share", "staging", "orders-api")


def _world(asking: Asking) -> World:
    place = replace(STAGING, scale=(Bound("orders-api", 1, 6),))
    return World() if asking is apply else World().catalogue(place, QA, PRODUCTION)


def _run(stage: Stage, asking: Asking) -> None:
    asking(stage)
    stage.finish()


@cache
def _calls(asking: Asking) -> tuple[str, ...]:
    """Return every call of one undisturbed run, in order."""
    wire = Wire()
    _run(Stage(_world(asking), wire=wire), asking)
    return tuple(wire.passed)


@dataclass(frozen=True)
class Aftermath:
    world: World
    heir: Stage
    killed_at: str


def _killed(asking: Asking, at: int, when: When) -> Aftermath:
    world, wire = _world(asking), Wire(at=at, when=when)
    with pytest.raises(Killed):
        _run(Stage(world, wire=wire), asking)
    heir = Stage(world, holder="two")
    world.move()
    heir.forward(LEASE)
    heir.finish()
    return Aftermath(world, heir, f"{wire.cut} {when}")


def _points(asking: Asking) -> list[tuple[int, When]]:
    return moments(_calls(asking))


@cache
def _restarts() -> dict[tuple[int, When], Aftermath]:
    """Return what each kill of a restart leaves behind, before and after every call."""
    whens: tuple[When, When] = ("before", "after")
    points = [(n, when) for n in range(1, len(_calls(restart)) + 1) for when in whens]
    return {point: _killed(restart, *point) for point in points}


def _closed_once(heir: Stage) -> bool:
    """Assert exactly one started and one closed entry for what was opened, and none for what was not."""
    kinds = [k for k in heir.kinds() if k != "refused"]
    return kinds == ["started", "closed"] * len(heir.operations())


@pytest.mark.parametrize(("at", "when"), _points(restart))
def test_a_restart_killed_anywhere_deploys_at_most_once_and_ends_truly(at: int, when: When) -> None:
    found = _restarts()[at, when]
    assert _closed_once(found.heir)
    assert found.world.deploys() <= 1
    if not found.heir.operations():
        assert found.world.deploys() == 0
        return
    ended = found.heir.operation()
    assert ended.state in (State.SUCCEEDED, State.INTERRUPTED)
    assert (ended.state is State.SUCCEEDED) == (found.world.deploys() == 1)


@pytest.mark.parametrize(("at", "when"), _points(scale))
def test_a_scaling_killed_anywhere_comes_to_its_count_or_never_began(at: int, when: When) -> None:
    found = _killed(scale, at, when)
    assert _closed_once(found.heir)
    count = found.world.aws().services.known()["orders-api"].desired
    assert [o.state for o in found.heir.operations()] in ([], [State.SUCCEEDED])
    assert count == (4 if found.heir.operations() else 2)


@pytest.mark.parametrize(("at", "when"), _points(burst))
def test_a_burst_killed_anywhere_is_one_message_that_is_behind_for_all_it_tells_of(
    at: int, when: When
) -> None:
    """Nothing was shown here, so every row that is there has to be behind, for the tick to draw it."""
    found = _killed(burst, at, when)
    opened = found.heir.operations()
    assert sorted(k for k in found.heir.kinds() if k != "refused") == sorted(
        ["started", "closed"] * len(opened)
    )
    if not opened:
        return
    rows = found.world.store.messages.together(opened[0].id)
    assert [row.operation_id for row in rows] == [record.id for record in opened]
    assert all(row.version_shown < row.version_wanted and row.final for row in rows)
    said = found.heir.parts.told(opened)
    assert len(said.operations) == (len(opened) if len(opened) > 1 else 0)
    assert said.status is of_state(worst(record.state for record in opened))


def test_only_a_kill_between_the_intent_and_the_call_leaves_a_restart_undone() -> None:
    ends = {}
    for (at, _), found in _restarts().items():
        if found.heir.operations():
            ends[f"{at} {found.killed_at}"] = found.heir.operation()
    undone = {point: o.steps[0].state for point, o in ends.items() if o.state is State.INTERRUPTED}
    deploy = _calls(restart).index("services.deploy") + 1
    assert set(undone) == {f"{deploy - 1} operations.mark after", f"{deploy} services.deploy before"}
    assert set(undone.values()) == {StepState.UNDONE}


def test_only_a_kill_between_the_call_and_its_record_is_adopted() -> None:
    adopted = []
    for (at, _), found in _restarts().items():
        if found.heir.operations() and found.heir.operation().steps[0].evidence.get("adopted"):
            adopted.append(f"{at} {found.killed_at}")
    deploy = _calls(restart).index("services.deploy") + 1
    assert adopted == [f"{deploy} services.deploy after", f"{deploy + 1} operations.mark before"]


def test_a_kill_before_the_operation_is_open_leaves_nothing() -> None:
    opening = _calls(restart).index("operations.open") + 1
    for at in range(1, opening + 1):
        found = _restarts()[at, "before"]
        assert not found.heir.operations()
        assert found.heir.kinds() == []
    assert _restarts()[opening, "after"].heir.operation().state is State.SUCCEEDED


@pytest.mark.parametrize(("at", "when"), _points(restart_same))
def test_a_restart_of_the_same_image_killed_anywhere_still_succeeds(at: int, when: When) -> None:
    found = _killed(restart_same, at, when)
    assert _closed_once(found.heir)
    if not found.heir.operations():
        assert found.world.aws().script.count("stop") == 0
        return
    assert found.heir.operation().state is State.SUCCEEDED
    stopped = [c.arguments[0] for c in found.world.aws().script.calls if c.method == "stop"]
    assert len(set(stopped)) == 2
    assert len(stopped) <= 3
    assert found.world.deploys() == 0


@pytest.mark.parametrize(("at", "when"), _points(share))
def test_sharing_lines_killed_anywhere_shares_them_once_and_without_a_secret(at: int, when: When) -> None:
    found = _killed(share, at, when)
    assert _closed_once(found.heir)
    if not found.heir.operations():
        return
    ended = found.heir.operation()
    assert ended.state is State.SUCCEEDED
    (log,) = decode(Left, ended.steps[0].evidence).captured
    assert len(log.lines) == 2
    assert "hunter2x" not in str(ended)


@pytest.mark.parametrize(("at", "when"), _points(apply))
def test_an_apply_killed_anywhere_is_whole_or_not_begun(at: int, when: When) -> None:
    found = _killed(apply, at, when)
    state = found.world.store.catalog.read()
    assert _closed_once(found.heir)
    if not found.heir.operations():
        assert (state.environments, state.grants) == ((), ())
        return
    assert found.heir.operation().state is State.SUCCEEDED
    assert [e.name for e in state.environments] == ["qa-eu", "staging"]
    assert len(state.grants) == len(GRANTS)
    assert {e.generation for e in state.environments} == {1}


def test_a_successor_that_comes_before_the_lease_expires_touches_nothing() -> None:
    world = World().catalogue()
    deploy = _calls(restart).index("services.deploy") + 1
    with pytest.raises(Killed):
        restart(Stage(world, wire=Wire(at=deploy, when="after")))
    heir = Stage(world, holder="two")
    heir.advance.once(heir.operation().id)
    assert heir.advance.due() == []
    assert heir.operation().fence == 1
    heir.forward(LEASE)
    assert heir.operation().fence == 2


def test_a_released_hold_is_taken_at_once_but_an_unsent_call_is_waited_for(golden: Golden) -> None:
    """A process may be paused between the intent and the send; 30 s from the first look cover it."""
    world = World().catalogue()
    deploy = _calls(restart).index("services.deploy") + 1
    stage = Stage(world, wire=Wire(at=deploy, when="before"))
    with pytest.raises(Killed):
        restart(stage)
    stage.store.leases.release()
    heir = Stage(world, holder="two")
    heir.forward(5)
    assert heir.operation().steps[0].sentence == golden
    heir.forward(29)
    assert heir.operation().state is State.RUNNING
    heir.forward(6)
    assert heir.operation().state is State.INTERRUPTED
    assert world.deploys() == 0


def test_the_operation_ends_once_though_every_process_is_killed_in_turn() -> None:
    world = World().catalogue()
    for number in range(200):
        stage = Stage(world, holder=f"process-{number}", wire=Wire(at=4 + number % 5, when="after"))
        try:
            if not stage.operations():
                restart(stage)
            world.move()
            stage.finish(turns=3)
        except Killed:
            world.forward(LEASE)
        except AssertionError:
            continue
        if stage.operations() and not stage.running():
            break
    assert _closed_once(stage)
    assert world.deploys() <= 1
