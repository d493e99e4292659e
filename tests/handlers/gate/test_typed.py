"""What the gate provides for reading a typed line, and for whoever mistyped one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.ports.store import CatalogChange
from handlers.typed.reading import read
from handlers.typed.room import Room
from handlers.typed.values import NOBODY, Misread, Parsed
from handlers.words.errors import StoreLost
from handlers.words.message import Offer
from handlers.words.result import Missing, Refusal, Report
from policies.access.people import SlackPerson
from tests import telling
from tests.handlers.stage import REGISTRY, Stage
from tests.handlers.world import DEV, GUS, NIA, OLU, QA, STAGING, VIC, World, service


@pytest.mark.parametrize(
    ("who", "channel", "here"),
    [
        (DEV, "C0STAGING", "staging"),
        (VIC, "C0STAGING", "staging"),
        (VIC, "C0QA-EU", ""),
        (DEV, "C0PRODUCTION", ""),
        (DEV, "C0OPS", ""),
        (NIA, "C0STAGING", ""),
        (GUS, "C0STAGING", ""),
    ],
)
def test_a_channel_stands_for_its_environment_to_whoever_may_view_that(
    stage: Stage, who: SlackPerson, channel: str, here: str
) -> None:
    assert stage.gate.names(who, channel).here == here


def test_a_channel_of_several_stands_only_for_the_environment_of_its_name(stage: Stage) -> None:
    both = tuple(replace(place, channel="C0TEAM") for place in (STAGING, QA))
    stage.store.catalog.write(CatalogChange(put_environments=both))
    assert stage.gate.names(DEV, "C0TEAM").here == ""
    assert stage.gate.names(DEV, "C0TEAM", "team").here == ""
    assert stage.gate.names(DEV, "C0TEAM", "staging").here == "staging"
    assert stage.gate.names(DEV, "C0OPS", "staging").here == ""
    assert stage.gate.names(VIC, "C0TEAM", "qa-eu").here == "staging", "qa-eu is not Vic's to know of"


def test_the_names_are_only_those_the_person_may_view(stage: Stage) -> None:
    assert stage.gate.names(VIC, "C0STAGING").environments == {"staging"}
    assert stage.gate.names(NIA, "C0STAGING").environments == set()
    assert stage.gate.names(GUS, "C0STAGING").environments == set()
    assert stage.gate.names(NIA, "C0STAGING").ungranted
    assert not stage.gate.names(GUS, "C0STAGING").ungranted, "a guest is not let in"
    assert not stage.gate.names(VIC, "C0STAGING").ungranted
    assert "production" not in stage.gate.names(DEV, "").channels.values()


def test_services_are_listed_only_for_environments_the_person_may_view(stage: Stage) -> None:
    assert "orders-api" in stage.gate.names(DEV, "").services("staging")
    assert stage.gate.names(DEV, "").services("production") == frozenset()


def test_without_the_database_nothing_is_known(stage: Stage, world: World) -> None:
    def away(_method: str) -> None:
        raise StoreLost("It is gone.")

    world.store.before_call(away)
    assert stage.gate.names(DEV, "C0STAGING") == NOBODY
    assert stage.gate.offered(DEV, [Parsed("status", "staging")]) == ()


def test_run_it_is_decided_for_whoever_presses(stage: Stage) -> None:
    room = Room(REGISTRY, "/env", stage.gate.names(VIC, "C0STAGING"))
    wrong = read("reboot orders-api", room)
    assert isinstance(wrong, Misread)
    (offer,) = stage.gate.offered(VIC, wrong.meant)
    assert (offer.label, offer.operation, offer.environment) == ("Run it", "restart", "staging")
    assert stage.operations() == []
    assert telling.status(stage.press(offer, who=VIC)) == "refused"
    assert isinstance(stage.press(offer, who=DEV), Report)


def test_nothing_is_offered_to_somebody_who_is_not_let_in(stage: Stage) -> None:
    assert stage.gate.offered(GUS, [Parsed("status", "staging")]) == ()


def pressed(stage: Stage, offers: tuple[Offer, ...], who: SlackPerson) -> object:
    (offer,) = offers
    return stage.press(offer, who=who)


def test_a_mistyped_environment_or_service_has_its_correction_as_a_button(stage: Stage) -> None:
    wrong = stage.ask("restart", "stagin", "orders-api")
    assert isinstance(wrong, Refusal)
    assert stage.operations() == []
    assert isinstance(pressed(stage, wrong.offers, DEV), Report)
    stage.finish()
    missing = stage.ask("restart", "staging", "order-api")
    assert isinstance(missing, Missing)
    assert isinstance(pressed(stage, missing.offers, DEV), Report)


def test_where_no_service_resembles_the_word_each_of_a_few_has_a_button_that_names_it(stage: Stage) -> None:
    missing = stage.ask("restart", "staging", "qqq")
    assert isinstance(missing, Missing)
    assert [(o.label, o.operation, o.target) for o in missing.offers] == [
        ("restart orders-api", "restart", "orders-api"),
        ("restart web", "restart", "web"),
    ]
    assert stage.operations() == []
    assert isinstance(stage.press(missing.offers[1]), Report)
    for number in range(5):
        stage.world.aws().services.put(service(f"more-{number}"))
    many = stage.ask("restart", "staging", "qqq")
    assert isinstance(many, Missing)
    assert not many.offers


def test_a_correction_reveals_nothing_the_person_may_not_view(stage: Stage) -> None:
    hidden, absent = (stage.ask("restart", name, "web") for name in ("production", "productiom"))
    assert isinstance(hidden, Refusal)
    assert isinstance(absent, Refusal)
    assert hidden.offers == absent.offers == ()
    of_olu = stage.ask("status", "productiom", who=OLU)
    assert isinstance(of_olu, Refusal)
    assert {offer.environment for offer in of_olu.offers} <= stage.gate.names(OLU, "").environments


@pytest.mark.parametrize(
    "line",
    [
        "status",
        "status orders-api",
        "schedule",
        "owner",
        "restart orders-api",
        "stop",
        "start",
        "pause",
        "pause tonight",
        "keep 12h",
        "keep until tomorrow",
        "resume",
        "set weekdays 8am-6pm",
        "unschedule",
        'retain 30d "demo"',
        "assign <@U0DEV>",
        "disown",
        "leave",
        "restart orderz",
    ],
)
def test_the_environment_of_the_channel_is_named_in_the_answer(stage: Stage, line: str) -> None:
    parsed = read(line, Room(REGISTRY, "/env", stage.gate.names(OLU, "C0STAGING")))
    assert isinstance(parsed, Parsed)
    assert parsed.environment == "staging"
    asked = dict(parsed.arguments)
    reply = stage.ask(parsed.operation, parsed.environment, parsed.target, arguments=asked, who=OLU)
    assert "staging" in reply.headline
