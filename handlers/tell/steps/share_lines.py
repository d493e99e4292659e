"""What is said of lines of a log that were shared."""

from __future__ import annotations

GONE = "the lines are no longer there"
READ_OUTSIDE = "another company reads the channel, so no lines of a log are posted there"


def shared(count: int, service: str, environment: str) -> str:
    if count == 1:
        return f"One line of the log of `{service}` in `{environment}` stands in the thread"
    return f"{count} lines of the log of `{service}` in `{environment}` are in the thread"
