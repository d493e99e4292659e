"""``python -m tests.bench.bare``: a Bolt app that acknowledges ``/env`` and does nothing else.

The app stands behind the same WSGI server class with the same threads as the bot, and like the bot it does
not ask Slack whose token it has. So the ratio of the two is what the bot adds.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_bolt.authorization import AuthorizeResult
from waitress.server import create_server

from bot.slack.http_server import THREADS

PATH = "/slack/events"


def main(secret: str, token: str) -> None:
    """Print the port, then serve until ended."""

    def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=token)

    logging.getLogger("waitress.queue").setLevel(
        logging.ERROR
    )  # logs when there are more requests than threads
    app = App(signing_secret=secret, authorize=authorize)

    def on_command(ack: Callable[..., Any]) -> None:
        ack()

    app.command("/env")(on_command)
    server: Any = create_server(
        SlackRequestHandler(app, path=PATH), host="127.0.0.1", port=0, threads=THREADS, asyncore_use_poll=True
    )
    sys.stdout.write(f"{server.effective_port}\n")
    sys.stdout.flush()
    server.run()


if __name__ == "__main__":
    main(*sys.argv[1:3])
