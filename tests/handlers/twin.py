"""A second world, in which everything is as in the first and of which nothing is shared with it."""

from __future__ import annotations

import copy
from itertools import count
from types import MethodType
from typing import Any, TypeVar

from handlers.ports.book import Book
from tests.fakes.aws_script import Call
from tests.handlers.world import World

W = TypeVar("W", bound=World)


def twin(world: W) -> W:
    """Return a copy that goes its own way. Values (frozen, of the rules and the application) are shared."""
    copied: W = _copied(world, {})
    return copied


def _copied(thing: Any, done: dict[int, Any]) -> Any:
    """``done``: copies by the identity of what was copied, so that what is one thing stays one thing."""
    if id(thing) in done:
        return done[id(thing)]
    made: Any
    match thing:
        case dict():
            made = done[id(thing)] = type(thing)()
            made.update({key: _copied(value, done) for key, value in thing.items()})
        case list():
            made = done[id(thing)] = []
            made += [_copied(item, done) for item in thing]
        case set():
            made = set(thing)
        case count():
            made = copy.copy(thing)
        case MethodType():
            made = MethodType(thing.__func__, _copied(thing.__self__, done))
        case tuple():
            made = tuple(_copied(item, done) for item in thing)
        case _ if isinstance(thing, Book) or (_is_of_tests(thing) and not isinstance(thing, Call | type)):
            made = done[id(thing)] = copy.copy(thing)
            for name, held in vars(thing).items():
                object.__setattr__(made, name, _copied(held, done))
        case _:
            return thing
    done[id(thing)] = made
    return made


def _is_of_tests(thing: Any) -> bool:
    return type(thing).__module__.startswith("tests.") and hasattr(thing, "__dict__")
