"""The row of a feature flag in a catalog file."""

from __future__ import annotations

from pydantic import BaseModel, model_validator

from bot.catalog_forms import (
    STRICT,
    AppConfigId,
    AppConfigStrategy,
    FlagKey,
    FlagText,
    Parameter,
    Service,
)
from policies.catalog.flags import flag_key
from policies.service.environment import AppConfig, Flag


class AppConfigRow(BaseModel):
    """Where AppConfig keeps a flag. Ids, and no names."""

    model_config = STRICT

    application: AppConfigId
    """the id of the application"""
    environment: AppConfigId
    """the id of the AppConfig environment that changes are deployed to"""
    profile: AppConfigId
    """the id of the configuration profile, of type `AWS.AppConfig.FeatureFlags`. A
    freeform profile is refused, since only its application knows what in it is a flag"""
    flag: FlagKey = ""
    """the flag's key in the profile; the flag's name if left out"""
    strategy: AppConfigStrategy = AppConfig.strategy
    """the deployment strategy, by its id or predefined; `AppConfig.AllAtOnce` if left
    out, with which a flag counts as switched after its 10 minutes of baking"""

    def appconfig(self, name: str) -> AppConfig:
        return AppConfig(**{**self.model_dump(), "flag": self.flag or name})


class FlagRow(BaseModel):
    """One row of ``flags``. The texts are compared exactly."""

    model_config = STRICT

    parameter: Parameter | None = None
    """within `flags`: the name of a parameter of type String in Parameter Store, for example
    `/staging/flags/new-checkout`. A SecureString is refused, since it would have to be decrypted. Either this
    or `appconfig`"""
    text_on: FlagText = Flag.on
    """within `flags`: the text that the parameter holds while the flag is on; `"true"` if left out"""
    text_off: FlagText = Flag.off
    """within `flags`: the text that the parameter holds while the flag is off; `"false"` if left out"""
    service: Service | None = None
    """within `flags`: the service that gets the parameter through `secrets` of its task definition, and so
    reads it only when its tasks start: a restart of it is offered after each change"""
    appconfig: AppConfigRow | None = None
    """within `flags`: where AppConfig keeps the flag, instead of a parameter. See below"""

    @model_validator(mode="after")
    def one_place(self) -> FlagRow:
        if (self.parameter is None) == (self.appconfig is None):
            raise ValueError("give exactly one of parameter, appconfig")
        given = sorted({"text_on", "text_off", "service"} & self.model_fields_set)
        if self.appconfig is not None and given:
            raise ValueError(f"{given[0]} goes with parameter, and not with appconfig")
        return self

    @model_validator(mode="after")
    def two_texts(self) -> FlagRow:
        if self.text_on == self.text_off:
            raise ValueError("text_on and text_off are the same")
        return self

    def flag(self, name: str) -> Flag:
        """Raises ``Miswritten`` for a name that AppConfig takes for no key, where no key is given."""
        if self.appconfig is None:
            return Flag(name, self.parameter or "", self.text_on, self.text_off, self.service or "")
        hosted = self.appconfig.appconfig(name)
        flag_key(hosted.flag)
        return Flag(name, appconfig=hosted)
