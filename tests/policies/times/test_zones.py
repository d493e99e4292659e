"""Names of time zones: the database's own, and likely ones for a guess."""

from __future__ import annotations

from zoneinfo import available_timezones

import pytest

from policies.times.zones import LIKELY, ZoneError, zone_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("utc", "UTC"),
        ("Etc/GMT+5", "Etc/GMT+5"),
    ],
)
def test_a_name_is_given_in_its_own_spelling(text: str, name: str) -> None:
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
        ("Factory", "is not a time zone"),
        ("../../etc/passwd", "write one like Europe/Berlin"),
        ("x" * 500, "write one like Europe/Berlin"),
        ("", "is not a time zone"),
    ],
)
def test_anything_else_is_refused_with_likely_zones(text: str, told: str) -> None:
    with pytest.raises(ZoneError) as refused:
        zone_name(text)
    assert told in str(refused.value)
    assert len(str(refused.value)) < 200


def test_every_likely_zone_exists_and_no_guess_is_itself_accepted() -> None:
    named = {zone for zones in LIKELY.values() for zone in zones}
    assert named <= available_timezones()
    for guess in LIKELY:
        with pytest.raises(ZoneError):
            zone_name(guess)
