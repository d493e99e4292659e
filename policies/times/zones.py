"""Names of time zones: the names in the IANA database that name a place, and nothing that has to be guessed.

The same rule holds wherever a zone is typed or written in a file. An abbreviation may mean several places
(``IST``), or in the database a zone without summer time (``EST``, ``MST``, ``HST``). In ``Etc/GMT+5`` and in
POSIX names (``EST5EDT``, ``CET-1CEST``) the sign means the opposite of what people read. Case misleads
nobody: ``europe/berlin`` is read, and returned in the database's spelling.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from functools import cache
from zoneinfo import available_timezones

from policies.times.places import ELSEWHERE

LIKELY = {
    "ACST": ("Australia/Darwin", "Australia/Adelaide"),
    "ADT": ("America/Halifax",),
    "AEDT": ("Australia/Sydney", "Australia/Melbourne"),
    "AEST": ("Australia/Brisbane", "Australia/Sydney"),
    "AKDT": ("America/Anchorage",),
    "AKST": ("America/Anchorage",),
    "AST": ("America/Halifax", "Asia/Riyadh"),
    "AWST": ("Australia/Perth",),
    "BRT": ("America/Sao_Paulo",),
    "BST": ("Europe/London", "Asia/Dhaka"),
    "CAT": ("Africa/Maputo", "Africa/Harare"),
    "CDT": ("America/Chicago", "America/Havana"),
    "CEST": ("Europe/Berlin", "Europe/Paris", "Europe/Warsaw"),
    "CET": ("Europe/Berlin", "Europe/Paris", "Europe/Warsaw"),
    "CHINA": ("Asia/Shanghai",),
    "CST": ("America/Chicago", "Asia/Shanghai", "America/Havana"),
    "CST6CDT": ("America/Chicago",),
    "CT": ("America/Chicago",),
    "CUBA": ("America/Havana",),
    "EAT": ("Africa/Nairobi",),
    "EDT": ("America/New_York", "America/Toronto"),
    "EEST": ("Europe/Athens", "Europe/Bucharest", "Europe/Kyiv"),
    "EET": ("Europe/Athens", "Europe/Bucharest", "Europe/Kyiv"),
    "EGYPT": ("Africa/Cairo",),
    "EIRE": ("Europe/Dublin",),
    "EST": ("America/New_York", "America/Toronto", "America/Panama"),
    "EST5EDT": ("America/New_York",),
    "ET": ("America/New_York", "America/Toronto"),
    "FRANCE": ("Europe/Paris",),
    "GB": ("Europe/London",),
    "GB-EIRE": ("Europe/London",),
    "GERMANY": ("Europe/Berlin",),
    "GMT": ("UTC", "Europe/London"),
    "GMT0": ("UTC", "Europe/London"),
    "GREENWICH": ("UTC", "Europe/London"),
    "GST": ("Asia/Dubai",),
    "HKT": ("Asia/Hong_Kong",),
    "HONGKONG": ("Asia/Hong_Kong",),
    "HST": ("Pacific/Honolulu",),
    "ICELAND": ("Atlantic/Reykjavik",),
    "ICT": ("Asia/Bangkok",),
    "IDT": ("Asia/Jerusalem",),
    "INDIA": ("Asia/Kolkata",),
    "IRAN": ("Asia/Tehran",),
    "ISRAEL": ("Asia/Jerusalem",),
    "IST": ("Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"),
    "ITALY": ("Europe/Rome",),
    "JAPAN": ("Asia/Tokyo",),
    "JST": ("Asia/Tokyo",),
    "KST": ("Asia/Seoul",),
    "MDT": ("America/Denver",),
    "MESZ": ("Europe/Berlin", "Europe/Vienna", "Europe/Zurich"),
    "MET": ("Europe/Berlin", "Europe/Paris"),
    "MEZ": ("Europe/Berlin", "Europe/Vienna", "Europe/Zurich"),
    "MSK": ("Europe/Moscow",),
    "MST": ("America/Denver", "America/Phoenix"),
    "MST7MDT": ("America/Denver",),
    "MT": ("America/Denver", "America/Phoenix"),
    "NAVAJO": ("America/Denver",),
    "NPT": ("Asia/Kathmandu",),
    "NST": ("America/St_Johns",),
    "NZ": ("Pacific/Auckland",),
    "NZDT": ("Pacific/Auckland",),
    "NZST": ("Pacific/Auckland",),
    "PDT": ("America/Los_Angeles", "America/Vancouver"),
    "PHT": ("Asia/Manila",),
    "PKT": ("Asia/Karachi",),
    "POLAND": ("Europe/Warsaw",),
    "PORTUGAL": ("Europe/Lisbon",),
    "PRC": ("Asia/Shanghai",),
    "PST": ("America/Los_Angeles", "America/Vancouver", "Asia/Manila"),
    "PST8PDT": ("America/Los_Angeles",),
    "PT": ("America/Los_Angeles", "America/Vancouver"),
    "ROC": ("Asia/Taipei",),
    "ROK": ("Asia/Seoul",),
    "SAST": ("Africa/Johannesburg",),
    "SGT": ("Asia/Singapore",),
    "SPAIN": ("Europe/Madrid",),
    "TRT": ("Europe/Istanbul",),
    "TURKEY": ("Europe/Istanbul",),
    "UCT": ("UTC",),
    "UK": ("Europe/London",),
    "UNIVERSAL": ("UTC",),
    "USA": ("America/New_York", "America/Chicago", "America/Los_Angeles"),
    "W-SU": ("Europe/Moscow",),
    "WAT": ("Africa/Lagos",),
    "WEST": ("Europe/Lisbon",),
    "WET": ("Europe/Lisbon",),
    "WIB": ("Asia/Jakarta",),
    "Z": ("UTC",),
    "ZULU": ("UTC",),
}
"""The places where people who write an abbreviation or a country are likely to be. Some keys are also names
in the database, for zones that nobody lives in: ``EST`` there never has summer time.
"""


_OFFSET = re.compile(r"[+-][0-9]")
_WHOLE = "write a zone like Europe/Berlin"
_BEHIND = re.compile(r"etc/gmt([+-])([0-9]{1,2})", re.IGNORECASE)
_SIGNED = re.compile(
    r"(utc|gmt|z)?[+-][0-9]{1,2}(:?[0-9]{2})?|(utc|gmt)[0-9]{1,2}|[a-z]{3,4}-?[0-9][a-z]{3,4}"
)
"""An offset or a POSIX name, in lower case."""
_UTC = ("utc", "etc/utc")


class ZoneError(ValueError):
    """A text is not the name of a zone. The message names the likely zones."""


def zone_name(text: str) -> str:
    """Return the database's spelling of a name like ``Europe/Berlin``, or ``UTC``. Raises ``ZoneError``."""
    if text.lower() in _UTC:
        return "UTC"
    known = _known().get(text.lower())
    if known is not None:
        return known
    likely, shown = _likely(text), _shown(text)
    hint = f"did you mean {_either(likely)}?" if likely else f"{_WHOLE}."
    if _meant(text):
        raise ZoneError(f"{shown} is not the full name of a time zone; {hint}")
    if behind := _BEHIND.fullmatch(text):
        really = f"UTC{'-' if behind[1] == '+' else '+'}{behind[2]}"
        raise ZoneError(f"{shown} is {really} for the database, the reverse of its sign; {_WHOLE}.")
    if _OFFSET.search(text):
        raise ZoneError(f"{shown} is an offset, which knows no summer time; {_WHOLE}.")
    raise ZoneError(f"{shown} is not a time zone; {hint}")


def names_a_zone(text: str) -> bool:
    """Whether somebody may mean a zone by a text, correctly written or not: a name, an abbreviation, a city
    or an offset. A text that merely resembles one does not count.
    """
    word = plain(text).lower().replace(" ", "_")
    if word in _UTC or word in _known() or word in _cities() or _meant(text):
        return True
    if word.startswith("etc/") or _SIGNED.fullmatch(word):
        return True
    return "/" in word and bool(_likely(text))


def names_an_area(word: str) -> bool:
    """Whether a word is the first part of a zone's name, such as ``Europe`` or ``US``, which alone is no
    zone.
    """
    return word.lower() in {name.split("/", 1)[0] for name in _known()}


def _meant(text: str) -> tuple[str, ...]:
    """Return the likely zones for an abbreviation, a country or a city that the database does not name, in
    any case and also as ``Etc/GMT`` and the like; empty for any other text.
    """
    place = plain(text).upper().removeprefix("ETC/")
    return LIKELY.get(place, ()) or ELSEWHERE.get(place, ())


def plain(text: str) -> str:
    """Return the text without accents, as the database spells names: *Sao Paulo*, *Zurich*."""
    apart = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def resembles_a_zone(text: str) -> bool:
    """Whether a text is nearly the name of a city, with a capital letter."""
    word = plain(text).lower()
    return text[:1].isupper() and bool(difflib.get_close_matches(word, _cities(), n=1, cutoff=0.85))


@cache
def _known() -> dict[str, str]:
    """Map lower-case names to their spelling. Names without an area are guesses or leftovers and are left
    out; so is the area ``Etc``, which is nowhere.
    """
    names = {name for name in available_timezones() if "/" in name and not name.startswith("Etc/")}
    return {name.lower(): name for name in sorted(names | {"UTC"})}


@cache
def _cities() -> dict[str, str]:
    """Map the last part of each name, in lower case, to the key of that name in ``_known``."""
    return {name.rsplit("/", 1)[1]: name for name in _known() if "/" in name}


def _likely(text: str) -> tuple[str, ...]:
    meant = _meant(text)
    if meant or len(text) > 40:
        return meant
    wanted = plain(text).lower().replace(" ", "_")
    known, cities = _known(), _cities()
    if wanted in cities:
        return (known[cities[wanted]],)
    near = difflib.get_close_matches(wanted, known, n=3, cutoff=0.75)
    if not near:
        near = [cities[city] for city in difflib.get_close_matches(wanted, cities, n=3, cutoff=0.8)]
    return tuple(known[name] for name in near)


def _shown(text: str) -> str:
    shown = "".join(letter if letter.isprintable() else "?" for letter in text[:40])
    return f'"{shown}{"…" if len(text) > 40 else ""}"'


def _either(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
