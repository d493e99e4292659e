"""One request on its way through the gate, with what is known so far. Each stage fills in what it finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from handlers.ports.store import CatalogState
from handlers.words.operation import Operation
from handlers.words.plan import Plan
from handlers.words.request import Request
from policies.access.decision import Decision
from policies.access.people import Actor
from policies.service.environment import Environment


@dataclass(frozen=True)
class Case:
    """``now`` is when the request came; ``state`` is the catalog at the time of binding.

    What each stage adds: *bind* ``operation``, with its arguments bound, and ``state``; *resolve* ``place``
    (``None``: the installation); *judge* ``decision``, ``Allowed`` from then on; *plan* ``target`` (empty
    before) and ``plan``.
    """

    request: Request
    now: datetime
    state: CatalogState = field(default_factory=CatalogState)
    operation: Operation | None = None
    place: Environment | None = None
    decision: Decision | None = None
    target: str = ""
    plan: Plan | None = None

    @property
    def actor(self) -> Actor:
        return self.request.actor

    @property
    def environment(self) -> str:
        """The canonical name of the environment; empty for the installation."""
        return self.place.name if self.place else ""

    @property
    def asked(self) -> Operation:
        """The operation, once it is bound."""
        assert self.operation is not None, "asked before it was bound"
        return self.operation
