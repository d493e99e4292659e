"""Structured logs, redacted: one JSON object a line, on standard output unless told otherwise."""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
from collections.abc import Collection, MutableMapping
from pathlib import Path
from typing import Any, Protocol

import structlog

from policies.secrets.redaction import redact_all

QUIET = ("slack_bolt", "slack_sdk", "botocore", "boto3", "urllib3", "waitress", "alembic")
"""Libraries that log bodies, tokens or chatter below WARNING (facts/slack 7)."""
EVIDENCE = "lamplighter.audit"
"""Logs each link of the audit chain as it is written, whatever the level: only a head that was seen elsewhere
excludes a rewrite of the whole chain.
"""
SILENT = ("apscheduler", "botocore.credentials", "waitress.queue")
"""Loggers of expected warnings. The first warns of every tick that comes while the previous one is at work,
which is normal. The second warns, with a traceback, of credentials that cannot be had, which the caller
reports in words. The third warns of every burst of requests.
"""


class Stream(Protocol):
    """Where lines of the log go."""

    def write(self, text: str, /) -> object: ...

    def flush(self) -> object: ...


class Nowhere:
    """Discards the log of a command at a terminal, where only sentences are printed."""

    def write(self, text: str, /) -> None:
        return None

    def flush(self) -> None:
        return None


class Appended(Nowhere):
    """Appends to a file, which is open only while a line is written. ``check`` raises ``OSError`` if the file
    cannot be written; a line that cannot be written later is lost rather than reported in the middle of an
    answer.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def check(self) -> None:
        self._path.open("a").close()

    def write(self, text: str, /) -> None:
        with contextlib.suppress(OSError), self._path.open("a") as file:
            file.write(text)


def set_up(level: str, *, known: Collection[str] = (), stream: Stream | None = None) -> None:
    """Set up the log. The command line calls this once; importing this module does nothing. ``known`` secrets
    are hidden wherever they occur, whatever they look like.
    """
    redacted = _Redacted(known)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, redacted, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder(), redacted],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    threading.excepthook = _in_thread
    logging.getLogger(EVIDENCE).setLevel(logging.INFO)
    for names, least in ((QUIET, logging.WARNING), (SILENT, logging.ERROR)):
        for name in names:
            logging.getLogger(name).setLevel(max(least, root.level))


def _in_thread(broke: threading.ExceptHookArgs) -> None:
    """Log an exception that ends a thread, which Python would write to standard error unredacted."""
    if broke.exc_type is SystemExit or broke.exc_value is None:
        return
    name = broke.thread.name if broke.thread is not None else "unknown"
    structlog.get_logger().error("a thread ended by an exception", thread=name, exc_info=broke.exc_value)


class _Redacted:
    """Redacts the whole event, except for structlog's own fields, whose names begin with an underscore."""

    def __init__(self, known: Collection[str]) -> None:
        self._known = tuple(known)

    def __call__(self, _: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        ours = {key: value for key, value in event.items() if not key.startswith("_")}
        for key in ours:
            del event[key]
        event.update(redact_all(ours, self._known))
        return event
