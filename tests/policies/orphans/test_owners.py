"""Whom to ask: the catalog file comes first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policies.access.people import Home, SlackAccount
from policies.orphans.evidence import Owner, Standing
from policies.orphans.owners import Contact, Owned, contact, slack_id, standing, tagged
from policies.service.environment import ClusterPick, Environment, Tier
from tests.policies.orphans.make import NOW

HOME = Home("T0HOME")
BARE = Environment("staging", Tier.NONPRODUCTION, "111122223333", "eu-west-1", ClusterPick("staging"))
OWNED = Owned("staging", "T0HOME", "U0DEV", "Dev", "slack:T0HOME:U0ADA", "Ada", NOW)
REX = SlackAccount("T0HOME", "U0REX", "Rex", deleted=True)


def test_a_file_comes_before_slack_and_slack_before_nobody() -> None:
    named = replace(BARE, owner="Olu")
    assert contact(named, OWNED) == Contact("Olu", in_file=True)
    assert contact(BARE, OWNED) == Contact("Dev", "U0DEV", owned=OWNED)
    assert contact(BARE, None) is None


@pytest.mark.parametrize(
    ("text", "user"),
    [
        ("U0REX", "U0REX"),
        ("<@W12345>", "W12345"),
        ("<@U0DEV|dev>", "U0DEV"),
        ("Rex", ""),
        ("team-orders", ""),
        ("U", ""),
        ("", ""),
    ],
)
def test_a_slack_id_is_distinguished_from_a_name(text: str, user: str) -> None:
    assert slack_id(text) == user


@pytest.mark.parametrize(
    ("known", "account", "found"),
    [
        (None, None, Owner(Standing.MISSING)),
        (Contact("team-orders", in_file=True), None, Owner(Standing.THERE, "team-orders")),
        (Contact("U0REX", "U0REX"), REX, Owner(Standing.DEACTIVATED, "Rex", "U0REX")),
        (
            Contact("U0REX", "U0REX"),
            SlackAccount("T0HOME", "U0REX", missing=True),
            Owner(Standing.GONE, "U0REX", "U0REX"),
        ),
        (
            Contact("Dev", "U0DEV"),
            SlackAccount("T0HOME", "U0DEV", "Devika"),
            Owner(Standing.THERE, "Devika", "U0DEV"),
        ),
        (
            Contact("Gus", "U0GUS"),
            SlackAccount("T0HOME", "U0GUS", "Gus", guest=True),
            Owner(Standing.THERE, "Gus", "U0GUS"),
        ),
        (Contact("Rex", "U0REX"), None, None),
    ],
)
def test_an_owner_is_there_missing_deactivated_or_gone(
    known: Contact | None, account: SlackAccount | None, found: Owner | None
) -> None:
    assert standing(known, account, HOME) == found


@pytest.mark.parametrize(
    ("tags", "named"),
    [
        ([{"Owner": "team-orders"}], Contact("team-orders")),
        ([{"a": "b"}, {"acme:owner": "U0REX"}], Contact("U0REX", "U0REX")),
        ([{"owned-by": "Olu"}], Contact("Olu")),
        ([{"owner": " "}, {"homeowner": "x"}], None),
        ([], None),
    ],
)
def test_a_tag_names_an_owner(tags: list[dict[str, str]], named: Contact | None) -> None:
    assert tagged(tags) == named
