"""Rich text blocks as HTML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.slack.html_tags import Html, escaped, joined, tag
from playground.slack.mrkdwn_html import Names, render_emoji, render_link, render_ping
from playground.slack.validator_checks import members

_STYLES = {"bold": "strong", "italic": "em", "strike": "s", "code": "code"}
_HOLDERS = {
    "rich_text_section": "p",
    "rich_text_quote": "blockquote",
    "rich_text_preformatted": "pre",
}


def render_rich_text(block: Mapping[str, Any], names: Names) -> Html:
    """Render a whole rich text block."""
    return tag("div", *[_holder(each, names) for each in members(block, "elements")], class_="bk-rich-text")


def _holder(element: Mapping[str, Any], names: Names) -> Html:
    kind = element.get("type")
    if kind == "rich_text_list":
        items = [tag("li", _parts(item, names)) for item in members(element, "elements")]
        indent = f"indent-{int(element.get('indent') or 0)}"
        return tag("ol" if element.get("style") == "ordered" else "ul", *items, class_=indent)
    if kind in _HOLDERS:
        return tag(_HOLDERS[str(kind)], _parts(element, names))
    return tag("p", escaped(f"Unknown rich text: {kind}"), class_="bk-unknown", role="alert")


def _parts(holder: Mapping[str, Any], names: Names) -> Html:
    return joined([_styled(part, _part(part, names)) for part in members(holder, "elements")])


def _styled(part: Mapping[str, Any], inside: Html) -> Html:
    style = part.get("style")
    for key, name in _STYLES.items():
        if isinstance(style, Mapping) and style.get(key):
            inside = tag(name, inside)
    return inside


def _part(part: Mapping[str, Any], names: Names) -> Html:
    match part:
        case {"type": "text", "text": text}:
            return Html(escaped(text).replace("\n", "<br>"))
        case {"type": "emoji", "name": name}:
            return render_emoji(str(name))
        case {"type": "link", "url": url}:
            return render_link(str(url), str(part.get("text", "")))
        case {"type": "user", "user_id": user}:
            return names.person(str(user))
        case {"type": "channel", "channel_id": channel}:
            return names.channel(str(channel))
        case {"type": "usergroup", "usergroup_id": group}:
            return render_ping(str(group))
        case {"type": "broadcast", "range": whom}:
            return render_ping(str(whom))
        case {"type": "date", "timestamp": int(instant)}:
            pattern, fallback = str(part.get("format", "")), str(part.get("fallback", ""))
            return names.date(instant, pattern, fallback, str(part.get("url", "")))
    return tag("span", escaped(f"Unknown part: {part.get('type')}"), class_="bk-unknown", role="alert")
