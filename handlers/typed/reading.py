"""Reads one line: which operation is asked for, and with which words. A line that cannot be read is answered
with what may have been meant. Similar spelling is the last resort.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from handlers.elsewhere import OBJECTS, TOOLS, Row, elsewhere
from handlers.registry import Registry
from handlers.tell import elsewhere as told
from handlers.tell import typed as tell
from handlers.typed.line import FILLERS, bare, words_of
from handlers.typed.order import Readings, as_written, choices, known, nearest, readings
from handlers.typed.values import NOBODY, Misread, Names, Parsed, Wrong
from handlers.words.operation import NAMING, Operation

LONGEST_EXAMPLE = 300
"""The longest command that is shown again, in characters."""
LONGEST_PHRASE = 3
"""The number of words in the longest name of an operation."""


@dataclass(frozen=True)
class Room:
    """Where a line is read: with which operations, under which command and with which names."""

    registry: Registry
    command: str
    names: Names = NOBODY

    def help(self) -> str:
        return f"{self.command} help"

    def example(self, operation: Operation, place: str = "", service: str = "") -> str:
        """Return an example, as far as the person has named an environment and a service in these."""
        mine = sorted(self.names.environments, key=lambda name: (name != "staging", name))
        return operation.example(
            self.command, place or self.names.here or next(iter(mine), "staging"), service
        )

    def spelled(self, parsed: Parsed) -> str:
        """Return the command as somebody would type it."""
        operation = self.registry.operations[parsed.operation]
        words = [self.command, parsed.operation, parsed.environment, parsed.target]
        for argument in operation.arguments:
            if argument.name in parsed.arguments:
                value = parsed.arguments[argument.name]
                quoted = f'"{value}"' if " " in value and not argument.rest else value
                words.append(quoted if argument.positional else f"{argument.name}={quoted}")
        said = " ".join(filter(None, words))
        return said if len(said) <= LONGEST_EXAMPLE else self.example(operation)


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


def _after_names(words: Sequence[str], first: int, names: Names) -> int:
    """Return the position of the first word that is neither a filler nor an environment."""
    said = enumerate(words)
    return next(
        (n for n, w in said if n >= first and w.lower() not in FILLERS and not known(w, names)), len(words)
    )


Found = tuple[Operation, list[str]]


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
        return _whole(operation, words, room)
    except Wrong as wrong:
        if (parsed := _of_no_known_name(operation, words, room)) is not None:
            return parsed
        further = room.registry.named(operation.further) if operation.further else None
        if further is not None and not wrong.missing:
            return _asked(further, words, room)
        asked = room.registry.named(operation.question) if operation.question else None
        if asked is not None and wrong.missing:
            return _chosen_or_small(operation, words, asked, room) or _asked(asked, words, room)
        if wrong.missing == ("service",) and (word := _no_name(operation, words, room)):
            wrong = Wrong(tell.no_environment(word), ("environment",))
        meant = wrong.meant
        example = room.spelled(meant[0]) if len(meant) == 1 else _example(operation, words, wrong, room)
        return Misread(str(wrong), example, wrong.missing, meant)


def _example(operation: Operation, words: Sequence[str], wrong: Wrong, room: Room) -> str:
    """Return an example with the names that were typed, where it is known which they are."""
    places = list(filter(None, (known(word, room.names) for word in words)))
    said = [w for w in words if w.lower() not in FILLERS and not known(w, room.names)]
    service = said[0] if said and wrong.missing and "service" not in wrong.missing else ""
    return room.example(operation, places[0] if len(places) == 1 else "", service)


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
    try:
        parsed = as_written(operation, words, room.names)
    except Wrong:
        return None
    may_be_time = any(a.rest for a in operation.arguments) and any(map(str.isdigit, parsed.environment))
    someone = bool(operation.further) and parsed.environment.startswith(("<", "@"))
    return None if someone or (room.names.here and may_be_time) else parsed


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
    row = elsewhere(words[at:])
    return _of_row(*row, [*words[:at], *words[at + len(row[0].split()) :]], room) if row else None


def _of_row(phrase: str, row: Row, rest: Sequence[str], room: Room) -> Misread:
    operation = room.registry.named(row.means) if row.means else None
    if operation is None:
        return Misread(row.sentence(phrase))
    found = _may_be(operation, [w for w in rest if w.lower() not in OBJECTS], room)
    return _corrected(row.sentence(phrase), operation, found, room)


def _corrected(sentence: str, operation: Operation, found: Readings | None, room: Room) -> Misread:
    meant = found.found if found else ()
    example = room.spelled(meant[0]) if len(meant) == 1 else room.example(operation)
    return Misread(sentence, example, meant=meant)


def _unknown(words: Sequence[str], at: int, room: Room) -> Misread:
    """Answer, as the last resort, a word that is nearly a command of the bot or of another tool."""
    word, rest = words[at], [*words[:at], *words[at + 1 :]]
    near = room.registry.nearest(word[: tell.QUOTED])
    if isinstance(near, Row):
        sentence = tell.no_command(word)
        found = _of_row(word.lower(), near, rest, room)
        return replace(found, sentence=f"{sentence} {near.sentence(near.phrases.split(', ')[0])}")
    if near is None:
        return Misread(tell.no_command(word), room.help())
    found_by = _may_be(near, rest, room)
    if found_by is None and (parsed := _of_no_known_name(near, rest, room)) is not None:
        found_by = Readings((parsed,))
    return _corrected(tell.no_command(word), near, found_by, room)
