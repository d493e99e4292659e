"""Reads the body of a request once, and correctly.

Bolt takes any body that contains the letters *payload* for an interaction, reads a slash command as empty
(facts/slack 1.3), and takes any JSON for an object. So Bolt gets what was read here and reads nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from slack_bolt import BoltContext, BoltRequest
from slack_bolt.request.internals import build_context

from bot.slack.shapes import wrong

FIELDS = 100
"""Fields of a form; a slash command has about fifteen."""
HANDED_ON = ("x-slack-signature", "x-slack-request-timestamp", "x-slack-retry-num", "x-slack-retry-reason")
"""Headers that the listeners may see. Bolt also obeys some headers of its own, which are not signed."""
Body = dict[str, Any]


class Malformed(Exception):
    """Slack could not have sent this; the message says what is wrong and contains nothing of the body."""


def bolt_request(raw: bytes, headers: Mapping[str, str]) -> BoltRequest:
    """Make Bolt's request. Raises ``Malformed`` if the body cannot be read. The raw body stays as it was, or
    its signature would not hold.
    """
    body = read(raw, headers.get("content-type", ""))
    kept = {name: value for name, value in headers.items() if name in HANDED_ON}
    request = BoltRequest(body="", headers=dict(kept))
    request.raw_body, request.body = raw.decode(), body
    request.context = build_context(BoltContext(), body)
    return request


def read(raw: bytes, content_type: str) -> Body:
    """Read a form, the JSON in its field ``payload``, or JSON. Raises ``Malformed``."""
    try:
        text = raw.decode()
        if content_type.partition(";")[0].strip().lower() == "application/json" or text.startswith("{"):
            return checked(_json(text))
        form = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS))
        return checked(_json(form["payload"]) if "payload" in form else form)
    except UnicodeDecodeError:
        raise Malformed("it is not UTF-8") from None
    except (ValueError, RecursionError):  # numbers with thousands of digits raise ValueError too
        raise Malformed("it cannot be read as its content type") from None


def checked(body: object) -> Body:
    """Return the body. Raises ``Malformed`` if Slack could not have sent it."""
    if said := wrong(body):
        raise Malformed(said)
    assert isinstance(body, dict)
    if body.get("response_urls") is None:
        body.pop("response_urls", None)  # only here does Bolt treat null otherwise than absent
    return body


def _json(text: str) -> object:
    return json.loads(text, parse_constant=_none_such)


def _none_such(name: str) -> NoReturn:
    """Refuse ``NaN`` and the infinities, which Python reads and JSON does not have."""
    raise ValueError(name)
