"""An instant inside a sentence: what is read from it, and what is never believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.schedule.standing import said_in_full
from policies.secrets.public import public
from policies.secrets.redaction import redact
from policies.times.moments import Instant, marked, parts, plain, spelled

AT = datetime(2026, 3, 2, 19, tzinfo=UTC)
WORDS = "20:00 (Europe/Berlin)"
SIGN = marked(AT, "")[0]
SAID = f"It stops at {marked(AT, WORDS)}."
INSTANTS = st.integers(0, 7_258_118_400).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
ZONES = st.sampled_from(["Europe/Berlin", "Asia/Kolkata", "America/New_York", "UTC", "Etc/GMT+5"])


def test_an_instant_is_found_inside_its_sentence() -> None:
    assert [*parts(SAID)] == ["It stops at ", Instant(AT, WORDS), "."]


def test_plain_text_has_the_words_of_an_instant() -> None:
    assert plain(SAID) == spelled(SAID) == f"It stops at {WORDS}."


@given(INSTANTS, ZONES, st.timedeltas(timedelta(days=-400), timedelta(days=400)))
def test_a_time_said_in_full_is_read_back_as_the_same_instant(
    at: datetime, zone: str, off: timedelta
) -> None:
    found = [part for part in parts(said_in_full(at, ZoneInfo(zone), at + off)) if isinstance(part, Instant)]
    assert [each.at for each in found] == [at]
    assert found[0].words.endswith(f"({zone})")


@given(st.text(), INSTANTS, st.text())
def test_text_around_an_instant_stays_as_it_is_without_marks(before: str, at: datetime, after: str) -> None:
    text = f"{before}{marked(at, f'{at:%H:%M} (UTC)')}{after}"
    assert "".join(p.words if isinstance(p, Instant) else p for p in parts(text)) == plain(text)
    assert spelled(text) == f"{before}{at:%H:%M} (UTC){after}"


@pytest.mark.parametrize("length", range(len(SAID)))
def test_a_cut_instant_is_words_only(length: int) -> None:
    cut = SAID[:length]
    whole = len(SAID) - 1  # the full stop after the instant may go
    assert any(isinstance(part, Instant) for part in parts(cut)) == (length >= whole)
    assert f"It stops at {WORDS}.".startswith(plain(cut))


@pytest.mark.parametrize(
    "words",
    [
        "20:01 (Europe/Berlin)",
        "20:00 (Asia/Kolkata)",
        "20:00 (Mars/Olympus)",
        "20:00 (../../etc/passwd)",
        "20:00 (Europe)",
        "20:00",
        "20:00 (Europe/Berlin) <!channel>",
        "<https://evil.example|20:00 (Europe/Berlin)>",
        "^https://evil.example|20:00 (Europe/Berlin)",
        "",
    ],
)
def test_marks_are_not_believed_unless_their_words_name_the_instant(words: str) -> None:
    assert [*parts(marked(AT, words))] == [words]


def test_an_instant_that_ten_digits_cannot_hold_is_words_only() -> None:
    for at in (datetime(9900, 1, 1, tzinfo=UTC), datetime(1960, 1, 1, tzinfo=UTC)):
        assert marked(at, "00:00 (UTC)") == "00:00 (UTC)"


def test_redaction_keeps_an_instant_and_is_not_fooled_by_its_marks() -> None:
    assert public(redact(SAID)) == SAID
    for sign in (SIGN, "\u200b", "\x00", "\u2066"):
        assert "hunter2" not in plain(redact(f"pass{sign}word=hunter2secret {SAID}"))
        assert redact(f"nothing{sign} is secret {SAID}") == f"nothing{sign} is secret {SAID}"
