"""The notation of schedules: what is read, how a schedule prints, and with which words a text is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.schedule.schedule import Schedule, parse
from policies.schedule.words import ScheduleError
from tests.policies.schedules import schedules


@pytest.mark.parametrize(
    "text",
    [
        "always",
        "never",
        "Mon-Fri 08:00-20:00 Europe/Berlin",
        "Mon-Fri 08:00-20:00, Sat 10:00-14:00 Europe/Berlin",
        "Sun-Thu 09:00-18:00 Asia/Jerusalem",
        "22:00-06:00 Asia/Kolkata",
        "Mon,Wed,Fri 08:00-12:00, Mon-Sun 13:00-17:00 UTC",
        "Sat-Mon 00:00-24:00 America/Port-au-Prince",
        "Mon#1 08:00-20:00 Europe/Berlin",
        "Wed,Mon#1,Fri#-1 08:00-24:00 America/St_Johns",
        "2026-12-24T08:00/2026-12-26T20:00 Europe/Berlin",
        "2026-12-24T08:00Z/2026-12-26T20:00Z UTC",
        "Mon-Fri 08:00-20:00, 2026-12-24T08:00/2026-12-26T20:00 Europe/Berlin",
        "Mon-Fri stop 19:00 Europe/Berlin",
        "stop 24:00 Europe/Berlin",
        "stop 2026-12-24T19:00 Europe/Berlin",
        "Mon-Fri 08:00-20:00 Europe/Berlin except holidays DE-BE",
        "Mon-Fri 08:00-20:00 Europe/Berlin except holidays DE, 2026-12-24, 2027-01-02/2027-01-06",
        "08:00-20:00, 10:00-22:00 Europe/Berlin",
        "Jan-Mar 08:00-20:00 Europe/Berlin",
        "Mon-Fri Nov-Feb 08:00-20:00, Mon-Fri Mar-Apr,Oct 09:00-18:00 Europe/Berlin",
        "24 Dec 08:00-14:00 Europe/Berlin",
        "1 08:00-20:00 Europe/Berlin",
        "1-7,15,31,1W,15W,L,LW 08:00-20:00 Europe/Berlin",
        "Mon#1 Jan,Jul 08:00-20:00, L 22:00-06:00 Europe/Berlin",
        "29 Feb 08:00-20:00 Europe/Berlin",
        "Mon-Fri start 08:00 Europe/Berlin",
        "start 00:00 Europe/Berlin",
        "start 2026-12-27T08:00 Europe/Berlin",
        "Mon start 08:00, Fri stop 19:00 Europe/Berlin",
        "Mon-Fri 08:00-20:00, Sat-Sun stop 22:00 Europe/Berlin",
        "Mon-Fri 08:00-20:00, Sat start 10:00, L stop 18:00 Europe/Berlin except holidays DE",
    ],
)
def test_a_well_written_schedule_prints_unchanged(text: str) -> None:
    assert str(parse(text)) == text


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("  mon-FRI   8:00 - 20:00  europe/berlin ", "Mon-Fri 08:00-20:00 Europe/Berlin"),
        ("Monday–Friday 08:00–20:00 UTC", "Mon-Fri 08:00-20:00 UTC"),
        ("Mon-Sun 20:00-00:00 UTC", "20:00-24:00 UTC"),
        ("Mon, Tue, Wed 08:00-20:00 UTC", "Mon-Wed 08:00-20:00 UTC"),
        ("Sat, Sun, Mon 08:00-20:00 UTC", "Sat-Mon 08:00-20:00 UTC"),
        ("Mon-Fri stop at 19:00 UTC", "Mon-Fri stop 19:00 UTC"),
        ("Mon 08:00-20:00, Mon 08:00-20:00 UTC", "Mon 08:00-20:00 UTC"),
        ("2026-12-24T08:00+01:00/2026-12-26T20:00:00-0500", "2026-12-24T07:00Z/2026-12-27T01:00Z UTC"),
        ("2026-12-24T08:00/2026-12-24T24:00 UTC", "2026-12-24T08:00/2026-12-25T00:00 UTC"),
        (
            "Mon 08:00-20:00 UTC except 2026-12-24 except holidays de",
            "Mon 08:00-20:00 UTC except holidays DE, 2026-12-24",
        ),
        ("ALWAYS", "always"),
        ("FriL 08:00-20:00 UTC", "Fri#-1 08:00-20:00 UTC"),
        ("jan-mar mon-fri 8:00-20:00 UTC", "Mon-Fri Jan-Mar 08:00-20:00 UTC"),
        ("January,February,April 8:00-20:00 UTC", "Jan-Feb,Apr 08:00-20:00 UTC"),
        ("Mon-Sun Jan 8:00-20:00 UTC", "Jan 08:00-20:00 UTC"),
        ("Jan-Dec 8:00-20:00 UTC", "08:00-20:00 UTC"),
        ("Mon Jan-Jun,Jul-Dec 8:00-20:00 UTC", "Mon 08:00-20:00 UTC"),
        ("Dec 24 8:00-20:00 UTC", "24 Dec 08:00-20:00 UTC"),
        ("15w, lw, l, 3, 1, 2 8:00-20:00 UTC", "1-3,15W,L,LW 08:00-20:00 UTC"),
        ("Mon-Fri start at 8:00 UTC", "Mon-Fri start 08:00 UTC"),
    ],
)
def test_other_spellings_print_as_the_standard_one(text: str, printed: str) -> None:
    assert str(parse(text)) == printed
    assert parse(text) == parse(printed)


REFUSED = [
    ("", "A schedule is empty"),
    (" \n ", "A schedule is empty"),
    ("Mon 08:00-20:00 UTC" + " " * 1000, "at most 1000 characters"),
    ("Mon-Fri 08:00-20:00", "names its time zone"),
    ("Mon-Fri 08:00-20:00 except 2026-12-24 Europe/Berlin", "names its time zone"),
    ("Mon-Fri 08:00-20:00 IST", "did you mean Asia/Kolkata, Europe/Dublin or Asia/Jerusalem?"),
    ("Mon-Fri 08:00-20:00 CEST", "did you mean Europe/Berlin"),
    ("Mon-Fri 08:00-20:00 EST", "did you mean America/New_York"),
    ("Mon-Fri 08:00-20:00 HST", "did you mean Pacific/Honolulu?"),
    ("Mon-Fri 08:00-20:00 Etc/GMT+5", "the reverse of its sign"),
    ("Mon-Fri 08:00-20:00 EST5EDT", "did you mean America/New_York?"),
    ("Mon-Fri 08:00-20:00 Europe/Berln", "did you mean Europe/Berlin"),
    ("Mon-Fri 08:00-20:00 Berlin", "did you mean Europe/Berlin?"),
    ("Mon-Fri 08:00-20:00 +02:00", "is an offset"),
    ("Mon-Fri 08:00-20:00 UTC+2", "is an offset"),
    ("Mon-Fri 08:00-20:00 ../../etc/passwd", "is not a time zone"),
    ("Mon-Fri 08:00-20:00 localtime", "is not a time zone"),
    ("Mon-Fri 08:00-08:00 UTC", '"08:00-08:00" never opens'),
    ("00:00-00:00 UTC", "a whole day is 00:00-24:00"),
    ("Mon 24:00-08:00 UTC", "begins at the end of its day"),
    ("Mon 25:00-26:00 UTC", '"25:00" is not a time of day'),
    ("Mon 08:60-10:00 UTC", '"08:60" is not a time of day'),
    ("Mon 08:00-24:01 UTC", '"24:01" is not a time of day'),
    ("Mon 8-20 UTC", "mixes days of the week and of the month"),
    ("8-20 UTC", '"8-20" has no hours'),
    ("8 UTC", '"8" has no hours'),
    ("Mon,15 08:00-20:00 UTC", "mixes days of the week and of the month"),
    ("L,Fri 08:00-20:00 UTC", "mixes days of the week and of the month"),
    ("Mon Jan, Tue Feb 08:00-20:00 UTC", "mixes days and months; write a rule for each"),
    ("Jan Mon Feb 08:00-20:00 UTC", "mixes days and months; write a rule for each"),
    ("0 08:00-20:00 UTC", '"0" is not a day of the month'),
    ("32 08:00-20:00 UTC", '"32" is not a day of the month'),
    ("28-3 08:00-20:00 UTC", '"28-3" is not a day of the month'),
    ("0W 08:00-20:00 UTC", '"0W" is not a day of the month'),
    ("1-3W 08:00-20:00 UTC", '"1-3W 08:00-20:00" is not understood'),
    ("W 08:00-20:00 UTC", '"W" is not a day'),
    ("31 Feb 08:00-20:00 UTC", '"31 Feb" never comes; these months have at most 29 days'),
    ("31 Apr,Jun 08:00-20:00 UTC", "never comes; these months have at most 30 days"),
    ("Jan-Jan 08:00-20:00 UTC", '"Jan-Jan" is one month or all of them; write Jan or Jan-Dec'),
    ("Jan-Fri 08:00-20:00 UTC", '"Fri" is not a month'),
    ("Jan-Febr 08:00-20:00 UTC", '"Febr" is not a month; did you mean Feb?'),
    ("Mon-Mar 08:00-20:00 UTC", '"Mar" is not a day'),
    ("Jan UTC", '"Jan" has no hours'),
    ("Mon-Fri 08:00-20:00 Jan UTC", "is not understood"),
    ("Jan 08:00-20:00, 21:00-22:00 UTC", 'write "Mon-Sun 21:00-22:00" or its days'),
    ("Mon start UTC", "A start has a time"),
    ("Mon start 24:00 UTC", "at the end of its day"),
    ("Mon start 08:00-20:00 UTC", '"08:00-20:00" is not a time of day'),
    ("Mon start 08:00, Mon stop 08:00 UTC", "are at the same time"),
    ("1 start 08:00, Mon stop 08:00 UTC", "are at the same time"),
    ("start 2026-12-24T08:00/2026-12-26T20:00 UTC", "A start has one time"),
    ("start 2026-12-24T08:00, stop 2026-12-24T08:00 UTC", "are at the same time"),
    ("Mon 08:00 UTC", "is not a window"),
    ("Mon ٠٨:00-20:00 UTC", "is not a time of day"),
    ("Mom 08:00-20:00 UTC", '"Mom" is not a day; did you mean Mon?'),
    ("Xyz 08:00-20:00 UTC", "is not a day; write Mon"),
    ("Mon-Mon 08:00-20:00 UTC", "is one day or all of them"),
    ("Mon#6 08:00-20:00 UTC", "is not a day of the month"),
    ("Mon#0 08:00-20:00 UTC", "is not a day of the month"),
    ("Mon, UTC", "A rule is missing"),
    ("UTC", "A rule is missing"),
    ("Mon 08:00-20:00,, Tue 08:00-20:00 UTC", "A rule is missing"),
    ("Mon 08:00-20:00, Sat UTC", '"Sat" has no hours'),
    ("Sat, 08:00-20:00 UTC", '"Sat" has no hours'),
    ("Mon Fri 08:00-20:00 UTC", "is not understood"),
    ("Mon 08:00-10:00 12:00-14:00 UTC", "is not understood"),
    ("Mon-Fri 08:00-12:00, 13:00-17:00 UTC", 'write "Mon-Sun 13:00-17:00" or its days'),
    ("Mon stop UTC", "A stop has a time"),
    ("stop at UTC", "A stop has a time"),
    ("stop 2026-12-24T08:00/2026-12-26T20:00 UTC", "A stop has one time"),
    ("always UTC", '"always" stands alone'),
    ("never except 2026-12-24", '"never" stands alone'),
    ("2026-12-24T08:00 UTC", "has no end"),
    ("2026-12-24/2026-12-26 UTC", "is not a date with a time"),
    ("2026-02-29T08:00/2026-03-01T08:00 UTC", '"2026-02-29" is not a date in the calendar'),
    ("2206-12-24T08:00/2206-12-26T08:00 UTC", "outside the years 1970 to 2100"),
    ("2026-12-24T08:00+15:00/2026-12-26T08:00+15:00 UTC", "is not an offset"),
    ("2026-12-26T08:00/2026-12-24T08:00 UTC", "never opens"),
    ("2026-12-26T08:00/2026-12-26T08:00 UTC", "never opens"),
    ("2026-03-29T02:10/2026-03-29T02:50 Europe/Berlin", "never opens"),
    ("Mon 2026-12-24T08:00/2026-12-26T08:00 UTC", "is a date already"),
    ("2026-12-24T08:00/2026-12-26T08:00 UTC except 2026-12-25", "needs a weekly rule"),
    ("Mon 08:00-20:00 UTC except", "A day off is missing"),
    ("Mon 08:00-20:00 UTC except 2026-12-24,", "A day off is missing"),
    ("Mon 08:00-20:00 UTC except Sat", '"Sat" is not a day off'),
    ("Mon 08:00-20:00 UTC except 2026-13-24", "is not a date in the calendar"),
    ("Mon 08:00-20:00 UTC except 2026-12-24/2026-12-20", "ends before it begins"),
    ("Mon 08:00-20:00 UTC except 2026-12-24/2027-12-25", "is not an exception"),
    ("Mon 08:00-20:00 UTC except holidays", "names no calendar"),
    ("Mon 08:00-20:00 UTC except holidays Berlin", "names no calendar"),
    ("😀 <!channel> <@U123>", "is not"),
    ("\x00\x1b[31m 08:00-20:00 UTC", "is not a day"),
]


@pytest.mark.parametrize(("text", "told"), REFUSED)
def test_nonsense_is_refused_with_one_sentence(text: str, told: str) -> None:
    with pytest.raises(ScheduleError) as refused:
        parse(text)
    said = str(refused.value)
    assert told in said
    assert said.isprintable()
    assert said[-1] in ".?"
    assert len(said) < 220


@given(schedules)
@settings(max_examples=50, deadline=None)
def test_a_schedule_prints_as_text_that_reads_as_itself(schedule: Schedule) -> None:
    assert parse(str(schedule)) == schedule
    assert str(parse(str(schedule))) == str(schedule)


PIECES = [
    "Mon",
    "-",
    "Fri",
    " ",
    "08:00",
    "20:00",
    ",",
    "stop",
    "2026-12-24",
    "T",
    "/",
    "#1",
    "UTC",
    "except",
    "é",
    "\n",
]


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=14).map("".join)))
@settings(max_examples=100, deadline=None)
def test_any_text_is_a_schedule_or_refused(text: str) -> None:
    try:
        schedule = parse(text)
    except ScheduleError as refused:
        assert str(refused).isprintable()
    else:
        assert parse(str(schedule)) == schedule
