"""Settings, read once from the environment. Secrets may come from files (``…_FILE``)."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from policies.cost.billed import MOST_KEYS
from policies.cost.looks import LONGEST
from policies.schedule.weekly import Weekly
from policies.times.wall import DAY, minutes, weekday
from policies.times.zones import zone_name

PREFIX = "LAMPLIGHTER_"
NEVER = "never"
FROM_FILES = (
    "audit_key",
    "database_url",
    "heartbeat_url",
    "slack_app_token",
    "slack_bot_token",
    "slack_signing_secret",
)
"""Settings that may be read from a file: ``LAMPLIGHTER_AUDIT_KEY_FILE`` and so on."""
MOST_DAYS = 36_500
"""A hundred years. Whoever never wants to prune does not prune."""
DATABASES = ("sqlite", "postgresql", "postgres", "postgresql+psycopg")

COMMAND = re.compile(r"/[a-z0-9_-]{1,31}")
COMMAND_FORM = "a command is / and at most 31 of a-z, 0-9, - and _"
PAYER = re.compile(r"arn:aws[a-z-]*:iam::(?P<account>\d{12}):role/[\w+=,.@/-]+|\d{12}")
EXTERNAL_ID = re.compile(r"[A-Za-z0-9_+=,.@:/-]{2,1224}")


class SettingsError(Exception):
    """The environment does not describe a bot that may start. The message says what to change."""


class Settings(BaseSettings):
    """The settings. Every variable is ``LAMPLIGHTER_`` and the field's name in capitals."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    database_url: str = Field(
        "sqlite:////data/lamplighter.db", description="sqlite:////path or postgresql://…", repr=False
    )
    audit_key: SecretStr = Field(SecretStr(""), description="makes the audit chain an HMAC; never change it")
    audit_keep_days: int = Field(
        90,
        ge=1,
        le=MOST_DAYS,
        description="days an audit entry is kept; `lamplighter audit prune` removes what is older",
    )
    keep_spans_days: int = Field(
        40, ge=37, le=MOST_DAYS, description="days each task and resource is kept after it was last seen"
    )
    keep_usage_days: int = Field(
        800,
        ge=70,
        le=MOST_DAYS,
        description="days the cost of each day and the hours that were watched are kept",
    )
    keep_work_days: int = Field(
        400,
        ge=30,
        le=MOST_DAYS,
        description="days an operation, transition, notice or override is kept after its end",
    )
    slack_transport: Literal["socket", "http"] = Field("socket", description="how Slack reaches the bot")
    slack_bot_token: SecretStr = Field(SecretStr(""), description="xoxb-…; always needed")
    slack_app_token: SecretStr = Field(SecretStr(""), description="xapp-…; Socket Mode only")
    slack_signing_secret: SecretStr = Field(SecretStr(""), description="HTTP only")
    slack_team: str = Field(
        "", description="the workspace (T…) or organisation (E…) the token must be of; empty: the token's own"
    )
    slack_app_id: str = Field("", description="the app id payloads must carry; empty: not checked")
    slack_command: str = Field("/env", description="the slash command's name, as in the manifest")
    slack_api_url: str = Field("https://slack.com/api/", description="where Slack is; the playground sets it")
    slack_answer_seconds: int = Field(8, ge=1, le=100, description="seconds to wait for Slack's answer")
    slack_groups: bool = Field(False, description="grants to Slack user groups (scope usergroups:read)")
    slack_pictures: bool = Field(
        False, description="a picture where Slack refuses a chart in a digest (scope files:write)"
    )
    http_host: str = Field(
        "0.0.0.0", description="address to listen on: health, metrics and, over HTTP, Slack"
    )
    http_port: int = Field(8080, ge=0, le=65535, description="port to listen on; 0: any free one")
    aws_endpoint_url: str = Field("", description="where AWS is; empty: AWS itself. The playground sets it")
    aws_answer_seconds: float = Field(
        10.0, ge=1, le=100, description="seconds to wait for AWS's answer; at most a third of the lease"
    )
    aws_external_id: str = Field("", description="the external id sent when a role is assumed")
    clock_url: str = Field("", description="a foreign decision clock; loopback only. The playground sets it")
    catalog_file: Path | None = Field(None, description="a catalog file applied at the start of serve")
    tick_seconds: float = Field(1.0, gt=0, le=60, description="seconds between two looks at due operations")
    lease_seconds: float = Field(60.0, ge=5, le=600, description="seconds until another replica takes over")
    per_minute: int = Field(30, ge=1, le=1000, description="commands a person may send in a minute")
    prices: Literal["list", "table"] = Field(
        "list",
        description="where prices come from: AWS's price list, read once a day, or the built-in table alone",
    )
    billing: str = Field(
        "",
        description="whom to read the bill as, once a day: a role in the payer account, or that account's "
        "number to read it as the bot itself; empty: off",
    )
    billing_tags: str = Field(
        "",
        description="one or two cost allocation tags that tell environments apart, separated by a comma; "
        "empty: those that environments are picked by, and aws:ecs:clusterName",
    )
    billing_limit: Decimal = Field(
        Decimal("1.00"),
        ge=0,
        le=1000,
        description="USD a month that reading the bill may cost; each page costs 0.01",
    )
    ecs_share: float = Field(
        0.5, gt=0, le=1, description="the share of the published ECS rates that the bot may use"
    )
    meter_minutes: int = Field(
        15,
        ge=0,
        le=LONGEST // timedelta(minutes=1),
        description="minutes between two looks at what an environment's tasks cost; 0: never",
    )
    heartbeat_url: SecretStr = Field(
        SecretStr(""), description="called once a minute while the clock runs, for a dead man's switch"
    )
    running_on: str = Field(
        "",
        description="what the bot itself runs on and so never stops: cluster/service or a database's id, "
        "separated by commas",
    )
    digest_day: str = Field("Monday", description="the day of the weekly digest; never: only by /env digest")
    digest_time: str = Field(
        "09:00", description="the time of the weekly digest, in the zone of the channel's environments"
    )
    digest_zone: str = Field(
        "UTC", description="the zone of the weekly digest where a channel's environments have different ones"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="the least severe level that is logged"
    )
    log_file: Path | None = Field(
        None, description="where commands other than serve log to; empty: nowhere, unless --verbose"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take arguments alone: ``read`` collects the variables, so that nothing else is picked up on the
        way.
        """
        return (init_settings,)

    @field_validator("database_url")
    @classmethod
    def a_database_we_know(cls, value: str) -> str:
        scheme, separator, rest = value.partition("://")
        if scheme not in DATABASES or not separator or not rest.strip("/"):
            raise ValueError("write sqlite:////path/to/lamplighter.db or postgresql://user@host/database")
        return value

    @field_validator("slack_command")
    @classmethod
    def a_command(cls, value: str) -> str:
        if not COMMAND.fullmatch(value):
            raise ValueError(COMMAND_FORM)
        return value

    @field_validator("aws_external_id")
    @classmethod
    def an_external_id(cls, value: str) -> str:
        """Check the form that STS itself requires."""
        if value and not EXTERNAL_ID.fullmatch(value):
            raise ValueError("an external id is 2 to 1224 letters, digits and any of _ + = , . @ : / -")
        return value

    @field_validator("billing")
    @classmethod
    def a_payer(cls, value: str) -> str:
        if value and not PAYER.fullmatch(value):
            raise ValueError("write the ARN of a role in the payer account, or that account's 12 digits")
        return value

    @field_validator("billing_tags")
    @classmethod
    def one_or_two_tags(cls, value: str) -> str:
        """Check the number of tags: Cost Explorer groups by two at most."""
        if value and not 1 <= len(_names(value)) <= MOST_KEYS:
            raise ValueError("name one or two cost allocation tags, with a comma between them")
        return value

    @field_validator("slack_api_url", "aws_endpoint_url", "clock_url")
    @classmethod
    def a_web_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("is not an http or https address")
        return value

    @field_validator("slack_api_url")
    @classmethod
    def ends_with_a_slash(cls, value: str) -> str:
        """Add the slash that the SDK expects: it appends the method's name to the address."""
        if not value:
            raise ValueError("must not be empty")
        return value if value.endswith("/") else f"{value}/"

    @field_validator("digest_day")
    @classmethod
    def a_day_of_the_week(cls, value: str) -> str:
        if value.lower() != NEVER and weekday(value) is None:
            raise ValueError("write a day like Monday, or never")
        return value

    @field_validator("digest_time")
    @classmethod
    def a_time_of_day(cls, value: str) -> str:
        if (minutes(value) or 0) >= DAY or minutes(value) is None:
            raise ValueError("write a time like 09:00")
        return value

    @field_validator("digest_zone")
    @classmethod
    def a_zone(cls, value: str) -> str:
        return zone_name(value)

    @property
    def digest(self) -> Weekly | None:
        """When the weekly digest is due, or ``None`` if it never is by itself."""
        if self.digest_day.lower() == NEVER:
            return None
        return Weekly.read(self.digest_day, self.digest_time)

    @model_validator(mode="after")
    def only_loopback_without_tls(self) -> Settings:
        """Accept an address without https, or a foreign clock, only if all addresses are loopback."""
        addresses = {"Slack": self.slack_api_url, "AWS": self.aws_endpoint_url, "clock": self.clock_url}
        unsafe = [u for u in addresses.values() if u and urlsplit(u).scheme != "https"]
        if not (unsafe or self.clock_url):
            return self
        real = [n for n, u in addresses.items() if not loopback(u) and (u or n == "AWS")]
        if real:
            raise ValueError(
                "an address without https, or a foreign clock, is taken only when Slack, AWS and clock are "
                f"all on loopback; not so: {', '.join(real)}"
            )
        return self

    @property
    def playground(self) -> bool:
        return bool(self.clock_url)

    @property
    def billing_keys(self) -> tuple[str, ...]:
        return _names(self.billing_tags)

    @property
    def billing_pages(self) -> int:
        """How many pages the limit pays for in a month."""
        return int(self.billing_limit * 100)

    def secrets(self) -> tuple[str, ...]:
        """Values that must never be written anywhere, whatever they look like."""
        kept = (
            self.audit_key,
            self.heartbeat_url,
            self.slack_bot_token,
            self.slack_app_token,
            self.slack_signing_secret,
        )
        password = urlsplit(self.database_url).password or ""
        return tuple(v for v in (*(s.get_secret_value() for s in kept), password) if v)


def _names(value: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in value.split(",") if name.strip())


def loopback(url: str) -> bool:
    """Is the host a literal loopback address or ``localhost``?"""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def read(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Read the settings. ``SettingsError`` names each variable that is wrong, and never shows its value.

    A variable that is set to an empty string counts as not set.
    """
    variables = {
        name: value
        for name, value in (os.environ if environ is None else environ).items()
        if name.startswith(PREFIX) and value.strip()
    }
    try:
        return Settings(**{**_known(variables), **overrides})
    except ValidationError as error:
        raise SettingsError("; ".join(_wrong(e) for e in error.errors(include_input=False))) from None


def _known(variables: Mapping[str, str]) -> dict[str, str]:
    """The values by field. An unknown variable is most likely a typo and stops the start."""
    found: dict[str, str] = {}
    unknown = []
    for name, value in sorted(variables.items()):
        field = name.removeprefix(PREFIX).lower()
        from_file = field.removesuffix("_file")
        if field in Settings.model_fields:
            found[field] = value
        elif from_file in FROM_FILES and field != from_file:
            if PREFIX + from_file.upper() in variables:
                raise SettingsError(f"set either {PREFIX}{from_file.upper()} or {name}, not both")
            found[from_file] = _content(name, Path(value))
        else:
            unknown.append(name)
    if unknown:
        raise SettingsError("there is no setting " + ", ".join(unknown))
    return found


def _content(name: str, path: Path) -> str:
    try:
        content = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{name}: {path} cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{name}: {path} is not text") from None
    if not content:
        raise SettingsError(f"{name}: {path} is empty")
    return content


def _wrong(error: Any) -> str:
    said = str(error["msg"]).removeprefix("Value error, ")
    return f"{PREFIX}{str(error['loc'][0]).upper()}: {said}" if error["loc"] else said
