"""The types of a catalog file's fields. The types are strict, because YAML's reading of a bare word is seldom
meant.

``policies.catalog.forms`` decides what a field takes, and has the sentence for what is refused. AWS's regions
come from botocore.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ConfigDict

from bot.aws.partitions import regions
from bot.catalog_yaml import Unquoted
from policies.catalog import caches, flags, forms, terminals
from policies.cost.budgets import amount

MOST_DAYS = 90
STRICT = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)
"""How every row is read: an unknown field is a mistake."""


def text(value: object) -> str:
    """Accept text, and nothing that YAML takes for something else. PostgreSQL refuses some control
    characters, and nobody means to write any.
    """
    if isinstance(value, str):
        if not value.isprintable():
            raise ValueError(f"{forms.shown(value)} holds characters that cannot be seen")
        return value
    raise ValueError(_not_text(value))


def _not_text(value: object) -> str:
    match value:
        case None:
            return "is empty; write it, or leave the field out"
        case list():
            return "is one text and not a list"
        case dict():
            return "is text and holds no fields of its own"
        case Unquoted(written):
            bare = written
        case _:
            bare = str(value).lower()
    return f'must be text; put it in quotes: "{bare[: forms.LONGEST_SHOWN]}"'


def flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("write true or false, without quotes")
    return value


def _account(value: object) -> str:
    """Accept an account id. Without quotes, YAML reads a number. An id that begins with 0 needs its quotes,
    because some readers take it for another number; any other 12 digits are unambiguous.
    """
    if isinstance(value, int) and not isinstance(value, bool) and len(str(value)) == 12:
        return str(value)
    if isinstance(value, int | Unquoted):
        bare = value.text if isinstance(value, Unquoted) else str(value)
        raise ValueError(f'an account id is 12 digits, in quotes: "{forms.digits(bare)}"')
    return forms.account(text(value))


def _region(value: str) -> str:
    return forms.region(value, regions())


def _end(value: object) -> datetime:
    """Accept the end of a grant. A bare number is not a date, although a date could be made of it; an empty
    field is not the same as a missing one.
    """
    if value is None:
        raise ValueError(f"is empty; {forms.END}, or leave the field out for no end")
    if isinstance(value, str):
        return forms.end(value)
    raise ValueError(forms.END)


def _days(value: object) -> object:
    if type(value) is not int or not 1 <= value <= MOST_DAYS:
        raise ValueError(f"write a whole number of days from 1 to {MOST_DAYS}, without quotes")
    return value


def _version(value: object) -> object:
    if type(value) is not int or value != 1:
        raise ValueError("write 1; this release reads no other version")
    return value


def _amount(value: object) -> int:
    """Accept an amount of dollars. A number may stand without quotes, with or without cents."""
    if isinstance(value, int) and not isinstance(value, bool):
        return amount(str(value))
    return amount(value.text if isinstance(value, Unquoted) else text(value))


def _share(value: object) -> int:
    if type(value) is not int:
        raise ValueError("write whole percents, like [50, 80, 100]")
    return value


Text = Annotated[str, BeforeValidator(text)]
Flag = Annotated[bool, BeforeValidator(flag)]
Version = Annotated[int, BeforeValidator(_version)]
Days = Annotated[int | None, BeforeValidator(_days)]
Until = Annotated[datetime | None, BeforeValidator(_end)]
Amount = Annotated[int, BeforeValidator(_amount)]
Share = Annotated[int, BeforeValidator(_share)]
Account = Annotated[str, BeforeValidator(_account)]
Region = Annotated[Text, AfterValidator(_region)]
Name = Annotated[Text, AfterValidator(forms.environment_name)]
Pattern = Annotated[Text, AfterValidator(forms.environment_pattern)]
Cluster = Annotated[Text, AfterValidator(forms.cluster)]
Service = Annotated[Text, AfterValidator(forms.service)]
ServicePattern = Annotated[Text, AfterValidator(forms.service_pattern)]
Database = Annotated[Text, AfterValidator(forms.database)]
Cache = Annotated[Text, AfterValidator(caches.cache)]
FlagName = Annotated[Text, AfterValidator(flags.flag_name)]
Parameter = Annotated[Text, AfterValidator(flags.parameter)]
AppConfigId = Annotated[Text, AfterValidator(flags.appconfig_id)]
AppConfigStrategy = Annotated[Text, AfterValidator(flags.appconfig_strategy)]
FlagKey = Annotated[Text, AfterValidator(flags.flag_key)]
FlagText = Annotated[Text, AfterValidator(flags.flag_text)]
TagKey = Annotated[Text, AfterValidator(forms.tag_key)]
TagValue = Annotated[Text, AfterValidator(forms.tag_value)]
Team = Annotated[Text, AfterValidator(forms.team)]
Channel = Annotated[Text, AfterValidator(forms.channel)]
Person = Annotated[Text, AfterValidator(forms.person)]
Group = Annotated[Text, AfterValidator(forms.group)]
ConsoleName = Annotated[Text, AfterValidator(forms.console)]
Caller = Annotated[Text, AfterValidator(terminals.caller)]


def once(names: list[str]) -> list[str]:
    """Return the names. Raise ``ValueError`` if one stands twice."""
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise ValueError(f"{twice} is named twice")
    return names
