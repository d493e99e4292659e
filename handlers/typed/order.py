"""Puts words of any order into the written order, as far as the names in them are known.

What must hold: no order of words binds a change to an environment or a service that was not typed. The one
exception is the channel's own environment, where none was typed. The written order wins; where two orders
fit, the person is asked.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from handlers.tell import typed as tell
from handlers.typed.comparing import compared
from handlers.typed.line import FILLERS, POLITE, bare, channel, ended
from handlers.typed.values import Names, Parsed, Wrong
from handlers.typed.written import names_an_argument, reads, the_rest, typed_arguments, written
from handlers.words.arguments import OPERATION_ID, WITH
from handlers.words.operation import NAMING, Operation, Reach, Target
from policies.logs.asked import TIMES

RESEMBLES = 0.75
"""The similarity, from 0 to 1, from which a word counts as a mistyped name and as nothing else."""
Words = list[str]
_SMALL_FOR = {
    "number": frozenset({"up", "down"}),
    "revision": frozenset({"deployment", "deploy"}),
}
"""Words that mean nothing in a command that takes an argument of this kind: *scale up worker to 3*."""
PARTS = ("grep", "container", *TIMES)
"""The words with which a part of what is asked of logs begins."""


@dataclass(frozen=True)
class Order:
    """One order of the words, in its variants. ``from_channel``: its environment is the channel's own, and is
    none of the words.
    """

    variants: Iterator[Words]
    from_channel: bool = False


@dataclass(frozen=True)
class Readings:
    """What the words may mean. ``sure`` says that no other meaning is possible, or that the written order
    decides.
    """

    found: tuple[Parsed, ...]
    sure: bool = True


def readings(operation: Operation, words: Sequence[str], names: Names) -> Readings:
    """Return the complete readings of these words in which every environment is known, the likeliest first.
    Raises ``Wrong`` if there is none; the error says what was wrong with the likeliest.
    """
    said = _said(operation, words, names)
    sure, others = _orders(operation, said, names)
    found, wrong = _read(operation, sure)
    if found and (not found[0].environment or known(found[0].environment, names)):
        return Readings(found[:1])
    if found:
        raise Wrong(tell.no_environment(found[0].environment))
    found, also = _read(operation, others)
    if found:
        typed = {known(word, names) for word in said}
        return Readings(found, sure=len(found) == 1 and found[0].environment in typed)
    raise wrong or also or Wrong(tell.NOTHING_ASKED)


def as_written(operation: Operation, words: Sequence[str], names: Names) -> Parsed:
    """Read the words in the written order alone, whatever is known of the names. Raises ``Wrong``."""
    said = _said(operation, words, names)
    return _first(operation, Order(_without_fillers(operation, said, names, "")))


def known(word: str, names: Names) -> str:
    """Return the environment that a word names, by its name or its channel; empty if the word names none."""
    name = word.lower().removeprefix("#")
    return name if name in names.environments else names.channels.get(channel(word), "")


def _said(operation: Operation, words: Sequence[str], names: Names) -> Words:
    """Replace each mentioned channel with its environment. Quotes are kept only if the operation takes a
    sentence; elsewhere they mean nothing.
    """
    rest = the_rest(operation)
    said = [word if rest is not None else bare(word) for word in words]
    if small := _SMALL_FOR.keys() & {a.field for a in typed_arguments(operation).values()}:
        said = _without_small(said, frozenset().union(*(_SMALL_FOR[field] for field in small)), names)
    if rest is not None and rest.container:
        said = _sought(said, names)
    if rest is not None and rest.field == "environment":
        said = compared(said, rest.name, names)
    return [known(w, names) or w if channel(w) or w.startswith("#") else w for w in said]


def _without_small(words: Words, small: frozenset[str], names: Names) -> Words:
    """Drop the words that mean nothing beside an argument of this kind, unless something has that name."""
    if not any(word.lower() in small for word in words) or len(words) < 2:
        return words
    place = next(filter(None, (known(word, names) for word in words)), names.here)
    there = {name.lower() for name in names.services(place)} if place else set()
    kept = small & {*there, *names.environments}
    return [word for word in words if word.lower() not in small - kept]


def _sought(words: Words, names: Names) -> Words:
    """Quote a text to look for that would be taken for a name or for a filler (*grep staging*), and a filler
    within one (*grep connection to db*).
    """
    begin = next((n for n, word in enumerate(words) if _is_grep(word)), len(words)) + 1
    if begin >= len(words):
        return words
    place = next(filter(None, (known(word, names) for word in words[:begin])), names.here)
    there = {name.lower() for name in names.services(place)} if place else set()
    said = list(words)
    for n, word in enumerate(words[begin:], begin):
        after = words[n + 1].lower() if n + 1 < len(words) else ""
        within = after and after not in there | FILLERS and not known(after, names)
        if n == begin:
            said[n] = _as_text(word, names) if word.lower() not in there else word
        elif word.lower() in PARTS or (word.lower() in FILLERS and after in PARTS):
            break
        elif word.lower() in FILLERS - POLITE - there and within:
            said[n] = f'"{word}"'
    return said


def _as_text(word: str, names: Names) -> str:
    place = known(word, names)
    if word[:1] in "\"'" or not (
        place or word.lower() in FILLERS or nearest(word, sorted(names.environments))
    ):
        return word
    return f'"{f"#{place}" if channel(word) and place else word}"'


def _is_grep(word: str) -> bool:
    return word.lower().lstrip("-") == "grep"


def _read(operation: Operation, orders: Sequence[Order]) -> tuple[tuple[Parsed, ...], Wrong | None]:
    found: list[Parsed] = []
    wrong: Wrong | None = None
    for order in orders:
        try:
            parsed = _first(operation, order)
        except Wrong as told:
            wrong = wrong or told
            continue
        if parsed not in found:
            found.append(parsed)
    return tuple(found), wrong


def _first(operation: Operation, order: Order) -> Parsed:
    """Return the first variant of one order that can be read."""
    wrong: Wrong | None = None
    for words in order.variants:
        try:
            return replace(written(operation, words), from_channel=order.from_channel)
        except Wrong as told:
            wrong = told if wrong is None or told.missing else wrong
    assert wrong is not None, "every order has a variant"
    raise wrong


def _orders(operation: Operation, words: Words, names: Names) -> tuple[Sequence[Order], Sequence[Order]]:
    """Return two groups of orders: those that are certain if they can be read, and the remaining possible
    ones.
    """

    def order(first: str, others: Words, *, from_channel: bool = False) -> Order:
        return Order(_without_fillers(operation, others, names, first), from_channel)

    if operation.reach not in NAMING:
        return [order("", _by_kind(operation, words, names))], []
    if any(names_an_argument(operation, word) == "environment" for word in words):
        return [order("", words)], []
    beside = {n for n in range(len(words)) if _compared_with(operation, words, n)}
    at = [n for n, word in enumerate(words) if known(word, names) and n not in beside]
    mine = names.here and operation.reach is Reach.ENVIRONMENT
    own = [order(names.here, words, from_channel=True)] if mine else []
    if not at:
        _must_be_no_name(operation, [w for n, w in enumerate(words) if n not in beside], names)
        return own or [order("", words)], []
    if _small(words[: at[0]]):
        clash = [] if words[at[0]].lower() == names.here else own
        return [order(words[at[0]].lower(), words[at[0] + 1 :])], clash
    taken = [order(words[n].lower(), _without(words, n)) for n in at]
    last = _small(words[at[0] + 1 :]) and not _may_go_on(operation, _without(words, at[0]))
    if len(at) == 1 and (not own or last):
        return taken, []
    return [], [*taken, *own]


def _compared_with(operation: Operation, words: Words, at: int) -> bool:
    """Tell whether this word is what the operation compares with: *with qa-eu* names no place."""
    rest = the_rest(operation)
    if rest is None or not at or words[at - 1].lower() not in WITH:
        return False
    return reads(rest, " ".join(words[at - 1 : at + 1]))


def _may_go_on(operation: Operation, words: Words) -> bool:
    """Tell whether the words end in more than the time, such as *2h demo*: a name after them may be part of
    the reason.
    """
    rest, said = the_rest(operation), [word for word in words if word.lower() not in FILLERS]
    return rest is not None and len(said) > 1 and reads(rest, " ".join(said[:-1]))


def _small(words: Words) -> bool:
    """Tell whether all the words are fillers."""
    return all(word.lower() in FILLERS for word in words)


def _without(words: Words, at: int) -> Words:
    """Drop the environment and the fillers that lead to it, as in *2h in the staging*."""
    start = at
    while start > 0 and words[start - 1].lower() in {*FILLERS, "from"}:
        start -= 1
    return [*words[:start], *words[at + 1 :]]


def _is_sought(words: Words, at: int) -> bool:
    """Tell whether a word is a quoted text to look for."""
    return at > 0 and _is_grep(words[at - 1]) and words[at][:1] in "\"'"


def _must_be_no_name(operation: Operation, words: Words, names: Names) -> None:
    """Refuse a word that resembles an environment's name. A sentence would take the mistyped name for a
    reason, and other operations would take it for a service; the channel's environment would then be meant.
    """
    sentence = the_rest(operation) is not None and operation.changes
    if not sentence and (not names.here or operation.target is Target.NOTHING):
        return
    for n, word in enumerate(words):
        near = "" if "=" in word or _is_sought(words, n) else nearest(word, sorted(names.environments))
        if near and (sentence or not _a_service(word, names)):
            try:
                meant = readings(operation, [*words[:n], near, *words[n + 1 :]], names).found
            except Wrong:
                meant = ()
            raise Wrong(tell.no_environment(word), ("environment",) if not meant else (), meant)


def nearest(word: str, among: Sequence[str]) -> str:
    """Return the name that the word may be a typing error of; empty if there is none."""
    found = difflib.get_close_matches(word.lower(), among, n=1, cutoff=RESEMBLES)
    return found[0] if found else ""


def _a_service(word: str, names: Names) -> bool:
    """Tell whether the word is a service of the channel's environment, perhaps mistyped. If no service is
    known there, any word counts as one.
    """
    there = sorted(name.lower() for name in names.services(names.here))
    return not there or bool(nearest(word, there))


def _without_fillers(operation: Operation, words: Words, names: Names, first: str) -> Iterator[Words]:
    """Yield the variants of one order, the likelier first. A filler that is the name of something counts as a
    name.
    """
    lead = [first] if first else []
    if not names.environments:
        yield [*lead, *words]
        return
    own = _services(operation, first, words, names)
    said, sentence = words, operation.changes and the_rest(operation) is not None
    while sentence and said and said[-1].lower() in FILLERS - own:
        said = said[:-1]
    if sentence and said:
        said = [*said[:-1], ended(said[-1])]
    polite = [w for w in said if w.lower() not in POLITE - own]
    fewest = [w for w in said if w.lower() not in FILLERS - own]
    least = [w for w in said if w.lower() not in FILLERS - names.environments - choices(operation)]
    kept = sentence or operation.reach not in NAMING
    variants = (polite, fewest, least) if kept else (fewest, _one_named(said, own), least)
    plain = [[*lead, *variant] for variant in variants]
    found = [_service_first(operation, first, variant, names) for variant in variants if first]
    led = [[first, *words] for words in found if words]
    option = bool(said) and said[0].startswith("-")
    yield from (*led, *plain) if option else (*plain, *led)


def _service_first(operation: Operation, first: str, words: Words, names: Names) -> Words | None:
    """Put the only word that is a service of the environment first: *scale 3 orders-api*. It is tried last,
    because the written order wins; ``None`` if no word or several are one, or if it is first already.
    """
    if operation.target is Target.NOTHING or len(words) < 2:
        return None
    there = {name.lower() for name in names.services(first)}
    at = [n for n, word in enumerate(words) if word.lower() in there]
    return [words[at[0]], *_without(words, at[0])] if len(at) == 1 and at[0] else None


def _one_named(words: Words, own: frozenset[str]) -> Words:
    """Keep the first filler that is a name, and no other: *scale odd to to 3* is about a service called
    *to*.
    """
    small = [n for n, word in enumerate(words) if word.lower() in FILLERS]
    named = next((n for n in small if words[n].lower() in own), None)
    return [word for n, word in enumerate(words) if n == named or n not in small]


def _services(operation: Operation, first: str, words: Words, names: Names) -> frozenset[str]:
    """Return the fillers that mean something: the name of an environment, of a service if the operation takes
    one, or one of its choices.
    """
    small = {word.lower() for word in words} & FILLERS
    if not small:
        return frozenset()
    there = names.services(first) if first and operation.target is not Target.NOTHING else ()
    named = {*names.environments} | {name.lower() for name in there}
    return frozenset(small & (named | choices(operation)))


def choices(operation: Operation) -> frozenset[str]:
    """Return what may be chosen without a name: *on* is no filler for an operation that takes *on* or
    *off*.
    """
    return frozenset(c for a in typed_arguments(operation).values() if a.positional for c in a.choices)


def _by_kind(operation: Operation, words: Words, names: Names) -> Words:
    """Turn each word whose kind is known into ``name=value``, where the environment is one argument among
    others: *audit today @dev staging*.
    """
    arguments = [a for a in typed_arguments(operation).values() if a.kind]
    rest, loose, given = the_rest(operation), list(words), list[str]()
    for argument in arguments:
        fits = [w for w in loose if _is_of(argument.kind, w, names)]
        if fits:
            loose.remove(fits[0])
            value = known(fits[0], names) or fits[0]
            given.append(f"{argument.name}={value}")
    said = [word for word in loose if word.lower() not in FILLERS]
    if rest is not None and said and reads(rest, " ".join(said)):
        return [*given, f'{rest.name}="{" ".join(said)}"']
    return [*given, *loose]


def _is_of(kind: str, word: str, names: Names) -> bool:
    match kind:
        case "environment":
            return bool(known(word, names))
        case "operation":
            return OPERATION_ID.fullmatch(word) is not None
    return word.startswith(("<@", "@"))
