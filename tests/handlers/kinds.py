"""A kind of step whose every answer a test scripts, and operations whose plan a test gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from handlers.words.operation import Operation
from handlers.words.plan import Facts, Plan, Step
from handlers.words.step import Done, Recovery, Repeat, StepRecord, Undone, Verdict
from policies.people import Role

Said = BaseException | Callable[[], object] | object


@dataclass
class Scripted:
    """``on[method, step]`` lists what that call says, in turn; the last is said ever after. An exception is
    raised, a function is called. ``called`` has each call in order."""

    name: str = "scripted"
    repeat: Repeat = Repeat.SAFE
    deadline: timedelta = timedelta(minutes=15)
    first_look: timedelta = timedelta(0)
    on: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    called: list[tuple[str, str]] = field(default_factory=list)

    def says(self, method: str, step: str, *said: Said) -> Scripted:
        self.on[method, step] = list(said)
        return self

    def count(self, method: str, step: str) -> int:
        return self.called.count((method, step))

    def acted(self) -> list[str]:
        return [step for method, step in self.called if method == "act"]

    def before(self, place: Any, step: Step) -> Facts:
        said: Facts = self._say("before", step.on, {})
        return said

    def act(self, place: Any, record: StepRecord) -> Facts:
        said: Facts = self._say("act", record.step.on, {})
        return said

    def look(self, place: Any, record: StepRecord) -> Verdict:
        said: Verdict = self._say("look", record.step.on, Done(f"{record.step.on} done"))
        return said

    def recover(self, place: Any, record: StepRecord) -> Recovery:
        said: Recovery = self._say("recover", record.step.on, Undone("Nothing was done."))
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
