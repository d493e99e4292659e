"""Reads a catalog file (YAML). A mistake refuses the file whole, naming line and field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from policies.access import Grant
from policies.catalog import Wanted
from policies.environment import NAME, ClusterPick, Environment, Pick, TagPick, Tier
from policies.people import Role


class CatalogFileError(Exception):
    """The file is not a catalog. ``problems`` are sentences, each with its line and field."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _text(value: object) -> object:
    """An account id written without quotes is a number to YAML; its digits are what was meant."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Account = Annotated[str, BeforeValidator(_text), Field(pattern=r"^\d{12}$")]


class Tagged(_Strict):
    """Services in these clusters that carry exactly this tag."""

    clusters: list[str] = Field(min_length=1)
    key: str
    value: str


class EnvironmentRow(_Strict):
    tier: Literal["production", "nonproduction"]
    account: Account
    region: str = Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")
    cluster: str = ""
    tag: Tagged | None = None
    role_arn: str = Field("", pattern=r"^(arn:aws[a-z-]*:iam::\d{12}:role/.+)?$")
    channel: str = Field("", pattern=r"^([CG][A-Z0-9]+)?$")
    shared_channel: bool = False
    owner: str = ""
    time_zone: str = "UTC"
    open_to: list[str] = []

    @field_validator("time_zone")
    @classmethod
    def iana(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{value!r} is not an IANA time zone such as Europe/Berlin") from None
        return value

    @model_validator(mode="after")
    def one_pick(self) -> EnvironmentRow:
        if bool(self.cluster) == (self.tag is not None):
            raise ValueError("give either cluster or tag")
        return self

    def environment(self, name: str) -> Environment:
        pick: Pick = ClusterPick(self.cluster)
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
        )


class GrantRow(_Strict):
    role: Literal["viewer", "developer", "operator", "admin"]
    environment: str = Field(pattern=r"^[a-z0-9*?-]+$")
    person: str = Field("", pattern=r"^([UW][A-Z0-9]+)?$")
    group: str = Field("", pattern=r"^(S[A-Z0-9]+)?$")
    console: str = ""
    until: datetime | date | None = None

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
        if self.until is None:
            return None
        if isinstance(self.until, datetime):
            return self.until if self.until.tzinfo else self.until.replace(tzinfo=UTC)
        return datetime(self.until.year, self.until.month, self.until.day, tzinfo=UTC)


class SettingRows(_Strict):
    group_admins: bool = False


class CatalogFile(_Strict):
    """The whole file."""

    version: Literal[1]
    team: str = Field(pattern=r"^[TE][A-Z0-9]+$")
    settings: SettingRows = SettingRows()
    environments: dict[str, EnvironmentRow]
    grants: list[GrantRow]

    @field_validator("environments")
    @classmethod
    def names(cls, value: dict[str, EnvironmentRow]) -> dict[str, EnvironmentRow]:
        for name in value:
            if not NAME.fullmatch(name):
                raise ValueError(f"{name!r}: an environment's name is [a-z0-9-]")
        return value

    def wanted(self) -> Wanted:
        settings = {k: str(v).lower() for k, v in self.settings.model_dump().items()}
        return Wanted(
            tuple(row.environment(name) for name, row in self.environments.items()),
            tuple(dict.fromkeys(row.grant(self.team) for row in self.grants)),
            settings,
        )


def load(path: Path) -> Wanted:
    """The catalog the file describes; ``CatalogFileError`` with every mistake found."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CatalogFileError([f"{path}: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise CatalogFileError([f"{path}: is not UTF-8 text"]) from None


def parse(text: str) -> Wanted:
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise CatalogFileError([_yaml_problem(error)]) from None
    if not isinstance(values, dict):
        raise CatalogFileError(["line 1: the file is not a mapping with version, team, environments, grants"])
    lines: dict[tuple[str, ...], int] = {}
    twice = _locate(node, (), lines)
    if twice:
        raise CatalogFileError(twice)
    try:
        return CatalogFile.model_validate(values).wanted()
    except ValidationError as error:
        raise CatalogFileError([_problem(e, lines) for e in error.errors(include_url=False)]) from None


def _locate(node: Any, path: tuple[str, ...], lines: dict[tuple[str, ...], int]) -> list[str]:
    """Line of every field, and a sentence for each key written twice (YAML would keep only the last)."""
    lines[path] = node.start_mark.line + 1
    twice: list[str] = []
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                twice.append(
                    f"line {key.start_mark.line + 1}: {'.'.join((*path, key.value))} is written twice"
                )
            seen.add(key.value)
            twice += _locate(value, (*path, key.value), lines)
            lines[(*path, key.value)] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            twice += _locate(value, (*path, str(index)), lines)
    return twice


def _problem(error: Mapping[str, Any], lines: Mapping[tuple[str, ...], int]) -> str:
    path = tuple(str(p) for p in error["loc"])
    known = path
    while known not in lines and known:
        known = known[:-1]
    said = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "string_pattern_mismatch":
        said = f"{error['input']!r} is not of the expected form {error['ctx']['pattern']}"
    return f"line {lines.get(known, 1)}: {'.'.join(path) or 'file'}: {said}"


def _yaml_problem(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f"line {mark.line + 1}: " if mark else ""
    return where + re.sub(r"\s+", " ", str(getattr(error, "problem", "") or "is not YAML"))
