"""Socket Mode: envelopes are checked before the SDK and Bolt raise on them, and none stays unacknowledged.

Slack would send a malformed envelope again if nobody acknowledged it, so it is acknowledged, with one line in
the log.
"""

from __future__ import annotations

import json
import logging
import re
import time
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode.internals import run_bolt_app, send_response
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.slack.kinds import Fields, Text, fault
from bot.slack.payloads import Malformed, checked

log = logging.getLogger(__name__)
THREADS = 10
"""Threads that hand envelopes to Bolt; the SDK's own number."""
_ENVELOPE = Fields({"envelope_id": Text(needed=True), "type": Text(needed=True), "retry_reason": Text()})
_NAMED = re.compile(r'"envelope_id"\s*:\s*"([^"\\]{1,255})"')
NOBODY = 404
"""Bolt's status where nothing listens."""


class SocketDoor(SocketModeClient):
    """The SDK's client, with Bolt behind it."""

    def __init__(self, app: App, token: str, *, ping: float) -> None:
        super().__init__(
            app_token=token,
            logger=app.logger,
            web_client=app.client,
            proxy=app.client.proxy,
            ping_interval=ping,
            concurrency=THREADS,
        )
        self._app = app
        self.socket_mode_request_listeners.append(self._hand_on)

    def enqueue_message(self, message: str) -> None:
        """Check each message of the websocket before the SDK sees it."""
        try:
            _look_at(message)
        except Malformed as malformed:
            log.warning("an envelope was refused: %s", malformed)
            self._acknowledge(message)
            return
        super().enqueue_message(message)

    def _hand_on(self, client: Any, request: SocketModeRequest) -> None:
        began = time.time()
        response = run_bolt_app(self._app, request)
        if response.status == NOBODY:
            client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))
        else:
            send_response(client, request, response, began)

    def _acknowledge(self, message: str) -> None:
        """Acknowledge by the id that stands in the text, whether or not the text can be read."""
        named = _NAMED.search(message)
        if named is None:
            return
        try:
            self.send_socket_mode_response(SocketModeResponse(envelope_id=named[1]))
        except Exception:  # the SDK raises whatever its socket raised; Slack delivers it again
            log.exception("a refused envelope could not be acknowledged")


def _look_at(message: str) -> None:
    """Raises ``Malformed`` if the SDK or Bolt would stumble. A message that is not an envelope is left to the
    SDK.
    """
    try:
        read = json.loads(message)
    except (ValueError, RecursionError):
        raise Malformed("it is not JSON that can be read") from None
    if not isinstance(read, dict):
        raise Malformed("it is not an object")
    if "envelope_id" not in read and "payload" not in read:
        return
    if said := fault(_ENVELOPE, read):
        raise Malformed(said)
    checked(read.get("payload"))
