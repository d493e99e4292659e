"""The example of a command that names what there is in an environment, as far as its catalog says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handlers.words.arguments import Argument
from handlers.words.operation import NAMING, Operation, Target
from policies.access.decision import Refused
from policies.cache import patterns
from policies.catalog.filling import filled
from policies.service.approved import ApprovedTask, spelled
from policies.service.environment import Environment


def of(
    operation: Operation, command: str, places: Sequence[Environment], services: Mapping[str, Sequence[str]]
) -> str:
    """Return the example in the first of these environments in which it names what there is; else as it is
    declared, in the first one. ``services``: those seen in each environment; none where it was never seen.
    """
    if operation.reach not in NAMING or not places:
        return operation.example(command)
    for place in places:
        service = _service(operation, services.get(place.name, ()))
        beside = [p.name for p in places if p is not place and service in services.get(p.name, ())]
        said = _said(operation, place, beside)
        if said is not None:
            return operation.example(command, place.name, service, said)
    return operation.example(command, places[0].name)


def _service(operation: Operation, seen: Sequence[str]) -> str:
    """Return the service to name; empty for the declared one, where none was seen."""
    return operation.sample if operation.sample in seen else next(iter(seen), "")


def _said(operation: Operation, place: Environment, beside: Sequence[str]) -> Mapping[str, str] | None:
    """Return what stands for the arguments there; ``None`` if there is nothing to name. ``beside``: the other
    environments that have the same service.
    """
    found: dict[str, str] = {}
    for argument in operation.arguments:
        if argument.field in ("flag", "task") or argument.verbatim:
            named = _named(argument, place)
            if not named:
                return None
            found |= named
        elif argument.field == "revision":
            found[argument.name] = ""
        elif argument.field == "environment" and operation.target is not Target.NOTHING:
            other = next(iter(beside), "")
            found[argument.name] = f"with {other}" if other else ""
    return found


def _named(argument: Argument, place: Environment) -> Mapping[str, str]:
    """Return a flag, a task with its parameters, or a pattern of keys that the catalog has; empty if none."""
    match argument.field:
        case "flag":
            flags = sorted((flag.name for flag in place.flags), key=lambda name: name != argument.example)
            return {argument.name: flags[0]} if flags else {}
        case "task":
            tasks = sorted(place.tasks, key=lambda task: task.name != argument.example)
            runs = ((task.name, _sample(task)) for task in tasks)
            return next(
                ({argument.name: n, "values": values} for n, values in runs if values is not None), {}
            )
    if place.flush is None:
        return {}
    allowed = patterns.refused(argument.example, place.flush) is None
    prefix = next(iter(place.flush.prefixes), "")
    return {argument.name: argument.example if allowed else f"{prefix}*"}


def _sample(task: ApprovedTask) -> str | None:
    """Return values with which the task runs, as somebody would type them; ``None`` if none are known."""
    values = {p.name: p.default or next(iter(p.choices), "") for p in task.parameters}
    known = {name: value for name, value in values.items() if value}
    return None if isinstance(filled(task, known), Refused) else spelled(known)
