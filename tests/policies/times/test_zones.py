"""Names of time zones: the database's own, and likely ones for a guess."""

from __future__ import annotations

from zoneinfo import available_timezones

import pytest

from policies.times.zones import LIKELY, ZoneError, names_a_zone, zone_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("utc", "UTC"),
        ("Etc/UTC", "UTC"),
        ("us/eastern", "US/Eastern"),
    ],
)
def test_a_zone_is_returned_in_the_databases_spelling(text: str, name: str) -> None:
    assert zone_name(text) == name


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("IST", "did you mean Asia/Kolkata, Europe/Dublin or Asia/Jerusalem?"),
        ("est", "did you mean America/New_York"),
        ("Europe/Berln", "did you mean Europe/Berlin"),
        ("Kolkata", "did you mean Asia/Kolkata?"),
        ("New York", "did you mean America/New_York?"),
        ("Singapore", "did you mean Asia/Singapore?"),
        ("GMT+2", "is an offset"),
        ("+05:30", "is an offset"),
        ("EST", "did you mean America/New_York"),
        ("mst", "did you mean America/Denver"),
        ("HST", "did you mean Pacific/Honolulu?"),
        ("GMT", "did you mean UTC or Europe/London?"),
        ("Etc/GMT", "did you mean UTC or Europe/London?"),
        ("Etc/GMT+5", "is UTC-5 for the database, the reverse of its sign;"),
        ("etc/gmt-14", "is UTC+14 for the database, the reverse of its sign;"),
        ("Etc/GMT0", "did you mean UTC or Europe/London?"),
        ("EST5EDT", "did you mean America/New_York?"),
        ("CET-1CEST", "is an offset"),
        ("<+03>-3", "is an offset"),
        ("Zulu", "did you mean UTC?"),
        ("Eire", "did you mean Europe/Dublin?"),
        ("posix/Europe/Berlin", "did you mean Europe/Berlin?"),
        ("\x1b[31m", "is not a time zone"),
        ("Factory", "is not a time zone"),
        ("../../etc/passwd", "write a zone like Europe/Berlin"),
        ("x" * 500, "write a zone like Europe/Berlin"),
        ("", "is not a time zone"),
    ],
)
def test_anything_else_is_refused_with_likely_zones(text: str, told: str) -> None:
    with pytest.raises(ZoneError) as refused:
        zone_name(text)
    assert told in str(refused.value)
    assert len(str(refused.value)) < 200
    assert str(refused.value).isprintable()


def test_every_likely_zone_exists_and_no_guess_is_itself_accepted() -> None:
    named = {zone for zones in LIKELY.values() for zone in zones}
    assert named <= available_timezones()
    for guess in LIKELY:
        with pytest.raises(ZoneError):
            zone_name(guess)


def test_a_name_in_the_database_is_read_only_if_it_names_a_place() -> None:
    taken = set()
    for name in available_timezones():
        try:
            taken.add(zone_name(name))
        except ZoneError:
            assert "/" not in name or name.startswith("Etc/"), name
    assert {name for name in taken if "/" not in name or name.startswith("Etc/")} == {"UTC"}


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("UTC", True),
        ("europe/berlin", True),
        ("Europe/Berln", True),
        ("ist", True),
        ("Berlin", True),
        ("New York", True),
        ("+02:00", True),
        ("UTC+2", True),
        ("GMT2", True),
        ("CET-1CEST", True),
        ("Etc/GMT+5", True),
        ("smoke", False),
        ("Berln", False),
        ("a/b", False),
        ("v2", False),
        ("", False),
    ],
)
def test_a_text_that_may_be_meant_as_a_zone_is_recognised(text: str, may: bool) -> None:
    assert names_a_zone(text) is may
