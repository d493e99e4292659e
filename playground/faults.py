"""Faults that a person or a test can order for any call that crosses the playground.

One list serves both worlds. A call is named ``service.Operation`` for AWS (``ecs.UpdateService``), by its
method for Slack (``chat.update``), and ``deliver.command`` / ``deliver.interaction`` / ``deliver.event`` for
what Slack sends to the bot. The calls that a rule applies to use it up.
"""

from __future__ import annotations

import fnmatch
import itertools
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

Phase = Literal["before_effect", "after_effect"]
KINDS = ("drop", "delay", "duplicate", "status", "error", "disconnect", "hold")


@dataclass
class Rule:
    """One ordered fault.

    ``method`` may contain ``*``; ``about`` is a text that must occur in the call's arguments or its role.
    ``nth`` is the first matching call that is hit, counted from 1; ``times`` is how many calls are hit from
    there (0: all of them). ``phase`` says whether the fault strikes before or after the effect. ``seconds``
    belongs to ``delay``, ``status`` (429, 500) and ``retry_after`` to ``status``, and ``code``
    (``ThrottlingException``, ``ratelimited``) to ``error``.
    """

    kind: str
    method: str
    about: str = ""
    phase: Phase = "before_effect"
    nth: int = 1
    times: int = 1
    seconds: float = 0.0
    status: int = 500
    retry_after: int | None = None
    code: str = ""
    id: int = 0
    seen: int = 0
    hits: int = 0
    released: threading.Event = field(default_factory=threading.Event)
    drop_on_release: bool = False
    holding: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind!r}: one of {', '.join(KINDS)}")
        if self.phase not in ("before_effect", "after_effect"):
            raise ValueError(f"unknown phase {self.phase!r}")

    def concerns(self, method: str, arguments: Callable[[], str]) -> bool:
        return fnmatch.fnmatchcase(method, self.method) and (not self.about or self.about in arguments())

    def takes(self) -> bool:
        """Count one matching call; return whether it is hit."""
        self.seen += 1
        if self.seen < self.nth or (self.times and self.hits >= self.times):
            return False
        self.hits += 1
        return True


class Faults:
    """The rules in force; thread-safe. Both servers ask twice per call, before and after the effect."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Rule] = []
        self._ids = itertools.count(1)

    def order(self, **spec: object) -> Rule:
        """Add a rule; ``ValueError`` or ``TypeError`` on a spec that names nothing known."""
        rule = Rule(**spec)  # type: ignore[arg-type]
        with self._lock:
            rule.id = next(self._ids)
            self._rules.append(rule)
        return rule

    def at(self, method: str, phase: Phase, arguments: object = None) -> Rule | None:
        """Return the rule that strikes this call in this phase, if any; the first one ordered wins."""

        def written() -> str:
            return json.dumps(arguments, default=str)

        with self._lock:
            for rule in self._rules:
                if rule.phase == phase and rule.concerns(method, written) and rule.takes():
                    return rule
        return None

    def hold(self, rule: Rule, longest: float = 120.0) -> bool:
        """Block the thread until release, ``longest`` seconds at most; return whether to drop the call."""
        with self._lock:
            rule.holding += 1
        rule.released.wait(longest)
        with self._lock:
            rule.holding -= 1
        return rule.drop_on_release

    def release(self, rule_id: int | None = None, *, drop: bool = False) -> int:
        """Let held calls go on, or drop them as if never sent; return how many rules matched."""
        with self._lock:
            chosen = [r for r in self._rules if r.kind == "hold" and rule_id in (None, r.id)]
            for rule in chosen:
                rule.drop_on_release = drop
                rule.released.set()
            return len(chosen)

    def clear(self) -> None:
        """Forget every rule and let every held call go on."""
        self.release()
        with self._lock:
            self._rules = []

    def shown(self) -> list[dict[str, object]]:
        """Return the rules for ``GET /playground/faults``, with how often each hit and how many calls it
        holds.
        """
        with self._lock:
            return [
                {
                    "id": r.id,
                    "kind": r.kind,
                    "method": r.method,
                    "about": r.about,
                    "phase": r.phase,
                    "nth": r.nth,
                    "seen": r.seen,
                    "hits": r.hits,
                    "holding": r.holding,
                }
                for r in self._rules
            ]
