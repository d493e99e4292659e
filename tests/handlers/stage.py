"""One process of the bot in a world: gate and advance wired to the fakes, with clocks moved by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from handlers import registry
from handlers.gate.advance import Advance
from handlers.gate.dispatch import Gate
from handlers.gate.parts import Parts
from handlers.ports.slack import Posts
from handlers.ports.store import OperationRecord
from handlers.registry import Registry
from handlers.tell.reply import message
from handlers.words.errors import Trouble
from handlers.words.message import Offer
from handlers.words.operation import Operation
from handlers.words.request import Request
from handlers.words.result import Choice, Refusal, Reply
from handlers.words.step import StepKind
from policies.access.people import Actor, ConsoleUser, Home
from policies.record.evidence import Entry
from policies.schedule.schedule import Holidays
from tests.handlers.wire import Wire, tap
from tests.handlers.world import DEV, TEAM, World

REGISTRY = registry.load()
_numbers = count(1)


class Stage:
    """``holder`` names the process. A second stage on the same world is a second process."""

    def __init__(
        self,
        world: World,
        *,
        holder: str = "one",
        wire: Wire | None = None,
        operations: Sequence[Operation] = (),
        kinds: Sequence[StepKind[Any, Any, Any]] = (),
        posts: Posts | None = None,
        holidays: Holidays = frozenset(),
        **parts: Any,
    ) -> None:
        self.world = world
        self._slack, self._holidays = posts, holidays
        self.store = world.store if holder == "one" else world.store.process(holder)
        self.registry = _with(operations, kinds)
        made = replace(self._parts(), **parts)
        self.parts = tap(made, wire) if wire else made
        self.advance = Advance(self.parts)
        self.gate = Gate(self.parts, self.advance)

    def _parts(self) -> Parts:
        return Parts(
            registry=self.registry,
            clock=self.world.clock,
            people=self.world.people,
            messages=self.world.messages,
            scopes=self.world.scopes,
            catalog=self.store.catalog,
            operations=self.store.operations,
            records=self.store.records,
            audit=self.store.audit,
            offers=self.store.offers,
            book=self.store.book,
            message_rows=self.store.messages,
            new_id=lambda: f"op-{next(_numbers):07}",
            home=lambda: Home(TEAM),
            posts=self._slack,
            holidays=lambda _: self._holidays,
        )

    # what people do

    def ask(self, operation: str, environment: str = "", target: str = "", **rest: Any) -> Reply:
        """Ask as Dev, unless ``who`` is given. ``arguments`` are as typed; the delivery is new, unless given.

        Asserts that every refusal is an entry (those who are not let in share one a minute), and that
        everything offered can be asked for.
        """
        before = sum(entry.count for entry in self.entries("refused"))
        reply = self.gate.handle(request(operation, environment, target, **rest))
        if isinstance(reply, Refusal) and not reply.decision.rule.startswith("people."):
            assert sum(entry.count for entry in self.entries("refused")) > before, reply
        for offer in message(reply).offers:
            self.registry.operations[offer.operation].bound(offer.arguments)
        return reply

    def sure(self, operation: str, environment: str = "", target: str = "", **rest: Any) -> Reply:
        """Ask, and confirm if the operation asks first."""
        reply = self.ask(operation, environment, target, **rest)
        if not isinstance(reply, Choice):
            return reply
        return self.press(reply.offers[0], who=rest.get("who", DEV))

    def press(self, offer: Offer, *, who: Actor = DEV, **rest: Any) -> Reply:
        return self.ask("", who=who, offer=offer.id, source="button", **rest)

    # what time does

    def tick(self) -> None:
        """Tick like the heartbeat: if due operations cannot be read, the next beat tries again."""
        try:
            due = self.advance.due()
        except Trouble:
            return
        for operation_id in due:
            self.advance.once(operation_id)

    def forward(self, seconds: float) -> None:
        """Move both clocks, then tick once."""
        self.world.forward(seconds)
        self.tick()

    def finish(self, *, turns: int = 300) -> None:
        """Let ECS work and the clock tick until nothing runs any more."""
        for _ in range(turns):
            if not self.running():
                return
            self.world.move()
            self.forward(5)
        raise AssertionError(f"still running: {self.running()}")

    # what is left behind

    def operations(self) -> list[OperationRecord]:
        return list(self.world.store.memory.operations.values())

    def operation(self) -> OperationRecord:
        (only,) = self.operations()
        return only

    def running(self) -> list[OperationRecord]:
        return [o for o in self.operations() if not o.state.ended]

    def entries(self, *kinds: str) -> list[Entry]:
        """Return the entries, oldest first."""
        rows = [r.entry for r in self.world.store.memory.entries]
        return [e for e in rows if not kinds or e.kind in kinds]

    def kinds(self) -> list[str]:
        return [e.kind for e in self.entries()]

    def last(self) -> Entry:
        return self.entries()[-1]


def request(operation: str, environment: str = "", target: str = "", **rest: Any) -> Request:
    number, who = next(_numbers), rest.pop("who", DEV)
    arguments: Mapping[str, str] = rest.pop("arguments", {})
    made = Request(
        id=f"request-{number}",
        delivery=f"delivery-{number}",
        actor=who,
        source="console" if isinstance(who, ConsoleUser) else "slash",
        operation=operation,
        environment=environment,
        target=target,
        arguments=arguments,
        channel="C0OPS",
    )
    return replace(made, **rest)


def _with(operations: Sequence[Operation], kinds: Sequence[StepKind[Any, Any, Any]]) -> Registry:
    return Registry(
        {**REGISTRY.operations, **{o.name: o for o in operations}},
        REGISTRY.aliases,
        {**REGISTRY.step_kinds, **{k.name: k for k in kinds}},
    )
