"""`/env logs` as a newcomer meets it: lines without secrets, older ones, a page for everyone, and honest
answers where nothing can be read.
"""

from __future__ import annotations

from tests.scenarios.killing import kill, start
from tests.scenarios.seen import Seen
from tests.scenarios.stage import AS_IT_IS, DEV, VIC, Stage
from tests.scenarios.world import API, LONG

FAKES = ("playground-not-a-secret", "playground-fake", "split-in-two")


def test_lines_are_read_searched_paged_and_shared_without_a_secret(stage: Stage) -> None:
    place = stage.environment(API)
    stage.control.post("/clock", {"advance": 20})
    stage.types(VIC, f"/env logs {place} api")
    first = stage.hears(VIC, "lines of the task of `api`", "[redacted]")
    assert first.buttons in (["Follow"], ["Older", "Follow"])
    stage.nobody_else_sees(first)

    stage.types(DEV, f"/env logs {place} api grep playground-not-a-secret")
    stage.hears(DEV, "None of the", "contains `playground-not-a-secret`")
    stage.types(DEV, f"/env logs {place} api grep GET")
    found = stage.hears(DEV, "with `GET`")
    stage.presses(DEV, found, "Share in channel")
    shown = stage.message_of(place, "in the thread")
    stage.until("the thread", lambda: stage.thread_of(shown))
    every = [first, found, shown, *stage.thread_of(shown)]
    assert not [fake for fake in FAKES for message in every if fake in message.words]
    assert [e.kind for e in stage.audit(place)] == ["read", "read", "read", "started", "closed"]


def test_what_cannot_be_read_is_said_with_the_reason(stage: Stage) -> None:
    rare = {**API, "name": "rare", "logs": "INFREQUENT_ACCESS"}
    place = stage.environment(API, rare, {**API, "name": "far", "logs": "awsfirelens"})
    stage.types(DEV, f"/env logs {place} far")
    stage.hears(DEV, "`far` are not readable from here", "awsfirelens")
    stage.types(DEV, f"/env logs {place} rare")
    stage.presses(DEV, stage.hears(DEV, "query that costs"), "Query (billed by the GB)")
    stage.hears(DEV, "Logs Insights is searching for the lines of `rare`")
    stage.types(DEV, f"/env logs {place} api container nginx")
    stage.hears(DEV, "has no container `nginx`")
    stage.types(DEV, f"/env logs {place} api since banana")
    stage.hears(DEV, "is not a time")
    stage.types(DEV, f"/env logs {place} nothing")
    stage.hears(DEV, "no service `nothing`")
    stage.world.order("logs.remove", group=f"/ecs/{place}/api")
    stage.types(DEV, f"/env logs {place} api")
    stage.hears(DEV, f"log group `/ecs/{place}/api` no longer exists")


def test_a_log_is_followed_in_a_direct_message_until_its_button_or_its_time_ends_it(stage: Stage) -> None:
    place = stage.environment(API)
    stage.control.post("/clock", {"advance": 20})
    stage.types(DEV, f"/env logs {place} api")
    stage.presses(DEV, stage.hears(DEV, "of `api`", "newest last"), "Follow")
    stage.hears(DEV, f"You are following the log of `api` in `{place}`")
    began = stage.direct(DEV, f"Following the log of `api` in `{place}`", "times in")
    stage.presses(DEV, began, "Stop following")
    over = stage.direct(DEV, f"You stopped following the log of `api` in `{place}` at")
    assert (over.ts, over.buttons) == (began.ts, [])

    stage.types(DEV, f"/env follow {place} api grep GET")
    began = stage.direct(DEV, "Following the lines with `GET`")
    stage.until("the bot edits its message, so it knows where that is", lambda: _edited(stage, began))
    kill(stage)
    stage.control.post("/clock", {"advance": LONG + 10})
    start(stage, lease_over=True, env=AS_IT_IS)
    ended = stage.direct(DEV, "You followed the lines with `GET`", "for 5 minutes")
    assert (ended.ts, ended.buttons) == (began.ts, [])
    assert not [fake for fake in FAKES for message in (over, ended) if fake in message.words]
    assert [e.operation for e in stage.audit(place)] == ["logs", "follow", "follow", "follow"]


def _edited(stage: Stage, message: Seen) -> bool:
    found = [m for m in stage.messages(message.channel, DEV) if m.ts == message.ts]
    return any(m.raw.get("edited") for m in found)
