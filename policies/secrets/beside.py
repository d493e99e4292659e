"""Secrets that stand beside their name with no sign between: in a sentence, a directive, a table, a list."""

from __future__ import annotations

import re

from policies.secrets.harmless import is_random
from policies.secrets.values import Value, value_at

_FOLLOWING = re.compile(r"(?i) to proceed to [a-z]{1,20}:\r?\n\r?\n(?P<value>[0-9a-f]{16,64})(?=\s|\Z)")
"""What Jenkins prints below a sentence and an empty line when it starts for the first time."""
_SAYS = re.compile(
    r"[ \t]{1,4}(?P<verb>(?:is|was|are|lautet|equals?|becomes|has been)(?: now)?"
    r"(?: (?:re)?set to| changed to)?"
    r"|(?:(?:re)?set|changed|updated|rotated) to|to|of):?[ \t]{1,4}(?P<quote>[\"'`(]?)(?=\S)",
    re.IGNORECASE,
)
_WHOSE = re.compile(
    r"(?:(?<=(?i:key)) #?\d{1,3}|(?<=PASSWORD) \w{1,40}(?= = )"
    r"|(?i: (?:is|was|has been) (?:generated|created|set))?"
    r" (?i:for|of)(?: (?:user|role|account))? [\"'`]?[\w.@%/-]{1,60}[\"'`]?"
    r"(?:@[\"'`][^\"'`\s]{0,60}[\"'`])?| (?:provided|supplied|given|used)| \([\w .-]{1,40}\)|\[\d{1,6}\])"
    r"(?=[ \t]{0,4}(?:[:=]|->| is:? | was:? | set to ))"
)
_SENTENCE = re.compile(r"[^\r\n\"'.,;]*+")
_NEXT = re.compile(
    r"(?:[\"'](?=[ \t]{1,4}[\"']))?[ \t]{1,4}(?P<quote>[\"'`(]?)(?![\w.-]{1,40}[=:])(?=[^\s\"'`()=:])"
)
_QUOTED = re.compile(r"[^\"'`)\n]{0,400}+")
_FAMILY = re.compile(r"(?:password|passwd|passphrase|passcode|pwd|pass)\Z", re.IGNORECASE)
_BELOW = re.compile(r"[ \t]{0,8}\r?\n[ \t]{0,40}(?P<value>[^\s\"'=:]{3,}+={0,2})[ \t]{0,8}(?=\r?\n|\Z)")
_ROW = re.compile(r"[ \t]{1,40}(?P<value>[^\s=:][^\s]*+)[ \t]{0,8}(?=\r?\n|\Z)")
_SETTING = re.compile(
    r"(?:^|[\s/:_])(?:env|arg|setenv|set|fastcgi_param|export|config:set)[ \t]{1,4}\S{0,60}\Z", re.IGNORECASE
)
_DIRECTIVE = re.compile(r"\blogin \S{1,80} \Z|(?:identified by|with|encrypted) \Z", re.IGNORECASE)
_DIRECTIVES = ("requirepass", "masterauth")
_WORDS_ONLY = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\Z|[A-Za-z_]+\Z|.*:\Z")
_GOES_ON = re.compile(r" +(?!and\b|or\b|for\b|but\b)[a-z]")


def secret_below(text: str, found: re.Match[str]) -> Value | None:
    """A value alone on the line below a name that stands alone."""
    first = _FOLLOWING.match(text, found.end())
    if first:
        return Value(*first.span("value"))
    line = text[max(0, found.start() - 100) : found.start()].rpartition("\n")[2]
    below = _BELOW.match(text, found.end()) if not line.strip(" \t-*\"'") else None
    return _unlike_words(below) if below else None


def secret_beside(text: str, found: re.Match[str]) -> Value | None:
    """*password is x*, *password 'x'*, a directive, or a row of a table."""
    at, name = qualified(text, found.end()), found.group()
    says = _SAYS.match(text, at)
    if says:
        return _said(text, says, phrase=name.lower().endswith(("phrase", "mnemonic")))
    line = text[max(0, found.start() - 100) : found.start()].rpartition("\n")[2]
    in_row = name.isupper() and "_" in name and not line.strip(" \t-*")
    row = _ROW.match(text, at) if in_row or _SETTING.search(line) else None
    if row and name.lower() not in _DIRECTIVES:
        return _unlike_words(row)
    return _next_to(text, name, line, at)


def _unlike_words(found: re.Match[str]) -> Value | None:
    """The value, unless it is one more name in a list of names."""
    return None if _WORDS_ONLY.match(found["value"].strip("\"'`.,()")) else Value(*found.span("value"))


def _value(text: str, found: re.Match[str]) -> Value | None:
    inner = _QUOTED.match(text, found.end()) if found["quote"] else None
    if inner:
        return Value(inner.start(), inner.end(), "quoted")
    value = value_at(text, found.end())
    return None if value is None or value.form == "block" else value


def qualified(text: str, at: int) -> int:
    """Where the name ends with what says whose it is: *password for ada*, *token (root)*, *password[0]*."""
    more = _WHOSE.match(text, at)
    return more.end() if more else at


def _said(text: str, says: re.Match[str], *, phrase: bool) -> Value | None:
    """What a sentence says that it is, unless the sentence goes on: *the password is part of …*."""
    value = _value(text, says)
    if value is None or value.start == value.end:
        return None
    if phrase and not says["quote"]:
        return Value(value.start, _SENTENCE.match(text, value.end).end())  # type: ignore[union-attr]
    word = text[value.start : value.end]
    unsure = says["verb"].lower() in ("to", "of") and not any(map(str.isdigit, word))
    goes_on = word.isalpha() and not says["quote"] and _GOES_ON.match(text, value.end)
    return None if unsure or goes_on else value


def _next_to(text: str, name: str, line: str, at: int) -> Value | None:
    """The family of passwords is followed by its value, a token only by a long one."""
    beside = _NEXT.match(text, at)
    value = _value(text, beside) if beside else None
    if beside is None or value is None:
        return None
    word = text[value.start : value.end].strip(".,;:)\"'`")
    mixed = len(word) >= 5 and any(map(str.isdigit, word)) and any(map(str.isalpha, word))
    told = mixed or beside["quote"] or _DIRECTIVE.search(line)
    sure = (told and _FAMILY.search(name)) or name.lower() in _DIRECTIVES
    return value if sure or is_random(word) else None
