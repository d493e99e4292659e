"""Text from AWS and from people, made harmless and short enough (facts/slack 2.1, 7)."""

from __future__ import annotations

import re

from policies.secrets.unseen import visible
from policies.times.moments import Instant, parts

_PING = re.compile(r"@(?=(channel|here|everyone)\b)", re.IGNORECASE)
_JOINER = "\u2060"
"""Word joiner: it takes no room, and the text after it is no longer a mention."""
_PART = re.compile(r"&[a-z]{0,3}$|<(!d?a?t?e?(\^[^>]*)?)?$")
_DATE = re.compile(r"<!date\^[^|>]*\|([^>]*)>")
OWN = "{time} {date_short_pretty}"
"""How a time reads in its reader's zone: *23:30 today*, *08:00 tomorrow*, *08:00 Dec 7, 2026*. The day comes
second, where Slack writes it small, and is always present: a message is still read on later days (facts/slack
2.8).
"""


def escape(text: str) -> str:
    """Escape text for ``mrkdwn``, so that it contains no link, no mention and no channel-wide ping. Moments
    are drawn in each reader's own zone; no other text becomes a date.
    """
    return "".join(_dated(part) if isinstance(part, Instant) else _escaped(part) for part in parts(text))


def _dated(moment: Instant) -> str:
    return f"<!date^{int(moment.at.timestamp())}^{OWN}|{_escaped(moment.words)}>"


def _escaped(text: str) -> str:
    text = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _PING.sub("@" + _JOINER, text)


def literal(text: str) -> str:
    """Escape text for places that show it as it is (plain_text, tables, preformatted); it contains no mark-up
    there either.
    """
    return _PING.sub("@" + _JOINER, visible(text).replace("<!", f"<{_JOINER}!").replace("<@", f"<{_JOINER}@"))


def clip(text: str, limit: int) -> str:
    """Return at most ``limit`` characters. A cut is marked, and never splits an escape or a date."""
    if len(text) <= limit:
        return text
    return _PART.sub("", text[: limit - 1]) + "…"


def clip_seen(text: str, limit: int) -> str:
    """Clip an escaped text by its visible length: a date counts as its words do. Only for limits of the bot's
    own, well below Slack's: the invisible part may take four times as much again.
    """
    unseen = len(text) - len(_DATE.sub(r"\1", text))
    return clip(text, limit + min(unseen, 4 * limit))
