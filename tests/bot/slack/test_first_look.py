"""What Slack has for a first catalog: the bot's channels, and the people that a name means."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.slack import installation
from bot.slack.first_look import MOST_ALIKE, SlackFirstLook
from bot.slack.web import SlackWeb
from playground.slack.cast import BOT_USER, Person
from playground.slack.organisation import Kind, Organisation
from tests.bot.slack.peer import Peer
from tests.bot.slack.rig import settings


@contextmanager
def looking(kind: Kind = "", team: str = "") -> Iterator[tuple[Peer, SlackFirstLook]]:
    peer = Peer(Organisation(kind))
    try:
        web = SlackWeb(settings("http", f"{peer.state.url}/api/"))
        yield peer, SlackFirstLook(web, installation.read(web.call("auth.test")), team)
    finally:
        peer.close()


def test_the_channels_are_those_the_bot_is_in_and_shared_ones_are_marked() -> None:
    with looking() as (peer, look):
        peer.state.directory.channels["C0OPS"].is_private = True
        assert [(c.id, c.name, c.shared) for c in look.channels()] == [
            ("C0OPS", "platform-ops", False),
            ("C0SHARED", "shared", True),
            ("C0STAGING", "staging", False),
        ]
        for channel in peer.state.directory.channels.values():
            channel.members.discard(BOT_USER)
        assert look.channels() == ()


@pytest.mark.parametrize(
    ("text", "users"),
    [
        ("U0ADA", ["U0ADA"]),
        ("<@U0ADA|ada>", ["U0ADA"]),
        ("ada", ["U0ADA"]),
        (" @Ada ", ["U0ADA"]),
        ("ada ames", ["U0ADA"]),
        ("Ames", ["U0ADA"]),
        ("vi", ["U0VIC"]),
        ("rex", []),
        ("lamplighter", []),
        ("nobody at all", []),
        ("  ", []),
    ],
)
def test_a_person_is_meant_by_id_or_by_name(text: str, users: list[str]) -> None:
    with looking() as (_, look):
        assert [somebody.account.user for somebody in look.people(text)] == users


def test_a_person_whom_the_bot_would_not_let_in_is_marked_with_the_reason() -> None:
    with looking() as (_, look):
        assert [bool(look.people(text)[0].refused) for text in ("ada", "gus", "U0REX", BOT_USER)] == [
            False,
            True,
            True,
            True,
        ]
        assert look.people("U0NOWHERE") == ()


def test_only_a_few_of_many_people_with_one_name_are_returned() -> None:
    with looking() as (peer, look):
        for number in range(MOST_ALIKE + 5):
            name = f"kim{number}"
            peer.state.directory.people[f"U0{name.upper()}"] = Person(f"U0{name.upper()}", name, "Kim")
        assert len(look.people("kim")) == MOST_ALIKE + 1
        assert [one.account.user for one in look.people("kim3")] == ["U0KIM3"]


@pytest.mark.parametrize(
    ("kind", "team", "serves", "named"),
    [
        ("", "", True, "T0HOME"),
        ("", "T0OTHER", False, "T0OTHER"),
        ("workspace", "E0ORG", True, "E0ORG"),
        ("whole", "", True, "E0ORG"),
        ("whole", "T0BRANCH", True, "T0BRANCH"),
    ],
)
def test_the_catalogs_team_is_the_settings_else_the_tokens(
    kind: Kind, team: str, serves: bool, named: str
) -> None:
    with looking(kind, team) as (_, look):
        assert (look.serves(), look.team) == (serves, named)


def test_an_organisation_is_asked_workspace_by_workspace() -> None:
    with looking("whole") as (_, look):
        assert [c.id for c in look.channels()] == ["C0OPS", "C0SHARED", "C0STAGING"]
        assert [one.account.user for one in look.people("olu")] == ["W0OLU"]
        assert [one.account.user for one in look.people("ada")] == ["W0ADA"]
