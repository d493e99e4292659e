"""A beginning and an end that were written apart, in two fields of a form, as somebody would type them."""

from __future__ import annotations

from policies.schedule.overrides import STATES
from policies.times.between import between
from policies.times.instants import TimeError
from policies.times.reading import quoted

_LIKE = '"Tue 06:30", "tomorrow 6am" or "2026-12-24 18:00"'
_ENDS_LIKE = '"09:00", "Wed 09:00", "2026-12-24 18:00" or "2h"'
_A_BEGINNING, _AN_END = "2026-01-05 06:30", "2026-01-05 09:00"
"""Sound times, beside which the other one is read alone."""


class NoBeginning(TimeError):
    """The fault is in the beginning, and not in the end."""


def joined(begins: str, ends: str) -> str:
    """Return both as one text that ``policies.schedule.overrides.keep`` reads as a span.

    ``ends`` may say *on* or *off* first, because it is all that is typed of a keep from now. Raises
    ``NoBeginning`` or ``TimeError``, with a sentence for the field of whichever is wrong.
    """
    state, ends = _parted(ends)
    begins = _without(begins, ("from",))
    if _sound(ends):
        raise NoBeginning(
            f"{quoted(ends)} already says when it begins; leave this field empty, or write only the end "
            "there."
        )
    span = f"from {begins} until {ends}"
    for said in (span, f"from {begins} for {_without(ends, ('for',))}"):
        if _sound(said):
            return f"{state} {said}".strip()
    if not _sound(f"from {begins} until {_AN_END}"):
        raise NoBeginning(f"{quoted(begins)} does not say when it begins; write {_LIKE}.")
    if not _sound(f"from {_A_BEGINNING} until {ends}"):
        raise TimeError(f"{quoted(ends)} does not say when it ends; write {_ENDS_LIKE}.")
    raise TimeError(f"{quoted(span)} is no span of two times; write the day with both.")


def _sound(span: str) -> bool:
    """Return whether that is a span of two times as a whole."""
    try:
        return between(span) is not None
    except TimeError:
        return False


def _parted(ends: str) -> tuple[str, str]:
    """Return the state, empty if none was said, and the time without *until*."""
    first, _, rest = " ".join(ends.split()).partition(" ")
    state, said = (first, rest) if first.lower() in STATES else ("", f"{first} {rest}")
    return state, _without(said, ("until", "till", "to"))


def _without(said: str, leads: tuple[str, ...]) -> str:
    first, _, rest = " ".join(said.split()).partition(" ")
    return rest if rest and first.lower() in leads else f"{first} {rest}".strip()
