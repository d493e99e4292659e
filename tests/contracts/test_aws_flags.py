"""The same suite runs on the fake and on the real adapter: feature flags in Parameter Store.

moto keeps the parameters: it decrypts nothing unasked, and counts versions as Parameter Store does.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import pytest

from handlers.ports.scope import Scope
from handlers.words.errors import Absent
from policies.flags.switching import PLAIN, Held, Switch
from policies.service.environment import Environment, Flag
from tests.bot.aws.stage import DEV, Stage, environment, made_up_credentials
from tests.contracts.world_once import stage_once
from tests.fakes.aws import FakeScopes

__all__ = ["stage_once"]

NUMBERS = itertools.count()


class Bench(Protocol):
    def bind(self, where: Environment) -> Scope: ...

    def put(self, parameter: str, value: str, type_: str = PLAIN) -> None:
        """Write a parameter as somebody else."""
        ...


@dataclass
class FakeBench:
    scopes: FakeScopes

    def bind(self, where: Environment) -> Scope:
        return self.scopes.bind(where, DEV)

    def put(self, parameter: str, value: str, type_: str = PLAIN) -> None:
        self.scopes.parameters.put(parameter, value, type_)


@dataclass
class WorldBench:
    stage: Stage

    def bind(self, where: Environment) -> Scope:
        return self.stage.bind(where)

    def put(self, parameter: str, value: str, type_: str = PLAIN) -> None:
        order = {"do": "parameter.put", "name": parameter, "value": value, "type": type_}
        self.stage.world.change(dict(order))


@pytest.fixture(params=["fake", "adapter"])
def bench(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, stage_once: Callable[[], Stage]
) -> Bench:
    if request.param == "fake":
        return FakeBench(FakeScopes())
    made_up_credentials(monkeypatch)
    return WorldBench(stage_once())


def flags(count: int = 1) -> tuple[Flag, ...]:
    """Flags in parameters that are new to the account."""
    return tuple(Flag(f"flag-{n}", f"/contract/{next(NUMBERS)}", "yes", "no") for n in range(count))


def test_a_parameter_is_read_with_its_version(bench: Bench) -> None:
    [flag] = there = flags()
    bench.put(flag.parameter, "no")
    bench.put(flag.parameter, "maybe")
    scope = bench.bind(environment("staging", flags=there))
    assert scope.flags.read([flag.name]) == {flag.name: Held("maybe", 2)}


def test_a_flag_is_switched_by_its_texts_one_version_at_a_time(bench: Bench) -> None:
    [flag] = there = flags()
    bench.put(flag.parameter, "no")
    scope = bench.bind(environment("staging", flags=there))
    for version, state in ((2, Switch.ON), (3, Switch.ON), (4, Switch.OFF)):
        written = scope.flags.switch(flag.name, state)
        assert written.version == version and written.request_id
        text = "yes" if state is Switch.ON else "no"
        assert scope.flags.read([flag.name]) == {flag.name: Held(text, version)}


def test_many_flags_are_read_and_what_is_not_there_is_left_out(bench: Bench) -> None:
    there = flags(23)
    for flag in there[:-1]:
        bench.put(flag.parameter, "yes")
    scope = bench.bind(environment("staging", flags=there))
    found = scope.flags.read([flag.name for flag in there])
    assert list(found) == [flag.name for flag in there[:-1]]


@pytest.mark.parametrize("type_", ["SecureString", "StringList"])
def test_what_is_no_plain_text_has_a_type_and_no_value(bench: Bench, type_: str) -> None:
    [flag] = there = flags()
    bench.put(flag.parameter, "secret", type_)
    scope = bench.bind(environment("staging", flags=there))
    assert scope.flags.read([flag.name]) == {flag.name: Held("", 1, type_)}


def test_a_flag_that_the_catalog_does_not_name_is_absent(bench: Bench) -> None:
    [mine, other] = flags(2)
    bench.put(other.parameter, "yes")
    scope = bench.bind(environment("staging", flags=(mine,)))
    for ask in (lambda: scope.flags.read([other.name]), lambda: scope.flags.switch(other.name, Switch.OFF)):
        with pytest.raises(Absent):
            ask()
