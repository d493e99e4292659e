"""A bot that is installed in a whole organisation: its people, whichever workspace they act from, and nobody
else; and what ``doctor`` says of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot import settings
from bot.cli.checks.check import Check
from bot.cli.checks.slack import slack
from playground.bot_environment import BotSetup, environment
from playground.slack.organisation import Organisation
from tests.scenarios.control import Control, Json
from tests.scenarios.process import PlaygroundProcess
from tests.scenarios.seen import Seen
from tests.scenarios.stage import UNMETERED
from tests.scenarios.stores import Evidence
from tests.waiting import until


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('organisation') / 'lamplighter.db'}"


@pytest.fixture(scope="module")
def control(tmp_path_factory: pytest.TempPathFactory, url: str) -> Iterator[Control]:
    options = ["--organisation", "--database-url", url, "--pace", "10", "--tick", "0.2"]
    options += ["--env", f"LAMPLIGHTER_{UNMETERED}"]
    process = PlaygroundProcess(tmp_path_factory.mktemp("playground"), options, plainly=True)
    made = Control(process.url)
    yield made
    bot = made.get("")["bot"]["pid"]
    made.close()
    process.end(bot)


@pytest.fixture
def evidence(url: str) -> Iterator[Evidence]:
    made = Evidence(url)
    yield made
    made.close()


def types(control: Control, user: str, text: str, **more: Any) -> Json:
    answer = control.post("/command", {"user": user, "channel": "C0STAGING", "text": text, **more})
    assert answer["failed"] is None, answer
    return answer


def hears(control: Control, user: str, words: str) -> Seen:
    def look() -> list[Seen]:
        told = control.get("/messages", channel="C0STAGING", viewer=user)["messages"]
        seen = [Seen(raw) for raw in told if raw["only_for"] == user]
        return [message for message in seen if words in message.words]

    return until(f"{user} is told {words!r}", look)[-1]


def test_a_grant_holds_in_every_workspace_and_the_log_uses_one_id(
    control: Control, evidence: Evidence
) -> None:
    """Ada is in two workspaces; Olu is only in the other one, not in the channel's."""
    for team in ("T0HOME", "T0BRANCH", "E0ORG"):
        types(control, "W0ADA", "/env help recover", overrides={"team_id": team})
    types(control, "W0OLU", "/env restart staging orders-api")

    def closed() -> list[Any]:
        return [entry for entry in evidence.entries(environment="staging") if entry.kind == "closed"]

    [entry] = until("the restart is closed", closed)
    assert (entry.actor, entry.outcome) == ("slack:E0ORG:W0OLU", "succeeded")
    assert {e.actor for e in evidence.entries() if "W0" in e.actor} == {"slack:E0ORG:W0OLU"}


def test_a_guest_and_somebody_of_another_organisation_are_refused(
    control: Control, evidence: Evidence
) -> None:
    types(control, "W0GUS", "/env list", force=True)
    hears(control, "W0GUS", "Guests cannot use this bot")
    types(control, "U0SID", "/env list", force=True, overrides={"team_id": "T0SIDCO"})
    hears(control, "U0SID", "only answers people of the company")
    refused = {(e.actor, e.rule) for e in evidence.entries()}
    assert ("slack:T0SIDCO:U0SID", "people.external") in refused


def test_doctor_says_where_the_token_is_installed(
    control: Control, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only its questions to Slack are asked here; ``tests/bot/cli/test_doctor`` asks all of them."""
    shown = control.get("")
    setup = BotSetup(tmp_path, "http", 1, url, tick=0.2, organisation=Organisation("whole"))
    for name, value in environment(setup, shown["url"], shown["world"]).items():
        if name.startswith("LAMPLIGHTER_"):
            monkeypatch.setenv(name, value)

    def found() -> dict[str, Check]:
        return {check.what: check for check in slack(settings.read(), named={"E0ORG"})}

    well = found()
    assert well["Slack team"].well
    assert well["Slack team"].said == "the token is of the whole organisation E0ORG"
    assert "catalog's team" not in well
    monkeypatch.setenv("LAMPLIGHTER_SLACK_TEAM", "T0ELSE")
    wrong = found()["Slack team"]
    assert wrong.well is False
    assert wrong.said == "the token is of the whole organisation E0ORG, the settings say T0ELSE"
