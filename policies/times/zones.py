"""Names of time zones: those of the IANA database and nothing that has to be guessed."""

from __future__ import annotations

import difflib
import re
from functools import cache
from zoneinfo import available_timezones

LIKELY = {
    "ACST": ("Australia/Darwin", "Australia/Adelaide"),
    "AEDT": ("Australia/Sydney", "Australia/Melbourne"),
    "AEST": ("Australia/Brisbane", "Australia/Sydney"),
    "AST": ("America/Halifax", "Asia/Riyadh"),
    "AWST": ("Australia/Perth",),
    "BRT": ("America/Sao_Paulo",),
    "BST": ("Europe/London", "Asia/Dhaka"),
    "CAT": ("Africa/Maputo", "Africa/Harare"),
    "CDT": ("America/Chicago", "America/Havana"),
    "CEST": ("Europe/Berlin", "Europe/Paris", "Europe/Warsaw"),
    "CET": ("Europe/Berlin", "Europe/Paris", "Europe/Warsaw"),
    "CST": ("America/Chicago", "Asia/Shanghai", "America/Havana"),
    "CST6CDT": ("America/Chicago",),
    "EAT": ("Africa/Nairobi",),
    "EDT": ("America/New_York", "America/Toronto"),
    "EEST": ("Europe/Athens", "Europe/Bucharest", "Europe/Kyiv"),
    "EET": ("Europe/Athens", "Europe/Bucharest", "Europe/Kyiv"),
    "EST": ("America/New_York", "America/Toronto", "America/Panama"),
    "EST5EDT": ("America/New_York",),
    "GB": ("Europe/London",),
    "GMT": ("UTC", "Europe/London"),
    "GST": ("Asia/Dubai",),
    "HKT": ("Asia/Hong_Kong",),
    "HST": ("Pacific/Honolulu",),
    "IDT": ("Asia/Jerusalem",),
    "IST": ("Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"),
    "JAPAN": ("Asia/Tokyo",),
    "JST": ("Asia/Tokyo",),
    "KST": ("Asia/Seoul",),
    "MDT": ("America/Denver",),
    "MET": ("Europe/Berlin", "Europe/Paris"),
    "MSK": ("Europe/Moscow",),
    "MST": ("America/Denver", "America/Phoenix"),
    "MST7MDT": ("America/Denver",),
    "NZ": ("Pacific/Auckland",),
    "NZDT": ("Pacific/Auckland",),
    "NZST": ("Pacific/Auckland",),
    "PDT": ("America/Los_Angeles", "America/Vancouver"),
    "PHT": ("Asia/Manila",),
    "PKT": ("Asia/Karachi",),
    "PST": ("America/Los_Angeles", "America/Vancouver", "Asia/Manila"),
    "PST8PDT": ("America/Los_Angeles",),
    "SAST": ("Africa/Johannesburg",),
    "SGT": ("Asia/Singapore",),
    "WAT": ("Africa/Lagos",),
    "WEST": ("Europe/Lisbon",),
    "WET": ("Europe/Lisbon",),
    "WIB": ("Asia/Jakarta",),
    "Z": ("UTC",),
    "ZULU": ("UTC",),
}
"""Where people who write an abbreviation live. Some are also names in the database, for zones that nobody
lives in: ``EST`` there never has summer time."""


_OFFSET = re.compile(r"[+-][0-9]")


class ZoneError(ValueError):
    """Not the name of a zone; the message names the likely ones."""


def zone_name(text: str) -> str:
    """The database's own spelling of a name like ``Europe/Berlin``, or ``UTC``. Raises ``ZoneError``."""
    known = _known().get(text.lower())
    if known is not None:
        return known
    likely = _likely(text)
    hint = f"did you mean {_either(likely)}?" if likely else "write one like Europe/Berlin."
    if text.upper() in LIKELY:
        raise ZoneError(f'"{text}" is not the full name of a time zone; {hint}')
    if _OFFSET.search(text):
        raise ZoneError(
            f'"{text[:40]}" is an offset, which knows no summer time; write a zone like Europe/Berlin.'
        )
    raise ZoneError(f'"{text[:40]}" is not a time zone; {hint}')


@cache
def _known() -> dict[str, str]:
    """Lower case to the spelling; without the names that have no area, which are guesses or leftovers."""
    names = {name for name in available_timezones() if "/" in name} | {"UTC"}
    return {name.lower(): name for name in sorted(names)}


def _likely(text: str) -> tuple[str, ...]:
    abbreviated = LIKELY.get(text.upper())
    if abbreviated is not None or len(text) > 40:
        return abbreviated or ()
    wanted = text.lower().replace(" ", "_")
    known = _known()
    near = difflib.get_close_matches(wanted, known, n=3, cutoff=0.75)
    if not near:
        cities = {
            name.rsplit("/", 1)[1]: name for name in known if "/" in name and not name.startswith("etc/")
        }
        near = [cities[city] for city in difflib.get_close_matches(wanted, cities, n=3, cutoff=0.8)]
    return tuple(known[name] for name in near)


def _either(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
