"""Reads one line: which operation is asked for, and with which words. A line that cannot be read is answered
with what may have been meant. Similar spelling is the last resort.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from handlers.elsewhere import (
    DESCRIBING,
    FLAG,
    FLAGS,
    HAPPENED,
    OBJECTS,
    SHOWING,
    SWITCHING,
    TOOLS,
    Row,
    elsewhere,
)
from handlers.tell import elsewhere as told
from handlers.tell import typed as tell
from handlers.typed.line import FILLERS, LEADS, bare, trimmed, words_of
from handlers.typed.order import Readings, as_written, choices, known, nearest, readings
from handlers.typed.room import Room
from handlers.typed.surplus import is_time, surplus
from handlers.typed.values import Misread, Names, Parsed, Wrong
from handlers.typed.written import typed_arguments
from handlers.words.arguments import Argument
from handlers.words.operation import NAMING, Operation, Reach, Target

NO_NAMES = frozenset({"until", "till", "from", "through", "tonight", "tomorrow"})
"""Words that begin a time and are never taken for an environment that is not known here."""
LONGEST_PHRASE = 3
"""The number of words in the longest name of an operation."""


def read(line: str, room: Room) -> Parsed | Misread:
    """Read a line. Every line of plain words has a result. Arguments that only offers may set are unknown
    here.
    """
    words = words_of(line)
    if words and words[0].lower() == room.command.lower():
        words = words[1:]
    if not words:
        return Misread(tell.NOTHING_ASKED, room.help())
    words[0] = bare(words[0])
    led = next((n for n, word in enumerate(words) if trimmed(word).lower() not in LEADS), 0)
    words = _unpunctuated(words[led:], room)
    first = next((n for n, word in enumerate(words) if word.lower() not in FILLERS), 0)
    at = _after_names(words, first, room.names)
    found = _command(words, first, room) or _command(words, at, room)
    if found is not None:
        return _clashing(words, found, room) or _asked(*found, room)
    if at == len(words):
        return _no_command(words, first, room)
    return (
        _by_another_name(words, at, room)
        or _somewhere(words, at, room)
        or _mistyped(words, at, room)
        or _unknown(words, at, room)
    )


def _unpunctuated(words: Sequence[str], room: Room) -> list[str]:
    """Drop the punctuation after names, commands and fillers; anything else may need it."""

    def bare_of(word: str) -> str:
        said = trimmed(word)
        if said == word:
            return word
        at = said.lower()
        known_here = at in FILLERS or known(said, room.names) or room.registry.named(said)
        return said if known_here or at in _services(words, room.names) else word

    return [bare_of(word) for word in words]


def _services(words: Sequence[str], names: Names) -> frozenset[str]:
    """Return the services of the environments that are named, or of the channel's own if none is."""
    named = {found for word in words if (found := known(trimmed(word), names))} or {names.here}
    return frozenset(service.lower() for place in named if place for service in names.services(place))


def _after_names(words: Sequence[str], first: int, names: Names) -> int:
    """Return the position of the first word that is neither a filler nor an environment."""
    said = enumerate(words)
    return next(
        (n for n, w in said if n >= first and w.lower() not in FILLERS and not known(w, names)), len(words)
    )


Found = tuple[Operation, list[str]]
Words = Sequence[str]


def _command(words: Sequence[str], at: int, room: Room) -> Found | None:
    """Return the operation that is named at this position, and all other words. ``schedule staging set …`` is
    the operation declared with the alias ``schedule set``, and so is ``schedule set staging …``.
    """
    named: Callable[[str], Operation | None] = lambda said: _typable(room.registry.named(said))  # noqa: E731
    for size in range(min(LONGEST_PHRASE, len(words) - at), 1, -1):
        if (found := named(" ".join(words[at : at + size]))) is not None:
            return found, [*words[:at], *words[at + size :]]
    if at + 2 < len(words) and (found := named(f"{words[at]} {words[at + 2]}")) is not None:
        return found, [*words[:at], words[at + 1], *words[at + 3 :]]
    if at < len(words) and (found := named(words[at])) is not None:
        return found, [*words[:at], *words[at + 1 :]]
    return None


def _typable(operation: Operation | None) -> Operation | None:
    return None if operation is None or operation.console else operation


def _clashing(words: Sequence[str], found: Found, room: Room) -> Parsed | None:
    """Handle an environment that has the same name as an operation: *status restart web*. The written order
    wins if it can be read.
    """
    if not any(known(word, room.names) and room.registry.named(word) for word in words):
        return None
    return None if _may_be(*found, room) else _only(words, 0, room)


def _asked(operation: Operation, words: Sequence[str], room: Room) -> Parsed | Misread:
    """Read the words of one operation. If more words are given than this operation takes, its ``further``
    operation is tried; if fewer are given than it needs, its ``question``.
    """
    try:
        return _service_or_none(operation, words, _whole(operation, words, room), room)
    except Wrong as wrong:
        if (parsed := _of_no_known_name(operation, words, room)) is not None:
            return parsed
        if (fewer := _described(operation, words)) is not None:
            return _asked(operation, fewer, room)
        further = room.registry.named(operation.further) if operation.further else None
        if further is not None and not wrong.missing:
            return _asked(further, words, room)
        asked = room.registry.named(operation.question) if operation.question else None
        if asked is not None and wrong.missing:
            return _chosen_or_small(operation, words, asked, room) or _asked(asked, words, room)
        if room.names.ungranted and operation.reach is Reach.ENVIRONMENT:
            return Misread(tell.NO_GRANT)
        if (too_much := surplus(operation, words, room)) is not None:
            return too_much
        if not wrong.meant and (whose := _of_no_service(operation, words, room)) is not None:
            return whose
        if wrong.missing == ("service",) and (word := _no_name(operation, words, room)):
            wrong = Wrong(tell.no_environment(word), ("environment",))
        meant = wrong.meant
        example = (
            room.spelled(meant[0]) if len(meant) == 1 else _example(operation, words, room, wrong.missing)
        )
        return Misread(str(wrong), example, wrong.missing, meant)


def _service_or_none(operation: Operation, words: Words, parsed: Parsed, room: Room) -> Parsed:
    """Take a word in a service's place for what it is where it names no service that is known: *logs staging
    since 2h*, *rollback staging 41*.
    """
    there = (
        {name.lower() for name in room.names.services(parsed.environment)} if parsed.environment else set()
    )
    if not parsed.target or parsed.target.lower() in there:
        return parsed
    return _of_no_service(operation, words, room) or parsed


def _of_no_service(operation: Operation, words: Words, room: Room) -> Parsed | None:
    """Read a line that names no service where one is needed: the gate asks which. A bare command is left to a
    form, which asks for everything.
    """
    if operation.target is not Target.SERVICE or not words or not room.names.environments:
        return None
    found = _may_be(replace(operation, target=Target.NOTHING), words, room)
    if found is None or not found.sure or not found.found[0].environment:
        return None
    parsed = found.found[0]
    return parsed if all(_is_known(argument, parsed, room) for argument in operation.arguments) else None


def _is_known(argument: Argument, parsed: Parsed, room: Room) -> bool:
    """Whether an argument that names an environment names a known one: a service may be any other word."""
    text = parsed.arguments.get(argument.name)
    if text is None or argument.field != "environment":
        return True
    return argument.value(text) in room.names.environments


def _described(operation: Operation, words: Sequence[str]) -> list[str] | None:
    """Return the words without those that describe; ``None`` if there is none, or if each may be meant: in a
    change, and as a text to look for.
    """
    alone = operation.target is not Target.NOTHING and not typed_arguments(operation)
    said = DESCRIBING | HAPPENED if alone else DESCRIBING
    fewer = [word for word in words if trimmed(word).lower() not in said]
    meant = operation.changes or any(argument.container for argument in operation.arguments)
    return None if meant or len(fewer) == len(words) else fewer


def _example(operation: Operation, words: Words, room: Room, missing: Words = ()) -> str:
    """Return an example with the names that were typed, where it is known which they are."""
    places = list(filter(None, (known(word, room.names) for word in words)))
    said = [w for w in words if w.lower() not in FILLERS and not known(w, room.names)]
    sure = missing and "service" not in missing
    services = [w for w in said if w.lower() in _services(words, room.names)] or (said if sure else [])
    return room.example(operation, places[0] if len(places) == 1 else "", next(iter(services), ""))


def _chosen_or_small(
    operation: Operation, words: Sequence[str], question: Operation, room: Room
) -> Misread | None:
    """Ask where a small word may be one of the operation's choices as well: *flag new-checkout on staging*
    may switch the flag on, and may ask how it is.
    """
    for n, word in enumerate(words):
        if word.lower() not in FILLERS & choices(operation):
            continue
        change = _may_be(operation, [*words[:n], *words[n + 1 :], word], room)
        asked = _asked(question, words, room)
        if change is not None and change.sure and isinstance(asked, Parsed):
            meant = (change.found[0], asked)
            return Misread(tell.chosen_or_small(word), room.spelled(meant[0]), meant=meant)
    return None


def _whole(operation: Operation, words: Sequence[str], room: Room) -> Parsed:
    """Read the words of an operation completely. Raises ``Wrong``, also where a change may be meant in more
    than one way.
    """
    found = readings(operation, words, room.names)
    if operation.changes and not found.sure:
        raise Wrong(tell.several(operation), meant=found.found)
    return found.found[0]


def _of_no_known_name(operation: Operation, words: Sequence[str], room: Room) -> Parsed | None:
    """Read the words in the written order with an environment that is not known here, so that the gate says
    that no such environment exists. A word with a digit in it may equally be a time, where a time was
    expected.
    """
    if operation.reach in NAMING and any(known(word, room.names) for word in words):
        return None
    names = room.names
    try:
        parsed = as_written(operation, words, names)
    except Wrong:
        return None
    may_be_time = any(a.rest for a in operation.arguments) and any(map(str.isdigit, parsed.environment))
    if parsed.environment.lower() in NO_NAMES or (names.here and _leads_astray(parsed, names)):
        return None
    someone = bool(operation.further) and parsed.environment.startswith(("<", "@"))
    return None if someone or (names.here and may_be_time) else parsed


def _leads_astray(parsed: Parsed, names: Names) -> bool:
    """Tell whether the word in an environment's place is a service of the channel's environment, or a
    time.
    """
    word = parsed.environment.lower()
    return word in {service.lower() for service in names.services(names.here)} or is_time([word])


def _no_name(operation: Operation, words: Sequence[str], room: Room) -> str:
    """Return the word that stands in an environment's place and names none, where the person may have meant a
    service.
    """
    names = room.names
    if not names.environments or names.here or operation.reach not in NAMING:
        return ""
    said = [word for word in words if word.lower() not in FILLERS]
    return said[0] if said and not any(known(word, names) for word in said) else ""


def _may_be(operation: Operation, words: Sequence[str], room: Room) -> Readings | None:
    try:
        return readings(operation, words, room.names)
    except Wrong:
        return None


def _only(words: Sequence[str], start: int, room: Room) -> Parsed | None:
    """Return the only reading, whichever word names the operation. A change needs a sure reading."""
    found: list[Parsed] = []
    for at in range(start, len(words)):
        command = _command(words, at, room)
        may = _may_be(*command, room) if command else None
        if command and may and (may.sure or not command[0].changes):
            found += [parsed for parsed in may.found[:1] if parsed not in found]
    return found[0] if len(found) == 1 else None


def _somewhere(words: Sequence[str], at: int, room: Room) -> Parsed | Misread | None:
    """Find a later word that names the operation: *orders-api staging restart*."""
    return _only(words, at + 1, room)


def _mistyped(words: Sequence[str], at: int, room: Room) -> Misread | None:
    """Handle a word that stands in a command's place and nearly names an environment. Either a later word is
    the command, or there is no command.
    """
    word, environments = words[at], sorted(room.names.environments)
    near = nearest(word, environments)
    corrected = [*words[:at], near, *words[at + 1 :]]
    found = _only(corrected, at + 1, room) if near else None
    if found is not None:
        return Misread(tell.no_environment(word), room.spelled(found), meant=(found,))
    commands = [*room.registry.operations, *room.registry.aliases]
    alone = all(w.lower() in FILLERS for w in words[at + 1 :])
    if near and alone and nearest(word, [*environments, *commands]) == near:
        return replace(_no_command(corrected, at, room), sentence=tell.no_environment(word))
    return None


def _no_command(words: Sequence[str], first: int, room: Room) -> Misread:
    """Answer a line that has only names and fillers."""
    environment = known(words[first], room.names)
    status = room.registry.named("status")
    if not environment or status is None:
        return Misread(tell.no_command(words[first]), room.help())
    meant = Parsed(status.name, environment)
    return Misread(tell.which_command(environment), room.spelled(meant), meant=(meant,))


def _by_another_name(words: Sequence[str], at: int, room: Room) -> Misread | None:
    """Answer a word that the table of other tools' commands has, or a command after another tool's name."""
    if words[at].lower() in TOOLS and at + 1 < len(words):
        found = read(" ".join([*words[:at], *words[at + 1 :]]), room)
        if isinstance(found, Misread):
            return found
        sentence = told.TOOL.format(word=words[at].lower())
        return Misread(sentence, room.spelled(found), meant=(found,))
    if (shown := _shown(words, at, room)) is not None:
        return shown
    said = list(range(at, len(words)))
    apart = [n for n in said if n == at or not known(words[n], room.names)]
    orders = [
        said,
        apart,
        *([n for n in o if n == at or words[n].lower() not in FILLERS] for o in (said, apart)),
    ]
    rows = [(each, order) for order in orders if (each := elsewhere([words[n] for n in order]))]
    if not rows:
        return None
    (phrase, row), order = max(rows, key=lambda each: each[0][0].count(" "))
    taken = set(order[: len(phrase.split())])
    return _of_row(phrase, row, [word for n, word in enumerate(words) if n not in taken], room)


def _shown(words: Sequence[str], at: int, room: Room) -> Misread | None:
    """Answer *show me the logs of web*: the command stands after a word that asks to see something."""
    if words[at].lower() not in SHOWING:
        return None
    rest = [word for word in words[at + 1 :] if word.lower() not in {*FILLERS, "me", "us", "my", "all"}]
    if not rest or _typable(room.registry.named(rest[0])) is None:
        return None
    found = read(" ".join([*words[:at], *rest]), room)
    if isinstance(found, Misread):
        return found
    return Misread(told.LEAVE_OUT.format(word=words[at].lower()), room.spelled(found), meant=(found,))


def _of_row(phrase: str, row: Row, rest: Sequence[str], room: Room) -> Misread:
    if phrase in SWITCHING and any(word.lower() in FLAGS for word in rest):
        said = [word for word in rest if word.lower() not in FLAGS]
        return _of_row(phrase, FLAG, [*said, SWITCHING[phrase]], room)
    operation = room.registry.named(row.means) if row.means else None
    if operation is None:
        return Misread(row.sentence(phrase))
    small = OBJECTS if operation.changes else OBJECTS | DESCRIBING
    found = _may_be(operation, [w for w in rest if trimmed(w).lower() not in small], room)
    return _corrected(row.sentence(phrase), operation, rest, found, room)


def _corrected(
    sentence: str, operation: Operation, words: Words, found: Readings | None, room: Room
) -> Misread:
    meant = found.found if found else ()
    example = room.spelled(meant[0]) if len(meant) == 1 else _example(operation, words, room)
    return Misread(sentence, example, meant=meant)


def _unknown(words: Sequence[str], at: int, room: Room) -> Misread:
    """Answer, as the last resort, a word that is nearly a command of the bot or of another tool."""
    word, rest = words[at], [*words[:at], *words[at + 1 :]]
    near = room.registry.nearest(word[: tell.QUOTED])
    if isinstance(near, Row):
        sentence = tell.no_command(word)
        phrase = nearest(word, near.phrases.split(", ")) or near.phrases.split(", ")[0]
        found = _of_row(word.lower(), near, rest, room)
        return replace(found, sentence=f"{sentence} {near.sentence(phrase)}")
    if near is None:
        return Misread(tell.no_command(word), room.help())
    found_by = _may_be(near, rest, room)
    if found_by is None and (parsed := _of_no_known_name(near, rest, room)) is not None:
        found_by = Readings((parsed,))
    return _corrected(tell.no_command(word), near, rest, found_by, room)
