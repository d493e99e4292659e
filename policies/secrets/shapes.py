"""Secrets that are known by their shape alone, wherever they stand (facts/ecs 4).

Each pattern begins at a literal or at the start of a run of its own characters, so no text makes it scan the
same characters over and over: the time is linear in the length of the line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

MARK = "[redacted]"

_TASK_ID = re.compile(r"(?:^|/)[0-9a-f]{32}(?:/|$)")


def _mixed(text: str) -> bool:
    """Upper case, lower case and digits together: random base64 has all three, hex digests have not."""
    return any(map(str.isupper, text)) and any(map(str.islower, text)) and any(map(str.isdigit, text))


def _bare(match: re.Match[str]) -> str:
    """A bare base64 run: a secret access key has 40 characters, a line inside a PEM block 60 or more.

    Log stream names have a task id between slashes and survive.
    """
    run = match.group(0)
    body = run.rstrip("=")
    secret = (len(body) == 40 or len(body) >= 60) and _mixed(body) and not _TASK_ID.search(body)
    return MARK if secret else run


def _scheme(match: re.Match[str]) -> str:
    """*Bearer x*, *Basic x*; prose such as *basic authentication* survives."""
    scheme, value = match.group(1), match.group(2)
    prose = value.rstrip(".,:;").isalpha() and (value.islower() or value.istitle()) and len(value) < 24
    return match.group(0) if prose else f"{scheme} {MARK}"


def _owner(match: re.Match[str]) -> str:
    return f"://{match.group(1)}:{MARK}@"


SHAPES: Sequence[tuple[str, re.Pattern[str], str | Callable[[re.Match[str]], str]]] = (
    (
        "-----BEGIN ",
        re.compile(r"-----BEGIN [A-Z0-9 ]{1,40}-----.*?(?:-----END [A-Z0-9 ]{1,40}-----|\Z)", re.DOTALL),
        MARK,
    ),
    ("hooks.slack", re.compile(r"(hooks\.slack(?:-gov)?\.com/)[^\s\"'<>|]+"), rf"\g<1>{MARK}"),
    ("://", re.compile(r"://([^\s/:@\"'<>]*):([^\s/\"'<>]*)@"), _owner),
    ("://", re.compile(r"://[A-Za-z0-9_-]{16,}@"), f"://{MARK}@"),
    ("A", re.compile(r"(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])"), MARK),
    ("eyJ", re.compile(r"(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)*"), MARK),
    ("xox", re.compile(r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{6,}"), MARK),
    ("xapp-", re.compile(r"xapp-[A-Za-z0-9-]{6,}"), MARK),
    ("_", re.compile(r"(?<![A-Za-z0-9_])(?:gh[pousr]|github_pat|npm)_[A-Za-z0-9_]{20,}"), MARK),
    ("_", re.compile(r"(?<![A-Za-z0-9_])(?:[sr]k|whsec)_(?:live|test)?_?[A-Za-z0-9]{16,}"), MARK),
    ("-", re.compile(r"(?<![\w-])(?:glpat|sk)-[\w-]{20,}"), MARK),
    ("AIza", re.compile(r"AIza[\w-]{35}"), MARK),
    ("SG.", re.compile(r"SG\.[\w-]{16,}\.[\w-]{16,}"), MARK),
    (
        " ",
        re.compile(r"\b([Bb][Ee][Aa][Rr][Ee][Rr]|[Bb][Aa][Ss][Ii][Cc]) {1,4}([A-Za-z0-9._~+/=-]{6,})"),
        _scheme,
    ),
    ("", re.compile(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{40,}={0,2}"), _bare),
)
"""A literal that must be present (it spares most lines most patterns), the pattern, what replaces it."""


def hide_shapes(text: str) -> str:
    for literal, pattern, replacement in SHAPES:
        if literal in text:
            text = pattern.sub(replacement, text)
    return text
