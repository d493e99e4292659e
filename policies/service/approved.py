"""One-off tasks that a catalog approves: what each may run, and how its parameters fill its command.

A parameter fills whole elements of a command's list, so no shell ever reads what a person typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

DEFAULT_MINUTES = 30
"""Our own choice: twice the deadline of a deployment."""
LONGEST_VALUE = 255
"""The longest value of a parameter, in characters."""
PLACE = re.compile(r"\{([a-z][a-z0-9_-]{0,39})\}")
"""The element of a command that a parameter fills."""
_GIVEN = re.compile(r"-{0,2}([A-Za-z][A-Za-z0-9_-]{0,39})=(.*)", re.DOTALL)
_NAME_ALONE = re.compile(r"-{0,2}[A-Za-z][A-Za-z0-9_-]{0,39}[=:]?")
_SMALL = ("with", "and", "where")
"""Words that mean nothing between parameters."""
_WORD = re.compile(r"""(?:"[^"]*"|'[^']*'|\S)+""")


@dataclass(frozen=True)
class Parameter:
    """A value that a person gives. Exactly one of ``pattern`` (which the whole value must match) and
    ``choices`` is set. ``default`` is ``None`` if a value must be given. Only with ``dash`` may a value begin
    with a dash, and so be taken for an option.
    """

    name: str
    pattern: str = ""
    choices: tuple[str, ...] = ()
    default: str | None = None
    dash: bool = False

    def takes(self, value: str) -> bool:
        if not 0 < len(value) <= LONGEST_VALUE or not value.isprintable():
            return False
        if value.startswith("-") and not self.dash:
            return False
        return value in self.choices if self.choices else re.fullmatch(self.pattern, value) is not None

    @property
    def told(self) -> str:
        """*one of orders, customers*, or *text that matches `[0-9]+`*."""
        return f"one of {', '.join(self.choices)}" if self.choices else f"text that matches `{self.pattern}`"


@dataclass(frozen=True)
class ApprovedTask:
    """What may run. With ``revision`` (*family:7*, or its ARN) it is exactly that revision. Otherwise it is
    the newest revision of ``family``, as long as that one is what the other fields say, or else an older one
    that is, once somebody has chosen it.

    ``container``: its exit code decides how a run ended. ``image``: the repository, without tag or digest.
    ``sidecars``: the other containers, each with its image's repository. ``registered_by``: patterns of the
    ARN of whoever registered the revision. ``service``: whose network and capacity a run copies. After
    ``minutes`` a run is no longer watched.
    """

    name: str
    service: str
    container: str
    revision: str = ""
    family: str = ""
    image: str = ""
    command: tuple[str, ...] = ()
    entry_point: tuple[str, ...] = ()
    sidecars: tuple[tuple[str, str], ...] = ()
    task_role: str = ""
    execution_role: str = ""
    registered_by: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    minutes: int = DEFAULT_MINUTES

    @property
    def reference(self) -> str:
        """What ECS is asked for: the revision, or the family, of which ECS answers the newest."""
        return self.revision or self.family

    @property
    def of_family(self) -> str:
        return self.family or self.revision.rsplit("/", 1)[-1].split(":")[0]

    @property
    def parametrised(self) -> bool:
        return any(PLACE.fullmatch(element) for element in self.command)

    @property
    def roles(self) -> tuple[str, ...]:
        return tuple(role for role in (self.task_role, self.execution_role) if role)


@dataclass(frozen=True)
class Given:
    """The values that a person typed, by parameter."""

    values: Mapping[str, str]


def given(text: str) -> Given:
    """Read ``since=2026-01-01 index="all of it"``, also as shells and people write it: ``--since
    2026-01-01``, ``since: 2026-01-01, index = all``. Raises ``ValueError`` at the first other word.
    """
    found: dict[str, str] = {}
    words = [word for word in _together(_WORD.findall(text)) if word.lower() not in _SMALL]
    for n, word in enumerate(words):
        parts = _GIVEN.fullmatch(word)
        if parts is None:
            raise ValueError(f"`{word[:40]}` is no parameter; write it as name=value.")
        last = n == len(words) - 1
        name, value = parts[1].lower(), _bare(parts[2] if last else parts[2].removesuffix(","))
        if name in found:
            raise ValueError(f"`{name}` is given twice.")
        found[name] = value
    return Given(found)


def _together(words: list[str]) -> list[str]:
    """Join a name and its value that stand apart."""
    found: list[str] = []
    left = list(words)
    while left:
        word = left.pop(0)
        after = left[0] if left else ""
        flag, sign = word.startswith("-") and "=" not in word, after in ("=", ":")
        if not _NAME_ALONE.fullmatch(word) or not (flag or word[-1] in "=:" or sign or after[:1] == "="):
            found.append(word)
            continue
        left = left[1:] if sign else left
        value = left.pop(0) if left and not _GIVEN.fullmatch(left[0]) and left[0][:1] != "-" else ""
        found.append(f"{word.strip('-=:')}={value.removeprefix('=')}")
    return found


def spelled(values: Mapping[str, str]) -> str:
    """Return the values as somebody would type them: the inverse of ``given``."""
    return " ".join(f"{name}={_quoted(value)}" for name, value in values.items())


def _quoted(value: str) -> str:
    if value and not value.endswith(",") and not any(c.isspace() or c in "\"'" for c in value):
        return value
    return f"'{value}'" if '"' in value else f'"{value}"'


def _bare(word: str) -> str:
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] and word[0] in "\"'" else word
