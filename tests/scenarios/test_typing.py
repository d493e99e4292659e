"""Whatever is mistyped, only the person is told what was wrong and the nearest right command, and nothing
runs.
"""

from __future__ import annotations

import pytest

from tests.scenarios.stage import DEV, VIC, Stage, kinds_of

UNREADABLE = [
    pytest.param("/env restart please", "needs a service", id="nothing-named"),
    pytest.param("/env restart staging", "needs a service", id="no-service"),
    pytest.param("/env frobnicate the thing", "There is no command `frobnicate`", id="nonsense"),
    pytest.param("/env restart staging web api", "is one word too many", id="one-word-too-many"),
    pytest.param("/env restart staging web color=red", "takes no `color=`", id="unknown-argument"),
    pytest.param(f"/env restart staging {'w' * 3000}", "characters", id="3000-characters"),
    pytest.param("/env 🔥🔥🔥", "There is no command", id="emoji"),
    pytest.param("/env \x00\x07\x1b[31mrestart\u202e", "There is no command", id="control-characters"),
    pytest.param("/env restart <!channel> web", "There is no environment", id="ping-of-a-channel"),
    pytest.param("/env <!here> <@U0ADA> <!subteam^S0PLATFORM>", "There is no command", id="pings"),
    pytest.param("/env restart staging <@U0ADA>", "There is no service", id="a-person-for-a-service"),
]


@pytest.mark.parametrize(("text", "wrong"), UNREADABLE)
def test_an_unreadable_command_is_answered_to_its_author_and_pings_nobody(
    stage: Stage, text: str, wrong: str
) -> None:
    stage.types(DEV, text)
    told = stage.hears(DEV, wrong)
    stage.nobody_else_sees(told)
    for said in (told.fallback, told.words):
        assert not [ping for ping in ("<!", "<@", "@channel", "@here", "<#") if ping in said], said
        assert len(said) < 1_000
    assert "started" not in kinds_of(stage.evidence.entries(actor="slack:T0HOME:U0DEV"))
    assert stage.world.asked("ecs.UpdateService", "staging") == []
    assert stage.public() == []


@pytest.mark.parametrize("text", ["/env scale please", "/env restrat staging web", "/env 🔥", "/env lsit"])
def test_the_answer_to_a_mistake_has_a_command_to_copy(stage: Stage, text: str) -> None:
    stage.types(VIC, text)
    assert "Try: `/env " in stage.hears(VIC, "not understood").words


def test_an_unknown_service_is_answered_with_the_nearest_one(stage: Stage) -> None:
    place = stage.environment()
    stage.types(DEV, f"/env restart {place} apl")
    told = stage.hears(DEV, f"There is no service `apl` in `{place}`", "Did you mean `api`?")
    stage.nobody_else_sees(told)
    assert stage.world.deploys(place) == 0
    assert "started" not in kinds_of(stage.audit(place))


def test_a_service_whose_name_has_capitals_is_restarted_however_it_is_typed(stage: Stage) -> None:
    place = stage.environment({"name": "Web_API", "desired": 1, "load_balancer": True})
    stage.types(DEV, f"/env restart {place} web_api")
    stage.until("it is deployed", lambda: stage.world.deploys(place, "Web_API") == 1)
    assert {entry.target for entry in stage.audit(place)} == {"Web_API"}


def test_a_mistyped_verb_is_answered_with_the_nearest_and_the_corrected_command(stage: Stage) -> None:
    place = stage.environment()
    stage.types(DEV, f"/env restrat {place} api")
    stage.hears(DEV, "There is no command `restrat`", f"Try: `/env restart {place} api`")
    assert stage.audit(place) == []
    assert stage.world.deploys(place) == 0


def test_an_alias_in_capitals_and_what_a_phone_makes_of_quotes_and_hyphens_are_understood(
    stage: Stage,
) -> None:
    """``tests/bot/slack/test_typed`` and ``tests/handlers/typed`` have each of these by itself."""
    place = stage.environment()
    stage.types(DEV, f"/env “BOUNCE” {place.replace('-', '–')} `api`")
    stage.message_of(place, "succeeded")
    assert stage.closed(place).operation == "restart"


@pytest.mark.only("http")
def test_the_word_payload_in_a_command_does_not_lose_it(stage: Stage) -> None:
    stage.types(DEV, "/env restart staging payload")
    stage.hears(DEV, "There is no service `payload` in `staging`")
