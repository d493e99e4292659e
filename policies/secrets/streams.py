"""Redacts the lines of one log stream and keeps each with its event.

A secret may lie over two events: its name at the end of one and its value in the next, a block over many, or
one line that the log driver cut in two (facts/ecs 4). What is hidden across a border is hidden on both sides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from policies.secrets.commands import hide_arguments
from policies.secrets.encoded import is_encoded
from policies.secrets.names import kind_of
from policies.secrets.pairs import hide_pairs
from policies.secrets.prefixes import hide_issued
from policies.secrets.redaction import redact, redact_lines
from policies.secrets.shapes import MARK, hide_shapes
from policies.secrets.unseen import uncoloured, visible

LONGEST = 8_000
"""How many characters of a line are redacted; the rest is dropped. An application may log lines of 256 KB."""
_SEAM = 4_000
"""How many characters on each side of a border are looked at, also of a line whose end is dropped."""
_NEW_RECORD = re.compile(
    r"\s|[\[{(<]|arn:|\d{4}-\d\d-\d\d|\d\d:\d\d|(?:TRACE|DEBUG|INFO|WARN|ERROR|FATAL|level=|ts=|time=)",
    re.ASCII,
)
"""How a line begins that goes on with nothing."""
_QUOTES = r"(?:[\"'\\]|%22|%27|%5C){0,8}"
_NAME_AT_END = re.compile(rf"(?:%[0-9A-F]{{2}})?(?P<name>[\w.-]{{1,60}}){_QUOTES}$", re.ASCII)
_NAME_GOES_ON = re.compile(
    rf"(?P<name>[\w.-]{{0,60}}){_QUOTES} ?(?:=|:|%3D|%3A)[^\n]{{1,300}}", re.ASCII | re.IGNORECASE
)

_ANNOUNCED = re.compile(
    rf"(?:%[0-9A-F]{{2}})?(?P<name>[\w.-]{{1,60}}){_QUOTES} {{0,2}}"
    rf"(?:=|:|%3D|%3A|(?<=Bearer))[>%20 ]{{0,3}}{_QUOTES}$",
    re.ASCII,
)
"""A name at the end of a line, whose value is yet to come."""
_FLAG_AT_END = re.compile(
    r"(?:^|(?<=[\s\"',\[]))(?P<name>-{1,2}[\w-]{0,40})(?P<after>(?:[ =][\"']?)?)$", re.ASCII
)
"""A flag, whole or not, at the end of a line: *--pass*, *-p*, a dash alone."""
_ESCAPED = re.compile(r"\\[\"nrt]")
"""A quote, a line break or a tab as JSON writes it."""
_NEAR = 64
"""Characters on each side of a border that show whether it may lie in what announces a secret."""
_ARGUMENT = re.compile(
    r"(?:^|(?<=[\s\"',\[]))-{1,2}(?:[A-Za-z]|$)|(?i:identified)|\bAUTH\b|\.auth\(|SETUSER|LOGIN", re.ASCII
)
_COMMANDS = ("-", "dentified", "DENTIFIED", "AUTH", ".auth(", "SETUSER", "LOGIN")
_LAST_NAME = re.compile(r"(?<![\w.=:/@-])(?P<name>[\w.-]{1,40})(?P<after>[ \t\"'\\]{0,4}-?)$")
_QUOTE = ('"', "'")
_FIRST_NAME = re.compile(r"[\w.-]{1,40}")
_SAYS_AT_END = re.compile(r"(?P<name>[\w.-]{1,40}) (?:is|was|are|lautet)(?P<after> ?)$")
"""What a sentence says of a name, cut before it: *the password is*."""
_JOINS = re.compile(r" ?(?:=>?|:=?|-?>|(?:is|was|are|lautet) |[\"'])")
"""What may stand between a name and its value, at the beginning of a line."""
_VERBS = frozenset({"by", "as", "is", "to"})
"""Words between a name and its value: *IDENTIFIED BY 'x'*."""
_BEARER = re.compile(r"\bBearer(?:%20)?$", re.ASCII)
"""The end of a line after which a token may come, even if the next line begins with a space."""
_COLOUR = re.compile(r"(?:\x1b|\\+(?:u001b|x1b|033|e))\[[0-9;]{0,12}[A-Za-z]", re.ASCII | re.IGNORECASE)
_OCTET = re.compile(r"%[0-9A-Fa-f]{2}", re.ASCII)
_LONGEST_SIGN = 24
"""Characters of a sign that is written with several, such as a colour code within JSON within JSON."""


_PAIRED = re.compile(r"[vV]alue|VALUE|<[\w:-]{0,40}(?:>|$)|okie[\"']|rization[\"']")
"""What a name may stand before that is itself a value, or in."""


def _has_argument(text: str) -> bool:
    return any(word in text for word in _COMMANDS) and _ARGUMENT.search(text) is not None


def _is_paired(text: str) -> bool:
    return (
        any(word in text for word in ("alue", "ALUE", "<", "okie", "rization"))
        and _PAIRED.search(text) is not None
    )


_PRINTED = re.compile(
    r"PASSWORD \w{1,40} = |assword (?:is|was|has been) (?:generated|created|set) for \S{1,60}:"
    r"|[Dd]igest [\w=]|[\"'] {1,4}[-=]>"
)
"""A sentence in which a value follows its name only after other words, a change, or fields of a header."""


def _is_printed(text: str) -> bool:
    return any(word in text for word in ("assword ", "PASSWORD ", "igest ", "->", "=>")) and (
        _PRINTED.search(text) is not None
    )


def _is_escaped(text: str) -> bool:
    return "\\" in text and _ESCAPED.search(text) is not None


_WAYS: Sequence[tuple[Callable[[str], bool], Callable[[str], str]]] = (
    (_is_escaped, redact),
    (_is_printed, redact),
    (_has_argument, hide_arguments),
    (_is_paired, hide_pairs),
    (is_encoded, redact),
)
"""What tells by the characters around a border whether to look closer, cheaply, and what then hides."""


def redact_stream(
    lines: Sequence[str], known: Collection[str] = (), *, apart: Collection[int] = ()
) -> tuple[str | None, ...]:
    """Return the redacted text of each line, in order: ``None`` for a line that has become part of another,
    as those of a key's block do. The lines are in the order in which they were written. ``apart``: the
    positions of lines that came so much later than those before them that they cannot be the rest of them.

    A line longer than ``LONGEST`` is cut between words or fields, once its end was read beside the next line:
    half a secret has no shape to recognise.
    """
    whole = [" ".join(visible(uncoloured(line)).splitlines()) for line in _mended(lines)]
    said = redact_lines(_without_seams(whole, apart), known) if whole else ()
    return tuple(said) if len(said) == len(whole) else tuple(_aligned(whole, said))


def _mended(lines: Sequence[str]) -> list[str]:
    """Put right what a border tears apart: a colour code is dropped, and an encoded character belongs to the
    first line. Otherwise neither line would say what was written.
    """
    mended = list(lines)
    for at in range(1, len(mended)):
        first, second = mended[at - 1], mended[at]
        if torn := _torn(_COLOUR, first, second):
            mended[at - 1], mended[at] = first[: len(first) - torn[0]], second[torn[1] :]
        elif torn := _torn(_OCTET, first, second):
            mended[at - 1], mended[at] = first + second[: torn[1]], second[torn[1] :]
    return mended


def _torn(sign: re.Pattern[str], first: str, second: str) -> tuple[int, int] | None:
    """Return how many characters of a sign stand on each side of the border; ``None`` if none is torn."""
    end = first[-_LONGEST_SIGN:]
    for found in sign.finditer(end + second[:_LONGEST_SIGN]):
        if found.start() < len(end) < found.end():
            return len(end) - found.start(), found.end() - len(end)
    return None


def _aligned(lines: Sequence[str], said: Sequence[str]) -> Iterator[str | None]:
    """Yield for each line what was said of it. What is hidden over several lines stands with the first."""
    for _, first, last, begin, end in SequenceMatcher(None, lines, said).get_opcodes():
        told, places = list(said[begin:end]), last - first
        if places and len(told) > places:
            told[places - 1 :] = [" ".join(told[places - 1 :])]
        yield from (told[n] if n < len(told) else None for n in range(places))


def _without_seams(lines: Sequence[str], apart: Collection[int]) -> list[str]:
    """Hide what only two lines together show to be secret. ``redact_lines`` sees the rest."""
    seams = [
        (0, 0) if at in apart else _seam(first, second)
        for at, (first, second) in enumerate(pairwise(lines), 1)
    ]
    begins, ends = [0, *(seam[1] for seam in seams)], [*(seam[0] for seam in seams), 0]
    return [_within(*each) for each in zip(lines, begins, ends, strict=True)]


def _within(line: str, begin: int, end: int) -> str:
    """Return the line, cut where it is too long, with so many characters hidden at its beginning and at its
    end.
    """
    if begin + end >= len(line):
        return MARK if begin + end else line
    line, begin, end = _alone(line, begin, end) if begin or end else (line, 0, 0)
    if len(line) > LONGEST:
        return (MARK if begin else "") + _cut(line[begin:LONGEST])
    return (MARK if begin else "") + line[begin : len(line) - end] + (MARK if end else "")


def _cut(head: str) -> str:
    """Return the beginning of a line that is too long, up to the end of a word or a field in JSON, marked as
    cut. Nothing is left of a single word.
    """
    return head[: max(head.rfind(" "), head.rfind(',"'), 0)] + "…"


def _alone(line: str, begin: int, end: int) -> tuple[str, int, int]:
    """Return what the line alone says without its secrets, and how much is to be hidden of that: what is
    hidden at a border may be the name by which a secret behind it is known.
    """
    said = redact(line)
    if said == line:
        return line, begin, end
    before = _same(line, said)
    after = min(_same(line[::-1], said[::-1]), len(said) - before)
    shorter = len(said) - len(line)
    first = begin if begin <= before else max(before, begin + shorter)
    last = end if end <= after else max(after, end + shorter)
    return said, first, last


def _seam(first: str, second: str) -> tuple[int, int]:
    """How many characters to hide at the end of the first line and at the beginning of the second."""
    end, start = first[-_SEAM:], second[:_SEAM]
    if not end or not start:
        return 0, 0
    if _NEW_RECORD.match(start) and not (_BEARER.search(end) or _goes_on(end, start)):
        return 0, 0
    found = _by_shape(end, start) or _by_its_name(end, start) or _going_on(end, start)
    return found or _together(end, start) or (0, 0)


def _goes_on(end: str, start: str) -> bool:
    """Tell whether a second line that begins with one space may be the rest of the first: of a command, or a
    text in quotes after a name.
    """
    if start[0] != " " or not start[1:2].strip():
        return False
    near = end[-_NEAR:]
    joined = _ANNOUNCED.search(near)
    if _says_at_end(near) or (joined is not None and kind_of(joined["name"]) is not None):
        return True
    name = _LAST_NAME.search(near)
    announced = name is not None and (kind_of(name["name"]) is not None or name["name"].lower() in _VERBS)
    return _ARGUMENT.search(near + start[:_NEAR]) is not None or (announced and bool(_JOINS.match(start)))


def _together(end: str, start: str) -> tuple[int, int] | None:
    """Find what neither line says alone: the argument of a command, a text that is encoded, or a name with
    its value in the second line. The border's surroundings tell cheaply whether there may be one.
    """
    near, next_ = end[-_NEAR:], start[:_NEAR]
    for may, hide in _WAYS:
        if may(near + next_):
            said = hide(end + start)
            if said not in (end + start, hide(end) + hide(start)):
                return _across(end, start, said)
    flag = _FLAG_AT_END.search(near) if "-" in near and next_[0] != ">" else None
    name = flag or _says_at_end(near) or _LAST_NAME.search(near)
    return _named(near[name.start() :], next_) if name and _announces(name, next_) else None


def _says_at_end(near: str) -> re.Match[str] | None:
    said = near.rstrip(" ").endswith(("is", "was", "are", "lautet"))
    return _SAYS_AT_END.search(near) if said else None


def _named(end: str, start: str) -> tuple[int, int] | None:
    """Hide in the second line alone what a name at the end of the first announces."""
    said = redact(end + start)
    hidden = (0, 0) if said in (end + start, redact(end) + redact(start)) else _across(end, start, said)
    return hidden if hidden[1] and not hidden[0] else None


def _announces(name: re.Match[str], start: str) -> bool:
    """Tell whether a name, or the beginning of one, may have its value in a line that begins so."""
    word, more = name["name"], _FIRST_NAME.match(start)
    if name.re is _SAYS_AT_END:
        return kind_of(word) is not None
    if name["after"][-1:] in _QUOTE or _JOINS.match(start):
        return kind_of(word) is not None or word.lower() in _VERBS
    if name["after"] or more is None or more.end() == len(start):
        return word[:1] == "-" and kind_of(word) is not None
    whole = word + more[0]
    return kind_of(whole) is not None and (word[:1] == "-" or _one_word(word, more[0]))


def _by_shape(end: str, start: str) -> tuple[int, int] | None:
    """Find a key or an address that is known by its shape once both halves stand together. A half
    may have such a shape where the whole has none.
    """
    said = _shaped(end + start)
    if said == end + start or said == _shaped(end) + _shaped(start):
        return None
    return _across(end, start, said)


def _by_its_name(end: str, start: str) -> tuple[int, int] | None:
    """Find a name that is cut in two, with its value in the second half: *pass* and *word=hunter2*."""
    name, rest = _NAME_AT_END.search(end), _NAME_GOES_ON.match(start)
    if not name or not rest or (rest["name"] and not _one_word(name["name"], rest["name"])):
        return None
    joined = name[0] + rest[0]
    if not kind_of(name["name"] + rest["name"]) or redact(joined) == joined:
        return None
    return 0, _across(end, start, end[: name.start()] + redact(joined) + start[rest.end() :])[1]


def _one_word(first: str, second: str) -> bool:
    """Tell whether two halves may be one name cut within a word. A second half that says as much by itself
    needs no first.
    """
    camel = first.isalpha() and first[-1].islower() and second[0].isupper() and second[1:2].islower()
    within = second[0].islower() or second[0] in "_-." or (first[-1] + second[0]).isupper() or camel
    return within and kind_of(second) is not kind_of(first + second)


def _going_on(end: str, start: str) -> tuple[int, int] | None:
    """Find a value that is hidden up to the end of the first line, and goes on or begins in the second."""
    announced = _ANNOUNCED.search(end)
    begins = announced is not None and kind_of(announced["name"]) is not None
    if end.endswith(MARK) or not (begins or redact(end).rstrip("\"'\\").endswith(MARK)):
        return None
    return 0, _across(end, start, redact(end + start))[1]


def _across(end: str, start: str, said: str) -> tuple[int, int]:
    """Return how much of both sides lies between what is the same at both ends."""
    before = _same(end, said)
    after = min(_same(start[::-1], said[::-1]), len(said) - before)
    return len(end) - before, len(start) - after


def _same(one: str, other: str) -> int:
    """Count the characters that are the same from the start on."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _shaped(text: str) -> str:
    return hide_issued(hide_shapes(text))
