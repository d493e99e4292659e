"""Pictures of charts as files at Slack: drawn, uploaded, and invisible until a message shows them.

An upload names no channel, so nobody ever sees an upload that is repeated or that no message uses.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.pictures.painting import png
from bot.slack.charts import figure, told_of

log = logging.getLogger(__name__)
NETWORK = (SlackClientError, OSError, HTTPException)
LONGEST_ALT = 1_000
"""Characters of a file's description (facts/slack 2.8)."""


class SlackPictures:
    """``bot.slack.versions.Pictures``. Needs the scope ``files:write``. Never raises: without a picture the
    numbers stand in a table.
    """

    def __init__(self, client: WebClient, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client, self._sleep = client, sleep

    def files(self, charts: list[dict[str, Any]]) -> list[str] | None:
        figures = [figure(chart) for chart in charts]
        if not all(each.drawable for each in figures):
            return None
        try:
            uploads = [
                {
                    "filename": f"chart-{number}.png",
                    "content": png(each),
                    "title": each.title,
                    "alt_txt": told_of(chart, LONGEST_ALT),
                }
                for number, (chart, each) in enumerate(zip(charts, figures, strict=True), 1)
            ]
            answer = self._client.files_upload_v2(file_uploads=uploads)
            return [str(file["id"]) for file in answer["files"]]
        except SlackApiError as refusal:
            log.warning("a chart's picture was refused: %s", refusal.response.get("error", "no reason given"))
        except (*NETWORK, ImportError, KeyError, TypeError, ValueError) as error:
            log.warning("a chart has no picture (%s)", type(error).__name__)
        return None

    def wait(self, seconds: float) -> None:
        self._sleep(seconds)
