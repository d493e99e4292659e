"""Lines that programs print every day stay as they are, however close they come to a secret."""

from __future__ import annotations

from policies.secrets.redaction import redact, redact_lines
from tests.policies.secrets.benign import TEMPLATES, lines

MANY = 5_000
MOST = MANY // 200
"""The most lines that may be altered: one in two hundred."""


def test_the_corpus_is_wide() -> None:
    assert len(set(TEMPLATES)) >= 700
    assert len(set(lines(MANY))) == MANY


def test_hardly_any_of_five_thousand_lines_without_a_secret_is_altered() -> None:
    altered = [said for line in lines(MANY) if (said := redact(line)) != line]
    assert len(altered) <= MOST, "\n".join(altered)


def test_hardly_any_line_without_a_secret_is_altered_among_others() -> None:
    """In a captured log, a name at the end of a line says nothing of the next line."""
    whole = lines(MANY)
    pages = [tuple(whole[at : at + 12]) for at in range(0, MANY, 12)]
    altered = [(was, now) for page in pages for was, now in _pairs(page) if was != now]
    assert len(altered) <= MOST, altered


def _pairs(page: tuple[str, ...]) -> list[tuple[str, str]]:
    """Pair each line with its redacted form, or all lines with nothing if lines are missing."""
    shown = redact_lines(page)
    return list(zip(page, shown if len(shown) == len(page) else ("",) * len(page), strict=True))
