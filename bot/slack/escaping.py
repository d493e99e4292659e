"""Text from AWS and from people, made harmless and short enough (facts/slack 2.1, 7)."""

from __future__ import annotations

import re
import unicodedata

_PING = re.compile(r"@(?=(channel|here|everyone)\b)", re.IGNORECASE)
_JOINER = "\u2060"
"""Word joiner: takes no room, and what follows it is no longer a mention."""
_PART = re.compile(r"&[a-z]{0,3}$")


def escape(text: str) -> str:
    """For ``mrkdwn`` and fallback text: nothing in it is a link, a mention or a channel-wide ping."""
    text = _visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _PING.sub("@" + _JOINER, text)


def literal(text: str) -> str:
    """For places that show text as it is (plain_text, tables, preformatted): still never a mark-up sign."""
    return _PING.sub(
        "@" + _JOINER, _visible(text).replace("<!", f"<{_JOINER}!").replace("<@", f"<{_JOINER}@")
    )


def clip(text: str, limit: int) -> str:
    """At most ``limit`` characters; what is cut off is marked, and no escape is cut in two."""
    if len(text) <= limit:
        return text
    return _PART.sub("", text[: limit - 1]) + "…"


def _visible(text: str) -> str:
    """Without control, unassigned and direction-changing characters; line breaks and tabs stay. Most text has
    none of them, which is seen at once."""
    if text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter)[0] != "C")
