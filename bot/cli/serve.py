"""``lamplighter serve``: the bot itself, until it is told to stop."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from typing import Annotated

import structlog
import typer

from bot.cli.apply import apply_mounted
from bot.cli.migrate import bring_up_to_date
from bot.cli.output import fail, read_settings, told
from bot.cli.schema import require_current
from bot.cli.serving import Serving
from bot.cli.slack_part import missing
from bot.logging_setup import set_up
from bot.settings import Settings

log = structlog.get_logger()

LOOK_EVERY = 1.0
"""Seconds between two checks whether Slack can still be heard."""


def serve(
    migrate: Annotated[bool, typer.Option("--migrate", help="bring the schema up to date first")] = False,
) -> None:
    """Run the bot."""
    settings = read_settings()
    if absent := missing(settings):
        fail(f"settings: not set: {', '.join(absent)}; see docs/connect.md")
    set_up(settings.log_level, known=settings.secrets())
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with told():
        if migrate:
            bring_up_to_date(settings)
        require_current(settings)
        serving = _made(settings)
        if settings.catalog_file is not None:
            apply_mounted(serving.core, settings.catalog_file)
    serving.start()
    trouble = _until(stop, serving)
    if not serving.stop():
        _leave(bool(trouble))
    if trouble:
        raise typer.Exit(1)


def _made(settings: Settings) -> Serving:
    try:
        return Serving(settings)
    except OSError as error:
        fail(f"Cannot listen on {settings.http_host}:{settings.http_port} ({error.strerror}).")


def _until(stop: threading.Event, serving: Serving) -> str:
    """Wait for the end. Return an empty string if the end was asked for, else why this process should be
    restarted.
    """
    while not stop.wait(LOOK_EVERY):
        if trouble := serving.transport.liveness():
            log.error("ending so that I am started anew", trouble=trouble)
            return trouble
    return ""


def _leave(troubled: bool) -> None:
    """End the process at once. A thread that still waits for an answer from outside must not hold up the end:
    the lease of its operation was released, and the next holder continues from the rows.
    """
    log.warning("ending with calls still unanswered")
    logging.shutdown()
    sys.stdout.flush()
    os._exit(1 if troubled else 0)
