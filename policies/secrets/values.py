"""Where a value begins and ends, and which values give nothing away.

Whatever looks ahead for an end does so within bounds or takes all that it looked at, so the time is linear in
the length of the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from policies.secrets.shapes import MARK

_LONGEST_BLOCK = 4_000
_OPEN = re.compile(
    r"(?:[\w.]{1,40}\( ?[\"'][\w./-]{1,80}[\"'] ?, ?|string\(\d{1,9}\) )?"
    r"(?:[A-Za-z_][\w.]{0,30}!?\( {0,2}){0,2}[bBrRuUfFNL@$]{0,2}"
    r"(?P<open>\"\"\"|'''|\\{1,8}u002[27]|\\{1,8}[\"']|[\"'`]|&quot;|&#3[49];|%2[27]|“|‘|<!\[CDATA\[)"
)
"""A quote, behind what may stand between a sign and it: *b"*, *Some("*, *getenv("X", "*, *string(8) "*."""
_ENDS = {"“": "”", "‘": "’", "<![CDATA[": "]]>"}
_TO_QUOTE = {
    '"': re.compile(r"(?:[^\"\\]|\\.)*+", re.DOTALL),
    "'": re.compile(r"(?:[^'\\]|\\.|''(?!'))*+", re.DOTALL),
    "`": re.compile(r"[^`]*+"),
}
_MORE = (
    r"(?:[^\s,;&\"'`\\]|\\{1,8}+(?![\"']|u002[267])|\\{1,8}[\"'](?=\w)|[\"'`](?![\s,;:)\]}>&.\\]|\Z)"
    r"|[,;&](?!\s|\Z|[\"'\\]|[\w.-]{1,40}[=:]))"
)
"""A quote or a comma within a value is a part of it if more of the value follows."""
_FIELD = r"[\w.-]{1,40}[=:](?![=\s]|\Z|[\"'](?:[\s,;)}\]]|\Z))"
"""A name with a value behind it, and not the end of a text in base 64."""
_BARE = re.compile(
    rf"(?:(?i:bearer|basic|digest|negotiate|token|apikey)[ \t]{{1,4}}(?!{_FIELD})(?=\S))?{_MORE}++"
)
_REST = re.compile(rf"{_MORE}++")
_BLOCK = re.compile(r"(?:map|&)?(?P<open>[\[{(])")
_FOLDED = re.compile(r"[|>][+-]?\d?[ \t]{0,8}(?=\r?\n)")
_BRACKET = re.compile(r"[\[\](){}]")
_OPENERS = {"]": "[", "}": "{", ")": "(", ">": "<"}
_MOST_BRACKETS = 8


@dataclass(frozen=True)
class Value:
    """A span of the text. ``form`` is *quoted*, *block* or *bare*."""

    start: int
    end: int
    form: str = "bare"


def value_at(text: str, at: int) -> Value | None:
    """The value that begins here: quoted, a block in brackets, lines folded as in YAML, or a bare word."""
    opened = _OPEN.match(text, at)
    if opened:
        return _quoted(text, opened)
    folded = _FOLDED.match(text, at)
    lines = _folded(text, at, folded.end()) if folded else None
    if lines:
        return lines
    block = _BLOCK.match(text, at)
    if block and text[at : at + len(MARK)] != MARK:
        return _in_brackets(text, block.start("open"))
    return _bare(text, at)


def _quoted(text: str, opened: re.Match[str]) -> Value:
    quote, start = opened["open"], opened.end()
    inner = _TO_QUOTE[quote].match(text, start) if quote in _TO_QUOTE else None
    if inner is not None:
        return Value(start, _with_more(text, inner.end(), inner.end() + 1), "quoted")
    end = text.find(_ENDS.get(quote, quote), start)
    return Value(start, len(text) if end < 0 else end, "quoted")


def _with_more(text: str, end: int, after: int) -> int:
    """``end``, or where the letters end that follow at once: *'it's me'*, *[a]b*."""
    more = _REST.match(text, after) if text[after : after + 1].isalnum() else None
    return more.end() if more else end


def _folded(text: str, at: int, after: int) -> Value | None:
    """The lines that are further in than the one that names them."""
    line = text.rfind("\n", max(0, at - 400), at) + 1
    begin = text[line : line + 80]
    margin = len(begin) - len(begin.lstrip(" "))
    lines = re.compile(rf"(?:\r?\n(?:[ \t]{{{margin + 1},}}[^\r\n]*|[ \t]*(?=\r?\n)))*+").match(text, after)
    return Value(at, lines.end(), "block") if lines and lines.end() > after else None


def _in_brackets(text: str, at: int) -> Value:
    """To the bracket that closes the first. All that was looked at, if none does within bounds."""
    depth, stop = 0, min(len(text), at + _LONGEST_BLOCK)
    for found in _BRACKET.finditer(text, at, stop):
        depth += 1 if found[0] in "[{(" else -1
        if depth == 0:
            return Value(at, _with_more(text, found.end(), found.end()), "block")
    return Value(at, stop, "block")


def _bare(text: str, at: int) -> Value | None:
    """A word. Brackets at its end that close what was opened before it stay."""
    found = _BARE.match(text, at)
    if not found:
        return None
    start, end = found.span()
    opened = {bracket for bracket in "[{(<" if text.find(bracket, start, end) >= 0}
    last = max(start + 1, end - _MOST_BRACKETS)
    while end > last and _OPENERS.get(text[end - 1], MARK) not in opened | {MARK}:
        end -= 1
    return Value(start, end)
