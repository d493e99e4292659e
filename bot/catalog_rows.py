"""The rows of a catalog file: each field's form, and what makes one row right by itself."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from bot.holidays import check_calendars
from policies.access import Grant
from policies.catalog import Wanted
from policies.environment import NAME, ClusterPick, Environment, Pick, TagPick, Tier
from policies.people import Role
from policies.schedule import ScheduleError, parse
from policies.schedule_rows import LEAST_NOTICE, ScheduleRow, Terms
from policies.times import LONGEST


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def visible(cls, given: object) -> object:
        """PostgreSQL refuses some control characters in text, and nobody means any of them."""
        texts = given.values() if isinstance(given, dict) else ()
        if any(isinstance(text, str) and not text.isprintable() for text in texts):
            raise ValueError("a text holds characters that cannot be seen")
        return given


def _account(value: object) -> object:
    """Without quotes it is a number to YAML, and one that begins with 0 is read as another number."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or len(text) != 12 or not text.isascii() or not text.isdigit():
        raise ValueError('an account id is 12 digits, in quotes: "123456789012"')
    return text


def _written_out(value: object) -> object:
    """A bare number is no date, though one could be made of it."""
    if value is not None and not isinstance(value, str):
        raise ValueError("write a date (2026-12-31) or an instant (2026-12-31T18:00+01:00)")
    return value


def _name(value: str) -> str:
    if not NAME.fullmatch(value):
        raise ValueError(
            "an environment's name is [a-z0-9-], at most 63 characters, not beginning or ending with -"
        )
    return value


_SPAN = re.compile(r"(?:([0-9]{1,3})d)?(?:([0-9]{1,4})h)?(?:([0-9]{1,5})m)?")


def _span(value: object) -> object:
    """``30m``, ``4h``, ``1h30m``, ``7d``. A bare number has no unit, and none is guessed."""
    found = _SPAN.fullmatch(value) if isinstance(value, str) and value else None
    if found is None:
        raise ValueError("write a span like 30m, 4h, 1h30m or 7d")
    days, hours, minutes = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


Account = Annotated[str, BeforeValidator(_account)]
Until = Annotated[datetime | None, BeforeValidator(_written_out)]
Span = Annotated[timedelta, BeforeValidator(_span)]
Database = Annotated[str, Field(pattern=r"^(cluster:)?[a-z](-?[a-z0-9]){0,62}$")]
"""RDS keeps names in lower case; ``cluster:`` before one is an Aurora cluster, as the API has it apart."""
Service = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,255}$")]
Name = Annotated[str, AfterValidator(_name)]
Cluster = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,255}$")]
"""ECS's own rule for names of clusters; an ARN is not taken, so that no other account can be named."""


def _once(names: list[str]) -> list[str]:
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise ValueError(f"{twice} is named twice")
    return names


def _schedule(text: str) -> str:
    try:
        schedule = parse(text)
        check_calendars(schedule)
    except ScheduleError as wrong:
        raise ValueError(str(wrong)) from None
    return str(schedule)


class Tagged(_Strict):
    """Services in these clusters that carry exactly this tag."""

    clusters: list[Cluster] = Field(min_length=1)
    key: str = Field(min_length=1, max_length=128)
    value: str = Field(min_length=1, max_length=256)


class EnvironmentRow(_Strict):
    tier: Literal["production", "nonproduction"]
    account: Account
    region: str = Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")
    cluster: Cluster | None = None
    tag: Tagged | None = None
    role_arn: str = Field("", pattern=r"^(arn:aws[a-z-]*:iam::\d{12}:role/.+)?$")
    channel: str = Field("", pattern=r"^([CG][A-Z0-9]+)?$")
    shared_channel: bool = False
    owner: str = ""
    time_zone: str = "UTC"
    open_to: list[str] = []
    databases: list[Database] = []
    start_order: list[Annotated[list[Service], Field(min_length=1)]] = []

    @field_validator("databases")
    @classmethod
    def each_database_once(cls, value: list[str]) -> list[str]:
        return _once(value)

    @field_validator("start_order")
    @classmethod
    def each_service_in_one_wave(cls, value: list[list[str]]) -> list[list[str]]:
        _once([service for wave in value for service in wave])
        return value

    @field_validator("time_zone")
    @classmethod
    def iana(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{value!r} is not an IANA time zone such as Europe/Berlin") from None
        return value

    @model_validator(mode="after")
    def one_pick(self) -> EnvironmentRow:
        if (self.cluster is None) == (self.tag is None):
            raise ValueError("give either cluster or tag")
        return self

    @model_validator(mode="after")
    def role_of_the_account(self) -> EnvironmentRow:
        if self.role_arn and self.role_arn.split(":")[4] != self.account:
            raise ValueError(f"role_arn is of another account than {self.account}")
        return self

    def environment(self, name: str) -> Environment:
        pick: Pick = ClusterPick(self.cluster or "")
        if self.tag is not None:
            pick = TagPick(tuple(self.tag.clusters), self.tag.key, self.tag.value)
        return Environment(
            name=name,
            tier=Tier(self.tier),
            account=self.account,
            region=self.region,
            pick=pick,
            channel=self.channel,
            owner=self.owner,
            time_zone=self.time_zone,
            role_arn=self.role_arn,
            open_to=frozenset(self.open_to),
            shared_channel=self.shared_channel,
            databases=tuple(self.databases),
            start_order=tuple(tuple(wave) for wave in self.start_order),
        )


class GrantRow(_Strict):
    role: Literal["viewer", "developer", "operator", "admin"]
    environment: str = Field(pattern=r"^[a-z0-9*?-]+$")
    person: str = Field("", pattern=r"^([UW][A-Z0-9]+)?$")
    group: str = Field("", pattern=r"^(S[A-Z0-9]+)?$")
    console: str = Field("", pattern=r"^[^:\s]*$")
    until: Until = None

    @model_validator(mode="after")
    def one_subject(self) -> GrantRow:
        if sum(map(bool, (self.person, self.group, self.console))) != 1:
            raise ValueError("give exactly one of person, group, console")
        return self

    def grant(self, team: str) -> Grant:
        subject = f"console:{self.console}"
        if self.person:
            subject = f"slack:{team}:{self.person}"
        elif self.group:
            subject = f"group:{team}:{self.group}"
        return Grant(subject, Role.of(self.role), self.environment, self._end())

    def _end(self) -> datetime | None:
        """A date alone ends at its start, in UTC; an instant without a zone is read as UTC."""
        if self.until is None or self.until.tzinfo is not None:
            return self.until
        return self.until.replace(tzinfo=UTC)


class ScheduleRows(_Strict):
    """One row of ``schedules``. What is left out is as ``policies.schedule_rows.Terms`` has it."""

    environments: str = Field(pattern=r"^[a-z0-9*?-]+$")
    when: str
    mode: Literal["act", "observe"] = "act"
    notice: Span = Terms.notice
    assume: Span = Terms.assume
    bounded: Span = Terms.bounded
    longest: Span = Terms.longest
    postpone: Span = Terms.postpone

    @field_validator("when")
    @classmethod
    def notation(cls, value: str) -> str:
        """As the notation prints it, so that the same said otherwise is no change."""
        return _schedule(value)

    @field_validator("notice")
    @classmethod
    def in_time(cls, value: timedelta) -> timedelta:
        if not LEAST_NOTICE <= value <= timedelta(days=1):
            raise ValueError("a notice is at least 10m and at most 1d before the stop")
        return value

    @field_validator("postpone")
    @classmethod
    def for_a_day_at_most(cls, value: timedelta) -> timedelta:
        if value > timedelta(days=1):
            raise ValueError("a deployment postpones a stop by at most 1d")
        return value

    @model_validator(mode="after")
    def one_within_the_other(self) -> ScheduleRows:
        if not timedelta(0) < self.assume <= self.bounded <= self.longest <= LONGEST:
            raise ValueError(f"assume, bounded and longest grow in this order, up to {LONGEST.days}d")
        return self

    def row(self) -> ScheduleRow:
        terms = Terms(self.notice, self.assume, self.bounded, self.longest, self.postpone)
        return ScheduleRow(self.environments, self.when, self.mode, terms)


class SettingRows(_Strict):
    group_admins: bool = False


class CatalogFile(_Strict):
    """The whole file."""

    version: Literal[1]
    team: str = Field(pattern=r"^[TE][A-Z0-9]+$")
    settings: SettingRows = SettingRows()
    environments: dict[Name, EnvironmentRow]
    schedules: list[ScheduleRows] = []
    grants: list[GrantRow]

    def wanted(self) -> Wanted:
        settings = {k: str(v).lower() for k, v in self.settings.model_dump().items()}
        return Wanted(
            tuple(row.environment(name) for name, row in self.environments.items()),
            tuple(row.grant(self.team) for row in self.grants),
            settings,
            schedules=tuple(row.row() for row in self.schedules),
        )

    @classmethod
    def field_names(cls) -> list[str]:
        """Of every row; for whoever mistyped one."""
        rows: tuple[type[BaseModel], ...] = (cls, SettingRows, EnvironmentRow, Tagged, ScheduleRows, GrantRow)
        return [name for row in rows for name in row.model_fields]
