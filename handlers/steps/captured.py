"""What a stopped task said, captured at the moment of failure: an hour later ECS has forgotten it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from handlers.gate.errors import Trouble
from handlers.gate.plan import Json
from handlers.ports.scope import Scope
from policies.redaction import redact, redact_lines
from policies.service import ServiceFacts
from policies.service_health import failure_evidence

LINES = 12
"""Log lines kept of each failed task: enough for a stack trace's end, short enough for a thread."""
STREAMS = 2
"""Failed tasks whose logs are read; the others fail alike."""


def capture(place: Scope, facts: ServiceFacts, deployment: str) -> list[Json]:
    """Titles with their lines, the most telling first, redacted whole before anything shortens them.

    Never raises: a log that cannot be read is said in its place.
    """
    found = failure_evidence(facts, deployment)
    reasons: list[Json] = [redact(r) for r in found.reasons]
    events: list[Json] = [redact(e) for e in found.events]
    captured = [("Why tasks stopped", reasons), *_logs(place, found.streams), ("Last events", events)]
    return [{"title": title, "lines": lines} for title, lines in captured if lines]


def _logs(place: Scope, streams: Sequence[tuple[str, str]]) -> Iterator[tuple[str, list[Json]]]:
    """Each log once: tasks that fail alike say the same."""
    titles: dict[str, list[Json]] = {}
    for group, stream in streams[:STREAMS]:
        lines = _lines(place, group, stream)
        alike = next((title for title, known in titles.items() if known == lines), "")
        if alike:
            titles[f"{alike}, and another task the same"] = titles.pop(alike)
        else:
            titles[f"Log {group} {stream}"] = lines
    yield from titles.items()


def _lines(place: Scope, group: str, stream: str) -> list[Json]:
    try:
        lines = place.logs.last_lines(group, stream, LINES)
    except Trouble as trouble:
        return [f"(not readable: {trouble.sentence})"]
    whole = redact_lines(lines)
    return [*whole] if whole else ["(no lines: non-blocking logging may have dropped them)"]
