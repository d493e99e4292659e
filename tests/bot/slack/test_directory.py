from __future__ import annotations

import pytest

from bot.slack.directory import SlackDirectory
from bot.slack.places import Places
from bot.slack.web import SlackWeb
from handlers.words.errors import Trouble
from policies.access.people import Home, admit
from tests.bot.slack.peer import Peer, until
from tests.bot.slack.rig import Bot, settings
from tests.bot.slack.rows import HandClock

HOME = Home("T0HOME")


def directory(peer: Peer, clock: HandClock, *, groups: bool = False) -> SlackDirectory:
    web = SlackWeb(settings("http", f"{peer.state.url}/api/", answer_seconds=8))
    return SlackDirectory(web, use_groups=groups, monotonic=clock.monotonic)


@pytest.mark.parametrize(
    ("user", "team", "rule"),
    [
        ("U0DEV", "T0HOME", "people.internal"),
        ("U0GUS", "T0HOME", "people.guest"),
        ("U0SID", "T0SIDCO", "people.external"),
        ("U0SID", "T0HOME", "people.external"),
        ("U0DEV", "T0SIDCO", "people.external"),
        ("U0REX", "T0HOME", "people.deactivated"),
        ("U0FLOW", "T0HOME", "people.bot"),
        ("U0NOBODY", "T0HOME", "people.unknown"),
    ],
)
def test_the_cast_is_known_for_what_it_is(peer: Peer, user: str, team: str, rule: str) -> None:
    assert admit(directory(peer, HandClock()).account(team, user), HOME).rule == rule


def test_an_unknown_id_is_told_apart_from_a_failure_of_slack(peer: Peer) -> None:
    found = directory(peer, HandClock()).account("T0HOME", "U0NOBODY")
    assert found is not None
    assert found.missing


def test_an_unconfirmed_address_is_reported(peer: Peer) -> None:
    person = peer.state.directory.people["U0DEV"]
    peer.state.directory.people["U0DEV"] = person.changed({"is_email_confirmed": False})
    assert admit(directory(peer, HandClock()).account("T0HOME", "U0DEV"), HOME).rule == "people.unconfirmed"


def test_an_answer_is_kept_for_a_minute(peer: Peer) -> None:
    clock = HandClock()
    people = directory(peer, clock)
    people.account("T0HOME", "U0DEV")
    clock.advance(59)
    people.account("T0HOME", "U0DEV")
    assert len(peer.calls("users.info")) == 1
    clock.advance(2)
    people.account("T0HOME", "U0DEV")
    assert len(peer.calls("users.info")) == 2


def test_a_change_asks_slack_again_but_only_once_per_request(peer: Peer) -> None:
    clock = HandClock()
    people = directory(peer, clock)
    people.account("T0HOME", "U0DEV")
    people.account("T0HOME", "U0DEV", anew=True)
    assert len(peer.calls("users.info")) == 1
    clock.advance(3)
    peer.state.directory.people["U0DEV"] = peer.state.directory.people["U0DEV"].changed({"deleted": True})
    assert admit(people.account("T0HOME", "U0DEV"), HOME).rule == "people.internal", "as it is kept"
    assert admit(people.account("T0HOME", "U0DEV", anew=True), HOME).rule == "people.deactivated"
    assert admit(people.account("T0HOME", "U0DEV"), HOME).rule == "people.deactivated", "the newer is kept"


def test_changes_ask_for_groups_again_within_slacks_limit(peer: Peer) -> None:
    clock = HandClock()
    people = directory(peer, clock, groups=True)
    for _ in range(11):
        people.groups("T0HOME", "U0OLU", anew=True)
        clock.advance(1)
    assert len(peer.calls("usergroups.list")) == 3, "every five seconds: 12 a minute, of 20"


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 429, "retry_after": 3}, {"kind": "drop"}])
def test_an_account_that_slack_cannot_give_is_unknown_and_not_cached(
    peer: Peer, fault: dict[str, object]
) -> None:
    people = directory(peer, HandClock())
    peer.faults.order(**{"kind": "status", "method": "users.info", **fault})
    assert people.account("T0HOME", "U0DEV") is None
    assert people.account("T0HOME", "U0DEV") is not None


def test_a_changed_person_is_asked_for_again_at_once(bot: Bot) -> None:
    """Fails without the event: a deactivated person could act for another minute."""
    people = bot.edge.directory
    assert people.account("T0HOME", "U0DEV")
    person = bot.peer.state.directory.people["U0DEV"].changed({"deleted": True})
    bot.peer.state.directory.people["U0DEV"] = person
    bot.peer.event({"type": "user_change", "user": {"id": "U0DEV"}})

    def deleted() -> bool:
        account = people.account("T0HOME", "U0DEV")
        return account is not None and account.deleted

    assert until(deleted)


def test_groups_are_read_once_and_again_when_they_change(peer: Peer) -> None:
    """Fails with a look-up per click: the method may be called 20 times a minute."""
    people = directory(peer, HandClock(), groups=True)
    for _ in range(10):
        assert people.groups("T0HOME", "U0OLU") == {"S0PLATFORM"}
    assert people.groups("T0HOME", "U0DEV") == frozenset()
    assert len(peer.calls("usergroups.list")) == 1
    peer.state.directory.groups["S0PLATFORM"].members.add("U0DEV")
    people.forget_groups()
    assert people.groups("T0HOME", "U0DEV") == {"S0PLATFORM"}


def test_a_failure_to_read_groups_raises(peer: Peer) -> None:
    peer.faults.order(kind="status", method="usergroups.list", status=500)
    with pytest.raises(Trouble):
        directory(peer, HandClock(), groups=True).groups("T0HOME", "U0OLU")


def test_slack_is_not_asked_for_groups_that_are_not_used(peer: Peer) -> None:
    assert directory(peer, HandClock()).groups("T0HOME", "U0OLU") == frozenset()
    assert peer.calls("usergroups.list") == []


@pytest.mark.parametrize(
    ("channel", "shared"),
    [("C0STAGING", False), ("C0SHARED", True), ("D0DEV", False), ("", False), ("C0UNKNOWN", True)],
)
def test_an_unknown_channel_counts_as_shared(peer: Peer, channel: str, shared: bool) -> None:
    web = SlackWeb(settings("http", f"{peer.state.url}/api/", answer_seconds=8))
    places = Places(web, monotonic=HandClock().monotonic)
    assert places.shared(channel) is shared
    assert places.shared(channel) is shared
    assert len(peer.calls("conversations.info")) <= (2 if channel == "C0UNKNOWN" else 1)
