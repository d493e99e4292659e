"""Signs of use, and leftovers, as a test orders them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime

from handlers.ports.signals import Found, Idle, Leftover, LeftoverKind, Sign, Signs, Traffic, Unread
from handlers.words.errors import Trouble

LONGEST = 60


class FakeSignals:
    """``handlers.ports.signals.Signals``. ``requests``: the count of each UTC day that had any; ``None`` if
    nothing is known of requests.
    """

    def __init__(self, name: str, now: Callable[[], datetime]) -> None:
        self._name, self._now = name, now
        self.requests: dict[date, int] | None = None
        self.uncounted: tuple[str, ...] = ()
        self.cpu: float | None = None
        self.idle: tuple[Idle, ...] | None = None
        self.pushed: datetime | None = None
        self.registered: datetime | None = None
        self.refused: dict[Sign, str] = {}
        self.trouble: Trouble | None = None

    def read(self, days: int = 14) -> Signs:
        if not 1 <= days <= LONGEST:
            raise ValueError(f"days must be 1 to {LONGEST}")
        if self.trouble:
            raise self.trouble
        told = {sign for sign in Sign if sign not in self.refused}
        return Signs(
            self._name,
            self._now(),
            days,
            traffic=self._traffic(days) if Sign.TRAFFIC in told else None,
            cpu=self.cpu if Sign.CPU in told else None,
            idle=self.idle if Sign.IDLE in told else None,
            pushed=self.pushed if Sign.PUSHED in told else None,
            registered=self.registered if Sign.REGISTERED in told else None,
            unread=tuple(Unread(sign, self.refused[sign]) for sign in Sign if sign in self.refused),
        )

    def _traffic(self, days: int) -> Traffic | None:
        if self.requests is None:
            return None
        today = self._now().date()
        lately = (count for day, count in self.requests.items() if (today - day).days <= days)
        return Traffic(sum(lately), max(self.requests, default=None), self.uncounted)


class FakeLeftovers:
    """``handlers.ports.signals.Leftovers``."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.account, self.region = "123456789012", "eu-central-1"
        self.there: list[Leftover] = []
        self.refused: dict[LeftoverKind, str] = {}

    def find(self, kinds: Collection[LeftoverKind] = tuple(LeftoverKind), *, days: int = 14) -> Found:
        wanted = [kind for kind in LeftoverKind if kind in kinds]
        found = [
            one for kind in wanted for one in self.there if one.kind is kind and kind not in self.refused
        ]
        unread = tuple((kind, self.refused[kind]) for kind in wanted if kind in self.refused)
        return Found(self.account, self.region, self._now(), tuple(found), unread)
