"""The feature flags of one environment, wherever the catalog keeps each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.aws.appconfig import AppConfigFeatures
from bot.aws.parameters import ParameterFlags
from bot.aws.place import Place
from handlers.ports.aws import Written
from policies.flags.switching import Held, Switch


class CatalogFlags:
    """Implements ``handlers.ports.aws.Flags``."""

    def __init__(self, place: Place, features: AppConfigFeatures) -> None:
        self._parameters, self._features = ParameterFlags(place), features
        self._deployed = {flag.name for flag in place.environment.flags if flag.appconfig is not None}

    def read(self, flags: Sequence[str]) -> Mapping[str, Held]:
        deployed = [name for name in flags if name in self._deployed]
        written = [name for name in flags if name not in self._deployed]
        found = {**self._parameters.read(written), **self._features.held(deployed)}
        return {name: found[name] for name in flags if name in found}

    def switch(self, flag: str, state: Switch) -> Written:
        return self._parameters.switch(flag, state)
