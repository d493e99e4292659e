"""Every command that help or a page shows can be read, and names what the playground has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.catalog_file import parse
from handlers import registry
from handlers.typed.reading import read
from handlers.typed.room import Room
from handlers.typed.values import Misread, Names, Parsed
from handlers.words.arguments import FORMS, Argument
from handlers.words.operation import Operation
from playground.aws import seed
from policies.access.decision import Refused
from policies.cache import patterns
from policies.capacity.scaling import bound_of
from policies.catalog.filling import filled
from policies.logs.asked import LogsAsked
from policies.service.approved import given
from policies.service.environment import Environment

ROOT = Path(__file__).parent.parent
REGISTRY = registry.load()
PLACES = {e.name: e for e in parse((ROOT / "playground" / "environments.yaml").read_text()).environments}
SERVICES = {
    "staging": seed.STAGING,
    "qa-eu": seed.QA_EU,
    "dev-alex": seed.DEV_ALEX,
    "demo-acme": seed.DEMO_ACME,
    "pr-142": seed.PR_142,
    "production": seed.PRODUCTION,
}
NAMED = {place: {spec["name"]: spec for spec in specs} for place, specs in SERVICES.items()}
ROOM = Room(REGISTRY, "/env", Names(frozenset(PLACES), services=lambda place: NAMED[place]))
TYPED = [o for o in REGISTRY.operations.values() if not o.console]
PAGES = ("README.md", "docs/use.md", "docs/playground.md", "playground/slack/static/page.js")


def lacks(line: str) -> Iterator[str]:
    """Yield what the playground lacks of what the command names."""
    found = read(line, ROOM)
    if isinstance(found, Misread):
        yield found.sentence
        return
    operation, place = REGISTRY.operations[found.operation], PLACES.get(found.environment)
    if found.environment and place is None:
        yield f"the environment {found.environment}"
    if place is not None and found.target and found.target not in NAMED[place.name]:
        yield f"the service {found.target}"
    for argument in operation.arguments:
        if argument.name in found.arguments and not _has(operation, argument, place, found):
            yield f"{argument.name} {found.arguments[argument.name]}"


def _has(operation: Operation, argument: Argument, place: Environment | None, found: Parsed) -> bool:
    text = found.arguments[argument.name]
    if argument.field == "environment":
        other = argument.value(text)
        return other in PLACES and (not found.target or found.target in NAMED[other])
    if operation.name == "help":
        return REGISTRY.named(text) is not None
    if place is None:
        return True
    spec = NAMED[place.name].get(found.target, {})
    match argument.field:
        case "flag":
            return text in [flag.name for flag in place.flags]
        case "task":
            task = place.task(text)
            values = given(found.arguments.get("values", "")).values
            return task is not None and not isinstance(filled(task, values), Refused)
        case "revision":
            return argument.value(text).rsplit(":", 1)[-1] == "1" and "before" in spec
    if operation.name == "scale":
        bound = bound_of(found.target, place.scale)
        return bound is not None and bound.minimum <= int(text) <= bound.maximum
    if argument.verbatim:
        return place.flush is not None and patterns.refused(text, place.flush) is None
    return True


@pytest.mark.parametrize("name", [o.name for o in TYPED])
def test_the_example_of_every_command_names_what_the_playground_has(name: str) -> None:
    operation = REGISTRY.operations[name]
    line = operation.example("/env")
    found = read(line, ROOM)
    assert isinstance(found, Parsed) and found.operation == name
    assert list(lacks(line)) == []


def test_a_container_that_help_names_is_in_the_playground() -> None:
    named = [form.split()[1] for form in FORMS[LogsAsked] if form.startswith("container ")]
    assert named and all(any(spec.get("sidecar") == name for spec in seed.STAGING) for name in named)


@pytest.mark.parametrize("name", [o.name for o in TYPED])
def test_the_command_that_begins_a_handlers_file_names_what_the_playground_has(name: str) -> None:
    module = REGISTRY.operations[name].run.__module__
    first = (ROOT / f"{module.replace('.', '/')}.py").read_text().split("\n", 1)[0]
    for line in re.findall(r"`(/env [^`…]+)`", first):
        assert list(lacks(line)) == [], line


@pytest.mark.parametrize("page", PAGES)
def test_every_command_on_a_page_names_what_the_playground_has(page: str) -> None:
    text = (ROOT / page).read_text()
    shown = re.findall(r"[`\"](/env [^`\"…<>|]+)[`\"]", text)
    lines = [
        line for line in shown if isinstance(read(line, ROOM), Parsed)
    ]  # others are mere names, or mistyped
    assert lines
    assert {line: said for line in lines if (said := list(lacks(line)))} == {}
