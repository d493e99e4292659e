"""Keys of a pattern, deleted slice by slice with a live count."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.ports.cache import BEGINNING, Bounds, Deleted, Mark
from handlers.ports.scope import Scope
from handlers.steps.safe import Safe
from handlers.tell.steps import keys as tell
from handlers.words.codec import encode
from handlers.words.errors import NotNow, Trouble, Unreached
from handlers.words.plan import Json, Step
from handlers.words.step import Acted, Begun, End, Left, Verdict, waits
from policies.service.environment import Flush

SLICE_SECONDS = 1.5
"""How long one slice takes: far less than a lease, and often enough for a count that is seen to grow."""
AFTER_TROUBLE = timedelta(seconds=5)
TROUBLED_FOR = timedelta(minutes=2)
"""For how long a cache that went silent is tried again: a failover takes less (facts/ecs 5)."""


@dataclass(frozen=True)
class Deleting:
    """``cache`` and ``database``: where, so that another cache in the catalog is another plan."""

    pattern: str
    cache: str
    database: int
    most_keys: int
    most_seconds: int


@dataclass(frozen=True)
class Gone:
    """What is known of the deletion. ``keys``: as Redis counted them; ``lost``: something that was sent got
    no answer, so there may be more. ``slices`` and ``seconds``: of work. ``rounds``: complete scans.
    ``whole``: the scan came to its end. ``why``: what stopped the last slice, since ``since``; ``passes``:
    that may be over by itself."""

    keys: int = 0
    primaries: int = 0
    cursors: tuple[int, ...] = BEGINNING
    slices: int = 0
    seconds: float = 0.0
    rounds: int = 0
    whole: bool = False
    lost: bool = False
    why: str = ""
    passes: bool = False
    since: datetime | None = None
    tried: datetime | None = None


Deletion = Begun[Deleting, Gone]


def keys_step(pattern: str, allowed: Flush) -> Step:
    where = allowed.cache or allowed.url
    intent = Deleting(pattern, where, allowed.database, allowed.most_keys, allowed.most_seconds)
    return Step("keys", arguments=encode(intent))


class DeleteKeys(Safe[Deleting, Gone]):
    """``SAFE``: what was deleted is gone, and scanning again deletes what is left. The keys told are those
    that were counted; where a slice's answer was lost, *at least* stands before them.
    """

    name = "keys"
    intent = Deleting
    evidence = Gone
    deadline = timedelta(minutes=5)

    def act(self, place: Scope, step: Deletion) -> Acted[Gone]:
        known, asked = step.evidence, step.intent
        if step.repeated:
            known = replace(known, lost=True)
        room, mark = asked.most_keys - known.keys, Mark(known.primaries, known.cursors)
        try:
            done = place.keys.unlink_some(asked.pattern, mark, Bounds(room, SLICE_SECONDS))
        except Trouble as trouble:
            if not known.slices and not known.lost:
                raise _as_nothing_happened(trouble) from trouble
            passes = trouble.retry_helps or isinstance(trouble, Unreached | NotNow)
            done = Deleted(0, Mark(), why=trouble.sentence, passes=passes)
        return Acted(_added(known, done, place.now))

    def look(self, place: Scope, step: Deletion) -> Verdict[Gone]:
        known, asked = step.evidence, step.intent
        gone: dict[str, Json] = {"deleted": known.keys}
        left = Left({"keys": {**gone, "at least": True} if known.lost else gone})
        counted = tell.counted(known.keys, at_least=known.lost)
        if known.why:
            return _troubled(known, counted, left, place.now)
        if known.whole and (known.slices == 1 or known.rounds > 1):
            return Verdict(End.DONE, tell.deleted(counted), left=left)
        if not known.whole and known.keys >= asked.most_keys:
            return Verdict(End.PARTIAL, tell.most_keys(counted, asked.most_keys), left=left)
        if known.seconds >= asked.most_seconds:
            return Verdict(End.PARTIAL, tell.most_seconds(counted, asked.most_seconds), left=left)
        ahead = replace(known, cursors=BEGINNING, whole=False) if known.whole else known
        return Verdict(End.AGAIN, tell.so_far(counted), ahead, left)


def _troubled(known: Gone, counted: str, left: Left, now: datetime) -> Verdict[Gone]:
    """Try again what may be over by itself, for a while; then end with what was deleted."""
    since, tried = known.since or now, known.tried or now
    if not known.passes or now - since > TROUBLED_FOR:
        said = tell.stopped(counted, known.why)
        return Verdict(End.PARTIAL if known.keys or known.lost else End.FAILED, said, left=left)
    if now < tried + AFTER_TROUBLE:
        return waits(tried + AFTER_TROUBLE, tell.silent(counted, known.why))
    return Verdict(End.AGAIN, tell.silent(counted, known.why))


def _added(known: Gone, done: Deleted, now: datetime) -> Gone:
    """Return what is known after a slice. After trouble, the scan begins again: what is gone is gone."""
    return replace(
        known,
        keys=known.keys + done.keys,
        primaries=done.mark.primaries,
        cursors=BEGINNING if done.why else done.mark.cursors,
        slices=known.slices + 1,
        seconds=round(known.seconds + done.seconds, 3),
        rounds=known.rounds + done.whole,
        whole=done.whole,
        lost=known.lost or done.lost,
        why=done.why,
        passes=done.passes,
        since=(known.since or now) if done.why else None,
        tried=now if done.why else None,
    )


def _as_nothing_happened(trouble: Trouble) -> Trouble:
    """Where there is no connection, nothing was sent, and the first slice may wait for one."""
    if isinstance(trouble, Unreached):
        return NotNow(trouble.sentence, trouble.code, retry_helps=True)
    return trouble


KINDS = (DeleteKeys(),)
