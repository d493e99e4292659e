"""What a transition that is only observed would have done and saved: read from AWS, told in the notice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from handlers.gate.fitting import fit
from handlers.gate.parts import Parts
from handlers.ports.store import CatalogState
from handlers.steps.running_cost import running_cost
from handlers.tell import clock as tell
from handlers.words.errors import Trouble
from policies.access.people import ClockActor
from policies.schedule.claims import Claim
from policies.schedule.transitions import AT_THE_LATEST, Course, Edge
from policies.service.environment import Environment


class Observer:
    """Records what observed transitions would have saved. ``run`` hands the reading to a thread, so that a
    slow AWS holds up no tick.
    """

    def __init__(self, parts: Parts, run: Callable[[Callable[[], None]], object]) -> None:
        self._parts, self._run = parts, run
        self._reading: set[str] = set()

    def see(self, placed: tuple[Environment, Course], edge: Edge, state: CatalogState) -> None:
        """Record the transition's claim, once its saving is known or AWS did not answer."""
        name = placed[0].name
        if name not in self._reading:
            self._reading.add(name)
            self._run(lambda: self._record(placed, edge, state))

    def _record(self, placed: tuple[Environment, Course], edge: Edge, state: CatalogState) -> None:
        would = ""
        try:
            if edge.action == "stop":
                would = self._would_save(placed, edge, state)
        except Trouble:
            pass
        except Exception as error:
            self._parts.on_defect(f"the clock, {edge.key.text}", error)
        finally:
            now = self._parts.clock.now()
            self._parts.book.claims.record([Claim(edge.key, edge.instant, "observed", now, reason=would)])
            self._reading.discard(placed[0].name)

    def _would_save(self, placed: tuple[Environment, Course], edge: Edge, state: CatalogState) -> str:
        """Return what the stop would save; empty if nothing runs."""
        environment, course = placed
        scope = fit(self._parts, environment, ClockActor(), state)
        cost = running_cost(scope)
        if not cost.running:
            return ""
        ahead = course.edges(edge.instant, edge.instant + AT_THE_LATEST)
        start = next((e.instant for e in ahead if e.action == "start"), None)
        off = None if start is None else start - edge.instant
        money = "" if off is None else cost.saved(off / timedelta(hours=1))
        return tell.would_save(cost.running, off, money)
