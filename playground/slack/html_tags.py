"""HTML that cannot be left unescaped by mistake: only ``Html`` goes between tags, and only these functions
make it.

Deliberately absent: a way to mark outside text as safe.
"""

from __future__ import annotations

import html
from typing import NewType

Html = NewType("Html", str)
Attribute = str | bool | int | None
EMPTY = Html("")
_VOID = frozenset({"br", "hr", "img", "input"})


def escaped(text: object) -> Html:
    """Return any text, made safe both between tags and inside a quoted attribute."""
    return Html(html.escape(str(text), quote=True))


def joined(parts: list[Html], between: Html = EMPTY) -> Html:
    return Html(between.join(parts))


def tag(name: str, /, *inside: Html, **attributes: Attribute) -> Html:
    """Return one element. ``class_`` is class, ``_`` in a name is ``-``; None and False leave an attribute
    out.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{''.join(inside)}</{name}>")


def _attribute(key: str, value: Attribute) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escaped(value)}"'
