"""Slack's Web API: one call at a time, no repeats and no sleeps here; errors in the bot's own words."""

from __future__ import annotations

import contextlib
import ssl
from http.client import HTTPException
from socket import gaierror
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook import WebhookClient

from bot.causes import http_words
from bot.slack.redacting import quiet_logger
from bot.slack.settings import SlackSettings
from bot.slack.versions import Pictures, give
from handlers.words.errors import (
    Absent,
    Denied,
    Rejected,
    Throttled,
    Trouble,
    Unanswered,
    Unreached,
    Unsendable,
)

Json = dict[str, Any]
NETWORK = (OSError, HTTPException, SlackClientError)
"""Failures of a call to Slack that are nobody's mistake: their log line needs no traceback."""

UNSENDABLE = {
    "not_in_channel": "I am not a member of that channel; invite me to it.",
    "channel_not_found": "I cannot see that channel; invite me to it, or correct its id in the catalog.",
    "is_archived": "That channel is archived.",
    "restricted_action": "This workspace does not let me post in that channel.",
    "user_not_in_channel": "The person is not in that channel.",
}
_ABSENT = {"message_not_found", "not_found", "user_not_found", "users_not_found"}
_DENIED = {
    "missing_scope",
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "token_revoked",
    "no_permission",
}
_PASSING = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
_LONGEST_PAUSE = 600.0


class RateLimited(Throttled):
    """Slack said 429; ``seconds`` is its ``Retry-After``."""

    seconds: float = 30.0


class SlackWeb:
    """Calls methods by name. Thread-safe: the client keeps no state between calls.

    The SDK's own retries are off: after a lost answer a second ``chat.postMessage`` would be a second
    message, and a pause inside a listener would cost the acknowledgement. The caller decides.
    """

    def __init__(self, settings: SlackSettings) -> None:
        self.logger = quiet_logger((settings.bot_token, settings.app_token, settings.signing_secret))
        self._seconds = settings.answer_seconds
        self.client = WebClient(
            token=settings.bot_token,
            base_url=settings.api_url,
            timeout=self._seconds,
            ssl=_trusting() if settings.api_url.startswith("https:") else None,
            retry_handlers=[],
            logger=self.logger,
        )

    def webhook(self, url: str) -> WebhookClient:
        """Return a client for one answer to a response address."""
        trusting = self._trusted(url)
        return WebhookClient(url, timeout=self._seconds, ssl=trusting, retry_handlers=[], logger=self.logger)

    def call(self, method: str, **arguments: Any) -> Json:
        """Return Slack's answer. Raises ``Unsendable``, ``Absent``, ``Denied``, ``Rejected``,
        ``RateLimited``, or ``Unanswered`` when it is not known whether Slack acted (``Unreached``: Slack did
        not). A message with a chart is sent in plainer versions if Slack refuses its blocks.
        """
        return self.show(method, arguments)

    def show(self, method: str, message: Json, pictures: Pictures | None = None) -> Json:
        """Do the same as ``call``; one of the plainer versions has these pictures in place of the charts."""
        return give(message, lambda version: self._send(method, json=version), pictures)

    def ask(self, method: str, **arguments: Any) -> Json:
        """Do the same as ``call`` for reading methods, which take form fields and no JSON."""
        return self._send(method, params=arguments)

    def upload(self, url: str, body: bytes) -> None:
        """Send bytes to the address that ``files.getUploadURLExternal`` gave. Raises ``Rejected`` if Slack
        does not take them, and ``Unanswered`` if it does not answer.
        """
        if not url.startswith(("https://", "http://127.0.0.1:")):
            raise Rejected("Slack gave no address to send the file to.", code="no_upload_url")
        try:
            with urlopen(Request(url, data=body), timeout=self._seconds, context=self._trusted(url)):
                return
        except HTTPError as error:
            error.close()
            told = f"Slack did not take the file: {http_words(error.code)}."
            raise Rejected(told, code=str(error.code)) from None
        except (OSError, HTTPException, ValueError) as error:
            told = f"Slack did not answer an upload ({type(error).__name__})."
            raise Unanswered(told, code="no_answer", retry_helps=True) from None

    def _trusted(self, url: str) -> ssl.SSLContext | None:
        return self.client.ssl if url.startswith("https:") else None

    def _send(self, method: str, **how: Json) -> Json:
        try:
            answer = self.client.api_call(method, json=how.get("json"), params=how.get("params"))
        except SlackApiError as error:
            raise _trouble(method, error) from None
        except (SlackClientError, OSError, HTTPException, ValueError) as error:
            told = f"Slack did not answer {method} ({type(error).__name__})."
            kind = Unreached if _unsent(error) else Unanswered
            raise kind(told, code="no_answer", retry_helps=True) from None
        return answer.data if isinstance(answer.data, dict) else {}


def _trusting() -> ssl.SSLContext:
    """Load the machine's certificates once: Python would otherwise load them for each call, which takes more
    processor time than everything else that a command does.
    """
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _unsent(error: BaseException) -> bool:
    """Whether no connection came about, as the SDK's library wraps the error."""
    cause = error.reason if isinstance(error, URLError) else error
    return isinstance(cause, ConnectionRefusedError | gaierror)


def _trouble(method: str, error: SlackApiError) -> Trouble:
    response = error.response
    status = int(getattr(response, "status_code", 0) or 0)
    data = getattr(response, "data", None)
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return _rate_limited(method, getattr(response, "headers", None) or {})
    if status >= 500 or code in _PASSING:
        why = http_words(status) if status >= 400 else code
        return Unanswered(f"Slack is in trouble with {method}: {why}.", code=code, retry_helps=True)
    if code in UNSENDABLE:
        return Unsendable(UNSENDABLE[code], code=code)
    kind: type[Trouble] = Absent if code in _ABSENT else Denied if code in _DENIED else Rejected
    return kind(f"Slack refused {method}: {code or http_words(status)}.", code=code)


def _rate_limited(method: str, headers: Any) -> RateLimited:
    told = RateLimited(f"Slack asks to call {method} less often.", code="ratelimited", retry_helps=True)
    given = headers.get("Retry-After") or headers.get("retry-after") or "30"
    with contextlib.suppress(TypeError, ValueError):
        told.seconds = min(_LONGEST_PAUSE, max(0.1, float(given[0] if isinstance(given, list) else given)))
    return told
