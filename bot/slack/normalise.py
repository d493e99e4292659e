"""Turns typed text as Slack sends it back into what the person meant (facts/slack 2.6, 3 and trap 20).

Phones turn hyphens into dashes and quotes into curly ones; Slack marks up people, channels and hosts and
escapes three characters; people paste from documents. Pure text work, total on any string.
"""

from __future__ import annotations

import re
import unicodedata

_HYPHENS = "\u00ad\u058a\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d"
_SINGLE = "\u2018\u2019\u201a\u201b\u2032\u02bc\uff07"
_DOUBLE = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02"
_PLAIN = str.maketrans(
    {**dict.fromkeys(_HYPHENS, "-"), **dict.fromkeys(_SINGLE, "'"), **dict.fromkeys(_DOUBLE, '"'), "`": None}
)
_MARKED = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_ENTITY = re.compile("|".join(_ENTITIES))


def normalise(text: str) -> str:
    """Return one line of plain words. Mentions keep their id and lose their name: ``<@U1>``, ``<#C1>``."""
    text = "".join(_plain(letter) for letter in unescaped(text).translate(_PLAIN))
    return " ".join(unicodedata.normalize("NFC", text).split())


def unescaped(text: str) -> str:
    """Undo what Slack alone does to a text: its mark-up of names and hosts, and its three escapes."""
    return _ENTITY.sub(lambda found: _ENTITIES[found[0]], _MARKED.sub(_unmarked, text))


def _unmarked(found: re.Match[str]) -> str:
    sign, inside, label = found[1], found[2], found[3] or ""
    if sign in ("@", "#"):
        return f"<{sign}{inside}>"
    if sign == "!":
        return f"<!{inside}>" if "^" in inside else f"@{inside}"
    bare = re.sub(r"^(https?://|mailto:|tel:)", "", inside)
    return label if label and label.rstrip("/") == bare.rstrip("/") else inside


def _plain(letter: str) -> str:
    """Turn spaces of any kind into plain ones, drop invisible characters, and let control characters separate
    words.
    """
    if letter.isascii():
        return letter if letter.isprintable() else " "
    match unicodedata.category(letter):
        case "Zs" | "Zl" | "Zp" | "Cc":
            return " "
        case "Cf" | "Cs" | "Co" | "Cn":
            return ""
        case _:
            return letter
