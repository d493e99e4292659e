"""`/env flag staging new-checkout on`, the question without *on*, *Undo*, and the restart that follows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handlers.tell.reply import message
from handlers.words.errors import Denied, Unanswered
from handlers.words.message import Message
from handlers.words.result import Choice, Reply, Unchanged
from policies.access.people import SlackPerson
from policies.record.lifecycle import State
from policies.service.environment import Flag
from tests import telling
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import DEV, PRODUCTION, QA, STAGING, VIC, World

CHECKOUT, DARK = "/staging/flags/new-checkout", "/staging/flags/dark-mode"
FLAGS = (Flag("new-checkout", CHECKOUT, service="web"), Flag("dark-mode", DARK, "enabled", "disabled"))
FLAGGED = replace(STAGING, flags=FLAGS)


@pytest.fixture
def world() -> World:
    world = World().catalogue(FLAGGED, QA, PRODUCTION)
    world.scopes.parameters.put(CHECKOUT, "false")
    world.scopes.parameters.put(DARK, "enabled")
    return world


def switch(
    stage: Stage, name: str = "new-checkout", state: str = "on", who: SlackPerson = DEV, **bound: str
) -> Reply:
    return stage.ask("flag", "staging", who=who, arguments={"name": name, "state": state, **bound})


def switched(stage: Stage, name: str = "new-checkout", state: str = "on", **bound: str) -> Message:
    """Switch, wait for the end, and return the message as it stands then."""
    stage.ask("flag", "staging", arguments={"name": name, "state": state, **bound})
    stage.finish()
    return shown(stage)


def shown(stage: Stage) -> Message:
    return stage.parts.told([stage.operations()[-1]])


def held(world: World, parameter: str = CHECKOUT) -> tuple[str, int]:
    row = world.scopes.parameters.rows[parameter]
    return row.value, row.version


def labels(said: Reply | Message) -> list[str]:
    return [offer.label for offer in telling.offers(said)]


def show(stage: Stage, name: str = "", **rest: Any) -> Reply:
    return stage.ask("flags", "staging", arguments={"name": name} if name else {}, **{"who": VIC} | rest)


# The question


def test_a_viewer_reads_every_flag_or_one(stage: Stage, golden: Golden) -> None:
    every, one = show(stage), show(stage, "dark-mode")
    assert (every.headline, telling.notes(every)) == golden(name="all")
    assert (one.headline, telling.notes(one)) == golden(name="one")
    assert stage.operations() == []


def test_it_is_said_in_words_where_no_flag_is_on(stage: Stage, world: World, golden: Golden) -> None:
    world.scopes.parameters.put(DARK, "disabled")
    assert show(stage).headline == golden


def test_a_flag_that_is_no_plain_text_or_not_there_is_told(
    stage: Stage, world: World, golden: Golden
) -> None:
    world.scopes.parameters.put(CHECKOUT, "AQICAHh…", "SecureString")
    del world.scopes.parameters.rows[DARK]
    assert telling.notes(show(stage)) == golden(name="read")
    refused = [switch(stage, name) for name in ("new-checkout", "dark-mode")]
    assert [telling.rule(reply) for reply in refused] == ["flags.type", "flags.no-parameter"]
    assert [reply.headline for reply in refused] == golden(name="refused")
    assert world.aws().script.count("switch_flag") == 0


# The change


def test_a_flag_is_switched_and_the_value_before_is_said(stage: Stage, world: World, golden: Golden) -> None:
    said = switched(stage)
    assert (telling.headline(said), telling.notes(said), labels(said)) == golden
    assert held(world) == ("true", 2)
    opened, closed = stage.entries("started", "closed")
    assert opened.before == {"new-checkout": {"value": "false", "version": 1}}
    assert closed.after == {"new-checkout": {"value": "true", "version": 2}}


def test_the_message_names_the_flag_while_it_is_switched(stage: Stage, world: World, golden: Golden) -> None:
    world.aws().script.fail("read_flags", Unanswered("AWS did not answer."), nth=2)
    said = switch(stage)
    assert stage.running()
    assert (telling.headline(said), telling.notes(said)) == golden


def test_the_texts_of_the_catalog_are_written(stage: Stage, world: World) -> None:
    assert labels(switched(stage, "dark-mode", "off")) == ["Undo"]
    assert held(world, DARK) == ("disabled", 2)


def test_a_flag_that_is_so_already_is_left_alone(stage: Stage, world: World, golden: Golden) -> None:
    reply = switch(stage, state="off")
    assert isinstance(reply, Unchanged)
    assert reply.headline == golden
    assert held(world) == ("false", 1)


def test_an_unknown_flag_is_refused_with_the_names_there_are(stage: Stage, golden: Golden) -> None:
    refused = switch(stage, "new-chekout")
    assert (telling.rule(refused), refused.headline) == golden(name="near")
    none = stage.ask("flag", "qa-eu", arguments={"name": "new-checkout", "state": "on"})
    assert (telling.rule(none), none.headline) == golden(name="none")


def test_a_mistyped_flag_has_a_button_for_the_one_that_may_be_meant(stage: Stage, world: World) -> None:
    (meant,) = telling.offers(stage.ask("flags", "staging", arguments={"name": "new-chekout"}))
    assert (meant.operation, meant.arguments) == ("flags", {"name": "new-checkout"})
    (run_it,) = telling.offers(switch(stage, "new-chekout"))
    assert run_it.label == "Run it"
    stage.press(run_it)
    assert held(world) == ("true", 2)


def test_where_no_flag_resembles_what_was_typed_each_of_a_few_has_a_button(
    stage: Stage, world: World
) -> None:
    """Each switches to the state that was typed, and never to the other."""
    offers = telling.offers(switch(stage, "qqq"))
    assert [(o.label, dict(o.arguments)) for o in offers] == [
        (f"Switch {flag.name} on", {"name": flag.name, "state": "on"}) for flag in FLAGS
    ]
    shown = telling.offers(stage.ask("flags", "staging", arguments={"name": "qqq"}))
    assert [(o.label, o.operation) for o in shown] == [(f"Show {flag.name}", "flags") for flag in FLAGS]
    stage.press(offers[0])
    assert held(world) == ("true", 2)
    many = replace(FLAGGED, flags=tuple(replace(FLAGS[0], name=f"flag-{n}") for n in range(6)))
    world.catalogue(many, QA, PRODUCTION)
    assert not telling.offers(switch(stage, "qqq"))


def test_a_viewer_may_not_switch(stage: Stage, world: World) -> None:
    assert telling.rule(switch(stage, who=VIC)) == "access.role"
    assert held(world) == ("false", 1)


def test_a_parameter_that_production_uses_too_is_not_switched_from_here(stage: Stage, world: World) -> None:
    world.catalogue(FLAGGED, QA, replace(PRODUCTION, flags=FLAGS[:1]))
    assert telling.rule(switch(stage)) == "flags.production"
    assert held(world) == ("false", 1)


def test_what_is_neither_on_nor_off_is_shown_before_it_is_written_over(
    stage: Stage, world: World, golden: Golden
) -> None:
    world.scopes.parameters.put(CHECKOUT, "50 percent")
    asked = switch(stage)
    assert isinstance(asked, Choice)
    assert (asked.headline, telling.notes(asked), labels(asked)) == golden(name="asked")
    assert show(stage, "new-checkout").headline == golden(name="read")
    stage.press(asked.offers[0])
    stage.finish()
    assert held(world)[0] == "true"
    assert telling.headline(shown(stage)) == golden(name="done")
    assert labels(shown(stage)) == ["Restart web"]


def test_a_secret_in_a_parameter_is_not_shown(stage: Stage, world: World) -> None:
    secret = "AKIAIOSFODNN7EXAMPLE"
    world.scopes.parameters.put(CHECKOUT, secret)
    stage.press(telling.offers(switch(stage))[0])
    stage.finish()
    assert secret not in repr((show(stage), stage.entries(), message(switch(stage))))


def test_two_flags_in_a_minute_are_one_message_with_buttons_that_name_them(
    stage: Stage, golden: Golden
) -> None:
    switched(stage)
    switched(stage, "dark-mode", "off")
    said = stage.parts.told(stage.operations())
    assert (telling.headline(said), telling.notes(said), labels(said)) == golden


# Races


def test_a_write_of_somebody_else_in_the_same_moment_is_told(
    stage: Stage, world: World, golden: Golden
) -> None:
    world.scopes.parameters.before = "maybe"
    said = switched(stage)
    assert stage.operation().state is State.SUCCEEDED
    assert telling.headline(said) == golden


def test_a_write_of_somebody_else_right_afterwards_is_told(
    stage: Stage, world: World, golden: Golden
) -> None:
    world.scopes.parameters.after = "false"
    said = switched(stage)
    assert stage.operation().state is State.SUPERSEDED
    assert (telling.headline(said), labels(said)) == golden


@pytest.mark.parametrize("theirs", ["maybe", "true"])
def test_a_write_between_plan_and_act_is_kept(world: World, golden: Golden, theirs: str) -> None:
    stage = Stage(world)
    world.aws().script.fail("read_flags", Unanswered("AWS did not answer."), nth=2)
    switch(stage)
    world.scopes.parameters.put(CHECKOUT, theirs)
    stage.finish()
    assert held(world) == (theirs, 2)
    assert world.aws().script.count("switch_flag") == 0
    assert (stage.operation().state, telling.headline(shown(stage))) == golden(name=theirs)


# What may go wrong


def test_a_lost_answer_is_asked_again_and_the_flag_is_written_once(stage: Stage, world: World) -> None:
    lost = Unanswered("AWS did not answer.")
    world.aws().script.fail("switch_flag", lost, after_effect=True)
    switched(stage)
    assert stage.operation().state is State.SUCCEEDED
    assert held(world) == ("true", 2)
    assert labels(shown(stage)) == ["Restart web", "Undo"]


def test_a_denial_leaves_the_flag_and_is_told(stage: Stage, world: World) -> None:
    world.aws().script.fail(
        "switch_flag", Denied("AWS did not allow the bot to switch the flag new-checkout.")
    )
    switched(stage)
    assert stage.operation().state is State.FAILED
    assert held(world) == ("false", 1)
    assert labels(shown(stage)) == []


# Afterwards


def test_undo_brings_back_the_state_before(stage: Stage, world: World, golden: Golden) -> None:
    undo = telling.offers(switched(stage))[-1]
    first = stage.operation().id
    stage.forward(90)
    assert (undo.operation, dict(undo.arguments)) == (
        "flag",
        {"name": "new-checkout", "state": "off", "expected": "2"},
    )
    switched(stage, **dict(undo.arguments))
    assert held(world) == ("false", 3)
    told = stage.parts.told([o for o in stage.operations() if o.id == first])
    assert (telling.notes(told), labels(told)) == golden


def test_an_undo_of_what_was_written_since_asks(stage: Stage, world: World, golden: Golden) -> None:
    switched(stage)
    world.scopes.parameters.put(CHECKOUT, "true")
    asked = switch(stage, state="off", expected="2")
    assert isinstance(asked, Choice)
    assert (asked.headline, labels(asked)) == golden
    assert held(world) == ("true", 3)


def test_the_restart_is_no_longer_offered_once_it_was_done(stage: Stage, golden: Golden) -> None:
    assert labels(switched(stage)) == ["Restart web", "Undo"]
    flag = stage.operation().id
    stage.ask("restart", "staging", "web")
    stage.finish()
    told = stage.parts.told([o for o in stage.operations() if o.id == flag])
    assert (telling.notes(told), labels(told)) == golden
