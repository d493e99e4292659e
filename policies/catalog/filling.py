"""How what a person gives fills the command of an approved task, or why it does not."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence

from policies.access.decision import Refused, refuse
from policies.catalog.choosing import FEW, meant, opposed
from policies.service.approved import PLACE, ApprovedTask, Parameter

RESEMBLES = 0.6
"""The similarity, from 0 to 1, from which a word may be a typing error of a name."""
LONGEST_OVERRIDES = 8_192
"""The longest overrides that RunTask takes, in characters, including the JSON around them (facts/ecs 6.1)."""


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


def corrected(task: ApprovedTask, values: Mapping[str, str]) -> Mapping[str, str] | None:
    """The same values with mistyped names and choices put right; ``None`` if even those do not fill the
    command.
    """
    known = {parameter.name: parameter for parameter in task.parameters}
    found: dict[str, str] = {}
    for name, value in values.items():
        right = name if name in known else near(name, tuple(known))
        if not right or right in found:
            return None
        choices = known[right].choices
        found[right] = value if known[right].takes(value) else meant(value, choices) or near(value, choices)
    return None if isinstance(filled(task, found), Refused) else found


def choices_left(task: ApprovedTask, values: Mapping[str, str]) -> tuple[Mapping[str, str], ...]:
    """The values with each choice of the one parameter that is missing, or that is given as none of its
    choices, if all else fills the command and there are few choices. Nothing for a value that was given where
    one of the choices may be the opposite of it.
    """
    known = {parameter.name: parameter for parameter in task.parameters}
    wrong = [n for n, value in values.items() if n in known and not known[n].takes(value)]
    missing = [n for n, parameter in known.items() if parameter.default is None and n not in values]
    if len(wrong) + len(missing) != 1 or not values.keys() <= known.keys():
        return ()
    (name,) = (*wrong, *missing)
    choices = known[name].choices
    if not choices or len(choices) > FEW or (wrong and opposed(choices)):
        return ()
    found = [{**values, name: choice} for choice in choices]
    return tuple(each for each in found if not isinstance(filled(task, each), Refused))


def near(word: str, names: Sequence[str]) -> str:
    """The one name that the word may be a typing error of; empty if none is, or two are equally near."""
    found = difflib.get_close_matches(word.lower(), names, n=2, cutoff=RESEMBLES)
    alike = [difflib.SequenceMatcher(None, name, word.lower()).ratio() for name in found]
    return found[0] if len(found) == 1 or len(set(alike)) == 2 else ""


def too_long(container: str, command: Sequence[str]) -> bool:
    overrides = {"containerOverrides": [{"name": container, "command": list(command)}]}
    return len(json.dumps(overrides)) > LONGEST_OVERRIDES


def _no_parameter(task: ApprovedTask, name: str) -> str:
    names = ", ".join(f"`{parameter.name}`" for parameter in task.parameters)
    meant = _meant(name, [parameter.name for parameter in task.parameters])
    return f"`{task.name}` takes no `{name}`: it takes {names or 'no parameters'}.{meant}"


def _meant(word: str, names: Sequence[str]) -> str:
    found = near(word, names)
    return f" Did you mean `{found}`?" if found else ""


def _outside(parameter: Parameter, value: str) -> str:
    shown = f"`{value[:40]}{'…' if len(value) > 40 else ''}`" if value else "empty"
    if value.startswith("-") and not parameter.dash:
        return f"`{parameter.name}` cannot be {shown}: it may not begin with a dash, as an option would."
    meant = _meant(value, parameter.choices)
    return f"`{parameter.name}` cannot be {shown}: it must be {parameter.told}.{meant}"
