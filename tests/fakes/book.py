"""The clock's book in memory: a fake of every port in ``handlers.ports.book``.

The parts share a ``Memory``, which may be that of a ``FakeStore``, so a claim that an opening writes is
visible here. Each method passes its name (``claims.record``) to ``memory.before_call`` before it does
anything.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from handlers.ports.book import Book, Notice
from handlers.ports.budgets import BudgetWarning
from handlers.ports.live import LivePost
from policies.capacity.facts import SavedCapacity
from policies.schedule.claims import Claim
from policies.schedule.overrides import Override
from tests.fakes.digests import FakeDigests
from tests.fakes.findings import fake_orphans
from tests.fakes.follows import FakeFollows
from tests.fakes.ledger import fake_ledger
from tests.fakes.store_memory import Memory

__all__ = ["FakeBook"]


class FakeBook:
    """``book`` is the port; ``memory`` is what its tables would hold."""

    def __init__(self, memory: Memory | None = None) -> None:
        self.memory = memory or Memory()
        self.book = Book(
            overrides=FakeOverrides(self.memory),
            capacities=FakeSavedCapacities(self.memory),
            claims=FakeClaims(self.memory),
            notices=FakeNotices(self.memory),
            live_posts=FakeLivePosts(self.memory),
            follows=FakeFollows(self.memory),
            budget_warnings=FakeBudgetWarnings(self.memory),
            digests=FakeDigests(self.memory),
            ledger=fake_ledger(self.memory),
            orphans=fake_orphans(self.memory),
        )


class FakeOverrides:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def current(self, now: datetime) -> Sequence[Override]:
        self._memory.before_call("overrides.current")
        return self._ending(lambda end: end > now)

    def recent(self, since: datetime) -> Sequence[Override]:
        self._memory.before_call("overrides.recent")
        return self._ending(lambda end: end >= since)

    def find(self, override_id: str) -> Override | None:
        self._memory.before_call("overrides.find")
        return self._memory.overrides.get(override_id)

    def these(self, override_ids: Collection[str]) -> Sequence[Override]:
        self._memory.before_call("overrides.these")
        return [o for o in self._memory.overrides.values() if o.id in override_ids]

    def put(self, override: Override, *, instead_of: Collection[str] = ()) -> None:
        memory = self._memory
        memory.before_call("overrides.put")
        with memory.lock:
            if override.id in memory.overrides:
                return
            if override.begun:
                self._end_others(override)
            for name in () if override.begun else instead_of:
                other = memory.overrides.get(name)
                if other and other.environment == override.environment and not other.begun:
                    at, by = other.ended_at or override.planned_at, other.ended_by or override.actor_name
                    memory.overrides[name] = replace(other, ended_at=at, ended_by=by)
            memory.overrides[override.id] = override

    def _end_others(self, override: Override) -> None:
        """End what is in force when this one begins."""
        overrides = self._memory.overrides
        for other in list(overrides.values()):
            if other.environment == override.environment and other.holds(override.since):
                ended = replace(other, ended_at=override.since, ended_by=override.actor_name)
                overrides[other.id] = ended

    def begin(self, override_id: str, at: datetime) -> bool:
        memory = self._memory
        memory.before_call("overrides.begin")
        with memory.lock:
            found = memory.overrides.get(override_id)
            if found is None or not found.waits(at):
                return False
            self._end_others(found)
            memory.overrides[override_id] = replace(found, begun_at=at)
            return True

    def wait(self, override_id: str, why: str) -> None:
        memory = self._memory
        memory.before_call("overrides.wait")
        with memory.lock:
            found = memory.overrides.get(override_id)
            if found is not None and not found.begun and found.ended_at is None:
                memory.overrides[override_id] = replace(found, not_begun=why)

    def end(self, override_id: str, at: datetime, by: str, *, why: str = "") -> bool:
        memory = self._memory
        memory.before_call("overrides.end")
        with memory.lock:
            found = memory.overrides.get(override_id)
            missed = found is not None and why and not found.begun and found.ended_at is None
            if found is None or (found.end <= at and not missed):
                return False
            why = why or found.not_begun
            memory.overrides[override_id] = replace(found, ended_at=at, ended_by=by, not_begun=why)
            return True

    def _ending(self, end: Callable[[datetime], bool]) -> list[Override]:
        found = [override for override in self._memory.overrides.values() if end(override.end)]
        return sorted(found, key=lambda o: (o.since, o.id))


class FakeSavedCapacities:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def find(self, environment: str) -> SavedCapacity | None:
        self._memory.before_call("capacities.find")
        return self._memory.capacities.get(environment)

    def stopped(self) -> frozenset[str]:
        self._memory.before_call("capacities.stopped")
        return frozenset(self._memory.capacities)

    def write(self, environment: str, saved: SavedCapacity) -> None:
        self._memory.before_call("capacities.write")
        self._memory.capacities[environment] = saved

    def forget(self, environment: str) -> None:
        self._memory.before_call("capacities.forget")
        self._memory.capacities.pop(environment, None)


class FakeLivePosts:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def live(self) -> Sequence[LivePost]:
        self._memory.before_call("live_posts.live")
        found = (post for post in self._memory.live_posts.values() if not post.over)
        return sorted(found, key=lambda p: (p.at, p.ts))

    def write(self, post: LivePost) -> None:
        self._memory.before_call("live_posts.write")
        self._memory.live_posts[post.channel, post.ts] = post


class FakeClaims:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def since(self, instant: datetime) -> Mapping[str, Sequence[Claim]]:
        self._memory.before_call("claims.since")
        found: dict[str, list[Claim]] = {}
        for claim in sorted(self._memory.claims.values(), key=_place):
            if claim.instant >= instant:
                found.setdefault(claim.key.environment, []).append(claim)
        return found

    def record(self, claims: Sequence[Claim]) -> None:
        memory = self._memory
        memory.before_call("claims.record")
        if any(claim.state == "opened" for claim in claims):
            raise ValueError("only an opening writes a claim that is opened")
        with memory.lock:
            for claim in claims:
                kept = memory.claims.get(claim.key)
                if kept is None or kept.state == "postponed":
                    memory.claims[claim.key] = claim


class FakeNotices:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def since(self, instant: datetime) -> Sequence[Notice]:
        self._memory.before_call("notices.since")
        found = [notice for notice in self._memory.notices.values() if notice.stop_at >= instant]
        return sorted(found, key=lambda n: (n.stop_at, n.channel))

    def write(self, notice: Notice) -> None:
        self._memory.before_call("notices.write")
        self._memory.notices[notice.channel, notice.stop_at] = notice


def _place(claim: Claim) -> tuple[datetime, str, str]:
    return claim.instant, claim.key.rule, claim.key.action


class FakeBudgetWarnings:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def of(self, month: date) -> Sequence[BudgetWarning]:
        self._memory.before_call("budget_warnings.of")
        held = self._memory.budget_warnings
        return [held[key] for key in sorted(held) if key[1] == month]

    def claim(self, warning: BudgetWarning) -> bool:
        self._memory.before_call("budget_warnings.claim")
        with self._memory.lock:
            if _key(warning) in self._memory.budget_warnings:
                return False
            self._memory.budget_warnings[_key(warning)] = warning
            return True

    def write(self, warnings: Sequence[BudgetWarning]) -> None:
        self._memory.before_call("budget_warnings.write")
        self._memory.budget_warnings |= {_key(warning): warning for warning in warnings}


def _key(warning: BudgetWarning) -> tuple[str, date, int, int, str]:
    return (warning.pattern, warning.month, warning.monthly, warning.share, warning.channel)
