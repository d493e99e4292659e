"""Secrets whose name is itself a value: ``{name=DB_PASSWORD, value=x}``, in either order, also in XML."""

from __future__ import annotations

import re

from policies.secrets.harmless import is_block_shown, is_shown
from policies.secrets.names import Kind, kind_of
from policies.secrets.shapes import MARK
from policies.secrets.values import value_at

NAMES = frozenset(
    {"name", "key", "parameter", "variable", "field", "header", "parametername", "option", "env"}
)
VALUES = frozenset({"value", "val", "content", "secretstring", "stringvalue", "plaintext"})

_Q = r"(?:\\{0,8}[\"'`]|&quot;|%22)?"
_SEP = rf"{_Q}[ \t]{{0,20}}(?:=>|:=|[:=]|->)\s{{0,20}}"
_LABEL = (
    r"(?i:(?<![A-Za-z0-9])(?:\w{0,24}_)?(?:parameter|env|header|property|variable)?"
    r"(?:name|key|parameter|variable|field|header|option|env))"
)
_VALUE = (
    r"(?i:(?:parameter|option|property|variable|env)?_?value|val|content|secret_?string|string_?value"
    r"|plain_?text)"
)
_NAME = r"(?P<name>[\w./:-]{2,120})"
_PAIR = re.compile(
    rf"{_LABEL}{_SEP}&?(?:[bu](?=[\"']))?{_Q}{_NAME}[^{{}}\[\]()]{{0,160}}?(?<![A-Za-z]){_VALUE}{_SEP}"
)
"""In one pair of brackets, with at most 160 characters between the name and the value."""
_REVERSED = re.compile(
    rf"(?<![A-Za-z]){_VALUE}{_SEP}"
    r"(?P<value>\\?\"(?:[^\"\\]|\\[^\"]){1,2000}\\?\"|'[^'\n]{1,2000}'|[^\s,;{}\[\]\"']{1,300})"
    rf"[\s,;]{{1,12}}{_Q}{_LABEL}{_SEP}{_Q}{_NAME}"
)
_ELEMENT = re.compile(
    r"<(?:[\w-]{1,40}:)?(?P<name>[\w.-]{2,80})(?P<rest>(?:\s[^<>]{0,300})?)>"
    r"(?P<value>\s*<!\[CDATA\[.*?(?:\]\]>|\Z)|[^<]+)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"(?i:name|key|id)=[\"'](?P<name>[^\"'<>]{2,120})[\"']")
_NAME_VALUE = re.compile(
    rf"(?i:name)>\s{{0,20}}{_NAME}\s{{0,20}}</[\w:-]{{1,40}}>\s{{0,80}}"
    rf"<(?:[\w-]{{1,40}}:)?{_VALUE}>(?P<value>[^<]+)"
)
_TUPLE = re.compile(
    r"[(\[{]\s{0,8}[bu]?(?P<q>\\{0,3}[\"'])(?P<name>[\w.-]{2,80})(?P=q)\s{0,8},"
    r"\s{0,8}[bu]?(?P=q)(?P<value>[^\"'\\]{1,2000})(?P=q)\s{0,8}[)\]}]"
)
_ATOM = re.compile(r"[{\[(]\s{0,8}:(?P<name>\w{2,80}),\s{0,8}(?P<q>\"|')(?P<value>[^\"'\\\n]{1,2000})(?P=q)")
"""*{:password, "x"}*."""
_HEADERS = re.compile(
    r"(?P<q>\\{0,3}[\"'])(?P<name>(?i:(?:proxy-)?authorization|(?:set-)?cookie))(?P=q)\s{0,8},"
    r"\s{0,8}(?P=q)(?P<value>(?:[\w.-]{1,40}=|[A-Za-z]{3,20} (?=\S))[^\"'\\\n]{1,2000})(?P=q)"
)
"""A header and its value in a list of both: *["Host", "x", "Cookie", "sid=x"]*."""
_FORM = re.compile(
    rf"name=\\{{0,3}}\"{_NAME}\\{{0,3}}\"\r?\n(?:[\w-]{{1,40}}: [^\r\n]{{0,200}}\r?\n){{0,3}}\r?\n"
    r"(?P<value>[^\r\n]{1,2000})"
)
"""A field of a form that is sent in parts: its value stands below an empty line."""
_LABELLED = re.compile(r"name|key|param|var|field|header|option|env")
_VALUED = re.compile(rf"(?<![A-Za-z]){_VALUE}{_SEP}")
"""A part of both patterns of a name and its value: text without it is not searched for the rest."""


def hide_pairs(text: str) -> str:
    """Replace the value of each pair whose name says secret."""
    low = text.lower()
    plain = text.isascii()
    if _LABELLED.search(low):
        valued = not plain or any(word in low for word in ("val", "content", "string", "text"))
        if valued and _VALUED.search(text):
            text = _hide_labelled(_REVERSED.sub(_hidden, text))
        text = _FORM.sub(_hidden, text) if "\n" in text else text
    if "<" in text:
        text = _NAME_VALUE.sub(_hidden, _ELEMENT.sub(_hidden_element, text))
    if "," not in text:
        return text
    text = _ATOM.sub(_hidden, _TUPLE.sub(_hidden_in_tuple, text))
    return _HEADERS.sub(_in_list, text) if not plain or "ookie" in low or "orization" in low else text


def _in_list(match: re.Match[str]) -> str:
    return match.group() if match["value"].endswith(MARK) else _replaced(match, match["value"])


def _kind(name: str) -> Kind | None:
    kind = kind_of(name.rstrip(":./-"))
    return None if kind is Kind.RANDOM else kind


def _hide_labelled(text: str) -> str:
    out: list[str] = []
    done = at = 0
    while pair := _PAIR.search(text, at):
        at = max(pair.start() + 1, done)
        kind = _kind(pair["name"])
        value = value_at(text, pair.end()) if kind else None
        if kind is None or value is None or pair.start() < done:
            continue
        said = text[value.start : value.end]
        block = said[:1] in "[{(" and value.form == "block"
        at = value.end
        if said != MARK and not (is_block_shown(said, kind) if block else is_shown(said, kind)):
            out += [text[done : value.start], MARK]
            done = value.end
    out.append(text[done:])
    return "".join(out)


def _replaced(match: re.Match[str], value: str) -> str:
    """The match with its value hidden, in the quotes it stood in."""
    bare = value.strip().strip("\\\"'")
    start = match.start("value") - match.start() + value.find(bare)
    whole = match.group()
    return f"{whole[:start]}{MARK}{whole[start + len(bare) :]}"


def _hidden(match: re.Match[str]) -> str:
    kind, value = _kind(match["name"]), match["value"]
    shown = kind is None or is_shown(value.strip().strip("\\\"'"), kind)
    return match.group() if shown else _replaced(match, value)


def _hidden_element(match: re.Match[str]) -> str:
    """``<password>x</password>``, or an element that has the name for an attribute."""
    named = _ATTRIBUTE.search(match["rest"])
    kind = _kind(named["name"] if named else match["name"])
    value = match["value"].strip()
    inner = value.removeprefix("<![CDATA[").removesuffix("]]>").strip()
    if kind is None or not inner or is_shown(inner, kind) or not _is_closed(match, inner == value):
        return match.group()
    return match.group().replace(inner, MARK)


def _is_closed(match: re.Match[str], plain: bool) -> bool:
    """*<token> was rejected* is no element: words follow, and no end of one."""
    return not (plain and " " in match["value"].strip()) or match.string.startswith("</", match.end())


def _hidden_in_tuple(match: re.Match[str]) -> str:
    kind, value = _kind(match["name"]), match["value"]
    columns = value.replace("_", "").isalpha() and value.islower() and match.group()[:1] != "("
    if kind is None or columns or is_shown(value, kind):
        return match.group()
    return _replaced(match, value)
