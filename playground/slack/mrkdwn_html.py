"""Slack's mrkdwn and plain text as HTML, with everything escaped.

A mention that would notify people (``<!channel>`` and its like) is shown as a loud marker, because an
accidental ping must be seen in the playground before it is seen in a channel.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from playground.slack.dates import EPOCH, drawn, instant_of
from playground.slack.html_tags import EMPTY, Html, escaped, joined, tag

# Signs of a status are characters of text fonts, coloured by the style sheet, so that a machine without an
# emoji font shows them too; the rest are the emoji themselves.
EMOJI: Mapping[str, str] = {
    "arrows_counterclockwise": "⟳",
    "black_circle": "●",
    "bulb": "💡",
    "candle": "🕯",
    "crescent_moon": "☾",
    "eyes": "👀",
    "heavy_check_mark": "✔",
    "hourglass_flowing_sand": "◷",
    "information_source": "ℹ",
    "large_green_circle": "●",
    "bell": "♪",
    "large_orange_circle": "●",
    "large_yellow_circle": "●",
    "page_facing_up": "▤",
    "question": "?",
    "speech_balloon": "❝",
    "lock": "🔒",
    "moneybag": "💰",
    "no_entry": "⊘",
    "no_entry_sign": "⊘",
    "red_circle": "●",
    "rocket": "🚀",
    "sunny": "☀\ufe0e",
    "tada": "🎉",
    "warning": "⚠\ufe0e",
    "wave": "👋",
    "white_check_mark": "✔",
    "white_circle": "○",
    "x": "✖\ufe0e",
}

UNICODE: Mapping[str, str] = {
    "🟢": "large_green_circle",
    "🟠": "large_orange_circle",
    "🔴": "red_circle",
    "⚪": "white_circle",
    "🔄": "arrows_counterclockwise",
    "🌙": "crescent_moon",
    "❓": "question",
    "🚫": "no_entry_sign",
    "💬": "speech_balloon",
    "⏳": "hourglass_flowing_sand",
    "🔔": "bell",
    "📄": "page_facing_up",
}
"""Characters that Slack shows as the emoji of that name, wherever it shows text."""
_CHARACTERS = re.compile("|".join(UNICODE))


@dataclass(frozen=True)
class Names:
    """How ids are shown: user id to display name, channel id to name without ``#``."""

    people: Mapping[str, str]
    channels: Mapping[str, str]
    zone: tzinfo | None = None
    """The reader's zone; ``None`` shows dates as their fallback. ``now`` is the reader's present."""
    now: datetime = EPOCH

    def date(self, seconds: int, pattern: str, fallback: str, url: str = "") -> Html:
        """Draw a date as its reader sees it. The element holds the exact instant in UTC and shows the
        fallback under a pointer.
        """
        at = instant_of(seconds)
        exact = at.isoformat()
        said = drawn(pattern, at, self.zone, self.now) if self.zone and pattern else fallback or exact
        shown = tag("time", escaped(said), datetime=exact, title=fallback or exact)
        return tag("a", shown, href=url, target="_blank", rel="noopener noreferrer") if url else shown

    def person(self, user: str, label: str = "") -> Html:
        shown = self.people.get(user) or label or user
        return tag("span", escaped(f"@{shown.lstrip('@')}"), class_="mention", data_user=user)

    def channel(self, channel: str, label: str = "") -> Html:
        shown = self.channels.get(channel) or label or channel
        return tag("span", escaped(f"#{shown.lstrip('#')}"), class_="mention", data_channel=channel)


def render_plain(text: str, *, emoji: bool = True) -> Html:
    """Render a ``plain_text`` object: no markup but emoji codes and line breaks."""
    parts = re.split(r"(:[a-z0-9_+'-]+:|\n)", coded(text) if emoji else text)
    return joined([_plain_part(part, emoji=emoji) for part in parts])


def render_mrkdwn(text: str, names: Names) -> Html:
    """Render a ``mrkdwn`` text: code fences first, because nothing inside them is markup, then quotes and
    lines.
    """
    parts = re.split(r"```\n?(.+?)\n?```\n?", text, flags=re.DOTALL)
    return joined(
        [
            tag("pre", tag("code", escaped(_unescaped(part)))) if index % 2 else _lines(coded(part), names)
            for index, part in enumerate(parts)
            if part
        ]
    )


def coded(text: str) -> str:
    """Replace the characters of emoji by their codes."""
    return _CHARACTERS.sub(lambda found: f":{UNICODE[found[0]]}:", text)


def render_raw(text: str) -> Html:
    """Render a cell's ``raw_text``: codes stay text, but the characters of emoji are shown as everywhere."""
    found = re.split(f"({_CHARACTERS.pattern})", text)
    return joined([render_emoji(UNICODE[part]) if part in UNICODE else escaped(part) for part in found])


def render_link(url: str, label: str = "") -> Html:
    """Render a link that opens in a new tab; an address that is not for the web or mail is shown as text
    only.
    """
    if not url.startswith(("http://", "https://", "mailto:")):
        return escaped(label or url)
    shown = escaped(label or url.removeprefix("mailto:"))
    return tag("a", shown, href=url, target="_blank", rel="noopener noreferrer")


def render_emoji(name: str) -> Html:
    """Render a known emoji with its name for screen readers; an unknown one as the code that was written."""
    if name not in EMOJI:
        return escaped(f":{name}:")
    spoken = name.replace("_", " ")
    return tag(
        "span",
        Html(EMOJI[name]),
        role="img",
        aria_label=spoken,
        title=f":{name}:",
        class_=f"emoji emoji-{name}",
    )


def render_ping(whom: str) -> Html:
    """Render the loud marker of a mention that notifies a group."""
    note = tag("small", escaped("notifies people"))
    return tag("strong", escaped(f"@{whom} "), note, class_="ping", role="note")


def _plain_part(part: str, *, emoji: bool) -> Html:
    if part == "\n":
        return tag("br")
    if emoji and re.fullmatch(r":[a-z0-9_+'-]+:", part):
        return render_emoji(part.strip(":"))
    return escaped(_unescaped(part))


def _unescaped(text: str) -> str:
    """Replace Slack's three entities, and no others, by the characters they stand for."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _lines(text: str, names: Names) -> Html:
    """Draw lines, with runs of quoted lines gathered into one quotation."""
    shown: list[Html] = []
    quoted: list[Html] = []
    plain: list[Html] = []

    def flush() -> None:
        if quoted:
            shown.append(tag("blockquote", joined(quoted, tag("br"))))
        if plain:
            shown.append(joined(plain, tag("br")))
        quoted.clear()
        plain.clear()

    for line in text.split("\n"):
        mark = re.match(r"(?:&gt;|>) ?", line)
        if (quoted and not mark) or (plain and mark):
            flush()
        if mark:
            quoted.append(_inline(line[mark.end() :], names))
        else:
            plain.append(_inline(line, names))
    flush()
    return joined(shown)


def _wrapped(mark: str) -> str:
    """Return a pattern for text between two marks that stand at the edges of words, as Slack requires."""
    one = re.escape(mark)
    return rf"(?<![\w{one}]){one}(?=\S)([^{one}\n]+?)(?<=\S){one}(?![\w{one}])"


_INLINE = re.compile(
    rf"`(?P<code>[^`\n]+)`|<(?P<reference>[^<>\n]+)>|:(?P<emoji>[a-z0-9_+'-]+):"
    rf"|(?P<strong>{_wrapped('*')})|(?P<em>{_wrapped('_')})|(?P<s>{_wrapped('~')})"
)


def _inline(text: str, names: Names) -> Html:
    parts: list[Html] = []
    end = 0
    for match in _INLINE.finditer(text):
        parts += [escaped(_unescaped(text[end : match.start()])), _marked(match, names)]
        end = match.end()
    return joined([*parts, escaped(_unescaped(text[end:]))])


def _marked(match: re.Match[str], names: Names) -> Html:
    kind, found = str(match.lastgroup), ""
    found = match.group(kind)
    if kind == "code":
        return tag("code", escaped(_unescaped(found)))
    if kind == "reference":
        return _reference(found, names)
    if kind == "emoji":
        return render_emoji(found)
    return tag(kind, _inline(found[1:-1], names))


def _reference(inside: str, names: Names) -> Html:
    target, _, label = (_unescaped(part) for part in inside.partition("|"))
    readers: dict[str, Callable[[str, str], Html]] = {"@": names.person, "#": names.channel, "!": _special}
    if target.startswith("!date^"):
        return _date(target, label, names)
    if target[0] in readers:
        return readers[target[0]](target[1:], label)
    return render_link(target, label)


def _date(target: str, label: str, names: Names) -> Html:
    _, seconds, pattern, url = (*target.split("^"), "", "", "")[:4]
    if not (seconds.isascii() and seconds.isdigit()):
        return escaped(label or target)
    return names.date(int(seconds[:10]), pattern, label, url)


def _special(command: str, label: str) -> Html:
    name, *rest = command.split("^")
    if name == "subteam":
        return render_ping(label.lstrip("@") or (rest[0] if rest else "group"))
    return render_ping(name) if name else EMPTY
