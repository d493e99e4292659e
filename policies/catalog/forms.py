"""What each field of a catalog file takes, and what to write instead of what people write.

Each function takes what the file has and returns it in the form in which it is stored, or raises
``Miswritten`` with a sentence that says what to write. None of them knows more than its arguments.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from policies.service.environment import NAME

LONGEST_SHOWN = 60
"""Characters of what was written that a sentence repeats."""
_ALIKE = 5
"""How many names are compared to find the nearest."""
LONGEST_NAME, LONGEST_DATABASE = 255, 63
"""Characters: ECS's for a cluster or a service, RDS's for a database."""
YEARS = range(2000, 2200)
"""A year outside of these is a slip."""

_PASSWORD = re.compile(r"(//)[^/@\s]*@")
_ECS_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_SLACK = {letter: re.compile(rf"[{letter}][A-Z0-9]+") for letter in ("TE", "CG", "UW", "S", "D", "B")}
_DATABASE = re.compile(r"(cluster:)?([a-z](?:-?[a-z0-9])*)")
_ENDPOINT = re.compile(r"([a-z][a-z0-9-]*)\.(cluster-)?[a-z0-9-]+\.[a-z0-9-]+\.rds\.")
_PATTERN = re.compile(r"[a-z0-9*?-]{1,63}")
_ROLE = re.compile(r"arn:(aws[a-z-]*):iam::([0-9]{12}):role/([A-Za-z0-9+=,.@_/-]{1,576})")
_SESSION = re.compile(r"arn:(aws[a-z-]*):sts::([0-9]{12}):assumed-role/([^/]+)/.*")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?) ?(Z|z|[+-][0-9]{2}:?[0-9]{2})?"
)
NAMES = "an environment's name is of a-z, 0-9 and -, at most 63 characters, with no - at its beginning or end"
END = "write a date (2026-12-31) or an instant (2026-12-31T18:00+01:00)"


class Miswritten(ValueError):
    """The field does not take what is written; the message says what to write."""


def shown(text: str) -> str:
    """What was written, short enough for a line and without a password in an address."""
    safe = _PASSWORD.sub(r"\1…@", text)
    return repr(safe if len(safe) <= LONGEST_SHOWN else f"{safe[:LONGEST_SHOWN]}…")


def nearest(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """``; perhaps staging``, or an empty text if nothing is near; of several equally near, the first."""
    short = word[:LONGEST_NAME].lower()
    close = difflib.get_close_matches(short, list(known), n=_ALIKE, cutoff=cutoff)
    best = min(
        close, key=lambda name: (-difflib.SequenceMatcher(None, name, short).ratio(), name), default=""
    )
    return f"; perhaps {best}" if best else ""


def environment_name(text: str) -> str:
    if NAME.fullmatch(text):
        return text
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower())[:LONGEST_DATABASE].strip("-")
    raise Miswritten(f"{shown(text)}: {NAMES}{f'; perhaps {plain}' if plain else ''}")


def environment_pattern(text: str) -> str:
    """A name of an environment, or a pattern of names."""
    if _PATTERN.fullmatch(text):
        return text
    if _PATTERN.fullmatch(text.lower()):
        raise Miswritten(f"{shown(text)}: environments are written in lower case: {text.lower()}")
    if re.search(r"[,;\s]", text.strip()):
        raise Miswritten(f"{shown(text)}: name one environment, and write one row for each")
    raise Miswritten(
        f"{shown(text)} is neither the name of an environment nor a pattern of names such as pr-*; names are "
        "of a-z, 0-9 and -"
    )


def team(text: str) -> str:
    return _slack_id(text, "TE", "the Slack team's id, such as T0HOME; `lamplighter doctor` prints it")


def channel(text: str) -> str:
    if not text:
        return text
    if _SLACK["D"].fullmatch(text) or _SLACK["UW"].fullmatch(text):
        raise Miswritten(f"{shown(text)} is a person's id; write the channel's id, such as C0STAGING")
    where = "the channel's id, such as C0STAGING; it stands at the end of the channel's details in Slack"
    return _slack_id(text, "CG", where)


def person(text: str) -> str:
    if not text:
        return text
    if _SLACK["S"].fullmatch(text) or text.startswith("<!subteam"):
        raise Miswritten(f"{shown(text)} is a user group; write `group` and not `person`")
    if _SLACK["B"].fullmatch(text):
        raise Miswritten(f"{shown(text)} is an app, which can be given nothing; write a person's id")
    where = "the person's member id, such as U0ADA; it is behind ⋮ in the person's profile in Slack"
    return _slack_id(text, "UW", where)


def group(text: str) -> str:
    if not text:
        return text
    if _SLACK["UW"].fullmatch(text):
        raise Miswritten(f"{shown(text)} is a person; write `person` and not `group`")
    return _slack_id(text, "S", "the user group's id, such as S0OPS; it ends the group's address in Slack")


def _slack_id(text: str, letters: str, what: str) -> str:
    if _SLACK[letters].fullmatch(text):
        return text
    inside = re.findall(rf"(?<![A-Za-z0-9])([{letters}][0-9][A-Z0-9]+)(?![A-Za-z0-9])", text)
    if len(inside) == 1:
        raise Miswritten(f"{shown(text)}: write the id alone: {inside[0]}")
    if re.fullmatch(rf"[{letters}{letters.lower()}]0[A-Za-z0-9]+", text):
        raise Miswritten(f"{shown(text)}: Slack's ids are in capitals: {text.upper()}")
    raise Miswritten(f"{shown(text)} is not an id; write {what}")


def console(text: str) -> str:
    """The name of an account on a machine."""
    name = text.removeprefix("console:")
    if name != text and name and ":" not in name:
        raise Miswritten(f"{shown(text)}: write the account alone: {name}")
    if ":" in text or any(c.isspace() for c in text):
        raise Miswritten(
            f"{shown(text)} is not the name of an account; write what `id -un` prints there, such as deploy"
        )
    return text


def account(text: str) -> str:
    if re.fullmatch(r"[0-9]{12}", text):
        return text
    raise Miswritten(f'an account id is 12 digits, in quotes: "{digits(text)}"')


def digits(text: str) -> str:
    """The account id that is somewhere in a text, or one that shows what an account id looks like."""
    inside = re.findall(r"(?<![0-9])[0-9]{12}(?![0-9])", re.sub(r"[\s-]", "", text))
    return inside[0] if len(inside) == 1 else "123456789012"


def region(text: str, known: Mapping[str, str]) -> str:
    """``known``: every region with its name in words."""
    if text in known:
        return text
    plain = text.strip().lower().replace("_", "-")
    if plain in known:
        raise Miswritten(f"{shown(text)}: write {plain}")
    within = [name for name in known if re.fullmatch(rf"{re.escape(name)}(-[a-z0-9-]+)?[a-z]?", plain)]
    if within:
        raise Miswritten(f"{shown(text)} is a zone; write its region: {max(within, key=len)}")
    worded = [name for name, words in known.items() if plain and plain in words.lower()]
    if len(worded) == 1:
        raise Miswritten(f"{shown(text)}: write the region's id: {worded[0]}")
    near = nearest(plain, known) or "; for example eu-central-1"
    raise Miswritten(f"there is no region {shown(text)} that this release knows{near}")


def cluster(text: str) -> str:
    return _ecs_name(text, "cluster", "the cluster's name, such as staging")


def service(text: str) -> str:
    return _ecs_name(text, "service", "the service's name, such as orders-api")


def service_pattern(text: str) -> str:
    """A name of a service, or a pattern of names with ``*`` and ``?``."""
    _ecs_name(re.sub(r"[*?]", "", text) or "x", "service", "a service's name, or a pattern such as worker-*")
    return text


def _ecs_name(text: str, kind: str, what: str) -> str:
    """An ARN is not taken, so that no other account can be named."""
    if _ECS_NAME.fullmatch(text):
        return text
    parts = text.rsplit(":", 1)[-1].split("/")
    if text.startswith("arn:") and len(parts) > 1:
        inside = parts[1] if kind == "cluster" else parts[-1]
        if _ECS_NAME.fullmatch(inside):
            raise Miswritten(f"{shown(text)}: write the {kind}'s name and not its ARN: {inside}")
    if len(text) > LONGEST_NAME:
        raise Miswritten(f"{shown(text)} is longer than the {LONGEST_NAME} characters of a {kind}'s name")
    raise Miswritten(f"{shown(text)} is no name that ECS gives; write {what}")


def tag_key(text: str) -> str:
    return _tag_part(text, "key", 128)


def tag_value(text: str) -> str:
    return _tag_part(text, "value", 256)


def _tag_part(text: str, what: str, longest: int) -> str:
    if not text:
        raise Miswritten(f"is empty; write the tag's {what}")
    if len(text) > longest:
        raise Miswritten(f"{shown(text)} is longer than the {longest} characters of a tag's {what}")
    return text


def whole_tag(text: str) -> Miswritten:
    """For a tag written as one text: ``environment=qa``."""
    key, _, value = re.sub(r"\s*[=:]\s*", "=", text, count=1).partition("=")
    parts = f"key: {key or 'environment'}, value: {value or 'qa'}"
    return Miswritten(f"{shown(text)}: write the tag as {{ clusters: [shared], {parts} }}")


def role(text: str, account: str, *, region: str, partition: str) -> str:
    """Of the environment; each empty where it is not known."""
    if not text:
        return text
    found = _ROLE.fullmatch(text)
    if found is None:
        raise Miswritten(_role_told(text, account or "123456789012", partition or "aws"))
    if partition and found[1] != partition:
        raise Miswritten(
            f"the role is of the partition {found[1]}, and the region {region} lies in {partition}: no role "
            "reaches from one partition into another"
        )
    if account and found[2] != account:
        raise Miswritten(f"the role is of account {found[2]}, the environment of {account}")
    return text


def _role_told(text: str, account: str, partition: str) -> str:
    session = _SESSION.fullmatch(text)
    if session:
        right = f"arn:{session[1]}:iam::{session[2]}:role/{session[3]}"
        return f"{shown(text)} is a session; write the role behind it: {right}"
    if text.startswith("arn:"):
        kind = text.rsplit(":", 1)[-1].split("/")[0]
        what = (
            f"is the ARN of a {kind} and not of a role"
            if "/" in text and kind != "role"
            else "is no role's ARN"
        )
        return f"{shown(text)} {what}; write one such as arn:{partition}:iam::{account}:role/lamplighter"
    name = text.removeprefix("role/").strip("/")
    right = name if re.fullmatch(r"[A-Za-z0-9+=,.@_/-]+", name) else "lamplighter"
    return f"{shown(text)}: write the role's ARN: arn:{partition}:iam::{account}:role/{right}"


def database(text: str) -> str:
    """An RDS instance by its id, an Aurora cluster as ``cluster:<id>``. Raises ``Miswritten``."""
    found = _DATABASE.fullmatch(text)
    if found and len(found[2]) <= LONGEST_DATABASE:
        return text
    if found:
        raise Miswritten(f"{shown(text)} is longer than the {LONGEST_DATABASE} characters of a database's id")
    if _DATABASE.fullmatch(text.strip()):
        raise Miswritten(f"{shown(text)} has a space around it; write {text.strip()}")
    lower = text.strip().lower()
    if _DATABASE.fullmatch(lower):
        raise Miswritten(f"{shown(text)}: RDS keeps ids in lower case: {lower}")
    if meant := _database_meant(lower):
        raise Miswritten(f"{shown(text)}: write the id alone: {meant}")
    raise Miswritten(
        f"{shown(text)} is no id that RDS gives; write an instance's, such as staging-db, or a cluster's, "
        "such as cluster:staging"
    )


def _database_meant(text: str) -> str:
    """Out of an ARN, or the address by which it is reached."""
    parts = text.split(":")
    if parts[0] == "arn" and len(parts) == 7 and parts[5] in ("db", "cluster"):
        meant = parts[6] if parts[5] == "db" else f"cluster:{parts[6]}"
        return meant if _DATABASE.fullmatch(meant) else ""
    if parts[0] == "db" and len(parts) == 2 and _DATABASE.fullmatch(parts[1]):
        return parts[1]
    reached = _ENDPOINT.match(text.rsplit("@", 1)[-1].rsplit("//", 1)[-1])
    return f"cluster:{reached[1]}" if reached and reached[2] else reached[1] if reached else ""


def end(text: str) -> datetime:
    """A date alone means the start of that day in UTC; an instant without a zone is read as UTC."""
    found = _INSTANT.fullmatch(text)
    iso = f"{found[1]}T{found[2]}{(found[3] or '').upper()}" if found else text
    if not found and not _DAY.fullmatch(text):
        raise Miswritten(f"{shown(text)} is no date; {END}")
    try:
        read = datetime.fromisoformat(iso)
    except ValueError:
        raise Miswritten(f"there is no {shown(text)}; {END}") from None
    if read.year not in YEARS:
        raise Miswritten(f"{shown(text)}: the year is between {YEARS[0]} and {YEARS[-1]}")
    return read if read.tzinfo else read.replace(tzinfo=UTC)
