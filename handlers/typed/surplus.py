"""A line that names more than an operation takes."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.tell import typed as tell
from handlers.typed.line import FILLERS, trimmed
from handlers.typed.order import known
from handlers.typed.room import Room
from handlers.typed.values import Misread, Parsed
from handlers.words.operation import NAMING, Operation, Target
from policies.times.instants import TimeError, when


def surplus(operation: Operation, words: Sequence[str], room: Room) -> Misread | None:
    """Answer a line that names too much: several services where one is taken, a service where none is, or a
    time for what is done at once.
    """
    names = room.names
    said = [trimmed(word) for word in words if word.lower() not in FILLERS]
    place = next((found for word in said if (found := known(word, names))), names.here)
    if operation.reach not in NAMING or not place:
        return None
    there = {service.lower() for service in names.services(place)}
    rest = any(a.rest for a in operation.arguments)
    where = [word for word in said if not known(word, names)][:1] if rest else said
    named = [word for word in where if word.lower() in there]
    alone, example = operation.target is Target.NOTHING, room.spelled(Parsed(operation.name, place))
    if named and alone:
        return Misread(tell.no_service_alone(operation, named[0], place), example)
    if len(named) > 1:
        meant = tuple(Parsed(operation.name, place, word) for word in named)
        return Misread(tell.one_service(operation), room.spelled(meant[0]), meant=meant)
    left = [word for word in said if word not in named and not known(word, names)]
    if left and not rest and operation.changes and any(is_time(left[n:]) for n in range(len(left))):
        later = room.spelled(Parsed("keep", place, arguments={"words": tell.LATER})) if alone else ""
        return Misread(tell.at_once(operation, later if operation.brings == "down" else ""))
    return None


def is_time(words: Sequence[str]) -> bool:
    try:
        when(" ".join(words))
    except TimeError:
        return False
    return True
