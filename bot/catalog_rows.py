"""The rows of a catalog file: each field's form and meaning, and what makes a row valid by itself.

`docs/catalog.md` shows the text below each field.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from bot.aws.partitions import partition_of
from bot.catalog_flags import AppConfigRow, FlagRow
from bot.catalog_flush import FlushRow
from bot.catalog_forms import (
    STRICT,
    Account,
    Cache,
    Caller,
    Channel,
    Cluster,
    ConsoleName,
    Database,
    Days,
    Flag,
    FlagName,
    Group,
    Name,
    Pattern,
    Person,
    Region,
    Service,
    ServicePattern,
    TagKey,
    TagValue,
    Team,
    Text,
    Until,
    Version,
    once,
)
from bot.catalog_tasks import ParameterRow, TaskRow
from bot.catalog_times import BudgetRows, ScheduleRows
from policies.access.grants import Grant
from policies.access.people import Role
from policies.access.terminals import Terminal
from policies.cache.sharing import refused
from policies.cache.writing import unfit
from policies.capacity.scaling import bound
from policies.catalog import forms
from policies.catalog.values import Wanted, environment_of
from policies.service.environment import Environment
from policies.times.zones import zone_name


class Row(BaseModel):
    model_config = STRICT


class Tagged(Row):
    """The services in these clusters that carry exactly this tag."""

    clusters: list[Cluster] = Field(min_length=1)
    """within `tag`: the names of the clusters that are looked through"""
    key: TagKey
    """within `tag`"""
    value: TagValue
    """within `tag`"""

    @model_validator(mode="before")
    @classmethod
    def in_parts(cls, given: object) -> object:
        """Refuse a tag that is written as one text, such as ``environment=qa``, even in the place of the key
        alone.
        """
        whole = given if isinstance(given, str) else None
        if isinstance(given, dict) and "value" not in given and "=" in str(given.get("key", "")):
            whole = str(given["key"])
        if whole is not None:
            raise forms.whole_tag(whole)
        return given


class EnvironmentRow(Row):
    tier: Literal["production", "nonproduction"]
    """`production` or `nonproduction`. Production is closed to every change, whatever the grants"""
    account: Account
    """12 digits, in quotes. If the credentials lead to another account, everything is refused"""
    region: Region
    """for example `eu-central-1`; any region of any partition that botocore knows"""
    cluster: Cluster | None = None
    """every service of exactly this cluster. Either this or `tag`"""
    tag: Tagged | None = None
    """the services in `clusters` whose tag `key` is exactly `value`"""
    role_arn: Text = ""
    """the role assumed for this environment, of its account and of its region's partition; without it
    the bot's own identity is used"""
    channel: Channel = ""
    """the id (not the name) of the channel in which changes are posted"""
    shared_channel: Flag = False
    """`true` allows a channel that another company reads; evidence is never shown there"""
    owner: Text = ""
    """who to ask"""
    time_zone: Text = "UTC"
    """an IANA zone such as `Europe/Berlin`, as in a schedule; `UTC` if left out"""
    open_to: list[Text] = []
    """operations that production is open to, for example `[restart]`; it cannot be opened to `flush`"""
    databases: list[Database] = []
    """RDS instances by their ids, Aurora clusters as `cluster:<id>`: they stop after the services and
    start before them; a member of a cluster stops and starts with it. Environments that name the same one
    share it"""
    caches: list[Cache] = []
    """ElastiCache: replication groups by their ids, single cache clusters (Memcached, or Redis on one node)
    as `cluster:<id>`, serverless caches as `serverless:<name>`. They count towards what the environment
    costs and are never stopped. Environments that name the same one share it"""
    start_order: list[Annotated[list[Service], Field(min_length=1)]] = []
    """waves of services: each starts when the one before is ready; services that are in none start last"""
    scale: dict[ServicePattern, Text] = {}
    """between how many tasks operators may scale a service, by its name or a pattern with `*` and `?`: for
    example `{web: 1-6, "worker-*": 0-2}`. A service that none covers cannot be scaled from here"""
    flags: dict[FlagName, FlagRow] = {}
    """by name: the feature flags that people may read (viewers) and switch (developers) here"""
    tasks: dict[Text, TaskRow] = {}
    """by name, the one-off tasks that developers may run; nothing else is run. See below"""

    flush: FlushRow | None = None
    """the cache whose keys developers may delete by a pattern, and within which limits; without it, of
    none"""

    @field_validator("role_arn")
    @classmethod
    def role_of_the_account_and_partition(cls, value: str, others: ValidationInfo) -> str:
        region = others.data.get("region", "")
        partition = partition_of(region) if region else ""
        return forms.role(value, others.data.get("account", ""), region=region, partition=partition)

    @field_validator("databases", "caches")
    @classmethod
    def eachonce(cls, value: list[str]) -> list[str]:
        return once(value)

    @field_validator("start_order")
    @classmethod
    def each_service_in_one_wave(cls, value: list[list[str]]) -> list[list[str]]:
        once([service for wave in value for service in wave])
        return value

    @field_validator("scale")
    @classmethod
    def ranges(cls, value: dict[str, str]) -> dict[str, str]:
        for service, text in value.items():
            bound(service, text)
        return value

    @field_validator("flags")
    @classmethod
    def sound_flags(cls, value: dict[str, FlagRow]) -> dict[str, FlagRow]:
        for name, row in value.items():
            row.flag(name)
        return value

    @field_validator("tasks")
    @classmethod
    def sound_tasks(cls, value: dict[str, TaskRow], others: ValidationInfo) -> dict[str, TaskRow]:
        region = others.data.get("region", "")
        partition = partition_of(region) if region else ""
        for name, row in value.items():
            for role in row.task(name).roles:
                forms.role(role, others.data.get("account", ""), region=region, partition=partition)
        return value

    @field_validator("time_zone")
    @classmethod
    def iana(cls, value: str) -> str:
        """Return the zone in the database's spelling, by the same rule as in a schedule."""
        return zone_name(value)

    @model_validator(mode="after")
    def one_pick(self) -> EnvironmentRow:
        if (self.cluster is None) == (self.tag is None):
            raise ValueError("give either cluster or tag")
        return self

    @model_validator(mode="after")
    def cache_of_its_own(self) -> EnvironmentRow:
        if self.flush is not None and (why := unfit(self.environment("x"))):
            raise ValueError(f"flush: {why}")
        return self

    def environment(self, name: str) -> Environment:
        """The environment of this row. Every field but the two ways to pick services has the same name
        there.
        """
        pick = {"cluster": self.cluster} if self.tag is None else self.tag.model_dump()
        own = self.model_dump(exclude={"cluster", "tag", "scale", "flags", "tasks", "flush"})
        made = environment_of({"name": name, "pick": pick, **own})
        return replace(
            made,
            scale=tuple(bound(service, text) for service, text in self.scale.items()),
            flags=tuple(row.flag(name) for name, row in self.flags.items()),
            tasks=tuple(row.task(name) for name, row in self.tasks.items()),
            flush=self.flush.flush() if self.flush else None,
        )


class GrantRow(Row):
    role: Literal["viewer", "developer", "operator", "admin"]
    """`viewer`, `developer`, `operator` or `admin`; each may all that the one before it may"""
    environment: Pattern
    """a name, or a pattern with `*` and `?`. A pattern never matches production"""
    person: Person = ""
    """a Slack user id. Exactly one of `person`, `group` and `console`"""
    group: Group = ""
    """a Slack user group's id; needs `LAMPLIGHTER_SLACK_GROUPS=true`"""
    console: ConsoleName = ""
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
        return Grant(subject, Role.of(self.role), self.environment, self.until)


class TerminalRow(Row):
    arn: Caller
    """what `aws sts get-caller-identity` prints as `Arn`: a session of a role, every session of a role
    (`…:assumed-role/Deploy/*`), or an IAM user"""
    person: Person = ""
    """the Slack user id of the person whose own grants whoever that is has at a terminal. Exactly one of
    `person` and `console`"""
    console: ConsoleName = ""
    """the same with the grants that are given to this name as `console`"""

    @model_validator(mode="after")
    def one_subject(self) -> TerminalRow:
        if bool(self.person) == bool(self.console):
            raise ValueError("give exactly one of person, console")
        return self

    def terminal(self, team: str) -> Terminal:
        subject = f"slack:{team}:{self.person}" if self.person else f"console:{self.console}"
        return Terminal(self.arn, subject)


class SettingRows(Row):
    group_admins: Flag = False
    """`true` lets a user group be given `admin`. Whoever may edit the group is then admin too"""
    orphan_grace_days: Days = None
    """how many days people have to say who needs an environment that looks orphaned, before somebody is
    asked to stop it: `14` if left out"""
    logs_role: Literal["viewer", "developer", "operator", "admin"] | None = None
    """the role that `logs`, `follow` and `download` need at least: `viewer` if left out. `share` needs
    `developer` in any case. It governs the lines in the answer of `why` too: whoever may not read logs gets
    the answer without them and without **Download**, and is told so. The message of an operation that failed,
    and its thread, are for everyone in the channel"""
    ops_channel: Channel = ""
    """the id of the channel of whoever operates all of it: its weekly digest covers every environment and
    of what is left over in the accounts. Everybody in that channel reads all their names and costs, so one
    that another company reads is refused, whatever `shared_channel` says"""


class CatalogFile(Row):
    """The whole file."""

    version: Version
    """always `1`"""
    team: Team
    """the Slack team (`T…`, or `E…` for an organisation) that the ids below belong to"""
    settings: SettingRows = SettingRows()
    """see below; may be left out"""
    environments: dict[Name, EnvironmentRow]
    """by name: of a-z, 0-9 and -, at most 63 characters"""
    schedules: list[ScheduleRows] = []
    """a list; may be left out"""
    budgets: list[BudgetRows] = []
    """a list; may be left out"""
    grants: list[GrantRow]
    """a list"""
    terminals: list[TerminalRow] = []
    """a list; may be left out"""

    @model_validator(mode="after")
    def caches_of_one_environment(self) -> CatalogFile:
        """Refuse a flush of a cache that production uses too, or that is shared without prefixes of each."""
        everyone = [row.environment(name) for name, row in self.environments.items()]
        for environment in everyone:
            if why := refused(environment, everyone):
                raise ValueError(f"environments.{environment.name}.flush: {why.reason}")
        return self

    def wanted(self) -> Wanted:
        given = self.settings.model_dump(exclude_none=True)
        settings = {k: str(v).lower() if isinstance(v, bool) else str(v) for k, v in given.items() if v != ""}
        return Wanted(
            tuple(row.environment(name) for name, row in self.environments.items()),
            tuple(row.grant(self.team) for row in self.grants),
            settings,
            schedules=tuple(row.row() for row in self.schedules),
            budgets=tuple(row.row() for row in self.budgets),
            terminals=tuple(row.terminal(self.team) for row in self.terminals),
        )

    @classmethod
    def rows(cls) -> dict[str, type[BaseModel]]:
        """Each kind of row by its name in sentences."""
        return {
            "the file": cls,
            "settings": SettingRows,
            "an environment": EnvironmentRow,
            "tag": Tagged,
            "a flag": FlagRow,
            "appconfig": AppConfigRow,
            "a task": TaskRow,
            "a parameter": ParameterRow,
            "flush": FlushRow,
            "a schedule": ScheduleRows,
            "a budget": BudgetRows,
            "a grant": GrantRow,
            "a terminal": TerminalRow,
        }

    @classmethod
    def meanings(cls) -> list[tuple[str, str]]:
        """Every field of every row with its meaning, as in the documentation."""
        fields = [(name, field) for row in cls.rows().values() for name, field in row.model_fields.items()]
        return [(name, " ".join((field.description or "").split())) for name, field in fields]
