"""Reads the words of one operation in the order in which help writes them: environment, service, the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from handlers.tell import typed as tell
from handlers.typed.line import LONGEST_WORD, bare
from handlers.typed.values import Parsed, Wrong
from handlers.words.arguments import REVISION, Argument, Mistake
from handlers.words.choices import nearest
from handlers.words.operation import NAMING, Operation, Reach, Target
from policies.catalog.choosing import FEW, opposed

_NAMED = re.compile(r"(?:--)?([A-Za-z][A-Za-z0-9_-]*)=(.*)", re.DOTALL)
_REVISION_WORDS = frozenset({"revision", "rev", "version", "deployment", "release", "one"})
_THE_ONE_BEFORE = frozenset({"previous", "prev", "last", "before", "prior", "earlier", "-1"})
_NUMBERED = re.compile(r"[vV#]?([1-9][0-9]{0,9})[.,]?", re.ASCII)
_COUNTED = frozenset(
    {"task", "tasks", "replica", "replicas", "instance", "instances", "copies", "containers"}
)
_COUNTS = frozenset({"replicas", "desired", "desired-count", "tasks", "instances", "number"})
"""What other tools call the number of tasks."""
_PLACES = {"environment": "environment", "env": "environment", "service": "service"}


def written(operation: Operation, words: Sequence[str]) -> Parsed:
    """Read the words in the written order. Raises ``Wrong``."""
    known, places, rest = typed_arguments(operation), _places(operation), the_rest(operation)
    given, loose = _named(operation, words)
    order = [*places, *(n for n, a in known.items() if a.positional)]
    if rest and operation.reach is Reach.ONE_OR_ALL and "environment" not in given:
        loose = _name_first(loose, rest)
    if rest:
        loose = _gather(loose, given, order, rest.name.lower())
    free = sum(name not in given for name in order)
    loose = _before_revision(operation, _choices_in_place(loose, given, order, known), free)
    loose = _without_unit(operation, loose, free)
    _place_loose(operation, loose, given, order)
    _revision_apart(operation, given)
    _number_apart(operation, given)
    _check(operation, given, known, places)
    try:
        arguments = {known[n].name: known[n].chosen(v) for n, v in given.items() if n in known}
        operation.bound(arguments)
    except Mistake as wrong:
        raise Wrong(str(wrong), meant=_chosen(operation, given, known)) from None
    return _parsed(operation, given, arguments)


def _parsed(operation: Operation, given: Mapping[str, str], arguments: Mapping[str, str]) -> Parsed:
    places = _places(operation)
    place, target = (given.get(name, "") if name in places else "" for name in ("environment", "service"))
    return Parsed(operation.name, place, target, arguments)


def typed_arguments(operation: Operation) -> dict[str, Argument]:
    """Return the arguments that may be typed, by name in lower case."""
    return {a.name.lower(): a for a in operation.arguments if not a.hidden}


def the_rest(operation: Operation) -> Argument | None:
    """Return the argument that takes all remaining words, if there is one."""
    return next((a for a in typed_arguments(operation).values() if a.rest), None)


def reads(argument: Argument, text: str) -> bool:
    try:
        argument.value(text)
    except Mistake:
        return False
    return True


def names_an_argument(operation: Operation, word: str) -> str:
    """Return the argument or place that ``name=value`` sets; empty for any other word."""
    found = _NAMED.fullmatch(word)
    key = found[1].lower() if found else ""
    if key in _COUNTS and (counted := _number(operation)):
        return counted
    name = key if key in typed_arguments(operation) else _PLACES.get(key, "")
    return name if name in typed_arguments(operation) or name in _places(operation) else ""


def _named(operation: Operation, words: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Split the words into those given by name and the others."""
    given: dict[str, str] = {}
    loose: list[str] = []
    rest = the_rest(operation)
    exact = any(argument.verbatim for argument in typed_arguments(operation).values())
    for word in words:
        found, name = _NAMED.fullmatch(word), names_an_argument(operation, word)
        if found is None or ((rest or exact) and not name):
            loose.append(_value(tell.A_NAME, word) if rest is None else _whole(word))
            continue
        known = [*typed_arguments(operation), *_places(operation)]
        if not name and _is_chosen(operation, found[2]) and not tell.near_argument(found[1].lower(), known):
            loose += [found[1], found[2]]
            continue
        if not name:
            raise Wrong(
                tell.no_such_argument(operation, found[1].lower(), known),
                meant=_renamed(operation, words, found, known),
            )
        if name in given:
            raise Wrong(tell.twice(name))
        given[name] = _value(f"`{name}`", found[2])
    return given, loose


def _is_chosen(operation: Operation, value: str) -> bool:
    """Tell whether a value is one of the choices that come after a name: *new-checkout=on*."""
    positional = [argument for argument in typed_arguments(operation).values() if argument.positional]
    return any(nearest(value, argument.choices) for argument in positional[1:] if argument.choices)


def _renamed(
    operation: Operation, words: Sequence[str], wrong: re.Match[str], known: Sequence[str]
) -> tuple[Parsed, ...]:
    """Return what the words mean with the argument whose name was mistyped; nothing if that is not known."""
    near = tell.near_argument(wrong[1].lower(), known)
    if not near:
        return ()
    try:
        return (written(operation, [f"{near}={wrong[2]}" if w == wrong[0] else w for w in words]),)
    except Wrong as again:
        return again.meant


def _chosen(
    operation: Operation, given: Mapping[str, str], known: Mapping[str, Argument]
) -> tuple[Parsed, ...]:
    """Return what is meant if each mistyped choice is the nearest one, or each of a few where it resembles
    none. Nothing if another value is wrong.
    """
    typed = {name: known[name] for name in given if name in known}
    meant = {a.name: nearest(given[n], a.choices) if a.choices else given[n] for n, a in typed.items()}
    found = [{**meant, **one} for one in _each_of_a_few(meant, typed) or [{}]]
    try:
        for arguments in found:
            operation.bound(arguments)
    except Mistake:
        return ()
    return tuple(_parsed(operation, given, arguments) for arguments in found)


def _each_of_a_few(meant: Mapping[str, str], typed: Mapping[str, Argument]) -> list[Mapping[str, str]]:
    """Return each choice for the one value that resembles none of its few choices. Nothing if there are more
    such values, or if one of the choices may be the opposite of what was typed.
    """
    open_ = [argument for argument in typed.values() if argument.choices and not meant[argument.name]]
    if len(open_) != 1 or not 1 < len(open_[0].choices) <= FEW or opposed(open_[0].choices):
        return []
    return [{open_[0].name: choice} for choice in open_[0].choices]


def _places(operation: Operation) -> tuple[str, ...]:
    """Return the places that come first, by position."""
    places = ("environment",) if operation.reach in NAMING else ()
    return places if operation.target is Target.NOTHING else (*places, "service")


def _name_first(loose: list[str], rest: Argument) -> list[str]:
    """Put an environment's name first, where an operation takes both a sentence and a name. The name may come
    first or last, or be absent: *cost staging last week*, *cost last week staging*, *cost last week*. An
    empty word means no name.
    """
    for name, said in (([""], loose), (loose[:1], loose[1:]), (loose[-1:], loose[:-1])):
        if said and reads(rest, " ".join(said)):
            return [*name, *said]
    return loose


def _gather(loose: list[str], given: dict[str, str], order: Sequence[str], rest: str) -> list[str]:
    """Return the words that fill the other places; join all remaining ones into ``rest``."""
    free = sum(name not in given for name in order if name != rest)
    if further := loose[free:]:
        given[rest] = " ".join([*([given[rest]] if rest in given else []), *further])
    return [bare(word) for word in loose[:free]]


def _whole(word: str) -> str:
    """Return the word as it was typed. The reader of the rest decides what its quotes mean."""
    _value(tell.A_WORD, word)
    return word


def _choices_in_place(
    loose: list[str], given: Mapping[str, str], order: Sequence[str], known: Mapping[str, Argument]
) -> list[str]:
    """Move the one word that is a choice to its argument: *flag staging off new-checkout*. A word in the
    place of an environment or a service is never moved.
    """
    free = [name for name in order if name not in given]
    for at, name in enumerate(free[: len(loose)]):
        among = known[name].choices if name in known else ()
        places = sum(name not in known for name in free)
        fits = [n for n, word in enumerate(loose) if n >= places and word.lower() in among]
        if len(fits) == 1 and fits[0] != at:
            others = [word for n, word in enumerate(loose) if n != fits[0]]
            loose = [*others[:at], loose[fits[0]], *others[at:]]
    return loose


def _before_revision(operation: Operation, loose: list[str], free: int) -> list[str]:
    """Return the words with the revision's number alone: without the word that says what it is (*to revision
    41*), and without what means the one before (*to the previous version*), which is meant anyway.
    """
    at = free - 1
    if not _revision(operation) or len(loose) <= at:
        return loose
    said = [word for word in loose[at:] if word.lower() not in _REVISION_WORDS]
    if not said:
        return loose
    if all(word.lower() in _THE_ONE_BEFORE for word in said):
        return loose[:at]
    numbered = _NUMBERED.fullmatch(said[0])
    return [*loose[:at], numbered[1] if numbered else said[0], *said[1:]]


def _revision_apart(operation: Operation, given: dict[str, str]) -> None:
    """Take a revision from behind a service's name: *rollback staging orders-api:41*."""
    name, argument = given.get("service", ""), _revision(operation)
    service, _, number = name.rpartition(":")
    if argument and argument not in given and service and REVISION.fullmatch(number):
        given["service"], given[argument] = service, number


def _without_unit(operation: Operation, loose: list[str], free: int) -> list[str]:
    """Drop the word that says what is counted, if it is one too many: *to 3 tasks*."""
    unit = len(loose) == free + 1 and loose[-1].lower() in _COUNTED and loose[-2].isdigit()
    return loose[:-1] if unit and _number(operation) else loose


def _number_apart(operation: Operation, given: dict[str, str]) -> None:
    """Take a number in a service's place for the number that is missing: *scale staging 3*, *rollback to
    41*.
    """
    argument = _number(operation) or _revision(operation)
    if argument and argument not in given and given.get("service", "").isdigit():
        given[argument] = given.pop("service")


def _number(operation: Operation) -> str:
    """Return the argument that is a number; empty if there is none."""
    return next((n for n, a in typed_arguments(operation).items() if a.field == "number"), "")


def _revision(operation: Operation) -> str:
    """Return the argument that names a revision; empty if there is none."""
    return next((n for n, a in typed_arguments(operation).items() if a.field == "revision"), "")


def _place_loose(operation: Operation, loose: list[str], given: dict[str, str], order: list[str]) -> None:
    free = [name for name in order if name not in given]
    if len(loose) > len(free):
        raise Wrong(tell.too_many(loose[len(free)], operation))
    given.update(zip(free, loose, strict=False))


def _check(
    operation: Operation, given: Mapping[str, str], known: Mapping[str, Argument], places: Sequence[str]
) -> None:
    needed = [p for p in places if operation.reach is Reach.ENVIRONMENT or p != "environment"]
    needed = [p for p in needed if p == "environment" or operation.target is Target.SERVICE]
    needed += [name for name, argument in known.items() if argument.required]
    missing = [name for name in needed if not given.get(name)]
    if missing:
        raise Wrong(tell.needs(operation, missing, known), missing)


def _value(what: str, word: str) -> str:
    found = bare(word)
    if len(found) > LONGEST_WORD:
        raise Wrong(tell.too_long_a_word(what, len(found), LONGEST_WORD))
    return found
