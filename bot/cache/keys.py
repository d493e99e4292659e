"""Counts and deletes the keys of a pattern: SCAN on every primary, UNLINK in batches (facts/ecs 5).

Keys are handled as bytes, as the cache has them, and are never read or decoded but for a few samples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any, cast

import redis
from redis import exceptions as said
from redis.crc import key_slot

from bot.cache.connection import Login, Reached, passes, reached, told, translated
from handlers.ports.cache import Bounds, Counted, Deleted, Mark
from handlers.words.errors import Rejected
from policies.cache.endpoints import Address

PAGE = 2_500
"""Keys that one SCAN examines. It blocks a Valkey 9.1 on a laptop for a quarter of a millisecond where one
key in twenty matches. With pages of 1,000, reading them all takes half as long again."""
BATCH = 300
"""Keys of one UNLINK, or of one pipeline of them where the keys lie in different slots."""
SAMPLES = 10
OVER = -1
"""The cursor of a primary that was scanned to its end. Redis itself gives none below 0."""


@dataclass
class RedisKeys:
    """Implements ``handlers.ports.cache.Keys``. ``find`` and ``login`` are asked at each use, so that nothing
    about a password is kept."""

    find: Callable[[], Address]
    login: Callable[[Address], Login]
    database: int = 0
    trust: str | None = None
    ticks: Callable[[], float] = field(default=monotonic)

    def count(self, pattern: str, within: Bounds) -> Counted:
        address, until = self.find(), self.ticks() + within.seconds
        with self._reached(address) as there, told(address):
            held = sum(client.dbsize() for client in there.clients)
            seen, samples = set[bytes](), list[str]()
            for client in there.clients:
                for _, names in _pages(client, pattern, 0):
                    fresh = [name for name in dict.fromkeys(names) if name not in seen]
                    samples += [_shown(name) for name in fresh[: SAMPLES - len(samples)]]
                    seen.update(fresh)
                    if len(seen) > within.keys or self.ticks() > until:
                        return Counted(min(len(seen), within.keys + 1), held, False, tuple(samples))
            return Counted(len(seen), held, not there.moved(), tuple(samples))

    def unlink_some(self, pattern: str, mark: Mark, within: Bounds) -> Deleted:
        address, began = self.find(), self.ticks()
        with self._reached(address) as there:
            run = _Run(address, there, pattern, mark, within.keys)
            done = run.until(lambda: self.ticks() > began + within.seconds)
        return replace(done, seconds=self.ticks() - began)

    def may_unlink(self, name: str) -> bool:
        address = self.find()
        with self._reached(address) as there:
            slot = key_slot(name.encode()) if address.cluster else 0
            for client in there.clients:
                try:
                    client.unlink(name)
                except said.NoPermissionError:
                    return False
                except said.MovedError:
                    continue
                except said.RedisError as error:
                    raise translated(error, address) from error
                return True
        raise Rejected(f"No primary of the cache serves slot {slot}.", retry_helps=True)

    def _reached(self, address: Address) -> Any:
        return reached(address, self.login, database=self.database, trust=self.trust)


class _Run:
    """One slice of the deletion."""

    def __init__(self, address: Address, there: Reached, pattern: str, mark: Mark, most: int) -> None:
        self._address, self._there, self._pattern, self._most = address, there, pattern, most
        same = mark.primaries == there.primaries and len(mark.cursors) == len(there.clients)
        self._cursors = list(mark.cursors) if same else [0] * len(there.clients)
        self._deleted = 0
        self._asked = False
        """Whether an UNLINK is on its way."""

    def until(self, late: Callable[[], bool]) -> Deleted:
        try:
            for position, client in enumerate(self._there.clients):
                if self._cursors[position] == OVER:
                    continue
                if not self._one(position, client, late):
                    return self._so_far()
            if self._there.moved():
                return Deleted(self._deleted, Mark())
        except (said.RedisError, OSError) as error:
            return self._broken(error)
        return self._so_far(whole=True)

    def _one(self, position: int, client: redis.Redis, late: Callable[[], bool]) -> bool:
        """Go on with one primary; return whether it was scanned to its end. Keys of several pages are deleted
        together, and the cursor moves only over pages whose keys were."""
        found = dict[bytes, None]()
        for cursor, names in _pages(client, self._pattern, self._cursors[position]):
            found |= dict.fromkeys(names)
            room, over = self._most - self._deleted, not cursor or late()
            if not over and len(found) < min(BATCH, room):
                continue
            self._unlink(client, [*found][:room])
            if len(found) > room:
                return False
            self._cursors[position] = cursor or OVER
            if cursor and (over or self._deleted >= self._most):
                return False
            found = {}
        return True

    def _unlink(self, client: redis.Redis, names: Sequence[bytes]) -> None:
        for at in range(0, len(names), BATCH):
            self._asked = True
            try:
                self._deleted += _unlinked(client, names[at : at + BATCH], by_slot=self._address.cluster)
            except _Partly as partly:
                self._asked, self._deleted = False, self._deleted + partly.counted
                raise partly.why from None
            self._asked = False

    def _so_far(self, *, whole: bool = False) -> Deleted:
        return Deleted(self._deleted, Mark(self._there.primaries, tuple(self._cursors)), whole)

    def _broken(self, error: said.RedisError | OSError) -> Deleted:
        """Tell what was deleted before. Without an answer to an UNLINK, more may be gone than was counted."""
        answered = isinstance(error, said.AuthenticationError) or passes(error)
        silent = isinstance(error, said.ConnectionError | said.TimeoutError | OSError) and not answered
        wrapped = error if isinstance(error, said.RedisError) else said.ConnectionError(str(error))
        trouble = translated(wrapped, self._address)
        lost = silent and self._asked
        moved = isinstance(
            error, said.MovedError | said.AskError | said.ClusterDownError | said.ReadOnlyError
        ) or passes(error)
        if not self._deleted and not lost and not silent and not moved:
            raise trouble
        return Deleted(self._deleted, Mark(), False, lost, trouble.sentence, silent or moved)


def _pages(client: redis.Redis, pattern: str, cursor: int) -> Iterator[tuple[int, list[bytes]]]:
    """Yield each page with the cursor of the next one. An empty page is not the end; only cursor 0 is."""
    while True:
        cursor, names = cast(tuple[int, list[bytes]], client.scan(cursor, match=pattern.encode(), count=PAGE))
        yield cursor, names
        if not cursor:
            return


def _unlinked(client: redis.Redis, names: Sequence[bytes], *, by_slot: bool) -> int:
    """Delete the keys and return how many there were, as Redis counts them. Keys of one UNLINK must lie in
    one slot where there are slots."""
    if not by_slot:
        return client.unlink(*names)
    slots: dict[int, list[bytes]] = {}
    for name in names:
        slots.setdefault(key_slot(name), []).append(name)
    pipe = client.pipeline(transaction=False)
    for together in slots.values():
        pipe.unlink(*together)
    answers = pipe.execute(raise_on_error=False)
    counted = sum(answer for answer in answers if isinstance(answer, int))
    for answer in answers:
        if isinstance(answer, Exception):
            raise _Partly(counted, answer)
    return counted


class _Partly(Exception):
    """Some of the keys of a batch were deleted, and others were refused."""

    def __init__(self, counted: int, why: Exception) -> None:
        super().__init__(str(why))
        self.counted, self.why = counted, why


def _shown(name: bytes) -> str:
    return name.decode("utf-8", "backslashreplace")
