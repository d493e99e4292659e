"""A flush of a cluster in which a slot moves to another primary meanwhile: no key is missed in silence, and
none is counted twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import Any

import pytest
import redis
from redis.crc import key_slot

from bot.cache.connection import Login
from bot.cache.keys import RedisKeys
from handlers.ports.cache import BEGINNING, Bounds, Deleted, Mark
from policies.cache.endpoints import Address
from tests.bot.cache.servers import HOST, ask, cluster
from tests.waiting import until

KEYS = 9_000
"""More than one page of a scan on each of the three primaries."""
WIDE, SHORT = Bounds(1_000_000, 60.0), Bounds(1_000_000, 0.0)


class Cluster:
    """Three primaries, of which any may hand a slot to another."""

    def __init__(self, nodes: list[Any]) -> None:
        self.ports = sorted(node.port for node in nodes)
        self._clients = {port: redis.Redis(port=port) for port in self.ports}
        self._ids = {port: ask(client, "CLUSTER MYID") for port, client in self._clients.items()}

    def fill(self) -> None:
        with redis.RedisCluster(host=HOST, port=self.ports[0]) as client:
            pipe = client.pipeline()
            for number in range(KEYS):
                pipe.set(f"session:{number}", "x")
            pipe.execute()

    def held(self) -> int:
        return sum(int(client.dbsize()) for client in self._clients.values())

    def slot_of(self, port: int) -> int:
        """Return a slot of that primary in which keys lie."""
        names = [f"session:{number}" for number in range(KEYS)]
        mine = self._clients[port]
        return next(
            slot
            for slot in map(key_slot, map(str.encode, names))
            if ask(mine, "CLUSTER COUNTKEYSINSLOT", slot)
        )

    def begin(self, slot: int, source: int, target: int, *, keys: int = 1_000) -> None:
        """Let the slot migrate, and move so many of its keys."""
        ask(self._clients[target], "CLUSTER SETSLOT", slot, "IMPORTING", self._ids[source])
        ask(self._clients[source], "CLUSTER SETSLOT", slot, "MIGRATING", self._ids[target])
        names = ask(self._clients[source], "CLUSTER GETKEYSINSLOT", slot, keys)
        if names:
            ask(self._clients[source], "MIGRATE", HOST, target, "", 0, 5_000, "KEYS", *names)

    def finish(self, slot: int, target: int) -> None:
        for client in (self._clients[target], *self._clients.values()):
            ask(client, "CLUSTER SETSLOT", slot, "NODE", self._ids[target])
        until(
            "all know who has the slot",
            lambda: all(self._knows(c, slot, target) for c in self._clients.values()),
        )

    def move(self, slot: int, source: int, target: int) -> None:
        self.begin(slot, source, target)
        self.finish(slot, target)

    def keys(self, ticks: Callable[[], float] | None = None) -> RedisKeys:
        """Return the port. Without ``ticks``, a second passes with each look at the clock."""
        seed = Address(HOST, self.ports[0], tls=False, cluster=True)
        return RedisKeys(lambda: seed, lambda _: Login(), ticks=ticks or partial(next, count(0.0, 1.0)))

    def _knows(self, client: Any, slot: int, port: int) -> bool:
        ranges = ask(client, "CLUSTER SLOTS")
        return any(first <= slot <= last and node[1] == port for first, last, node, *_ in ranges)


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Any]]:
    with cluster(tmp_path_factory.mktemp("nodes")) as made:
        yield made


@pytest.fixture
def three(nodes: list[Any]) -> Cluster:
    found = Cluster(nodes)
    found.fill()
    return found


def rest(keys: RedisKeys, mark: Mark) -> int:
    """Delete from the mark to the end of the scan, as the step does, and return how many keys that were."""
    deleted, done = 0, Deleted(0, mark)
    while not done.whole:
        done = keys.unlink_some("session:*", done.mark, SHORT)
        assert not done.why
        deleted += done.keys
    return deleted


def test_a_slot_that_moves_to_a_primary_scanned_before_is_scanned_there(three: Cluster) -> None:
    first, _, last = three.ports
    keys, done, deleted = three.keys(), Deleted(0, Mark()), 0
    while not done.mark.cursors or done.mark.cursors[0] != -1:
        done = keys.unlink_some("session:*", done.mark, SHORT)
        deleted += done.keys
    three.move(three.slot_of(last), last, first)
    assert deleted + rest(keys, done.mark) == KEYS
    assert three.held() == 0


def test_a_slot_that_moves_during_a_slice_is_never_the_end(three: Cluster) -> None:
    """The slot leaves the last primary when the first one was scanned, in the same slice."""
    first, _, last = three.ports
    slot, ticked = three.slot_of(last), list[float]()

    def moves() -> float:
        ticked.append(0.0)
        if len(ticked) == 3:
            three.move(slot, last, first)
        return 0.0

    done = three.keys(moves).unlink_some("session:*", Mark(), WIDE)
    assert len(ticked) >= 3
    assert three.held() > 0, "the slot's keys were missed by this slice"
    assert not done.whole
    assert done.keys + rest(three.keys(), done.mark) == KEYS
    assert three.held() == 0


def test_keys_of_a_slot_under_way_are_told_and_deleted_once_it_has_arrived(three: Cluster) -> None:
    first, _, last = three.ports
    slot = three.slot_of(last)
    three.begin(slot, last, first)
    done = three.keys().unlink_some("session:*", Mark(), WIDE)
    assert (done.whole, done.lost, done.passes, done.mark.cursors) == (False, False, True, BEGINNING)
    assert done.why
    assert done.keys == KEYS - three.held()
    three.finish(slot, first)
    assert done.keys + rest(three.keys(), done.mark) == KEYS
    assert three.held() == 0
