"""Settings, read once from the environment. Secrets may come from files (``…_FILE``)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX = "LAMPLIGHTER_"


class SettingsError(Exception):
    """The environment does not describe a bot that may start; the message says what to change."""


class Settings(BaseSettings):
    """Every variable is ``LAMPLIGHTER_`` and the field's name in capitals."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    database_url: str = Field("sqlite:////data/lamplighter.db", description="sqlite:///… or postgresql://…")
    audit_key: SecretStr = Field(SecretStr(""), description="makes the audit chain an HMAC")
    slack_transport: Literal["socket", "http"] = "socket"
    slack_bot_token: SecretStr = SecretStr("")
    slack_app_token: SecretStr = Field(SecretStr(""), description="Socket Mode only")
    slack_signing_secret: SecretStr = Field(SecretStr(""), description="HTTP only")
    slack_team: str = Field("", description="the team id the token must belong to; empty: the token's own")
    slack_app_id: str = Field("", description="the app id payloads must carry; empty: not checked")
    slack_command: str = "/env"
    slack_api_url: str = "https://slack.com/api/"
    slack_groups: bool = Field(False, description="grants to Slack user groups (scope usergroups:read)")
    http_host: str = "0.0.0.0"
    http_port: int = Field(8080, ge=0, le=65535)
    aws_endpoint_url: str = ""
    clock_url: str = Field("", description="a foreign decision clock; loopback only")
    catalog_file: Path | None = Field(None, description="applied at the start of serve")
    tick_seconds: float = Field(1.0, gt=0, le=60, description="between two looks at due operations")
    lease_seconds: float = Field(60.0, ge=5, le=600)
    per_minute: int = Field(30, ge=1, le=1000, description="commands a person may send in a minute")
    ecs_share: float = Field(0.5, gt=0, le=1, description="of the published ECS rates that this bot may use")
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then variables; no dotenv file that happens to lie about."""
        return (init_settings, env_settings)

    @model_validator(mode="after")
    def only_loopback_without_tls(self) -> Settings:
        """An address without https, and a foreign clock, only if all of them are loopback."""
        addresses = {"Slack": self.slack_api_url, "AWS": self.aws_endpoint_url, "clock": self.clock_url}
        unsafe = [u for u in addresses.values() if u and not u.startswith("https://")]
        if not (unsafe or self.clock_url):
            return self
        real = [n for n, u in addresses.items() if not loopback(u) and (u or n == "AWS")]
        if real:
            raise ValueError(
                "an address without https, or a foreign clock, is taken only when Slack, AWS and clock are all "
                f"on loopback; not so: {', '.join(real)}"
            )
        return self

    @property
    def playground(self) -> bool:
        return bool(self.clock_url)


def loopback(url: str) -> bool:
    """Is the host a literal loopback address or ``localhost``?"""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def read(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Read the settings. ``SettingsError`` names each variable that is wrong, never its value."""
    variables = os.environ if environ is None else environ
    try:
        return Settings(**{**_from_files(variables), **_known(variables), **overrides})
    except ValidationError as error:
        wrong = "; ".join(f"{_variable(e['loc'])}: {e['msg']}" for e in error.errors(include_input=False))
        raise SettingsError(wrong) from None


def _known(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables that are ours; an unknown ``LAMPLIGHTER_`` one is a typing error worth stopping for."""
    found = {}
    for name, value in variables.items():
        if (name.startswith(PREFIX) and not name.endswith("_FILE")) or name == PREFIX + "CATALOG_FILE":
            found[name.removeprefix(PREFIX).lower()] = value
    unknown = sorted(set(found) - set(Settings.model_fields))
    if unknown:
        raise SettingsError("unknown: " + ", ".join(PREFIX + u.upper() for u in unknown))
    return found


def _from_files(variables: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name, path in variables.items():
        field = name.removeprefix(PREFIX).removesuffix("_FILE").lower()
        if name.startswith(PREFIX) and name.endswith("_FILE") and field in Settings.model_fields:
            try:
                found[field] = Path(path).read_text().strip()
            except OSError as error:
                raise SettingsError(f"{name}: cannot be read ({error.strerror})") from None
    return found


def _variable(loc: tuple[int | str, ...]) -> str:
    return PREFIX + str(loc[0]).upper() if loc else "settings"
