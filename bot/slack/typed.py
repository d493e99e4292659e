"""What a person typed, read as an operation and its arguments, or a sentence on what was wrong with it.

Pure: no look-ups. Whether an environment or service exists is for the gate, which knows who may see it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.slack.normalise import normalise
from handlers.registry import Registry
from handlers.words.arguments import Argument, Mistake
from handlers.words.operation import NAMING, Operation, Reach, Target

LONGEST = 1_000
"""Characters of a command; Slack itself sends more."""
LONGEST_WORD = 255
"""Characters of one word: the longest name ECS allows for a service."""
QUOTED = 40
_WORD = re.compile(r"""(?:"[^"]*"|'[^']*'|\S)+""")
_NAMED = re.compile(r"([A-Za-z][A-Za-z0-9_-]*)=(.*)", re.DOTALL)
_PLACES = {"environment": "environment", "env": "environment", "service": "service"}


@dataclass(frozen=True)
class Parsed:
    operation: str
    environment: str = ""
    target: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Misread:
    """``sentence`` says what was wrong; ``example`` is the nearest right command; ``missing``: what was not
    given and is needed, by name (``environment``, ``service``, an argument)."""

    sentence: str
    example: str
    missing: tuple[str, ...] = ()


class _Wrong(Exception):
    """Inside this file only: the sentence of a ``Misread``, and what was missing."""

    def __init__(self, sentence: str, missing: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.missing = tuple(missing)


def parse(text: str, registry: Registry, command: str) -> Parsed | Misread:
    """Total on any text. Arguments that only offers may set are unknown here."""
    if len(text) > LONGEST * 3:
        return _too_long(len(text), command)
    line = normalise(text)
    if len(line) > LONGEST:
        return _too_long(len(line), command)
    words = _WORD.findall(line)
    if not words:
        return Misread("Nothing was asked for.", f"{command} help")
    words[0] = _bare(words[0])
    words = _joined(words, registry)
    operation = registry.named(words[0])
    if operation is None or operation.console:
        return _unknown(words, registry, command)
    asked = _as(operation, words[1:], command)
    further = registry.named(operation.further) if operation.further else None
    if further is not None and isinstance(asked, Misread) and len(words) > 2:
        return _as(further, words[1:], command)
    return asked


def _as(operation: Operation, words: Sequence[str], command: str) -> Parsed | Misread:
    try:
        return _read(operation, words)
    except _Wrong as wrong:
        return Misread(str(wrong), operation.usage(command), wrong.missing)


def _joined(words: list[str], registry: Registry) -> list[str]:
    """``schedule staging set …`` is the operation declared with the alias ``schedule set``, and so is
    ``schedule set staging …``."""
    if len(words) > 2 and registry.named(both := f"{words[0]} {words[2]}") is not None:
        return [both, words[1], *words[3:]]
    if len(words) > 2 and registry.named(both := f"{words[0]} {words[1]}") is not None:
        return [both, *words[2:]]
    return words


def quoted(word: str) -> str:
    """A word of theirs, short and in code; what it could do to a message is undone when it is rendered."""
    word = normalise(word)
    return f"`{word[:QUOTED]}{'…' if len(word) > QUOTED else ''}`"


def _too_long(length: int, command: str) -> Misread:
    return Misread(f"That is {length:,} characters; a command has at most {LONGEST:,}.", f"{command} help")


def _unknown(words: Sequence[str], registry: Registry, command: str) -> Misread:
    near = registry.nearest(words[0][:QUOTED])
    if near is None or near.console:
        return Misread(f"There is no command {quoted(words[0])}.", f"{command} help")
    try:
        _read(near, words[1:])
    except _Wrong:
        return Misread(f"There is no command {quoted(words[0])}.", near.usage(command))
    rest = [word[:QUOTED] for word in words[1:8]]
    return Misread(f"There is no command {quoted(words[0])}.", " ".join([command, near.name, *rest]))


def _read(operation: Operation, words: Sequence[str]) -> Parsed:
    known = {a.name.lower(): a for a in operation.arguments if not a.hidden}
    places = _places(operation)
    given: dict[str, str] = {}
    loose: list[str] = []
    rest = next((a for a in known.values() if a.rest), None)
    for word in words:
        named = _NAMED.fullmatch(word)
        key = named[1].lower() if named else ""
        name = key if key in known else _PLACES.get(key, "")
        ours = name in known or name in places
        if named is None or (rest and not ours):
            loose.append(_value("a name", word) if rest is None else _whole(word))
            continue
        if not ours:
            raise _Wrong(_no_such_argument(operation, key, [*known, *places]))
        if name in given:
            raise _Wrong(f"`{name}` is given twice.")
        given[name] = _value(f"`{name}`", named[2])
    order = [*places, *(n for n, a in known.items() if a.positional)]
    if rest and operation.reach is Reach.ONE_OR_ALL and "environment" not in given:
        loose = _name_first(loose, rest)
    if rest:
        loose = _gather(loose, given, order, rest.name.lower())
    _place_loose(operation, loose, given, order)
    _check(operation, given, known, places)
    try:
        arguments = {known[n].name: known[n].chosen(v) for n, v in given.items() if n in known}
        operation.bound(arguments)
    except Mistake as wrong:
        raise _Wrong(str(wrong)) from None
    place, target = (given.get(name, "") if name in places else "" for name in ("environment", "service"))
    return Parsed(operation.name, place, target, arguments)


def _places(operation: Operation) -> tuple[str, ...]:
    """What comes first, by position."""
    places = ("environment",) if operation.reach in NAMING else ()
    return places if operation.target is Target.NOTHING else (*places, "service")


def _name_first(loose: list[str], rest: Argument) -> list[str]:
    """Where an environment may be named beside a sentence, its name comes first or last, or there is none:
    *cost last week*, *cost staging last week*, *cost last week staging*. An empty word is no name."""
    for name, said in (([""], loose), (loose[:1], loose[1:]), (loose[-1:], loose[:-1])):
        if said and _reads(rest, " ".join(said)):
            return [*name, *said]
    return loose


def _reads(argument: Argument, text: str) -> bool:
    try:
        argument.value(text)
    except Mistake:
        return False
    return True


def _gather(loose: list[str], given: dict[str, str], order: Sequence[str], rest: str) -> list[str]:
    """The words that fill the other places; all further ones go together into ``rest``."""
    free = sum(name not in given for name in order if name != rest)
    if further := loose[free:]:
        given[rest] = " ".join([*([given[rest]] if rest in given else []), *further])
    return [_bare(word) for word in loose[:free]]


def _whole(word: str) -> str:
    """As it was typed: what its quotes mean is for whoever reads the rest."""
    _value("a word", word)
    return word


def _place_loose(operation: Operation, loose: list[str], given: dict[str, str], order: list[str]) -> None:
    free = [name for name in order if name not in given]
    if len(loose) > len(free):
        raise _Wrong(f"{quoted(loose[len(free)])} is one word too many for `{operation.name}`.")
    given.update(zip(free, loose, strict=False))


def _check(
    operation: Operation, given: Mapping[str, str], known: Mapping[str, Argument], places: Sequence[str]
) -> None:
    needed = [p for p in places if operation.reach is Reach.ENVIRONMENT or p != "environment"]
    needed = [p for p in needed if p == "environment" or operation.target is Target.SERVICE]
    needed += [name for name, argument in known.items() if argument.required]
    missing = [name for name in needed if not given.get(name)]
    if missing:
        said = " and ".join(_wanting(name, known.get(name)) for name in missing)
        raise _Wrong(f"`{operation.name}` needs {said}.", missing)


def _wanting(name: str, argument: Argument | None) -> str:
    """*a service*; a sentence that is missing is told by what it says."""
    if argument is not None and argument.rest:
        return argument.told
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _value(what: str, word: str) -> str:
    bare = _bare(word)
    if len(bare) > LONGEST_WORD:
        raise _Wrong(f"{what.capitalize()} of {len(bare)} characters is too long; at most {LONGEST_WORD}.")
    return bare


def _bare(word: str) -> str:
    """Without the quotes around it, if there are any."""
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] and word[0] in "\"'" else word


def _no_such_argument(operation: Operation, key: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    meant = f" Did you mean `{near[0]}=`?" if near else ""
    return f"`{operation.name}` takes no {quoted(key + '=')}.{meant}"
