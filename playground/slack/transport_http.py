"""Signed HTTP: each delivery is a POST to the bot's request URL (facts/slack 7)."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import aiohttp

from playground.slack.cast import SIGNING_SECRET
from playground.slack.parcels import CUT, TOO_LATE, Ack, Parcel, Wire

STALE_SECONDS = 600
PATIENCE = aiohttp.ClientTimeout(total=15, connect=3)
"""Longer than the ack deadline, so that a late answer still appears in the traffic."""


def sign(body: bytes, timestamp: int, secret: str = SIGNING_SECRET) -> str:
    """Return the ``v0`` signature: HMAC-SHA256 over version, timestamp and raw body."""
    return "v0=" + hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()


def wire(parcel: Parcel, now: int) -> Wire:
    """Return the request for a parcel, signed at ``now`` (real Unix seconds: signatures never use another
    clock).
    """
    if parcel.kind == "event":
        body, content_type = json.dumps(parcel.payload), "application/json"
    elif parcel.kind == "command":
        body, content_type = urlencode(parcel.payload), "application/x-www-form-urlencoded"
    else:
        body = urlencode({"payload": json.dumps(parcel.payload)})
        content_type = "application/x-www-form-urlencoded"
    timestamp = now - STALE_SECONDS if parcel.forgery == "stale_timestamp" else now
    secret = "another-secret" if parcel.forgery == "bad_signature" else SIGNING_SECRET
    headers = {
        "Content-Type": content_type, "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": str(timestamp),
        "X-Slack-Signature": sign(body.encode(), timestamp, secret),
    }  # fmt: skip
    if parcel.retry:
        headers |= {"X-Slack-Retry-Num": str(parcel.retry), "X-Slack-Retry-Reason": parcel.retry_reason}
    return Wire(headers, body.encode())


class HttpTransport:
    """POSTs to ``url`` in one session, made at first use."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session: aiohttp.ClientSession | None = None

    async def send(self, parcel: Parcel) -> Ack:
        parcel.wire = parcel.wire or wire(parcel, int(time.time()))
        self._session = self._session or _session()
        began = time.monotonic()
        try:
            async with self._session.post(
                self.url, data=parcel.wire.body, headers=parcel.wire.headers, allow_redirects=False
            ) as answer:
                text = await answer.text()
                ms = (time.monotonic() - began) * 1000
                final = answer.headers.get("X-Slack-No-Retry") == "1"
                return Ack(answer.status, _body(answer.content_type, text), ms, final=final)
        except TimeoutError:
            return Ack(0, ms=(time.monotonic() - began) * 1000, reason=TOO_LATE)
        except aiohttp.ClientError as error:
            return Ack(0, ms=(time.monotonic() - began) * 1000, reason=CUT, errors=[type(error).__name__])

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


def _session() -> aiohttp.ClientSession:
    """Make a session with a connection per request: one kept open to a killed bot would fail the next
    delivery.
    """
    connector = aiohttp.TCPConnector(force_close=True, limit=0)
    return aiohttp.ClientSession(connector=connector, timeout=PATIENCE, trust_env=False)


def _body(content_type: str, text: str) -> dict[str, object] | str | None:
    if not text:
        return None
    if content_type == "application/json":
        try:
            read = json.loads(text)
        except ValueError:
            return text
        return read if isinstance(read, dict) else text
    return text
