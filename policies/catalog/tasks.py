"""The approved one-off tasks of a catalog: as plain values, and what makes one sound."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from policies.catalog.filling import filled, too_long
from policies.catalog.forms import Miswritten, shown
from policies.service.approved import PLACE, ApprovedTask, Parameter

RESERVED = frozenset({"environment", "env", "service", "task", "values"})
"""Names that mean something else where the task is asked for, so no parameter has one of them."""
LONGEST_MINUTES = 24 * 60
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_PARAMETER = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_REVISION = re.compile(
    r"(?:arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:task-definition/)?[A-Za-z0-9_-]{1,255}:[1-9][0-9]{0,9}"
)
_FAMILY = re.compile(r"[A-Za-z0-9_-]{1,255}")
_ANYBODY = re.compile(r"[*?]*")


def task_values(task: ApprovedTask) -> dict[str, Any]:
    plain = {field.name: getattr(task, field.name) for field in fields(ApprovedTask)}
    return {
        **plain,
        "command": list(task.command),
        "entry_point": list(task.entry_point),
        "sidecars": [list(sidecar) for sidecar in task.sidecars],
        "registered_by": list(task.registered_by),
        "parameters": [_parameter_values(parameter) for parameter in task.parameters],
    }


def _parameter_values(parameter: Parameter) -> dict[str, Any]:
    plain = {field.name: getattr(parameter, field.name) for field in fields(Parameter)}
    return {**plain, "choices": list(parameter.choices)}


def task_of(values: Mapping[str, Any]) -> ApprovedTask:
    """The inverse of ``task_values``."""
    return ApprovedTask(**{name: _READ.get(name, _same)(value) for name, value in values.items()})


def _parameter_of(values: Mapping[str, Any]) -> Parameter:
    return Parameter(**{**values, "choices": tuple(values.get("choices", ()))})


def _same(value: Any) -> Any:
    return value


def _sidecars(value: Iterable[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, image) for name, image in value)


def _parameters(value: Iterable[Mapping[str, Any]]) -> tuple[Parameter, ...]:
    return tuple(_parameter_of(parameter) for parameter in value)


_READ: Mapping[str, Callable[[Any], Any]] = {
    "command": tuple,
    "entry_point": tuple,
    "sidecars": _sidecars,
    "registered_by": tuple,
    "parameters": _parameters,
}


def sound(task: ApprovedTask) -> ApprovedTask:
    """The same task. Raises ``Miswritten`` if the task could not be run as it is approved, or if its approval
    leaves to others what is run.
    """
    if not _NAME.fullmatch(task.name):
        raise Miswritten(f"{shown(task.name)}: a task's name is of a-z, 0-9 and -, at most 40 characters")
    if bool(task.revision) == bool(task.family):
        raise Miswritten(f"{task.name}: write either `revision`, or `family` for its newest revision")
    if task.revision and not _REVISION.fullmatch(task.revision):
        raise Miswritten(f"{shown(task.revision)} names no revision; write it as family:7")
    if task.family:
        _template(task)
    if not 1 <= task.minutes <= LONGEST_MINUTES:
        raise Miswritten(f"{task.name}: `minutes` is a whole number from 1 to {LONGEST_MINUTES}")
    for parameter in task.parameters:
        _parameter(parameter)
    _places(task)
    return task


def _template(task: ApprovedTask) -> None:
    if not _FAMILY.fullmatch(task.family):
        raise Miswritten(f"{shown(task.family)} is no family; a revision is written under `revision`")
    if not task.image or not task.command:
        raise Miswritten(f"{task.name}: a family needs `image` and `command`, which its revisions must have")
    if "@" in task.image or ":" in task.image.rpartition("/")[2]:
        raise Miswritten(f"{shown(task.image)}: write the repository, without a tag or a digest")
    if not task.registered_by:
        raise Miswritten(
            f"{task.name}: a family needs `registered_by`: whoever else registers a revision would choose "
            "what runs"
        )
    for pattern in task.registered_by:
        if _ANYBODY.fullmatch(pattern):
            raise Miswritten(f"{shown(pattern)} lets anybody register what runs; name a role or a person")


def _parameter(parameter: Parameter) -> None:
    name = parameter.name
    if not _PARAMETER.fullmatch(name) or name in RESERVED:
        raise Miswritten(
            f"{shown(name)}: a parameter's name begins with a letter, is of a-z, 0-9, _ and -, and is none "
            f"of {', '.join(sorted(RESERVED))}"
        )
    if bool(parameter.pattern) == bool(parameter.choices):
        raise Miswritten(f"{name}: write either `pattern` or `choices`")
    try:
        re.compile(parameter.pattern)
    except re.error as wrong:
        raise Miswritten(f"{name}: {shown(parameter.pattern)} is no regular expression: {wrong}") from None
    told = [*parameter.choices, *([parameter.default] if parameter.default is not None else [])]
    for value in told:
        if value.startswith("-") and not parameter.dash:
            raise Miswritten(f"{name}: {shown(value)} begins with a dash; add `dash: true` if it may")
        if not parameter.takes(value):
            raise Miswritten(f"{name}: {shown(value)} is none of the values that it takes")


def _places(task: ApprovedTask) -> None:
    """A parameter fills whole elements of the command, each of which names one that is declared."""
    names = {parameter.name for parameter in task.parameters}
    used = {place[1] for element in task.command if (place := PLACE.fullmatch(element))}
    for element in task.command:
        inside = [place[1] for place in PLACE.finditer(element) if place[1] in names]
        if inside and not PLACE.fullmatch(element):
            raise Miswritten(
                f"{shown(element)}: a parameter fills a whole element; write {{{inside[0]}}} as an element "
                "of its own"
            )
    if unknown := sorted(used - names):
        raise Miswritten(f"{task.name}: its command has {{{unknown[0]}}}, and no such parameter is declared")
    if idle := sorted(names - used):
        raise Miswritten(f"{task.name}: its command has no element {{{idle[0]}}} for that parameter")
    if not isinstance(filled(task, _sample(task)), tuple) or too_long(task.container, task.command):
        raise Miswritten(f"{task.name}: its command is longer than ECS takes")


def _sample(task: ApprovedTask) -> dict[str, str]:
    """Values that are known to be taken; a parameter with a pattern and no default has none."""
    return {p.name: p.choices[0] for p in task.parameters if p.choices}
