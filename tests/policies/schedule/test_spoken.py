"""Schedules as people say them, which mean the same as the notation."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.schedule.rows import asked_schedule
from policies.schedule.words import ScheduleError

BERLIN = ZoneInfo("Europe/Berlin")
WORKDAYS = "act Mon-Fri 08:00-20:00 Europe/Berlin"


@pytest.mark.parametrize(
    "said",
    [
        "weekdays 8am-8pm",
        "weekdays 8 am to 8 pm",
        "Weekdays from 8 to 20",
        "8-20 on weekdays",
        "Mon-Fri 0800-2000",
        "Mon-Fri 0800-2000 Europe/Berlin",
        "08:00-20:00 Mon-Fri",
        "08:00-20:00 Mon-Fri Europe/Berlin",
        "Europe/Berlin Mon-Fri 08:00-20:00",
        "Mon-Fri 8-20",
        "Monday to Friday, 8-20".replace(",", ""),
        "monday-friday between 8am and 8pm",
        "“weekdays 8am-8pm”",
        '"Mon-Fri 08:00-20:00" Europe/Berlin',
        "mon-fri 8-8",
    ],
)
def test_spoken_workdays_are_read_as_the_notation(said: str) -> None:
    assert asked_schedule(said).at(BERLIN).text == WORKDAYS


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Mon-Fri 08:00-20:00 America/Sao Paulo", "act Mon-Fri 08:00-20:00 America/Sao_Paulo"),
        ("America/Sao Paulo weekdays 8-20", "act Mon-Fri 08:00-20:00 America/Sao_Paulo"),
        ("daily 7:30am-noon", "act 07:30-12:00 Europe/Berlin"),
        ("every day noon-midnight", "act 12:00-24:00 Europe/Berlin"),
        ("weekends 10-16", "act Sat-Sun 10:00-16:00 Europe/Berlin"),
        ("weekdays 9-5", "act Mon-Fri 09:00-17:00 Europe/Berlin"),
        ("weekdays 22-6", "act Mon-Fri 22:00-06:00 Europe/Berlin"),
        ("Mon and Wed 8-12", "act Mon,Wed 08:00-12:00 Europe/Berlin"),
        ("weekdays stop at 8pm", "act Mon-Fri stop 20:00 Europe/Berlin"),
        ("observe weekdays 8am-8pm", "observe Mon-Fri 08:00-20:00 Europe/Berlin"),
        ("weekdays 8am-8pm, Sat 10am-2pm", "act Mon-Fri 08:00-20:00, Sat 10:00-14:00 Europe/Berlin"),
        ("weekdays 8-20 except 2026-12-24", "act Mon-Fri 08:00-20:00 Europe/Berlin except 2026-12-24"),
        ("always", "act always"),
    ],
)
def test_each_part_of_a_schedule_may_be_spoken(said: str, meant: str) -> None:
    assert asked_schedule(said).at(BERLIN).text == meant


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Mon-Fri 08:00-20:00 IST", "Asia/Kolkata"),
        ("weekdays 8am-8pm EST", "America/New_York"),
        ("Mon-Fri 08:00-20:00 Europe/Berln", "Europe/Berlin"),
        ("1-7 8-20", "not understood"),
        ("weekdays", "has no hours"),
        ("weekdays 8pm", "is not a window"),
    ],
)
def test_an_ambiguous_schedule_is_refused(said: str, told: str) -> None:
    with pytest.raises(ScheduleError) as wrong:
        asked_schedule(said)
    assert told in str(wrong.value)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="MonFri 0182:-ampweekdys,toEurope/Blin", max_size=40))
def test_a_read_schedule_reads_back_as_itself(text: str) -> None:
    try:
        found = asked_schedule(text).at(BERLIN)
    except ScheduleError:
        return
    assert asked_schedule(found.text) == found
