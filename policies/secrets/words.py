"""Secrets that are known by the name before them: ``password=x``, ``"apiKey": "x"``, ``--token x``.

Names are found first, in one pass; what follows each is matched only there, within bounds, so the time is
linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from policies.secrets.beside import qualified, secret_below, secret_beside
from policies.secrets.harmless import is_block_shown, is_code, is_prose, is_random, is_shown
from policies.secrets.names import LONGEST, Kind, kind_of
from policies.secrets.shapes import MARK
from policies.secrets.values import Value, value_at

_HINT = re.compile(
    r"pass|pwd|pw|psw|secret|token|key|cred|auth|sig|hmac|sess|sid|cookie|dsn|sas|jwt|bearer|csrf|xsrf|conn|psk"
    r"|phrase|mnemonic|honeycomb|code|otp|pin|cvv|hook|url|salt|pepper|pat|saml|assertion|verifier|wort|woord|mdp|senha"
    r"|contrase|lösen|has[lł]o|парол|密[码碼]|パスワード|비밀번호|parola|salasana|heslo|şifre"
)
"""Text without any of these, in small letters, has no name that says secret."""
_NAME = re.compile(
    r"arn:aws[a-z-]{0,20}:[a-z0-9-]{0,40}:[a-z0-9-]{0,40}:\d{0,12}:[^\s\"'<>,;)}\]?&=\\]*+"
    r"|[\w-]++(?:\.[\w-]++)*+"
)
"""A name; or an ARN, in which *secret:* is none."""
_CLOSE = r"(?P<close>(?:\\{0,8}[\"'`”’*]|&quot;|&#3[49];|%2[27]|%5[dD]|\\{1,8}u002[27]|[\])}]){0,4})"
_TYPE = r"(?::[ \t]{0,4}[A-Za-z_][\w.\[\]]{0,40}(?=[ \t]{1,4}=[ \t]))?"
_JOIN = re.compile(
    rf"{_CLOSE}{_TYPE}(?P<before>[ \t]{{0,40}})"
    r"(?P<op>:=|=>|===?|=~|[?+]=|\|\|=|->|<-|→|:-|=|:(?![:?+])|：|%3[aAdD]|\\{1,8}u003[aAdD]|\|(?=[ \t])"
    r"|＝|\.{3,40}(?:[ \t]?:)?|\((?= ?[\"']))"
    r"(?P<after>(?:\*{1,2}(?=[ \t]))?[ \t]{0,40}(?:\\?\r?\n[ \t]{0,40})?)"
)
"""What joins a name to its value, in the languages that logs are written in."""
_FLAG = re.compile(r",?[ \t]{1,8}(?!-)|\\{0,8}[\"'],?\s{0,8}\\{0,8}(?=[\"'])")
_FIRST = re.compile(
    r"(?i)(?<![=\w])(api|access|secret|private|encryption|signing|master|account|licen[sc]e|shared|session|pass"
    r"|connection|auth|authorization|verification|recovery|seed|webhook|presigned|signed|security|backup"
    r"|totp|otp|mfa|unseal|aes|des|hmac|rsa|de) \Z"
)
_SECOND = frozenset({"key", "keys", "string", "id", "code", "codes", "phrase", "word", "url", "passe"})
"""Names of two words, as people write them: *API key*, *session id*."""
_BEFORE = 24
"""Characters before a name that are looked at."""
_SIGNED = re.compile(r"-signature(?:-\w{1,8})?\Z", re.IGNORECASE)
_LONGEST_SHOWN = 400
"""What is longer is hidden unread, so that nothing is read over and over."""
_LONG_WORD = re.compile(r"\\{0,8}[\"'`]?[\w+/=.~%-]{16}")
_ASKED = re.compile(r"[?&][\w.-]{1,40}=\Z")
_CALLED = re.compile(r"(?i)(?:.{0,60}\.)?(?:(?:set|with)\w+|pass(?:word|phrase|wd))\Z")
"""Calls that are given a secret, not the name of one: *setPassword("x")*, not *get_secret("x")*."""
_LOOSE = (":", "：", "->", "→", "|")
_TO_END = re.compile(r"[^\r\n]*?(?=[ \t]*(?:\r|\n|\Z|[ ,;][\w.-]{1,40}=|[\"'}]))")
_COOKIES = re.compile(r"(?:[^\r\n\"'\\]|[\"'](?=[\w%;]))+")
_CHANGED = re.compile(
    rf"(?P<before>{re.escape(MARK)}\\{{0,8}}[\"'] {{1,4}}[-=]> {{1,4}}\\{{0,8}}[\"'])"
    rf"(?!{re.escape(MARK)})[^\"'\\\r\n]{{1,400}}"
)
"""What a secret is changed to: *"x" -> "y"*."""
_FIELD = r"[\w-]{1,40}=(?:\"[^\"\n]*\"|[^\s,\"']*)"
_CREDENTIALS = re.compile(
    rf"(?:[A-Za-z][\w.-]{{0,40}}[ \t]{{1,4}}(?=[^\s\"']))?(?:{_FIELD}|[^\s,;\"'\\]+)"
    rf"(?:[ \t]{{0,4}},[ \t]{{0,4}}{_FIELD})*"
)
"""A scheme and what it takes: *Bearer x*, *Digest username="a", response="x"*."""


def hide_after_words(text: str) -> str:
    """Replace what stands after each of the names; what comes before stays, so the line is recognised."""
    if not _HINT.search(text.lower()):
        return text
    out: list[str] = []
    done = 0
    for found in _telling(text):
        value = _secret_after(text, found) if found.start() >= done else None
        if value is not None and text[value.start : value.end] != MARK:
            out += [text[done : value.start], MARK]
            done = value.end
    out.append(text[done:])
    said = "".join(out)
    return _CHANGED.sub(rf"\g<before>{MARK}", said) if MARK in said else said


def _telling(text: str) -> Iterator[re.Match[str]]:
    """Yield the names that may say secret. None goes over the end of its line, so most lines have none."""
    at = 0
    for line in text.split("\n"):
        end = at + len(line)
        if _HINT.search(line.lower()):
            for found in _NAME.finditer(text, at, end):
                if _tells(found[0][-LONGEST:]):
                    yield found
        at = end + 1


@lru_cache(maxsize=8_192)
def _tells(name: str) -> bool:
    """Tell whether a name may say secret, by itself or with the word before it. Most do not."""
    low = name.lower()
    return low in _SECOND or (_HINT.search(low) is not None and kind_of(name) is not None)


def _secret_after(text: str, found: re.Match[str]) -> Value | None:
    """Where the secret after this name begins and ends; ``None`` if there is none."""
    name = found.group()[-LONGEST:]
    before = text[max(0, found.start() - _BEFORE) : found.start()]
    kind = _kind(name, before)
    if kind is None or _is_no_name(name, before):
        return None
    joined = _JOIN.match(text, found.end()) or _JOIN.match(text, qualified(text, found.end()))
    if joined:
        return _joined(text, found, joined, kind)
    if name.startswith("-"):
        flag = _FLAG.match(text, found.end())
        return checked(text, value_at(text, flag.end()), kind, loose=True, name=name) if flag else None
    value = secret_below(text, found)
    if value is None and kind in (Kind.SECRET, Kind.CODE):
        value = secret_beside(text, found)
    return checked(text, value, kind, loose=True, name=name)


def _kind(name: str, before: str) -> Kind | None:
    """Of a name, with the word before it where that makes the difference."""
    kind = kind_of(name)
    first = _FIRST.search(before) if kind in (None, Kind.RANDOM) and name.lower() in _SECOND else None
    return kind_of(f"{first[1].lower()}_{name.lower()}") if first else kind


def _is_no_name(name: str, before: str) -> bool:
    """What a parser met (*Unexpected token =*), or a file (*/etc/ssl/server.key*)."""
    file = before[-1:] == "/" and name.endswith((".key", ".pem"))
    return file or name.startswith("arn:") or before.lower().endswith(("unexpected ", "unrecognized "))


def _joined(text: str, found: re.Match[str], joined: re.Match[str], kind: Kind) -> Value | None:
    at, op = joined.end(), joined["op"]
    loose = op in _LOOSE and bool(joined["after"])
    if _is_place(text, found, joined) or _is_passed_over(text, joined, kind):
        return None
    if op == "(" and not _CALLED.match(found.group()[-LONGEST:]):
        return None
    if op == ":" and (kind is Kind.HEADER or _SIGNED.search(found.group())):
        return _header(text, found, at)
    quoted = any(mark in joined["close"] for mark in "\"'`")
    if "\n" in joined["after"] and not (quoted or _may_be_below(text, at)):
        return None
    value = checked(text, value_at(text, at), kind, loose=loose, name=found.group()[-LONGEST:])
    whole = value and value.form == "bare" and loose and kind is Kind.SECRET
    return _to_end_of_line(text, found, value) if value and whole else value


def _is_passed_over(text: str, joined: re.Match[str], kind: Kind) -> bool:
    """What is seen at once to be none: an expression, fields with names of their own, a short word."""
    at = joined.end()
    if is_code(text, at, spaced=joined["op"] == "=" and bool(joined["before"])):
        return True
    fields = text[at : at + 1] == "{" and kind not in (Kind.SECRET, Kind.HEADER)
    return fields or (kind is Kind.RANDOM and not _LONG_WORD.match(text, at))


def _is_place(text: str, found: re.Match[str], joined: re.Match[str]) -> bool:
    """*https://token-issuer:8443*, *app/token-issuer:1.4*: a port or a tag, not a value."""
    return joined.group() == ":" and text[max(0, found.start() - 1) : found.start()] == "/"


def _may_be_below(text: str, at: int) -> bool:
    """A value on the next line is quoted, in brackets, or all that stands there."""
    line = text[at : at + 400].partition("\n")[0].strip()
    return line[:1] in ("'", '"', "[", "{") or (bool(line) and not re.search(r"\s|[:=]", line.rstrip("=")))


def checked(text: str, value: Value | None, kind: Kind, *, loose: bool, name: str) -> Value | None:
    """The value, unless it is one that may be shown. ``loose`` where a sentence might go on instead."""
    if value is None or value.end - value.start > _LONGEST_SHOWN:
        return value
    said = text[value.start : value.end]
    if value.form == "block" and said[:1] in ("[", "{", "("):
        shown = is_block_shown(said, kind) or (loose and kind is Kind.STATE and said[:1] == "(")
    elif kind is Kind.RANDOM and _in_query(text, value):
        return value
    else:
        prose = loose and value.form == "bare" and is_prose(text, value.start, value.end, kind=kind)
        shown = prose or is_shown(said, kind) or _is_no_value(name, said, loose=loose)
    return None if shown else value


def _is_no_value(name: str, said: str, *, loose: bool) -> bool:
    """A count, a directory, or the name once more: *--token TOKEN*, *self.password = password*."""
    low, number = name.lower(), said.rstrip(".,;)]}").replace(".", "")
    counted = (low == "pass" or low.endswith("tokens")) and number.isdigit()
    itself = (("." in name) or (loose and said.isupper())) and low.endswith(said.lower().rstrip(",;)"))
    return counted or itself or (name == "PWD" and said.startswith("/"))


def _in_query(text: str, value: Value) -> bool:
    """A key in the query of an address opens something, if it is long."""
    said = text[value.start : value.end].replace("/", "_")
    if len(said) < 20 or not _ASKED.search(text[max(0, value.start - 44) : value.start]):
        return False
    return is_random(said, least=20) or (said.isalnum() and any(map(str.isdigit, said)))


def _to_end_of_line(text: str, found: re.Match[str], value: Value) -> Value:
    """A line that is nothing but *name: value* may have several words for a value."""
    line = text[max(0, found.start() - _BEFORE) : found.start()].rpartition("\n")
    alone = (line[1] or found.start() <= _BEFORE) and not line[2].strip(" \t-\"'")
    if not alone and not found.group().lower().endswith(("phrase", "mnemonic")):
        return value
    rest = _TO_END.match(text, value.end)
    return Value(value.start, rest.end()) if rest else value


def _header(text: str, found: re.Match[str], at: int) -> Value | None:
    """All that a header holds: a scheme and its credentials, or all cookies."""
    value = value_at(text, at)
    if value is None or value.form != "bare":
        return checked(text, value, Kind.HEADER, loose=False, name="")
    said = text[value.start : min(value.end, value.start + _LONGEST_SHOWN)]
    prose = said.islower() and is_prose(text, value.start, value.end, kind=Kind.SECRET)
    if prose or is_shown(said, Kind.HEADER) or not any(map(str.isalnum, said)):
        return None
    whole = (_COOKIES if "cookie" in found.group().lower() else _CREDENTIALS).match(text, at)
    return Value(at, max(whole.end(), value.end)) if whole else value
