"""The ``markdown`` block as HTML: the subset of Markdown that Slack documents for it.

Headings, lists, quotes, fenced code, rules and the inline marks. Deliberately absent: raw HTML, which is
escaped like any other text, images, and tables, which have a block of their own.
"""

from __future__ import annotations

import re

from playground.slack.html_tags import Html, escaped, joined, tag
from playground.slack.mrkdwn_html import render_link

_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`|\[(?P<label>[^\]\n]+)\]\((?P<url>[^()\s]+)\)"
    r"|\*\*(?P<strong>[^*\n]+)\*\*|~~(?P<s>[^~\n]+)~~|(?<!\w)[*_](?P<em>[^*_\n]+)[*_](?!\w)"
)
_HEADING = re.compile(r"(#{1,6}) +(.*)")
_ITEM = re.compile(r"\s*(?P<mark>[-*+]|\d+[.)]) +(?P<text>.*)")


def render_markdown(text: str) -> Html:
    """Render a whole text."""
    parts = re.split(r"^```[^\n]*\n(.*?)\n?```$\n?", text, flags=re.DOTALL | re.MULTILINE)
    drawn: list[Html] = []
    for index, part in enumerate(parts):
        drawn += [tag("pre", tag("code", escaped(part)))] if index % 2 else _paragraphs(part)
    return tag("div", *drawn, class_="bk-markdown")


def _paragraphs(text: str) -> list[Html]:
    """Draw each run of lines of one kind as an element of its own."""
    runs: list[tuple[str, list[str]]] = []
    for line in text.split("\n"):
        kind = _kind(line)
        if runs and runs[-1][0] == kind:
            runs[-1][1].append(line)
        else:
            runs.append((kind, [line]))
    return [drawn for kind, lines in runs for drawn in _run(kind, lines)]


def _kind(line: str) -> str:
    item = _ITEM.fullmatch(line)
    if item:
        return "ol" if item["mark"][0].isdigit() else "ul"
    if not line.strip():
        return "gap"
    if _HEADING.fullmatch(line):
        return "heading"
    if re.fullmatch(r"(-{3,}|\*{3,})", line.strip()):
        return "rule"
    return "quote" if line.startswith(">") else "text"


def _run(kind: str, lines: list[str]) -> list[Html]:
    match kind:
        case "ol" | "ul":
            items = [match["text"] for match in map(_ITEM.fullmatch, lines) if match]
            return [tag(kind, *[tag("li", _inline(item)) for item in items])]
        case "heading":
            return [_heading(line) for line in lines]
        case "rule":
            return [tag("hr")]
        case "quote":
            inside = [_inline(line.lstrip("> ")) for line in lines]
            return [tag("blockquote", joined(inside, tag("br")))]
        case "text":
            return [tag("p", joined([_inline(line) for line in lines], tag("br")))]
    return []


def _heading(line: str) -> Html:
    marks, _, text = line.partition(" ")
    return tag(f"h{min(6, len(marks) + 2)}", _inline(text.strip()))


def _inline(text: str) -> Html:
    parts: list[Html] = []
    end = 0
    for match in _INLINE.finditer(text):
        parts += [escaped(text[end : match.start()]), _marked(match)]
        end = match.end()
    return joined([*parts, escaped(text[end:])])


def _marked(match: re.Match[str]) -> Html:
    if match["url"]:
        return render_link(match["url"], match["label"])
    if match["code"]:
        return tag("code", escaped(match["code"]))
    name = next(name for name in ("strong", "s", "em") if match[name])
    return tag(name, _inline(match[name]))
