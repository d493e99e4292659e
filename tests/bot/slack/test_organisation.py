"""The app installed in a whole organisation, or in one workspace of an organisation (facts/slack 8)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

import pytest

from bot.slack.directory import SlackDirectory
from bot.slack.identity import WRONG, Identity
from bot.slack.web import SlackWeb
from handlers.words.errors import Rejected
from handlers.words.message import Offer
from handlers.words.result import Answer, Choice
from playground.slack.organisation import Kind, Organisation
from policies.access.people import Home, SlackPerson, admit
from tests.bot.slack.peer import Peer, until
from tests.bot.slack.rig import Bot, settings
from tests.bot.slack.rows import HandClock
from tests.golden import Golden

WHOLE, ONE = Home("E0ORG", "E0ORG"), Home("E0ORG", "E0ORG", "T0HOME")


@contextmanager
def slack(kind: Kind) -> Iterator[Peer]:
    peer = Peer(Organisation(kind))
    try:
        yield peer
    finally:
        peer.close()


@pytest.fixture
def whole() -> Iterator[Peer]:
    with slack("whole") as peer:
        yield peer


@pytest.fixture
def one() -> Iterator[Peer]:
    with slack("workspace") as peer:
        yield peer


def identity(peer: Peer, team: str, named: Collection[str] = ()) -> Identity:
    told = settings("http", f"{peer.state.url}/api/", team=team)
    return Identity(told, SlackWeb(told), named=lambda: frozenset(named))


def directory(peer: Peer, home: Home, clock: HandClock | None = None) -> SlackDirectory:
    web = SlackWeb(settings("http", f"{peer.state.url}/api/"))
    monotonic = (clock or HandClock()).monotonic
    return SlackDirectory(web, use_groups=True, monotonic=monotonic, home=lambda: home)


@pytest.mark.parametrize(
    ("team", "home"),
    [
        ("", WHOLE),
        ("E0ORG", WHOLE),
        ("T0HOME", Home("T0HOME", "E0ORG")),
        ("T0BRANCH", Home("T0BRANCH", "E0ORG")),
    ],
)
def test_a_token_of_a_whole_organisation_serves_each_of_its_workspaces(
    whole: Peer, team: str, home: Home
) -> None:
    bot = identity(whole, team)
    bot.learn()
    assert bot.home() == home
    assert bot.home().everywhere


def test_a_token_of_one_workspace_of_an_organisation_serves_that_one(one: Peer) -> None:
    for team, home in (("", Home("T0HOME", "E0ORG", "T0HOME")), ("E0ORG", ONE)):
        bot = identity(one, team)
        bot.learn()
        assert bot.home() == home
        assert not bot.home().everywhere


def test_an_auth_test_that_names_a_workspace_counts_for_the_whole_organisation(peer: Peer) -> None:
    """Nobody could observe which of the two forms Slack sends for such a token."""
    peer.state.organisation = AsWorkspace("whole")
    bot = identity(peer, "E0ORG")
    bot.learn()
    assert bot.home() == WHOLE
    assert bot.ours({"api_app_id": "A0LAMP", "team_id": "T0HOME"})


class AsWorkspace(Organisation):
    def in_auth_test(self) -> dict[str, object]:
        return {"team_id": "T0HOME", "enterprise_id": "E0ORG", "is_enterprise_install": True}


@pytest.mark.parametrize(
    ("kind", "team", "named"),
    [
        ("whole", "E0ELSE", ()),
        ("whole", "T0ELSE", ()),
        ("whole", "T0ATTIC", ()),
        ("workspace", "T0BRANCH", ()),
        ("workspace", "E0ELSE", ()),
        ("whole", "", ("T0ELSE",)),
        ("workspace", "T0HOME", ("E0ELSE",)),
        ("", "E0ORG", ()),
        ("", "", ("E0ORG",)),
    ],
)
def test_a_token_of_another_team_is_refused_in_words(
    kind: Kind, team: str, named: tuple[str, ...], golden: Golden
) -> None:
    with slack(kind) as peer, pytest.raises(Rejected) as refused:
        identity(peer, team, named).learn()
    assert refused.value.sentence == golden


@pytest.mark.parametrize("named", [("E0ORG",), ("T0HOME",), ("T0HOME", "T0ELSE"), ()])
def test_a_catalog_of_the_organisation_or_of_one_of_its_workspaces_is_ours(
    whole: Peer, named: tuple[str, ...]
) -> None:
    identity(whole, "", named).learn()


def test_nobody_of_an_organisation_is_at_home_until_slack_describes_the_installation(whole: Peer) -> None:
    assert identity(whole, "E0ORG").home() == Home("")


def test_a_wrong_token_keeps_the_bot_from_serving_and_people_are_told(peer: Peer) -> None:
    bot = Bot(peer, "http", team="T0OTHER").start()
    try:
        bot.edge.identity.learn_in_background(first=0.01)
        until(lambda: bot.edge.identity.wrong)
        assert bot.edge.identity.home() == Home("")
        told = peer.type("/env help", overrides={"team_id": "T0OTHER"})
        assert WRONG in str(told["response"])
        assert bot.gate.asked == []
    finally:
        bot.stop()


@pytest.mark.parametrize(
    ("home", "user", "team", "rule"),
    [
        (WHOLE, "W0DEV", "T0HOME", "people.internal"),
        (WHOLE, "W0DEV", "E0ORG", "people.internal"),
        (WHOLE, "W0DEV", "", "people.internal"),
        (WHOLE, "W0ADA", "T0BRANCH", "people.internal"),
        (WHOLE, "W0OLU", "T0BRANCH", "people.internal"),
        (ONE, "W0ADA", "T0BRANCH", "people.internal"),
        (ONE, "W0OLU", "T0BRANCH", "people.external"),
        (WHOLE, "W0DEV", "T0SIDCO", "people.external"),
        (WHOLE, "W0DEV", "E0SIDORG", "people.external"),
        (WHOLE, "U0SID", "T0SIDCO", "people.external"),
        (WHOLE, "U0SID", "E0SIDORG", "people.external"),
        (WHOLE, "U0SID", "", "people.external"),
        (WHOLE, "W0GUS", "T0HOME", "people.guest"),
        (WHOLE, "W0REX", "T0HOME", "people.deactivated"),
        (WHOLE, "W0FLOW", "T0HOME", "people.bot"),
    ],
)
def test_the_organisations_people_are_known_for_what_they_are(
    whole: Peer, home: Home, user: str, team: str, rule: str
) -> None:
    assert admit(directory(whole, home).account(team, user), home).rule == rule


def test_an_outsider_is_refused_even_if_slack_only_names_their_organisation(whole: Peer) -> None:
    sid = whole.state.directory.people["U0SID"].changed({"is_stranger": False, "is_email_confirmed": True})
    whole.state.directory.people["U0SID"] = sid
    assert admit(directory(whole, WHOLE).account("T0SIDCO", "U0SID"), WHOLE).rule == "people.external"


def test_a_person_who_joined_a_workspace_is_asked_for_again(whole: Peer) -> None:
    clock = HandClock()
    people = directory(whole, WHOLE, clock)
    assert admit(people.account("T0BRANCH", "W0DEV"), WHOLE).rule == "people.external"
    dev = whole.state.directory.people["W0DEV"].changed({"teams": ("T0HOME", "T0BRANCH")})
    whole.state.directory.people["W0DEV"] = dev
    clock.advance(3)
    assert admit(people.account("T0BRANCH", "W0DEV"), WHOLE).rule == "people.internal"


@pytest.mark.parametrize("team", ["T0BRANCH", "T0HOME", "E0ORG", ""])
def test_groups_are_those_of_each_workspace_the_person_is_in_wherever_they_act_from(
    whole: Peer, team: str
) -> None:
    """Ada is also in a workspace that the app was not added to, which causes no trouble."""
    whole.state.directory.groups["S0PLATFORM"].members.add("W0ADA")
    people = directory(whole, WHOLE)
    assert people.groups(team, "W0ADA") == {"S0PLATFORM"}
    assert people.groups(team, "W0DEV") == frozenset()
    asked = [call["payload"].get("team_id") for call in whole.calls("usergroups.list")]
    assert sorted(asked) == ["T0ATTIC", "T0BRANCH", "T0HOME"], "each once, whoever asks"
    people.forget_groups()
    assert people.groups(team, "W0ADA") == {"S0PLATFORM"}


def test_a_workspaces_token_asks_for_its_own_groups(one: Peer) -> None:
    people = directory(one, ONE)
    assert people.groups("T0BRANCH", "W0OLU") == frozenset(), "that group is the other workspace's"
    assert [call["payload"].get("team_id") for call in one.calls("usergroups.list")] == [None]


@pytest.fixture(params=["http", "socket"])
def bot(request: pytest.FixtureRequest, whole: Peer) -> Iterator[Bot]:
    made = Bot(whole, request.param, team="E0ORG")
    made.edge.identity.learn()
    yield made.start()
    made.stop()


def test_commands_and_presses_of_every_workspace_reach_the_gate(bot: Bot) -> None:
    offer = Offer("Restart now", "restart", "staging", "web", id="offer-abc")
    bot.gate.says = lambda _: Choice("Restarting `web`:", offers=(offer,))
    bot.peer.type("/env restart staging web", user="W0OLU")
    shown = until(lambda: bot.peer.seen("W0OLU"))[-1]
    pressed = bot.peer.press("offer:0", user="W0OLU", channel="C0STAGING", ts=shown["ts"])
    assert pressed["status"] == 200
    until(lambda: len(bot.gate.asked) == 2)
    assert {request.actor for request in bot.gate.asked} == {SlackPerson("T0BRANCH", "W0OLU", "olu")}


def test_modals_and_events_of_an_organisation_reach_the_gate(bot: Bot) -> None:
    bot.gate.says = lambda _: Answer("Here.", names=("staging",))
    bot.peer.type("/env", user="W0DEV")
    view = until(lambda: (bot.peer.modal("W0DEV") or {}).get("submit") and bot.peer.modal("W0DEV"))
    assert view["app_installed_team_id"] == "E0ORG"
    offered = bot.peer.options("ask:environment", view["id"], user="W0DEV")
    assert "staging" in [option["value"] for option in offered["options"]]
    chosen = {"view_id": view["id"], "user": "W0DEV"}
    assert bot.peer.press("ask:operation", value="restart", **chosen)["status"] == 200
    until(lambda: "ask:service" in str(bot.peer.modal("W0DEV")))
    filled = {"ask:environment": "staging", "ask:service": "web"}
    assert bot.peer.submit(view["id"], filled, user="W0DEV")["status"] == 200
    until(lambda: [r for r in bot.gate.asked if r.operation == "restart"])
    assert bot.peer.event({"type": "app_home_opened", "user": "W0VIC", "tab": "home"}).ok
    until(lambda: [r for r in bot.gate.asked if r.actor.id == "slack:T0HOME:W0VIC"])


@pytest.mark.parametrize(
    ("body", "ours"),
    [
        ({"team": None, "enterprise": {"id": "E0ORG"}, "user": {"team_id": "T0SIDCO"}}, True),
        ({"team": None, "enterprise": None, "user": {"team_id": "E0SIDORG"}}, False),
        ({"team": {"id": "T0BRANCH", "enterprise_id": "E0ORG"}}, True),
        ({"team": None, "view": {"app_installed_team_id": "E0ORG"}}, True),
        ({"team": None, "view": {"app_installed_team_id": "E0SIDORG"}}, False),
        ({"team_id": "E0ORG", "is_enterprise_install": "true"}, True),
        ({"team_id": "T0BRANCH", "authorizations": [{"enterprise_id": "E0ORG", "team_id": None}]}, True),
        ({"team_id": "T0HOME", "authorizations": [{"enterprise_id": "E0SIDORG", "team_id": None}]}, False),
        ({"team_id": "T0ELSE", "is_enterprise_install": "true"}, False),
        ({"team": None, "user": {"team_id": "T0HOME", "enterprise_id": "E0ORG"}}, False),
    ],
)
def test_the_organisation_of_a_payload_is_read_where_its_kind_names_it(
    whole: Peer, body: dict[str, object], ours: bool
) -> None:
    """Fails if the person's team is read: an outsider who presses our button is answered, and refused."""
    bot = identity(whole, "E0ORG")
    bot.learn()
    assert bot.ours({"api_app_id": "A0LAMP", **body}) is ours
