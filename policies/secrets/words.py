"""Secrets that are known by the word before them: ``password=x``, ``"apiKey": "x"``, ``--token x``.

The words are found first, in one pass; what follows each is matched only there, within bounds, so the time
is linear in the length of the line.
"""

from __future__ import annotations

import re

from policies.secrets.shapes import MARK

_LOWER = {c: c + 32 for c in range(ord("A"), ord("Z") + 1)}
"""ASCII only: unlike ``str.lower`` it never changes the length, so positions stay true."""

_WORDS = re.compile(
    r"(?P<arn>arn:aws[a-z-]*:[^\s\"'<>,;)}\]?&=\\]*)"
    r"|password|passwd|passwort|passphrase|pwd|secret(?!smanager|s manager)|token"
    r"|api[_-]?key|access[_-]?key|private[_-]?key|account[_-]?key|signing[_-]?key|encryption[_-]?key"
    r"|master[_-]?key|shared[_-]?key|credential|authorization|signature|connection[_-]?string"
    r"|response_url|(?<![a-z])cookie|(?<![a-z0-9])pass(?![a-z])"
)
_NAME = r"(?P<suffix>s(?![a-z])|[_.\-\d][\w.-]{0,40}|[A-Z][A-Za-z0-9_.-]{0,40})?"
_SEPARATOR = (
    r"(?P<between>\\{0,8}[\"'`]?[ \t]{0,8}(?::=|=>|:|=)[ \t]{0,8}"
    r"|\\{0,8}[\"'][ \t]{0,8},[ \t]{0,8}\\{0,8}[\"'][vV]alue\\{0,8}[\"'][ \t]{0,8}:[ \t]{0,8}"
    r"|(?P<flag>[ \t]{1,8}))"
)
_VALUE = (
    r"(?:(?P<open>\\{1,8}[\"']|[\"'])(?P<quoted>)"
    r"|(?P<block>[|>][+-]?[ \t]{0,8}\n[ \t]{0,40}[^\n]+|\[[^\]]{0,300}\]|\{[^}]{0,300}\})"
    r"|(?P<bare>(?:(?i:bearer|basic|digest|negotiate|token)[ \t]{1,4})?"
    r"(?:[^\s,;&\"'`\\]|\\(?![\"'])|[,;&](?!\s|\Z|[\"'\\]|[\w.-]{1,40}[=:]))+))"
)
_TAIL = re.compile(_NAME + _SEPARATOR + _VALUE)
_CLOSE = {
    '"': re.compile(r"(?:[^\"\\]|\\.)*", re.DOTALL),
    "'": re.compile(r"(?:[^'\\]|\\.)*", re.DOTALL),
}
_COOKIE = re.compile(r"\\{0,8}[\"']?[ \t]{0,8}:[ \t]{0,8}\\{0,8}[\"']?([^\r\n\"'\\]+)")
_FLAG = re.compile(r"(?:^|[\s\"'`])--?[\w-]{0,40}\Z")
_HARMLESS_NAME = re.compile(
    r"(?:file|path|name|arn|type|ttl|length|expir(?:y|es|ed|ation)|expires_?in|count|version|policy)s?\Z",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"(?:null|none|nil|true|false|undefined|empty|missing|required|invalid|expired|yes|no|denied|failed"
    r"|\w*(?:Exception|Error)|\*+|\$\{[^}]*\}|\{\{[^}]*\}\}"
    r"|arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:\d{0,12}:[^\s\"']+)[.,:;)\]}]*\Z",
    re.IGNORECASE,
)


def is_secret_name(name: str) -> bool:
    """Does a field of this name hold a secret? ``PGPASSWORD`` does, ``token_type`` does not."""
    words = [found for found in _WORDS.finditer(name.translate(_LOWER)) if not found["arn"]]
    if not words:
        return False
    rest = name[words[-1].end() :]
    return bool(re.fullmatch(_NAME, rest)) and not _HARMLESS_NAME.search(rest)


def is_harmless(value: str) -> bool:
    """A value that gives nothing away: a literal, a reference to a variable, an ARN, an error's name."""
    return bool(_HARMLESS.match(value.strip()))


def hide_after_words(text: str) -> str:
    """Replace what stands after each of the words; what comes before stays, so the line can be recognised."""
    out: list[str] = []
    done = 0
    for found in _WORDS.finditer(text.translate(_LOWER)):
        if found.start() < done or found["arn"]:
            continue
        span = _secret_after(text, found)
        if span is not None:
            out += [text[done : span[0]], MARK]
            done = span[1]
    out.append(text[done:])
    return "".join(out)


def _secret_after(text: str, found: re.Match[str]) -> tuple[int, int] | None:
    """Where the secret after this word begins and ends; ``None`` if there is none."""
    word = found.group(0)
    if word == "cookie":
        cookie = _COOKIE.match(text, found.end())
        return cookie.span(1) if cookie else None
    tail = _TAIL.match(text, found.end())
    if tail is None or (tail["flag"] and not _is_flag(text, found.start())):
        return None
    start, end = _value_span(text, tail)
    value, suffix = text[start:end], tail["suffix"] or ""
    if not value or is_harmless(value) or _HARMLESS_NAME.search(suffix):
        return None
    count = value.rstrip(".,;)]}").isdigit() and (word == "pass" or (word == "token" and suffix == "s"))
    directory = word == "pwd" and value.startswith("/") and not text[: found.start()][-1:].strip()
    return None if count or directory else (start, end)


def _is_flag(text: str, start: int) -> bool:
    """``--password x``: a space separates only after a command line flag."""
    return bool(_FLAG.search(text, max(0, start - 44), start))


def _value_span(text: str, tail: re.Match[str]) -> tuple[int, int]:
    if tail["open"] is None:
        return tail.span("block" if tail["block"] is not None else "bare")
    start, quote = tail.end("open"), tail["open"][-1]
    if len(tail["open"]) > 1:  # an escaped quote: the value ends before the next one, escaped alike
        stop = text.find(tail["open"], start)
        return start, len(text) if stop < 0 else stop
    inner = _CLOSE[quote].match(text, start)
    return start, inner.end() if inner else start
