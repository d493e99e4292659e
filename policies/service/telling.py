"""Which line of a failed task's log says why it ended, as whoever wrote the program would point at it.

A log is somebody else's text: nothing in it is trusted, and what is found is shown beside the log, never in
its place. Total: never raises. Linear in the length of the lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence

LONGEST = 200
"""Characters of a line that are told; the whole of it is in the log."""
_SEARCHED = 2_000
"""Characters of a line that are looked through."""

_NAME = r"[A-Za-z_$][\w.$]{0,120}"
_AN_ERROR = rf"(?:{_NAME}(?:Error|Exception|Exit|Interrupt|Warning|Failure|Fault)|{_NAME}\.[A-Z]\w{{0,80}})"
_PYTHON = re.compile(rf"^({_AN_ERROR}|{_NAME})(?:: .*)?$")
_TRACEBACK = "Traceback (most recent call last):"
_JAVA_CAUSE = re.compile(rf"^\s*Caused by: ({_NAME}(?::.*)?)$")
_JAVA = re.compile(rf"Exception in thread \"[^\"]{{0,80}}\" ({_NAME}(?::.*)?)$")
_STACK = re.compile(r"^\s+at \S")
_THROWN = re.compile(
    rf"^(?:Uncaught |Unhandled (?:exception\. )?)?({_NAME}(?:Error|Exception)(?: \[\w{{1,60}}\])?(?:: .*)?)$"
)
_DOTNET = re.compile(rf"^Unhandled exception\. ({_NAME}(?::.*)?)$")
_PANIC = re.compile(r"^(?:panic|fatal error): (.*)$")
_RUST = re.compile(r"^thread '[^']{0,80}'.{0,20} panicked at (.*)$")
_RUBY = re.compile(rf"^\S+:\d+:in .{{1,120}}?: (.* \({_NAME}(?:Error|Exception)?\))$")
_CANNOT_RUN = re.compile(
    r"(exec format error|exec user process caused|executable file not found|command not found"
    r"|cannot execute binary|no main manifest attribute|Could not find or load main class)",
    re.IGNORECASE,
)
_AS_LEVEL = r"(?:^|level=|lvl=|severity=|\[|\d\s)"
"""Before a level in small letters; elsewhere it is a word like any other."""
_LEVEL = re.compile(
    r"(?<![\w-])(?:FATAL|CRITICAL|PANIC|EMERG|ALERT|CRIT)(?![\w-])"
    rf"|{_AS_LEVEL}(?:[Ff]atal|[Cc]ritical|panic|emerg|alert|crit)(?![\w-])"
)
_ERROR = re.compile(rf"(?<![\w-])(?:ERROR|ERR|SEVERE)(?![\w-])|{_AS_LEVEL}(?:[Ee]rror|err)(?![\w-])")
_LEADS = re.compile(
    r"^(?:"
    r"\[?\d{4}[-/]\d\d[-/]\d\d[T ]?[\d:.,]{0,20}(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?\]?"
    r"|\[?\d\d:\d\d:\d\d[\d.,]{0,10}\]?"
    r"|(?:level|lvl|severity)=\w+|(?:time|ts)=\S+"
    r"|\[?(?:FATAL|CRITICAL|PANIC|ERROR|ERR|SEVERE|EMERG|ALERT|CRIT)\]?(?![\w-])"
    r"|\[[\w.: -]{1,40}\]|\d{1,7}#\d{1,7}|[-|:])[\s:|]*",
    re.IGNORECASE,
)
_VARIABLE = r"[\"'`]?((?-i:[A-Z][A-Z0-9_]{2,80}))[\"'`]?"
_KIND = (
    r"(?:required )?(?:environment variable|env(?:ironment)? var(?:iable)?|variable|setting|configuration)s?"
)
_GONE = r"(?:missing|not set|unset|undefined|required|not defined|not found|empty|must be set|not provided)"
_LACKS = (
    re.compile(rf"missing (?:{_KIND}:? )?{_VARIABLE}(?![\w.])", re.IGNORECASE),
    re.compile(
        rf"{_KIND}:? {_VARIABLE} (?:is |was |has )?(?:required but |not been )?(?:{_GONE}|set)", re.IGNORECASE
    ),
    re.compile(
        rf"(?<![\w.]){_VARIABLE} (?:{_KIND} )?(?:is |was )?(?:required but )?{_GONE}(?![\w.])", re.IGNORECASE
    ),
)
_KEY = re.compile(r"^KeyError: ['\"]([A-Z][A-Z0-9_]{2,80})['\"]$")
_ENVIRON = re.compile(r"os\.environ|getenv|environ\[")
_SAYS = ("message", "msg", "error", "err", "exception")
_GRAVE = frozenset(
    {"fatal", "critical", "panic", "emerg", "alert", "crit", "60", "error", "err", "50", "severe"}
)


def telling_line(lines: Sequence[str]) -> int | None:
    """Its index; ``None``: no line says why. ``lines``: as they were logged, the oldest first.

    What a runtime prints when it ends (a traceback's last line, the first cause of a Java exception, a panic,
    an error above its stack) says more than what the program logged, and a grave line more than an error."""
    read = [line[:_SEARCHED].rstrip() for line in lines]
    found = (rule(read) for rule in _RULES)
    return next((index for index in found if index is not None), None)


def telling_words(lines: Sequence[str]) -> str:
    """What that line says, without its time and level; *DATABASE_URL is missing* where that is what it says.
    Empty if none does."""
    index = telling_line(lines)
    if index is None:
        return ""
    line = _message(lines[index][:_SEARCHED].strip())
    key = _KEY.match(line)
    if key and any(_ENVIRON.search(each[:_SEARCHED]) for each in lines):
        return f"{key[1]} is missing"
    lacking = next((found for pattern in _LACKS if (found := pattern.search(line))), None)
    if lacking:
        return f"{lacking[1]} is missing"
    return _bounded(_bare(line))


def _python(lines: Sequence[str]) -> int | None:
    """The last line of the last traceback: what was raised in the end."""
    begins = max((n for n, line in enumerate(lines) if line.strip().endswith(_TRACEBACK)), default=None)
    if begins is None:
        return None
    indent = lines[begins].find(_TRACEBACK)
    for n in range(begins + 1, len(lines)):
        line = lines[n][min(indent, _lead(lines[n])) :]
        if line and not line[0].isspace() and _PYTHON.match(line):
            return n
    return None


def _lead(line: str) -> int:
    return len(line) - len(line.lstrip())


def _java(lines: Sequence[str]) -> int | None:
    """The innermost cause, else what ended the thread."""
    return _last(lines, _JAVA_CAUSE) if _last(lines, _JAVA_CAUSE) is not None else _last(lines, _JAVA)


def _above_a_stack(lines: Sequence[str]) -> int | None:
    """The last error that is followed by the places where it was thrown (Node, .NET, Java)."""
    found = None
    for n, line in enumerate(lines[:-1]):
        if _THROWN.match(_bare(line)) and any(_STACK.match(each) for each in lines[n + 1 : n + 4]):
            found = n
    return found


def _panicked(lines: Sequence[str]) -> int | None:
    """Go's first panic (a later one is of what was deferred); of Rust's the line that has the message."""
    for n, line in enumerate(lines):
        if _PANIC.match(line.strip()):
            return n
        if _RUST.match(line):
            return n if "'" in line.split(" panicked at ", 1)[1] or n + 1 == len(lines) else n + 1
    return None


def _structured(lines: Sequence[str]) -> int | None:
    return _latest(lines, lambda line: bool(_fields(line)) and _level(_fields(line)) in _GRAVE)


def _last(lines: Sequence[str], pattern: re.Pattern[str]) -> int | None:
    return _latest(lines, lambda line: bool(pattern.search(line)))


def _latest(lines: Sequence[str], fits: Callable[[str], bool]) -> int | None:
    return max((n for n, line in enumerate(lines) if fits(line)), default=None)


_RULES: Sequence[Callable[[Sequence[str]], int | None]] = (
    _python,
    _java,
    _panicked,
    _above_a_stack,
    lambda lines: _last(lines, _RUBY),
    lambda lines: _last(lines, _CANNOT_RUN),
    lambda lines: _latest(lines, lambda line: not _fields(line) and bool(_LEVEL.search(line[:120]))),
    _structured,
    lambda lines: _latest(lines, lambda line: bool(_THROWN.match(_bare(line)))),
    lambda lines: _latest(lines, lambda line: any(p.search(line) for p in _LACKS)),
    lambda lines: _last(lines, _ERROR),
)
"""The more telling first."""


def _fields(line: str) -> dict[str, object]:
    """Of a line that is a JSON object; else none."""
    if not line.lstrip().startswith("{"):
        return {}
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _level(fields: dict[str, object]) -> str:
    return str(fields.get("level") or fields.get("severity") or fields.get("lvl") or "").lower()


def _message(line: str) -> str:
    """Of a structured line what it says, and of a cause what was the cause."""
    fields = _fields(line)
    said = next((str(fields[name]) for name in _SAYS if isinstance(fields.get(name), str)), "")
    if said:
        return said
    for pattern in (_JAVA_CAUSE, _JAVA, _RUBY, _DOTNET):
        if found := pattern.search(line):
            return found[1]
    return line


def _bare(line: str) -> str:
    """Without time, level and logger."""
    line = line.strip()
    for _ in range(6):
        shorter = _LEADS.sub("", line, count=1)
        if shorter == line or not shorter:
            break
        line = shorter
    return line


def _bounded(said: str) -> str:
    said = " ".join(said.split())
    if len(said) <= LONGEST:
        return said.rstrip(".")
    return f"{said[:LONGEST].rpartition(' ')[0] or said[:LONGEST]} …"
