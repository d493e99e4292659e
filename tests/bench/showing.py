"""The time from a restart command to its first visible message, by the playground's own record of the
traffic.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.bench.rig import PACE, Rig
from tests.scenarios.control import Control
from tests.scenarios.seen import Seen
from tests.waiting import until

CHANNEL = "C0STAGING"
PLACES = (
    ("staging", "orders-api"),
    ("staging", "billing-api"),
    ("staging", "worker"),
    ("qa-eu", "api"),
    ("qa-eu", "search"),
    ("qa-eu", "worker"),
)
"""Where all of them may restart and no confirmation is asked."""
PEOPLE = ("U0DEV", "U0OLU", "U0ADA")
APART = 61
"""Seconds of the playground's clock between two commands. Within a minute the second of one person joins the
message of the first (docs/messages.md). The bot follows a moved clock only within a moment, so people take
turns as well.
"""


def first_messages(rig: Rig, restarts: int) -> list[float]:
    """Return the real milliseconds from Slack sending the command to the message arriving at Slack."""
    taken = []
    for number in range(restarts):
        environment, service = PLACES[number % len(PLACES)]
        until(f"{service} is at rest", lambda: not _running(rig.control), seconds=60)
        rig.control.post("/clock", {"advance": APART})
        who = PEOPLE[number % len(PEOPLE)]
        taken.append(_one(rig.control, who, f"/env restart {environment} {service}"))
    return taken


def _one(control: Control, who: str, text: str) -> float:
    rows = control.get("/traffic")["traffic"]
    mark = rows[-1]["id"] if rows else 0
    answer = control.post("/command", {"user": who, "channel": CHANNEL, "text": text})
    assert answer["failed"] is None, answer
    (posted, *_) = until(f"a message after {text}", lambda: _crossed(control, "chat.postMessage", mark))
    (sent, *_) = until("the command is on record", lambda: _crossed(control, "deliver.command", mark))
    since_ack = (_at(posted) - _at(sent)).total_seconds() / PACE
    return since_ack * 1000 + float(sent["latency_ms"])


def _crossed(control: Control, method: str, mark: int) -> list[dict[str, Any]]:
    """Return the calls of that method after the mark, the oldest first."""
    found: list[dict[str, Any]] = control.get("/traffic", method=method, after=mark)["traffic"]
    return found


def _at(row: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(row["at"])


def _running(control: Control) -> bool:
    found = control.get("/messages", channel=CHANNEL, viewer="U0DEV")["messages"]
    return any(Seen(raw).fallback.startswith("running: ") for raw in found)
