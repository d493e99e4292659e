"""Parameter Store in memory: ``Flags``, and what somebody else writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from handlers.ports.aws import Written
from handlers.words.errors import Absent
from policies.flags.switching import PLAIN, Held, Switch, text_of
from policies.service.environment import Flag
from tests.fakes.aws_appconfig import FakeFeatures
from tests.fakes.aws_script import Script


@dataclass
class FakeParameters:
    """The parameters of one account and region. ``before`` and ``after`` are what somebody else writes right
    before the next write of ours, and right after it; empty if nothing.
    """

    rows: dict[str, Held] = field(default_factory=dict)
    before: str = ""
    after: str = ""

    def put(self, parameter: str, value: str, type_: str = PLAIN) -> None:
        before = self.rows.get(parameter, Held("", 0))
        self.rows[parameter] = Held(value, before.version + 1, type_)


@dataclass
class FakeFlags:
    """``Flags`` of one environment."""

    script: Script
    parameters: FakeParameters
    features: FakeFeatures
    flags: tuple[Flag, ...] = ()

    def of(self, flags: tuple[Flag, ...]) -> FakeFlags:
        return replace(self, flags=flags, features=self.features.of(flags))

    def read(self, flags: Sequence[str]) -> Mapping[str, Held]:
        with self.script.call("read_flags", *flags):
            found = {name: self._held(self._flag(name)) for name in flags}
        return {
            name: held if held.type == PLAIN else replace(held, value="")
            for name, held in found.items()
            if held is not None
        }

    def switch(self, flag: str, state: Switch) -> Written:
        with self.script.call("switch_flag", flag, str(state)):
            found, store = self._flag(flag), self.parameters
            if found.appconfig is not None:
                raise Absent(f"The catalog keeps the flag {flag} in no parameter.")
            if store.before:
                store.put(found.parameter, store.before)
            store.put(found.parameter, text_of(found, state))
            written = Written(f"request-{flag}", store.rows[found.parameter].version)
            if store.after:
                store.put(found.parameter, store.after)
        return written

    def _held(self, flag: Flag) -> Held | None:
        if flag.appconfig is not None:
            return self.features.read(flag.name)
        return self.parameters.rows.get(flag.parameter)

    def _flag(self, name: str) -> Flag:
        for flag in self.flags:
            if flag.name == name:
                return flag
        raise Absent(f"The catalog names no flag {name}.")
