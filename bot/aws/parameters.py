"""Systems Manager's Parameter Store: the parameters that hold one environment's feature flags.

Deliberately absent: decryption, parameters that the catalog does not name, and making or deleting one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bot.aws import calls
from bot.aws.discovery.live import batches
from bot.aws.place import Place
from handlers.ports.aws import Written
from handlers.words.errors import Absent
from policies.flags.switching import PLAIN, Held, Switch, text_of
from policies.service.environment import Flag

if TYPE_CHECKING:
    from mypy_boto3_ssm.type_defs import ParameterTypeDef

MOST_READ = 10
"""Parameters that one GetParameters takes (facts/ecs 12.1)."""


class ParameterFlags:
    """The part of ``handlers.ports.aws.Flags`` that the catalog keeps in parameters."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def read(self, flags: Sequence[str]) -> Mapping[str, Held]:
        named = [self._flag(name) for name in flags]
        parameters = sorted({flag.parameter for flag in named})
        found = {name: held for some in batches(parameters, MOST_READ) for name, held in self._read(some)}
        return {flag.name: found[flag.parameter] for flag in named if flag.parameter in found}

    def switch(self, flag: str, state: Switch) -> Written:
        """Put the text. The type cannot change by it, nor the tier, the policies or the allowed pattern, none
        of which is sent (facts/ecs 12.1).
        """
        send_by, found = self._place.send_by(), self._flag(flag)
        action = f"switch the flag {flag}"
        client = self._place.parameters_for_change(action)
        with self._place.turn(calls.PUT_PARAMETER, action, send_by=send_by):
            told = client.put_parameter(Name=found.parameter, Value=text_of(found, state), Overwrite=True)
        return Written(told["ResponseMetadata"]["RequestId"], told["Version"])

    def _read(self, parameters: Sequence[str]) -> list[tuple[str, Held]]:
        action = f"read flags of {self._place.environment.name}"
        client = self._place.parameters(action)
        with self._place.turn(calls.GET_PARAMETERS, action):
            rows = client.get_parameters(Names=list(parameters), WithDecryption=False)["Parameters"]
        for row in rows:
            self._place.check_account(row["ARN"])
        return [(row["Name"], _held(row.get("Type", ""), row)) for row in rows]

    def _flag(self, name: str) -> Flag:
        where = self._place.environment
        found = next((flag for flag in where.flags if flag.name == name and flag.parameter), None)
        if found is None:
            raise Absent(f"The catalog names no flag {name[:63]} in a parameter for {where.name}.")
        return found


def _held(type_: str, row: ParameterTypeDef) -> Held:
    """What is no plain text keeps its value to itself: of a SecureString it is what was encrypted."""
    return Held(row.get("Value", "") if type_ == PLAIN else "", row.get("Version", 0), type_)
