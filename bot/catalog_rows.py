"""The rows of a catalog file: each field's form and meaning, and what makes one row right by itself.

The text below a field is what `docs/catalog.md` says of it.
"""

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
from policies.access.grants import Grant
from policies.access.people import Role
from policies.catalog.values import Wanted, environment_of
from policies.schedule.rows import LEAST_NOTICE, ScheduleRow, Terms
from policies.schedule.schedule import parse
from policies.schedule.words import ScheduleError
from policies.service.environment import NAME, Environment
from policies.times.instants import LONGEST


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

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
    """within `tag`: the names of the clusters that are looked through"""
    key: str = Field(min_length=1, max_length=128)
    """within `tag`"""
    value: str = Field(min_length=1, max_length=256)
    """within `tag`"""


class EnvironmentRow(_Strict):
    tier: Literal["production", "nonproduction"]
    """`production` or `nonproduction`. Production is closed to every change, whatever the grants"""
    account: Account
    """12 digits, in quotes. If the credentials lead to another account, everything is refused"""
    region: str = Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")
    """for example `eu-central-1`"""
    cluster: Cluster | None = None
    """every service of exactly this cluster. Either this or `tag`"""
    tag: Tagged | None = None
    """the services in `clusters` whose tag `key` is exactly `value`"""
    role_arn: str = Field("", pattern=r"^(arn:aws[a-z-]*:iam::\d{12}:role/.+)?$")
    """the role taken on for this environment; without it the bot's own identity is used"""
    channel: str = Field("", pattern=r"^([CG][A-Z0-9]+)?$")
    """the id (not the name) of the channel in which changes are told"""
    shared_channel: bool = False
    """`true` allows a channel that another company reads; evidence is never shown there"""
    owner: str = ""
    """who to ask"""
    time_zone: str = "UTC"
    """an IANA zone; `UTC` if left out"""
    open_to: list[str] = []
    """operations that production is open to, for example `[restart]`"""
    databases: list[Database] = []
    """RDS instances by their ids, Aurora clusters as `cluster:<id>`: they stop after the services and
    start before them; a member of a cluster stops and starts with it. Environments that name the same one
    share it"""
    start_order: list[Annotated[list[Service], Field(min_length=1)]] = []
    """waves of services: each starts when the one before is ready; services that are in none start last"""

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
        """Every field but the two ways to pick is the environment's own, by its name."""
        pick = {"cluster": self.cluster} if self.tag is None else self.tag.model_dump()
        return environment_of({"name": name, "pick": pick, **self.model_dump(exclude={"cluster", "tag"})})


class GrantRow(_Strict):
    role: Literal["viewer", "developer", "operator", "admin"]
    """`viewer`, `developer`, `operator` or `admin`; each may all that the one before it may"""
    environment: str = Field(pattern=r"^[a-z0-9*?-]+$")
    """a name, or a pattern with `*` and `?`. A pattern never matches production"""
    person: str = Field("", pattern=r"^([UW][A-Z0-9]+)?$")
    """a Slack user id. Exactly one of `person`, `group` and `console`"""
    group: str = Field("", pattern=r"^(S[A-Z0-9]+)?$")
    """a Slack user group's id; needs `LAMPLIGHTER_SLACK_GROUPS=true`"""
    console: str = Field("", pattern=r"^[^:\s]*$")
    """the account that runs `lamplighter apply` on a machine that has the database"""
    until: Until = None
    """the grant ends then. A date alone ends as that day begins, in UTC"""

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
    """One row of ``schedules``. What is left out is as ``policies.schedule.rows.Terms`` has it."""

    environments: str = Field(pattern=r"^[a-z0-9*?-]+$")
    """a name, or a pattern with `*` and `?`; one row each. A name that there is not is a mistake, a
    pattern that covers nothing yet is listed. A pattern never covers production, and a name does only
    if `open_to` has `stop` and `start`"""
    when: str
    """for example `Mon-Fri 08:00-20:00 Europe/Berlin`"""
    mode: Literal["act", "observe"] = "act"
    """`act`, or `observe`: the clock says what it would have done and changes nothing"""
    notice: Span = Terms.notice
    """how long before a stop it is told: `30m` if left out, at least `10m`"""
    assume: Span = Terms.assume
    """the end of a start by hand outside the window, where none is said: `4h`"""
    bounded: Span = Terms.bounded
    """the longest start or keep that is a developer's right: `14h`. Longer ones are operator's"""
    longest: Span = Terms.longest
    """of any keep: `7d`"""
    postpone: Span = Terms.postpone
    """how long at most a deployment in flight keeps a stop waiting: `60m`"""

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
    """`true` lets a user group be given `admin`. Whoever may edit the group is then admin too"""


class CatalogFile(_Strict):
    """The whole file."""

    version: Literal[1]
    """always `1`"""
    team: str = Field(pattern=r"^[TE][A-Z0-9]+$")
    """the Slack team (`T…`, or `E…` for an organisation) that the ids below belong to"""
    settings: SettingRows = SettingRows()
    """see below; may be left out"""
    environments: dict[Name, EnvironmentRow]
    """by name: `[a-z0-9-]`, at most 63 characters"""
    schedules: list[ScheduleRows] = []
    """a list; may be left out"""
    grants: list[GrantRow]
    """a list"""

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
        return [name for name, _ in cls.meanings()]

    @classmethod
    def meanings(cls) -> list[tuple[str, str]]:
        """Every field of every row with what it means, as the documentation says it."""
        rows: tuple[type[BaseModel], ...] = (cls, SettingRows, EnvironmentRow, Tagged, ScheduleRows, GrantRow)
        fields = [(name, field) for row in rows for name, field in row.model_fields.items()]
        return [(name, " ".join((field.description or "").split())) for name, field in fields]
