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
    quoted = match.string[match.end() : match.end() + 1] in ("'", '"')
    return match.group(0) if prose or (quoted and not _coded(value)) else f"{scheme} {MARK}"


def _coded(value: str) -> bool:
    """What may end a quotation without being its last word: base 64, or random letters and digits."""
    return value.endswith("=") or _mixed(value)


def _owner(match: re.Match[str]) -> str:
    """*user:password@*; a password that says nothing leaves the user to be the secret."""
    user, password = match.group(1), match.group(2)
    alone = password.lower() in _NO_PASSWORD and len(user) >= _LONG_USER and any(map(str.isdigit, user))
    return f"://{MARK if alone else user}:{MARK}@"


_NO_PASSWORD = frozenset({"", "x", "x-oauth-basic"})
_LONG_USER = 16
"""Characters of a user's name that has digits and no password: a token, as GitHub and others take it."""
_NOT_A_DIGEST = r"(?<![A-Za-z0-9+/=])(?<!sha256-)(?<!sha384-)(?<!sha512-)(?<!SHA256:)"
_PORT = r"(?!\d{1,5}(?:[/?#]|\Z))"
_KEY_BLOCK = r"-{4,5} ?BEGIN [A-Z0-9 ]{1,40}-{4,5}"
_HOOKS = (
    r"hooks\.slack(?:-gov)?\.com/|discord(?:app)?\.com/api/(?:v\d{1,2}/)?webhooks/|hooks\.zapier\.com/|hc-ping\.com/"
    r"|[\w.-]{1,60}\.webhook\.office\.com/|outlook\.office\.com/webhook/|events\.pagerduty\.com/integration/"
    r"|maker\.ifttt\.com/|hooks\.[\w-]{1,40}\.(?:com|io|net)/|api\.telegram\.org/bot|ping\.ohdear\.app/"
    r"|[\w.-]{1,60}\.logic\.azure\.com(?::\d{1,5})?/|[\w.-]{1,60}/hooks/(?=[a-z0-9]{20})|chat\.googleapis\.com/v1/spaces/"
)
_HOOKED = ("hook", "hc-ping", "pagerduty", "ifttt", "telegram", "ohdear", "azure", "googleapis")
SHAPES: Sequence[tuple[Sequence[str], re.Pattern[str], str | Callable[[re.Match[str]], str]]] = (
    (
        ("begin ",),
        re.compile(rf"{_KEY_BLOCK}.*?(?:-{{4,5}} ?END [A-Z0-9 ]{{1,40}}-{{4,5}}|\Z)", re.DOTALL),
        MARK,
    ),
    (
        ("putty-",),
        re.compile(r"(?<=Private-Lines: )\d{1,4}.*?(?:Private-MAC: ?[0-9a-f]{0,80}|\Z)", re.DOTALL),
        MARK,
    ),
    (_HOOKED, re.compile(rf"(?<![\w.-])((?:{_HOOKS}))[^\s\"'<>|]+", re.IGNORECASE), rf"\g<1>{MARK}"),
    (("://",), re.compile(r"://([^\s/:\"'<>]*):([^\s/\"'<>]*)@"), _owner),
    (
        ("://",),
        re.compile(rf"://([^\s/:\"'<>]{{0,200}}):{_PORT}([^\s\"'<>]{{1,300}})@(?=[\w.-]{{1,200}})"),
        _owner,
    ),
    (("%3",), re.compile(r"(?i)(%3a(?:%2f%2f|//)[^\s%:/]{0,200}%3a)(.{1,300}?)%40"), rf"\g<1>{MARK}%40"),
    (("://",), re.compile(r"://[A-Za-z0-9_-]{16,}@"), f"://{MARK}@"),
    (
        ("reset",),
        re.compile(
            r"(?i)(/(?:[\w-]{1,40}[_-])?reset(?:[_-]?[a-z]{1,20}){0,2}/(?:[\w-]{1,40}/)?)"
            r"(?![0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b)"
            r"(?=[\w-]{0,60}?(?=[a-z]{0,9}\d)(?=\d{0,9}[a-z])[a-z0-9]{10})[\w-]{16,200}"
        ),
        rf"\g<1>{MARK}",
    ),
    (("eyj",), re.compile(r"(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)*"), MARK),
    (
        ("bearer ", "basic "),
        re.compile(r"(?i)\b(bearer|basic) {1,4}([A-Z0-9._~+/-]{6,}+={0,2}+)(?![\w=])"),
        _scheme,
    ),
    (
        ("negotiate ", "ntlm ", "apikey ", "digest ", "token "),
        re.compile(
            r"(?i)\b(negotiate|ntlm|apikey|digest|token) {1,4}((?=[a-z+/]{0,80}\d)[A-Z0-9+/]{24,}+={0,2})"
        ),
        _scheme,
    ),
    (
        ("response=",),
        re.compile(r"(?i)(\bdigest [^\n]{0,400}?\bresponse=\\{0,8}[\"']?)[0-9a-f]{16,}"),
        rf"\g<1>{MARK}",
    ),
    (
        ("$",),
        re.compile(r"(?<![\w$])\$(?:2[abxy]?|[1567y]|apr1|argon2id?|argon2d|scrypt)\$[\w./,=$+-]{20,}"),
        MARK,
    ),
)
"""Small literals of which ASCII must have one (that spares most lines most patterns; some other letters have
an ASCII one for their small one), the pattern, what replaces it."""
_RUN = re.compile(rf"{_NOT_A_DIGEST}[A-Za-z0-9+/]{{40,}}={{0,2}}")


def hide_shapes(text: str) -> str:
    low = text.lower() if text.isascii() else None
    for literals, pattern, replacement in SHAPES:
        for literal in literals:
            if low is None or literal in low:
                text = pattern.sub(replacement, text)
                break
    return _RUN.sub(_bare, text)
