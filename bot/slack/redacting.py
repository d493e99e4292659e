"""Keeps tokens, response addresses, triggers and secrets out of the log (facts/slack 7, trap 23)."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable

LOGGERS = ("slack_bolt", "slack_sdk")
_SHAPES = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|xoxe\.[\w.-]+"
    r"|https?(?::|%3A)(?:/|%2F){2}hooks\.slack\.com[^\s\"'&,}]*"
    r"|(?<=response_url)[\"'\s:=\\]+[^\s\"'&,}]+"
    r"|(?<=trigger_id)[\"'\s:=\\]+[^\s\"'&,}]+"
    r"|(?<=token)[\"':=\\]+\s*[\"']?[^\s\"'&,}]+"
    r"|v0=[0-9a-f]{64}"
    r"|(?<=ticket=)[^\s&\"']+"
)


class RedactingFilter(logging.Filter):
    """Rewrites a record in place. ``secrets`` are replaced wherever they stand, whatever their shape."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        self._secrets = tuple(sorted((s for s in secrets if s), key=len, reverse=True))

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self.redact(record.getMessage()), ()
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = self.redact(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
            record.exception = record.exc_text  # structured logs take the text of an exception only from here
        return True

    def redact(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "[redacted]")
        return _SHAPES.sub("[redacted]", text)


def quiet_logger(secrets: Iterable[str]) -> logging.Logger:
    """Make the logger for Bolt and the SDK: WARNING and above, redacted, handed on to the root's handlers.

    The logger is not registered by name, so that nobody opens it to DEBUG by accident. The libraries' own
    loggers, which write some of their remarks before this one is in place, are set to WARNING as well.
    """
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    logger = logging.Logger("slack_bolt.lamplighter", logging.WARNING)
    logger.parent = logging.getLogger("slack_bolt")
    logger.addFilter(RedactingFilter(secrets))
    return logger
