"""What ``should_escape: true`` makes of typed text (facts/slack 2.6): people, channels and links are marked
up with their ids, and the three control characters are escaped.
"""

from __future__ import annotations

import re

from playground.slack.directory import Directory

_MARKS = re.compile(
    r"(?P<url>https?://[^\s<>]+)"
    r"|(?<![\w@.])@(?P<at>[\w.-]*\w)"
    r"|(?<![\w#])#(?P<channel>[\w-]+)"
    r"|(?<![\w@./-])(?P<host>(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev)\b)"
)
_EVERYBODY = {"channel", "here", "everyone"}


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def as_sent(text: str, directory: Directory) -> str:
    """Return the ``text`` field of the command that was typed as ``text``."""
    out, end = [], 0
    for match in _MARKS.finditer(text):
        out += [escape(text[end : match.start()]), _marked(match, directory)]
        end = match.end()
    return "".join([*out, escape(text[end:])])


def _marked(match: re.Match[str], directory: Directory) -> str:
    kind, found = match.lastgroup or "", match.group(match.lastgroup or 0)
    if kind == "url":
        return f"<{escape(found)}>"
    if kind == "host":
        return f"<http://{found}|{found}>"
    if kind == "channel":
        channel = directory.channel_named(found)
        return f"<#{channel.id}|{channel.name}>" if channel else escape(match.group(0))
    return _mention(found, directory) or escape(match.group(0))


def _mention(handle: str, directory: Directory) -> str:
    if handle in _EVERYBODY:
        return f"<!{handle}>"
    person, group = directory.person_named(handle), directory.group_named(handle)
    if person:
        return f"<@{person.id}|{person.name}>"
    return f"<!subteam^{group.id}|@{group.handle}>" if group else ""
