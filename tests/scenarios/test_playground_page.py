"""docs/playground.md followed from top to bottom, on any weekday and hour: its table of things worth trying,
then its evening."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.control import Control
from tests.scenarios.process import SOURCES, PlaygroundProcess
from tests.scenarios.seen import Seen
from tests.waiting import until

PAGE = SOURCES / "docs" / "playground.md"
ROW = re.compile(r"^\| (Ada|Olu|Dev|Vic) \| `(/env .*?)` \|", re.MULTILINE)
STATUSES = {
    "/env restart staging orders-api": "succeeded",
    "/env restart staging web": "needs confirmation",
    "/env restart staging broken-api": "failed",
    "/env restart production orders-api": "refused",
    '/env keep staging 4h "smoke test"': "succeeded",
    "/env schedule qa-eu set Mon-Fri 08:00-20:00 Europe/Berlin": "needs confirmation",
    "/env restrat staging web": "not understood",
}
"""How what the page tells to type comes out; of Vic, whatever it is, refused."""
HOURS = {
    "before the working day": "2026-12-03T05:00+01:00",
    "late on a Sunday": "2026-12-06T23:30+01:00",
}
"""The hardest: what is kept on may reach into the evening, or past midnight into another day."""
LONG = 600


@pytest.fixture
def control(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Control]:
    options = ["--pace", "10", "--tick", "0.2", "--at", request.param]
    process = PlaygroundProcess(tmp_path, options)
    made = Control(process.url)
    yield made
    bot = made.get("")["bot"]["pid"]
    made.close()
    process.end(bot)


def seen(control: Control, user: str) -> list[Seen]:
    told = control.get("/messages", channel="C0STAGING", viewer=user)["messages"]
    return [Seen(raw) for raw in told if raw.get("bot_id")]


def tried(control: Control, name: str, text: str) -> Seen:
    """What came of it, once it is over."""
    user, status = f"U0{name.upper()}", "refused" if name == "Vic" else STATUSES[text]
    before = {message.ts for message in seen(control, user)}
    answer = control.post("/command", {"user": user, "channel": "C0STAGING", "text": text})
    assert answer["failed"] is None, answer

    def over() -> list[Seen]:
        new = [message for message in seen(control, user) if message.ts not in before]
        return [message for message in new if str(message.raw["text"]).startswith(f"{status}: ")]

    return until(f"{text} is {status}", over)[0]


def stands(control: Control) -> dict[str, tuple[int, int]]:
    """Of each service of staging, how many tasks are wanted and run."""
    told: dict[str, Any] = control.post("/world", {"do": "describe"})["clusters"]["staging"]
    return {name: (row["desired"], row["running"]) for name, row in told.items()}


@pytest.mark.parametrize("control", HOURS.values(), ids=HOURS.keys(), indirect=True)
def test_what_is_worth_trying_comes_out_as_the_page_says_and_the_evening_stops_it_all(
    control: Control,
) -> None:
    """Fails if a service whose deployment failed, and was left so, cannot be stopped."""
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert {text for _, text in rows} == set(STATUSES)
    for name, text in rows:
        told = tried(control, name, text)
        if "keep" in text:
            undo = told.button("Undo")
            press = {"user": "U0DEV", "channel": "C0STAGING", "ts": told.ts, "action_id": undo["action_id"]}
            assert control.post("/click", press)["failed"] is None
    control.post("/clock", {"next": "07:59"})
    control.post("/clock", {"next": "19:29"})
    notice = until("the notice", lambda: _with(control, "stops at 20:00"))[0]
    assert {"Pause tonight", "+2 h", "Stop now"} <= set(notice.buttons)
    for _ in range(3):
        control.post("/clock", {"advance": LONG})
    until("everything stopped", lambda: set(stands(control).values()) == {(0, 0)})
    until("the notice says so", lambda: [m for m in _with(control, "stopped") if m.ts == notice.ts])
    asleep = control.post(
        "/command", {"user": "U0DEV", "channel": "C0STAGING", "text": "/env restart staging orders-api"}
    )
    assert asleep["failed"] is None
    until("it sleeps", lambda: [m for m in seen(control, "U0DEV") if "Start for 4 h" in m.buttons])
    control.post("/clock", {"next": "07:59"})
    control.post("/clock", {"advance": LONG})
    up = {"orders-api": (2, 2), "web": (2, 2), "worker": (1, 1), "billing-api": (1, 1)}
    until("the counts that were there", lambda: up.items() <= stands(control).items())


def _with(control: Control, words: str) -> list[Seen]:
    return [message for message in seen(control, "U0DEV") if words in message.words]
