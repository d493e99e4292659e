"""A kind of step whose answers a test scripts, and operations whose plan a test gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from handlers.words.codec import decode
from handlers.words.operation import Operation
from handlers.words.plan import Facts, Json, Plan, Step
from handlers.words.step import Acted, Begun, End, Left, Repeat, Verdict
from policies.access.people import Role

Said = BaseException | Callable[[], object] | object


@dataclass(frozen=True)
class Free:
    """An intent or evidence with any content."""

    facts: Facts = field(default_factory=dict)

    def to_row(self) -> dict[str, Json]:
        return dict(self.facts)

    @classmethod
    def from_row(cls, facts: Facts) -> Free:
        return cls(facts)


def verdict(end: End, sentence: str, facts: Facts | None = None) -> Verdict[Free]:
    return Verdict(end, sentence, Free(facts or {}), decode(Left, facts or {}))


def done(sentence: str, facts: Facts | None = None) -> Verdict[Free]:
    return verdict(End.DONE, sentence, facts)


def failed(sentence: str, facts: Facts | None = None) -> Verdict[Free]:
    return verdict(End.FAILED, sentence, facts)


def undone(sentence: str, facts: Facts | None = None) -> Verdict[Free]:
    return verdict(End.UNDONE, sentence, facts)


def adopted(sentence: str, facts: Facts | None = None) -> Verdict[Free]:
    return verdict(End.ADOPTED, sentence, facts)


def waiting(until: datetime, sentence: str = "", facts: Facts | None = None) -> Verdict[Free]:
    return replace(verdict(End.WAITS, sentence, facts), until=until)


@dataclass
class Scripted:
    """``on[method, step]`` lists what that call returns, in turn; the last entry is returned ever after. An
    exception is raised; a function is called. ``called`` has each call in order.
    """

    name: str = "scripted"
    repeat: Repeat = Repeat.SAFE
    deadline: timedelta = timedelta(minutes=15)
    first_look: timedelta = timedelta(0)
    by_id: bool = True
    on: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    called: list[tuple[str, str]] = field(default_factory=list)

    def says(self, method: str, step: str, *said: Said) -> Scripted:
        self.on[method, step] = list(said)
        return self

    def count(self, method: str, step: str) -> int:
        return self.called.count((method, step))

    def acted(self) -> list[str]:
        return [step for method, step in self.called if method == "act"]

    intent: type[Free] = Free
    evidence: type[Free] = Free

    def before(self, place: Any, on: str, intent: Free) -> Free:
        return Free(self._say("before", on, {}))

    def act(self, place: Any, step: Begun[Free, Free]) -> Acted[Free]:
        said: dict[str, Json] = dict(self._say("act", step.on, {}))
        ids = said.pop("request_ids", [])
        return Acted(Free(said), tuple(map(str, ids)) if isinstance(ids, list) else ())

    def look(self, place: Any, step: Begun[Free, Free]) -> Verdict[Free]:
        said: Verdict[Free] = self._say("look", step.on, done(f"{step.on} done"))
        return said

    def recover(self, place: Any, step: Begun[Free, Free]) -> Verdict[Free]:
        said: Verdict[Free] = self._say("recover", step.on, undone("Nothing was done."))
        return said

    def _say(self, method: str, step: str, usual: Any) -> Any:
        self.called.append((method, step))
        script = self.on.get((method, step), [usual])
        said = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(said, BaseException):
            raise said
        return said() if callable(said) else said


def step(on: str, *after: int, kind: str = "scripted", **arguments: Any) -> Step:
    return Step(kind, on, arguments, after)


def probe(*steps: Step, name: str = "probe", **declared: Any) -> Operation:
    """``/env probe <environment>`` carries out these steps."""
    plan = Plan("probing", steps, notes=("as the test says",))
    given = {"role": Role.DEVELOPER, "changes": True, "conflicts": "probe", **declared}
    return Operation(name=name, help="Probe", run=lambda *_, **__: plan, **given)
