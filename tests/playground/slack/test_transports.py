from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import aiohttp
import pytest
from slack_bolt import Ack
from slack_bolt.request import BoltRequest

from playground.slack.cast import APP_TOKEN
from tests.playground.slack.rig import Rig, eventually


async def ticket(session: aiohttp.ClientSession, rig: Rig) -> str:
    headers = {"Authorization": f"Bearer {APP_TOKEN}"}
    async with session.post(f"{rig.url}/api/apps.connections.open", headers=headers) as answer:
        return str((await answer.json())["url"])


def test_each_envelope_goes_to_exactly_one_of_the_sockets(socket_rig: Rig) -> None:
    got: Counter[str] = Counter()
    socket_rig.playground.slack.sockets.connections.clear()  # Bolt's own socket must not take part

    async def acknowledge(name: str, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            told = message.json()
            if told["type"] == "slash_commands":
                got[name] += 1
                await socket.send_json({"envelope_id": told["envelope_id"]})

    async def play() -> list[int]:
        async with aiohttp.ClientSession() as session:
            first = await session.ws_connect(await ticket(session, socket_rig))
            second = await session.ws_connect(await ticket(session, socket_rig))
            readers = asyncio.gather(acknowledge("first", first), acknowledge("second", second))
            statuses = [await _command(session, socket_rig) for _ in range(24)]
            await first.close()
            await second.close()
            await readers
            return statuses

    assert socket_rig.run(play()) == [200] * 24
    assert sum(got.values()) == 24 and len(got) == 2


async def _command(session: aiohttp.ClientSession, rig: Rig) -> int:
    order = {"user": "U0DEV", "channel": "C0STAGING", "text": "/env help"}
    async with session.post(f"{rig.url}/playground/command", json=order) as answer:
        return int((await answer.json())["status"])


def test_a_socket_address_is_used_once_and_an_eleventh_socket_is_turned_away(socket_rig: Rig) -> None:
    async def play() -> tuple[int, str]:
        async with aiohttp.ClientSession() as session:
            used = await ticket(session, socket_rig)
            sockets = [await session.ws_connect(used)]
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(used)
            sockets += [await session.ws_connect(await ticket(session, socket_rig)) for _ in range(9)]
            said = await sockets[-1].receive_json()
            for socket in sockets:
                await socket.close()
            return refused.value.status, str(said.get("reason"))

    assert socket_rig.run(play()) == (403, "too_many_websockets")


def test_a_polite_disconnect_is_followed_by_a_new_socket(socket_rig: Rig) -> None:
    socket_rig.app.command("/env")(lambda ack: ack())
    before = socket_rig.playground.slack.sockets.connections[0]

    assert socket_rig.fault(kind="disconnect", method="socket")["closed"] == 1

    eventually(lambda: before not in socket_rig.playground.slack.sockets.connections and socket_rig.sockets())
    assert socket_rig.type("/env help")["status"] == 200


def test_an_abrupt_disconnect_leaves_nobody_to_answer(socket_rig: Rig) -> None:
    socket_rig.fault(kind="disconnect", method="socket", code="abrupt")

    answer = socket_rig.type("/env help")

    assert answer["status"] == 0 and "did not respond" in answer["failed"]
    assert socket_rig.traffic("deliver.command")[0]["errors"] == ["no_connection"]


def test_an_event_is_sent_again_until_it_is_acknowledged(http_rig: Rig) -> None:
    seen: list[tuple[str, Any, Any]] = []

    @http_rig.app.event("user_change")
    def changed(body: dict[str, Any], request: BoltRequest) -> None:
        headers = request.headers
        seen.append((body["event_id"], headers.get("x-slack-retry-num"), headers.get("x-slack-retry-reason")))

    http_rig.fault(kind="error", method="deliver.event", code="bad_signature")
    event_id = http_rig.tell("/event", type="user_change", user="U0DEV", changes={"deleted": True})[
        "event_id"
    ]

    eventually(lambda: seen)
    assert seen == [(event_id, ["1"], ["http_error"])]
    assert http_rig.client.users_info(user="U0DEV")["user"]["deleted"]


def test_an_event_may_be_redelivered_under_its_own_id(rig: Rig) -> None:
    seen: list[str] = []
    rig.app.event("member_joined_channel")(lambda body: seen.append(body["event_id"]))
    event_id = rig.tell("/event", type="member_joined_channel", user="U0LAMP", channel="C0GENERAL")[
        "event_id"
    ]
    eventually(lambda: seen)

    assert rig.tell("/event", type="redeliver", event_id=event_id)["status"] == 200

    eventually(lambda: seen == [event_id] * 2)
    assert rig.client.chat_postMessage(channel="C0GENERAL", text="now a member")["ok"]


def test_a_dropped_ack_is_a_failure_although_the_bot_acted(socket_rig: Rig) -> None:
    acted: list[str] = []

    @socket_rig.app.command("/env")
    def env(ack: Ack, body: dict[str, Any]) -> None:
        acted.append(body["text"])
        ack()

    socket_rig.fault(kind="drop", method="deliver.command", phase="after_effect")
    socket_rig.waits(0.3)

    answer = socket_rig.type("/env help")

    eventually(lambda: acted)
    assert acted == ["help"] and answer["status"] == 0 and "did not respond" in answer["failed"]
