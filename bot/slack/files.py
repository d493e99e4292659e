"""Sends a file of text to one person, as a direct message, and to nobody else (facts/slack 2.8).

A file goes to the conversation that Slack says is with this person, which no other company can read.
"""

from __future__ import annotations

import json
import logging

from bot.slack.blocks import draw_sentence
from bot.slack.web import SlackWeb
from handlers.tell import download as tell
from handlers.words.errors import Denied, Rejected, Trouble
from handlers.words.message import TextFile

log = logging.getLogger(__name__)


def send(web: SlackWeb, user: str, file: TextFile) -> str:
    """Send the file; return a sentence that says where it is, or why it was not sent. Never raises."""
    try:
        return _send(web, user, file)
    except Denied as denied:
        log.error("a file was not sent: %s", denied.sentence)
        return tell.NOT_ALLOWED if denied.code == "missing_scope" else tell.not_sent(denied.sentence)
    except Trouble as trouble:
        log.warning("a file was not sent: %s", trouble.sentence)
        return tell.not_sent(trouble.sentence)


def _send(web: SlackWeb, user: str, file: TextFile) -> str:
    """Upload first, which nobody sees, and then show it: what fails by a missing scope fails before anything
    is said. The message opens the conversation, whose id an upload must name; without it, the bot would need
    one scope more (``im:write``). Raises ``Trouble``.
    """
    body = file.text.encode()
    place = web.ask("files.getUploadURLExternal", filename=file.name, length=len(body))
    web.upload(str(place.get("upload_url", "")), body)
    said = web.call("chat.postMessage", channel=user, unfurl_links=False, **draw_sentence(f"{file.title}:"))
    channel, ts = str(said.get("channel", "")), str(said.get("ts", ""))
    if not channel.startswith("D"):
        raise Rejected("Slack did not say which conversation is with you.", code="no_conversation")
    shown = json.dumps([{"id": place.get("file_id", ""), "title": file.title}])
    try:
        web.ask("files.completeUploadExternal", files=shown, channel_id=channel)
    except Trouble:
        _take_back(web, channel, ts)
        raise
    return tell.SENT


def _take_back(web: SlackWeb, channel: str, ts: str) -> None:
    """Delete the message that announced the file."""
    try:
        web.call("chat.delete", channel=channel, ts=ts)
    except Trouble as trouble:
        log.warning("an announced file stays announced: %s", trouble.sentence)
