"""Why Slack rejects a token or does not answer: each cause has its own next step."""

from __future__ import annotations

import socket
import ssl
from typing import Any
from urllib.error import URLError

import pytest
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web import SlackResponse

from bot.slack.causes import APP, BOT, CODES, SECRET, misplaced, why
from tests.golden import Golden

API = "https://slack.com/api/"
GOOD = "xoxb-not-a-real-one", "xapp-not-a-real-one", "0123456789abcdef0123456789abcdef"


def answered(data: Any, status: int = 200) -> SlackApiError:
    response = SlackResponse(
        client=None, http_verb="POST", api_url=API, req_args={}, data=data, headers={}, status_code=status
    )
    return SlackApiError("said no", response)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("code", [*CODES, "something_new"])
def test_each_error_code_of_slack_is_explained_with_the_next_step(code: str, golden: Golden) -> None:
    found = why(answered({"ok": False, "error": code}), API)
    assert code in found.said
    assert found.todo
    assert found == golden


@pytest.mark.parametrize("status", [403, 404, 407, 500, 502, 503, 599])
def test_a_bare_status_is_explained(status: int, golden: Golden) -> None:
    found = why(answered("<html>", status), API)
    assert f"(HTTP {status})" in found.said
    assert found == golden


@pytest.mark.parametrize(
    "error",
    [
        URLError(socket.gaierror(-3, "Temporary failure in name resolution")),
        URLError(ConnectionRefusedError(111, "Connection refused")),
        URLError(ssl.SSLCertVerificationError("unable to get local issuer certificate")),
        URLError(OSError(101, "Network is unreachable")),
        URLError(OSError("Tunnel connection failed: 403 Forbidden")),
        TimeoutError("The read operation timed out"),
        SlackRequestError("something else"),
    ],
    ids=str,
)
def test_each_way_not_to_reach_slack_is_told_apart(error: Exception, golden: Golden) -> None:
    assert why(error, API) == golden


@pytest.mark.parametrize(
    ("bot", "app", "secret", "settings"),
    [
        (*GOOD, []),
        ("xoxb-1", "", "", []),
        ("xapp-1", "xoxb-1", "", [BOT]),
        ("xoxp-1", "xapp-1", "", [BOT]),
        ('"xoxb-1"', "xapp-1", "", [BOT]),
        ("xoxb-1", "xoxb-2", "", [APP]),
        ("xapp-1", "xapp-2", "", [BOT]),
        ("nonsense", "nonsense", "", [BOT, APP]),
        ("xoxb-1", "", "xoxb-1", [SECRET]),
    ],
)
def test_a_token_in_the_wrong_place_is_seen_without_asking(
    bot: str, app: str, secret: str, settings: list[str], golden: Golden
) -> None:
    found = misplaced(bot, app, secret)
    assert [setting for setting, _ in found] == settings
    assert found == golden


def test_the_value_of_a_token_is_never_repeated() -> None:
    found = misplaced("hunter2hunter2", "hunter3hunter3", "xoxb-hunter4")
    assert len(found) == 3
    assert "hunter" not in str(found)
