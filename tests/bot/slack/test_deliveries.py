from __future__ import annotations

from typing import Any

import pytest

from bot.slack import deliveries
from bot.slack.identity import Identity
from bot.slack.web import SlackWeb
from tests.bot.slack.rig import settings


def identity(**more: object) -> Identity:
    told = settings("http", "http://127.0.0.1:9/api/", **more)
    return Identity(told, SlackWeb(told))


def test_the_trigger_comes_before_the_event_and_the_signature() -> None:
    headers = {"x-slack-signature": ["v0=ab"]}
    assert deliveries.key({"trigger_id": "1", "event_id": "E"}, headers) == "trigger_id:1"
    assert deliveries.key({"event_id": "E"}, headers) == "event_id:E"
    assert deliveries.key({}, headers) == "signature:v0=ab"
    assert deliveries.key({}, {}) == ""


@pytest.mark.parametrize(
    ("body", "team"),
    [
        ({"team_id": "T1"}, "T1"),
        ({"team": {"id": "T1"}, "user": {"team_id": "T2"}}, "T1"),
        ({"team": None, "user": {"team_id": "T2"}}, "T2"),
        ({"team": None, "view": {"app_installed_team_id": "T3"}, "user": {"team_id": "T2"}}, "T3"),
        ({"team_id": "T1", "authorizations": [{"team_id": "T4"}]}, "T4"),
        ({}, ""),
        ({"team": "odd", "user": "odd", "view": 3}, ""),
    ],
)
def test_the_team_of_a_payload_is_the_one_it_was_sent_to(body: dict[str, Any], team: str) -> None:
    assert deliveries.team_of(body) == team


@pytest.mark.parametrize(
    ("body", "ours"),
    [
        ({"team_id": "T0HOME", "api_app_id": "A0LAMP"}, True),
        ({"team_id": "T0HOME", "api_app_id": "A0OTHER"}, False),
        ({"team_id": "T0HOME"}, False),
        ({"team_id": "T0OTHER", "api_app_id": "A0LAMP"}, False),
        ({"api_app_id": "A0LAMP"}, False),
        ({"team_id": "T0HOME", "api_app_id": "A0LAMP", "enterprise_id": "E1"}, True),
    ],
)
def test_only_payloads_of_our_team_and_app_are_ours(body: dict[str, Any], ours: bool) -> None:
    assert identity().ours(body) is ours


@pytest.mark.parametrize(
    ("body", "ours"),
    [
        ({"team_id": "T0BRANCH", "enterprise_id": "E0HOME", "api_app_id": "A0LAMP"}, True),
        ({"team_id": "T0HOME", "enterprise_id": "E0OTHER", "api_app_id": "A0LAMP"}, False),
        ({"team": None, "enterprise": {"id": "E0HOME"}, "api_app_id": "A0LAMP"}, True),
        ({"team_id": "T0BRANCH", "api_app_id": "A0LAMP"}, False),
    ],
)
def test_in_an_organisation_its_other_workspaces_are_ours_too(body: dict[str, Any], ours: bool) -> None:
    assert identity(enterprise="E0HOME").ours(body) is ours


def test_the_memory_of_event_ids_forgets_the_oldest() -> None:
    recent = deliveries.Recent(size=2)
    assert [recent.first(name) for name in ("a", "a", "b", "c", "a")] == [True, False, True, True, True]
