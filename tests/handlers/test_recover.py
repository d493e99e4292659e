"""`lamplighter recover`: restores what was saved if nothing is stored; shown first, always recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from handlers.ports.store import CatalogChange
from handlers.words.errors import StoreLost
from handlers.words.result import Reply
from handlers.words.step import StepState
from policies.access.grants import Grant
from policies.access.people import ConsoleUser, Role
from policies.capacity.facts import Capacity, GroupFacts, SavedCapacity, ScalingFacts, Suspended
from policies.capacity.saved_values import saved_log, saved_text
from policies.record.lifecycle import State
from tests import telling
from tests.fakes.aws import START
from tests.golden import Golden
from tests.handlers.kinds import Scripted, probe, step
from tests.handlers.nights import FullStage, Night
from tests.handlers.stage import Stage
from tests.handlers.world import ADA, GRANTS, OLU, PRODUCTION, QA, ROOT, STAGING, World

BOUNDS = ScalingFacts(2, 6, Suspended(scheduled=True))
SAVED = SavedCapacity(
    {"web": Capacity(3, BOUNDS), "orders-api": Capacity(2)},
    {"orders-db": "available"},
    "op-1",
    START,
    {"machines": GroupFacts(0, 9, 4)},
    frozenset({"machines"}),
)
OTHER = SavedCapacity({"shop": Capacity(4)}, {}, "op-2", START - timedelta(days=1))


@pytest.fixture
def stage() -> Stage:
    return Stage(World().catalogue(STAGING, QA, PRODUCTION, grants=(*GRANTS, Grant(ROOT.id, Role.ADMIN))))


def content(**found: SavedCapacity) -> dict[str, str]:
    named = {name.replace("_", "-"): saved for name, saved in found.items()}
    return {"content": saved_text(named), "file": "bot.log"}


def show(stage: Stage, **found: SavedCapacity) -> Reply:
    return stage.ask("recover", who=ROOT, arguments=content(**found))


def recover(stage: Stage, **found: SavedCapacity) -> Reply:
    return stage.press(telling.offers(show(stage, **found))[0], who=ROOT)


def test_a_saved_log_is_read_as_it_was_written() -> None:
    found = {"staging": SAVED, "qa-eu": OTHER, "empty": SavedCapacity()}
    assert saved_log(saved_text(found)) == found


def test_saved_capacity_is_shown_first_and_put_back_once_confirmed(stage: Stage, golden: Golden) -> None:
    shown = show(stage, staging=SAVED, qa_eu=OTHER)
    assert telling.status(shown) == "needs confirmation"
    other, staging = telling.notes(shown)
    assert other == golden
    assert staging == golden
    assert stage.store.memory.capacities == {}
    done = stage.press(telling.offers(shown)[0], who=ROOT)
    assert (telling.status(done), stage.store.memory.capacities) == (
        "succeeded",
        {"staging": SAVED, "qa-eu": OTHER},
    )
    assert done.headline == golden


def test_a_recovery_is_on_record(stage: Stage) -> None:
    shown = show(stage, staging=SAVED)
    stage.press(telling.offers(shown)[0], who=ROOT)
    started, closed = stage.entries()
    assert (started.kind, started.operation, started.actor) == ("started", "recover", ROOT.id)
    assert started.plan["notes"] == [*telling.notes(shown)]
    assert (started.rule, started.arguments["file"]) == ("access.grant", "bot.log")
    assert closed.outcome == "succeeded"
    assert closed.after == {"staging": {"services": 2, "databases": 1}}


def test_stored_capacity_is_never_overwritten(stage: Stage, golden: Golden) -> None:
    stage.store.memory.capacities["staging"] = OTHER
    answer = show(stage, staging=SAVED)
    assert telling.status(answer) == "unchanged"
    assert answer.headline == golden
    (kept,) = telling.notes(answer)
    assert kept == golden
    recover(stage, staging=SAVED, qa_eu=OTHER)
    assert stage.store.memory.capacities == {"staging": OTHER, "qa-eu": OTHER}


def test_an_environment_missing_from_the_catalog_is_named_and_left_out(stage: Stage, golden: Golden) -> None:
    shown = show(stage, staging=SAVED, gone=OTHER)
    staging, gone = telling.notes(shown)
    assert staging.startswith("+ staging: ")
    assert gone == golden
    stage.press(telling.offers(shown)[0], who=ROOT)
    assert set(stage.store.memory.capacities) == {"staging"}


def test_a_log_without_anything_opens_nothing(stage: Stage) -> None:
    assert telling.status(show(stage)) == "unchanged"
    assert stage.operations() == []


def test_capacity_saved_between_showing_and_press_is_shown_again(stage: Stage) -> None:
    shown = show(stage, staging=SAVED, qa_eu=OTHER)
    stage.store.memory.capacities["staging"] = OTHER
    again = stage.press(telling.offers(shown)[0], who=ROOT)
    assert (telling.status(again), len(telling.notes(again))) == ("needs confirmation", 2)
    assert stage.store.memory.capacities == {"staging": OTHER}


def meanwhile(stage: Stage, method: str, do: Callable[[], None]) -> None:
    """Run ``do`` once, when ``method`` is first called."""
    done: list[str] = []

    def before(called: str) -> None:
        if called == method and not done:
            done.append(called)
            do()

    stage.world.store.before_call(before)


def test_capacity_saved_during_the_recovery_is_kept_and_told(stage: Stage, golden: Golden) -> None:
    shown = show(stage, staging=SAVED)
    memory = stage.store.memory
    meanwhile(stage, "capacities.find", lambda: memory.capacities.update(staging=OTHER))
    done = stage.press(telling.offers(shown)[0], who=ROOT)
    assert done.headline == golden
    assert memory.capacities == {"staging": OTHER}


def test_an_environment_removed_during_the_recovery_is_left_out(stage: Stage, golden: Golden) -> None:
    shown = show(stage, staging=SAVED, qa_eu=OTHER)
    removed = CatalogChange(remove_environments=("staging",))
    meanwhile(stage, "operations.take", lambda: stage.store.catalog.write(removed))
    stage.press(telling.offers(shown)[0], who=ROOT)
    assert (stage.operation().state, set(stage.store.memory.capacities)) == (State.PARTIAL, {"qa-eu"})
    assert stage.operation().summary == golden


def test_nothing_is_put_back_while_an_operation_runs(golden: Golden) -> None:
    kind = Scripted(first_look=timedelta(hours=1))
    world = World().catalogue(STAGING, QA, grants=(*GRANTS, Grant(ROOT.id, Role.ADMIN)))
    stage = Stage(world, operations=[probe(step("a"))], kinds=[kind])
    stage.ask("probe", "staging")
    recover(stage, staging=SAVED, qa_eu=OTHER)
    mine = next(o for o in stage.operations() if o.name == "recover")
    assert (mine.state, set(world.store.memory.capacities)) == (State.PARTIAL, {"qa-eu"})
    assert mine.summary == golden


def test_a_write_whose_answer_is_lost_is_repeated_and_recognises_itself(stage: Stage) -> None:
    def lose() -> None:
        raise StoreLost("It is gone.")

    shown = show(stage, staging=SAVED)
    meanwhile(stage, "capacities.write", lose)
    assert telling.status(stage.press(telling.offers(shown)[0], who=ROOT)) == "running"
    stage.forward(5)
    assert stage.operation().steps[0].state is StepState.DONE
    assert stage.store.memory.capacities == {"staging": SAVED}


def test_nobody_in_slack_and_no_console_user_without_a_grant_can_recover(stage: Stage) -> None:
    given = content(staging=SAVED)
    assert telling.status(stage.ask("recover", who=ADA, arguments=given)) == "not found"
    assert telling.status(stage.ask("recover", who=ConsoleUser("eve"), arguments=given)) == "refused"
    assert stage.last().rule == "access.console"
    assert stage.store.memory.capacities == {}


def test_a_start_after_a_recovery_restores_the_saved_counts() -> None:
    """A stop, a lost database, what was saved put back, a start."""
    night = Night().catalogue(grants=(*GRANTS, Grant(ROOT.id, Role.ADMIN)))
    stage = FullStage(night)
    stage.sure("stop", "staging", who=OLU)
    stage.finish()
    lost = night.store.memory.capacities.pop("staging")
    recover(stage, staging=lost)
    stage.ask("start", "staging", who=OLU)
    stage.finish()
    assert (night.lit(), night.saved()) == (True, False)
