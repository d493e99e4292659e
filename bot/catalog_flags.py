"""The row of a feature flag in a catalog file."""

from __future__ import annotations

from pydantic import BaseModel, model_validator

from bot.catalog_forms import STRICT, FlagText, Parameter, Service
from policies.service.environment import Flag


class FlagRow(BaseModel):
    """One row of ``flags``. The texts are compared exactly."""

    model_config = STRICT

    parameter: Parameter
    """within `flags`: the name of a parameter of type String in Parameter Store, for example
    `/staging/flags/new-checkout`. A SecureString is refused, since it would have to be decrypted"""
    text_on: FlagText = Flag.on
    """within `flags`: the text that the parameter holds while the flag is on; `"true"` if left out"""
    text_off: FlagText = Flag.off
    """within `flags`: the text that the parameter holds while the flag is off; `"false"` if left out"""
    service: Service | None = None
    """within `flags`: the service that gets the parameter through `secrets` of its task definition, and so
    reads it only when its tasks start: a restart of it is offered after each change"""

    @model_validator(mode="after")
    def two_texts(self) -> FlagRow:
        if self.text_on == self.text_off:
            raise ValueError("text_on and text_off are the same")
        return self

    def flag(self, name: str) -> Flag:
        return Flag(name, self.parameter, self.text_on, self.text_off, self.service or "")
