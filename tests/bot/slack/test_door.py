"""The door: silence, slowness, size and number must not keep a signed request from its answer."""

from __future__ import annotations

import contextlib
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPResponse
from urllib.parse import urlencode

import httpx
import pytest

from bot.slack.door import Limits, place
from bot.slack.entrance import LARGEST
from bot.slack.http_server import THREADS, HttpServer
from bot.slack.wsgi import Health, SlackWsgi
from tests.bot.slack.rig import Bot
from tests.bot.slack.test_traps import COMMAND, post, signed
from tests.waiting import PATIENCE, until

SHORT = Limits(head=0.2, body=0.2, idle=0.4, unread=0.2)
MEGABYTE = b"a=%41&" * (1_000_000 // 6)


@contextlib.contextmanager
def serving(limits: Limits, health: Health | None = None) -> Iterator[HttpServer]:
    server = HttpServer(SlackWsgi(health or Health()), "127.0.0.1", 0, limits=limits)
    server.start()
    try:
        yield server
    finally:
        server.stop(2)


@contextlib.contextmanager
def silent(port: int, number: int, says: bytes = b"") -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as ends:
        made = [
            ends.enter_context(socket.create_connection(("127.0.0.1", port), PATIENCE)) for _ in range(number)
        ]
        for connection in made:
            connection.sendall(says)
        yield made


def all_of(connection: socket.socket) -> bytes:
    """Return everything that came until the other side closed."""
    said = b""
    with contextlib.suppress(ConnectionError):
        while more := connection.recv(65_536):
            said += more
    return said


def answered(connection: socket.socket) -> int:
    """Return the status of one answer, read whole: its head and its body may arrive one after the other."""
    answer = HTTPResponse(connection)
    answer.begin()
    answer.read()
    return answer.status


def get(port: int, path: str) -> httpx.Response:
    return httpx.get(f"http://127.0.0.1:{port}{path}", trust_env=False, verify=False, timeout=PATIENCE)


def command(bot: Bot) -> int:
    body = urlencode(COMMAND).encode()
    return post(bot, body, signed(body)).status_code


def test_silent_connections_from_the_very_same_address_keep_nobody_out(http_bot: Bot) -> None:
    """Fails with the server's own limit of a hundred: nobody is accepted any more."""
    with silent(http_bot.transport.port, 300):
        assert get(http_bot.transport.port, "/healthz").text == "ok"
        assert command(http_bot) == 200


@pytest.mark.parametrize(
    "says",
    [
        b"",
        b"POST /slack/ev",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Le",
    ],
)
def test_a_connection_whose_head_does_not_come_is_closed(says: bytes) -> None:
    with serving(SHORT) as server, silent(server.port, 1, says) as (connection,):
        assert all_of(connection) == b""


def test_a_connection_whose_head_trickles_is_closed() -> None:
    """Fails with a limit on silence alone: each byte would be a sign of life."""
    with serving(SHORT) as server, silent(server.port, 1, b"GET /healthz HTTP/1.1\r\n") as (connection,):
        ended = threading.Event()

        def read() -> None:
            all_of(connection)
            ended.set()

        reading = threading.Thread(target=read)
        reading.start()
        with contextlib.suppress(OSError):
            until("it has ended", lambda: connection.send(b"a") and ended.is_set(), pause=0.02)
        reading.join(PATIENCE)
        assert ended.is_set()


def test_a_connection_whose_body_trickles_is_closed(start: Callable[..., Bot]) -> None:
    bot = start("http", limits=SHORT)
    head = b"".join(f"{k}: {v}\r\n".encode() for k, v in signed(b"x" * 1_000).items())
    says = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n" + head + b"\r\nx"
    with silent(bot.transport.port, 1, says) as (connection,):
        assert all_of(connection) == b""


def test_a_connection_may_be_idle_between_requests_longer_than_before_the_first() -> None:
    request = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    patient = Limits(head=0.2, idle=PATIENCE)
    with serving(patient) as server, silent(server.port, 1, request) as (connection,):
        assert answered(connection) == 200
        with silent(server.port, 1) as (other,):
            assert all_of(other) == b""  # the time for a first head has passed
        connection.sendall(request)
        assert answered(connection) == 200


def test_too_many_connections_from_one_address_close_the_longest_waiting() -> None:
    few = Limits(of_one_address=3)
    with serving(few) as server, silent(server.port, 3) as (first, second, third):
        assert get(server.port, "/healthz").status_code == 200
        assert all_of(first) == b""
        for connection in (second, third):
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert b"200 OK" in all_of(connection)


def test_too_many_connections_in_all_close_one_of_the_address_with_the_most() -> None:
    with serving(Limits(connections=16)) as server, contextlib.ExitStack() as ends:

        def connect(source: str) -> socket.socket:
            address = ("127.0.0.1", server.port)
            return ends.enter_context(socket.create_connection(address, PATIENCE, (source, 0)))

        alone = connect("127.0.0.3")
        crowd = [connect("127.0.0.2") for _ in range(15)]
        newest = connect("127.0.0.4")
        assert all_of(crowd[0]) == b""
        for connection in (alone, newest):
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert b"200 OK" in all_of(connection)


def test_a_request_in_hand_is_never_closed_to_make_room() -> None:
    go, began = threading.Event(), threading.Semaphore(0)

    def slow() -> str:
        began.release()
        go.wait(PATIENCE)
        return ""

    one = Limits(of_one_address=1, head=0.2)
    request = b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with serving(one, Health(ready=slow)) as server, silent(server.port, 1, request) as (first,):
        assert began.acquire(timeout=PATIENCE)
        with silent(server.port, 1) as (second,):
            assert all_of(second) == b""
        go.set()
        assert b"200 OK" in all_of(first)


def test_connections_are_limited_to_half_of_the_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, hard))
    try:
        with serving(Limits()) as server:
            assert server.limits.connections == 100
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_health_answers_while_every_other_thread_waits(start: Callable[..., Bot]) -> None:
    go, began = threading.Event(), threading.Semaphore(0)

    def waits() -> None:
        began.release()
        go.wait(PATIENCE)

    bot = start("http")
    bot.app.command("/waits")(waits)  # the listener never acknowledges
    with contextlib.ExitStack() as ends:
        for number in range(THREADS + 4):
            body = urlencode({**COMMAND, "command": "/waits", "trigger_id": str(number)}).encode()
            head = "".join(f"{k}: {v}\r\n" for k, v in signed(body).items())
            says = f"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n{head}\r\n"
            ends.enter_context(silent(bot.transport.port, 1, says.encode() + body))
        for _ in range(THREADS):
            assert began.acquire(timeout=PATIENCE)
        assert get(bot.transport.port, "/healthz").text == "ok"
        assert get(bot.transport.port, "/readyz").status_code == 200
        assert get(bot.transport.port, "/metrics").status_code == 200
        assert post(bot, MEGABYTE, {}).status_code == 401
        go.set()


def unsigned() -> dict[str, dict[str, str]]:
    """Make the headers only when they are sent: a time ten minutes ahead becomes valid while a suite runs."""
    return {
        "no headers at all": {},
        "no timestamp": {"X-Slack-Signature": "v0=" + "0" * 64},
        "no signature": {"X-Slack-Request-Timestamp": str(int(time.time()))},
        "another secret": signed(MEGABYTE, secret="another"),
        "ten minutes old": signed(MEGABYTE, at=str(int(time.time()) - 600)),
        "ten minutes ahead": signed(MEGABYTE, at=str(int(time.time()) + 600)),
        "a signature in capitals": {
            k: v.upper() if "Sig" in k else v for k, v in signed(MEGABYTE).items() if k.startswith("X-")
        },
        "a version of its own": {**signed(MEGABYTE), "X-Slack-Signature": "v1=" + "0" * 64},
        "a timestamp of digits that are not": {**signed(MEGABYTE), "X-Slack-Request-Timestamp": "1_0"},
    }


@pytest.mark.parametrize("why", unsigned())
@pytest.mark.parametrize("body", [MEGABYTE, b"payload=" + b"[" * 900_000, b"", b"{" * 10])
def test_a_request_without_a_valid_signature_gets_401_whatever_its_body(
    http_bot: Bot, why: str, body: bytes
) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", **unsigned()[why]}
    assert post(http_bot, body, headers).status_code == 401
    assert http_bot.gate.asked == []


@pytest.mark.parametrize("name", ["X-Slack-Signature", "X-Slack-Request-Timestamp"])
def test_a_header_sent_twice_gets_401(http_bot: Bot, name: str) -> None:
    body = urlencode(COMMAND).encode()
    raw = [(k.encode(), v.encode()) for k, v in signed(body).items()]
    raw.append((name.encode(), dict(signed(body))[name].encode()))
    url = f"http://127.0.0.1:{http_bot.transport.port}/slack/events"
    assert httpx.post(url, content=body, headers=raw, trust_env=False, verify=False).status_code == 401


def test_a_signature_is_over_the_bytes_and_not_over_what_they_mean(http_bot: Bot) -> None:
    body = urlencode({**COMMAND, "text": "help"}).encode()
    assert post(http_bot, body.replace(b"text=help", b"text=h%65lp"), signed(body)).status_code == 401


def test_a_body_beyond_the_limit_is_413_before_it_is_read(http_bot: Bot) -> None:
    body = b"x" * (LARGEST + 1)
    assert post(http_bot, body, signed(body)).status_code == 413
    head = "".join(f"{k}: {v}\r\n" for k, v in signed(b"").items())
    says = f"POST /slack/events HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 9999999\r\n{head}\r\n"
    with silent(http_bot.transport.port, 1, says.encode()) as (connection,):
        assert all_of(connection).startswith(b"HTTP/1.1 413 ")


def test_a_body_without_an_end_is_413(http_bot: Bot) -> None:
    body = iter([b"x" * 100_000] * 12)
    url = f"http://127.0.0.1:{http_bot.transport.port}/slack/events"
    assert (
        httpx.post(url, content=body, headers=signed(b""), trust_env=False, verify=False).status_code == 413
    )


def test_nothing_but_slacks_requests_may_have_a_body(http_bot: Bot) -> None:
    url = f"http://127.0.0.1:{http_bot.transport.port}"
    for method, path, status in (
        ("GET", "/healthz", 413), ("POST", "/healthz", 405), ("POST", "/else", 404),
        ("PUT", "/slack/events", 405),
    ):  # fmt: skip
        answer = httpx.request(method, f"{url}{path}", content=MEGABYTE, trust_env=False, verify=False)
        assert answer.status_code == status, path


def test_a_refusal_is_read_by_whoever_still_sends(http_bot: Bot) -> None:
    """Fails if the connection is closed at once: the reset discards the answer."""
    says = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n"
    with silent(http_bot.transport.port, 1, says) as (connection,):
        for _ in range(9):
            connection.sendall(b"x" * 100_000)
        assert all_of(connection).startswith(b"HTTP/1.1 401 ")


@pytest.mark.parametrize(
    "says",
    [
        b"\r\n\r\n", b"\0\0\0\0\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
        b"get / HTTP/1.1\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost x\r\n\r\n", b"GET /healthz HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /slack/events HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST /slack/events HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST /slack/events HTTP/1.1\r\nContent-Length: 1" + b"0" * 5_000 + b"\r\n\r\n",
        b"GET /%ff%fe HTTP/1.1\r\n\r\n", b"GET http://[/ HTTP/1.1\r\n\r\n", b"X" * 40_000,
    ],
)  # fmt: skip
def test_a_head_that_makes_no_sense_is_refused_and_breaks_nothing(
    http_bot: Bot, says: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with silent(http_bot.transport.port, 1) as (connection,):
        with contextlib.suppress(ConnectionError):
            connection.sendall(says)
            connection.shutdown(socket.SHUT_WR)
        answer = all_of(connection)
    assert not answer or answer[9:10] in (b"4", b"5")
    assert b" 500 " not in answer[:20]
    assert command(http_bot) == 200
    assert not any(r.exc_info for r in caplog.records)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("nowhere", "nowhere"),
    ],
)
def test_connections_are_counted_by_address_or_ipv6_network(address: str, counted: str) -> None:
    assert place(address) == counted


def test_a_connection_with_a_signed_request_makes_room_last(start: Callable[..., Bot]) -> None:
    """Fails by age alone: a load balancer's kept connection is closed while the next request is
    on its way.
    """
    bot = start("http", limits=Limits(of_one_address=3))
    port, body = bot.transport.port, urlencode(COMMAND).encode()
    head = "".join(f"{k}: {v}\r\n" for k, v in signed(body).items())
    says = f"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n{head}\r\n".encode()
    with silent(port, 1, says + body) as (kept,):
        assert answered(kept) == 200
        with silent(port, 3) as (first, _, _), silent(port, 3):
            assert all_of(first) == b""
            kept.sendall(says + body)
            assert answered(kept) == 200


def test_too_many_large_bodies_close_the_one_that_takes_longest(start: Callable[..., Bot]) -> None:
    bot = start("http", limits=Limits(large_bodies=2))
    port = bot.transport.port
    head = "".join(f"{k}: {v}\r\n" for k, v in signed(b"forged").items())
    large = f"POST /slack/events HTTP/1.1\r\nContent-Length: 900000\r\n{head}\r\nx".encode()
    unknown = f"POST /slack/events HTTP/1.1\r\nTransfer-Encoding: chunked\r\n{head}\r\n1\r\nx\r\n".encode()
    with contextlib.ExitStack() as ends:
        (first,) = ends.enter_context(silent(port, 1, large))
        (second,) = ends.enter_context(silent(port, 1, unknown))
        ends.enter_context(silent(port, 1, large))
        assert all_of(first) == b""
        ends.enter_context(silent(port, 1, unknown))
        assert all_of(second) == b""
        assert command(bot) == 200
