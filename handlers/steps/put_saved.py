"""The step that puts back what a stop saved, if the store has nothing."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.ports.desk import Desk
from handlers.steps.safe import Safe
from handlers.tell.steps import put_saved as tell
from handlers.words.codec import encode
from handlers.words.plan import Facts, Json, Step
from handlers.words.step import Acted, Begun, End, Left, Verdict
from policies.capacity.facts import SavedCapacity
from policies.capacity.saved_values import saved_from, saved_values


@dataclass(frozen=True)
class Putting:
    """What is put back, in the form in which the store and the log keep it."""

    saved: SavedCapacity

    def to_row(self) -> dict[str, Json]:
        return saved_values(self.saved)

    @classmethod
    def from_row(cls, facts: Facts) -> Putting:
        return cls(saved_from(facts))


@dataclass(frozen=True)
class Put:
    """What putting back found. ``stored``: whether something was there before. ``left``: why nothing was put
    back.
    """

    stored: bool = False
    left: str = ""


def put_step(environment: str, saved: SavedCapacity) -> Step:
    return Step("put saved", on=environment, arguments=encode(Putting(saved)))


class PutSaved(Safe[Putting, Put]):
    """Puts back what a stop saved. ``SAFE``: what is already stored stays, so a repeat finds its own values
    and writes nothing.

    Nothing is put back while an operation is running there: a stop or a start may be about to save or to
    forget.
    """

    name = "put saved"
    intent = Putting
    evidence = Put
    counted = "environments"

    def before(self, place: Desk, on: str, intent: Putting) -> Put:
        return Put(stored=on in place.book.capacities.stopped())

    def act(self, place: Desk, step: Begun[Putting, Put]) -> Acted[Put]:
        name, capacities = step.on, place.book.capacities
        if place.state.environment(name) is None:
            return Acted(Put(left=tell.unknown(name)))
        if capacities.find(name) is not None:
            return Acted()
        if running := place.records.running([name]):
            return Acted(Put(left=tell.busy(name, running[0].name, running[0].id)))
        capacities.write(name, step.intent.saved)
        return Acted()

    def look(self, place: Desk, step: Begun[Putting, Put]) -> Verdict[Put]:
        name, found = step.on, place.book.capacities.find(step.on)
        if step.evidence.left:
            return Verdict(End.FAILED, tell.nothing_put(step.evidence.left))
        if found is None:
            return Verdict(End.FAILED, tell.gone_again(name))
        if found != step.intent.saved:
            return Verdict(End.DONE, tell.kept(name), left=Left(tell=True))
        saved: dict[str, Json] = {"services": len(found.services), "databases": len(found.databases)}
        return Verdict(End.DONE, tell.back(name), left=Left({name: saved}))


KINDS = (PutSaved(),)
