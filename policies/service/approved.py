"""One-off tasks that a catalog approves: what each may run, and how its parameters fill its command.

A parameter fills whole elements of a command's list, so no shell ever reads what a person typed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from policies.access.decision import Refused, refuse

DEFAULT_MINUTES = 30
"""Our own choice: twice the deadline of a deployment."""
LONGEST_VALUE = 255
"""The longest value of a parameter, in characters."""
LONGEST_OVERRIDES = 8_192
"""The longest overrides that RunTask takes, in characters, including the JSON around them (facts/ecs 6.1)."""
PLACE = re.compile(r"\{([a-z][a-z0-9_-]{0,39})\}")
"""The element of a command that a parameter fills."""
_GIVEN = re.compile(r"([A-Za-z][A-Za-z0-9_-]{0,39})=(.*)", re.DOTALL)
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
    the newest revision of ``family``, as long as that one is what the other fields say.

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
    """Read ``since=2026-01-01 index="all of it"``. Raises ``ValueError`` at the first other word."""
    found: dict[str, str] = {}
    for word in _WORD.findall(text):
        parts = _GIVEN.fullmatch(word)
        if parts is None:
            raise ValueError(f"`{word[:40]}` is no parameter; write it as name=value.")
        name, value = parts[1].lower(), _bare(parts[2])
        if name in found:
            raise ValueError(f"`{name}` is given twice.")
        found[name] = value
    return Given(found)


def filled(task: ApprovedTask, values: Mapping[str, str]) -> tuple[str, ...] | Refused:
    """The command with its parameters, as a list; empty if the revision's own command runs."""
    known = {parameter.name: parameter for parameter in task.parameters}
    for name, value in values.items():
        if name not in known:
            return refuse("tasks.no-parameter", _no_parameter(task, name))
        if not known[name].takes(value):
            return refuse("tasks.parameter", _outside(known[name], value))
    found: list[str] = []
    for element in task.command:
        place = PLACE.fullmatch(element)
        if place is None:
            found.append(element)
            continue
        parameter = known[place[1]]
        filler = values.get(parameter.name, parameter.default)
        if filler is None:
            return refuse("tasks.missing", f"`{task.name}` needs `{parameter.name}`: {parameter.told}.")
        found.append(filler)
    if too_long(task.container, found):
        return refuse("tasks.too-long", f"The command of `{task.name}` becomes longer than ECS takes.")
    return tuple(found)


def too_long(container: str, command: Sequence[str]) -> bool:
    overrides = {"containerOverrides": [{"name": container, "command": list(command)}]}
    return len(json.dumps(overrides)) > LONGEST_OVERRIDES


def _no_parameter(task: ApprovedTask, name: str) -> str:
    names = ", ".join(f"`{parameter.name}`" for parameter in task.parameters)
    return f"`{task.name}` takes no `{name}`: it takes {names or 'no parameters'}."


def _outside(parameter: Parameter, value: str) -> str:
    shown = f"`{value[:40]}{'…' if len(value) > 40 else ''}`"
    if value.startswith("-") and not parameter.dash:
        return f"`{parameter.name}` cannot be {shown}: it may not begin with a dash, as an option would."
    return f"`{parameter.name}` cannot be {shown}: it is {parameter.told}."


def _bare(word: str) -> str:
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] and word[0] in "\"'" else word
