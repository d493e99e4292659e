"""Block elements as real controls: ``data-`` attributes hold everything the page needs to report a press.

``data-kind`` is Slack's element type; ``data-confirm`` is the confirm dialog as JSON, shown before anything
is sent, with its text also as ``html``. A control is named by its label, accessibility label or placeholder,
in that order.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from playground.clock import ZONE
from playground.slack.html_tags import EMPTY, Attribute, Html, escaped, joined, tag
from playground.slack.mrkdwn_html import Names, render_mrkdwn, render_plain
from playground.slack.validator_checks import members


@dataclass(frozen=True)
class Place:
    """The place of an element: the names for ids, its block, and the label that already names the element."""

    names: Names
    block_id: str = ""
    label: str = ""
    required: bool = False


Element = Mapping[str, Any]


def text_of(value: Any) -> str:
    """Return the words of a text object, or of a bare string."""
    return str(value.get("text", "")) if isinstance(value, Mapping) else str(value or "")


def render_text(value: Any, names: Names) -> Html:
    """Render a text object by its own kind; anything else is shown as the text it is."""
    if isinstance(value, Mapping) and value.get("type") == "mrkdwn":
        return render_mrkdwn(text_of(value), names)
    return render_plain(text_of(value))


def render_element(element: Element, place: Place) -> Html:
    """Render one element; an element of an unknown kind is shown loudly."""
    kind = str(element.get("type"))
    draw = _DRAWN.get(kind)
    if draw is None:
        return tag("span", escaped(f"Unknown element type: {kind}"), class_="bk-unknown", role="alert")
    return draw(element, place)


def render_image(element: Element, _place: Place | None = None) -> Html:
    """Render an image. Only the playground's own files can be seen, so the alternative text matters for all
    others.
    """
    file = element.get("slack_file")
    url = element.get("image_url")
    if isinstance(file, Mapping):
        url = file.get("url") or f"/files/{quote(str(file.get('id', '')), safe='')}"
    return tag("img", src=url, alt=str(element.get("alt_text", "")), loading="lazy")


def _data(element: Element, place: Place) -> dict[str, Attribute]:
    confirm = element.get("confirm")
    label = place.label or text_of(element.get("placeholder")) or str(element.get("action_id", ""))
    return {
        "data_action_id": str(element.get("action_id", "")),
        "data_block_id": place.block_id,
        "data_kind": str(element.get("type")),
        "data_confirm": _confirm(confirm, place.names) if isinstance(confirm, Mapping) else None,
        "aria_label": label,
        "required": place.required,
        "autofocus": element.get("focus_on_load") is True,
    }


def _confirm(confirm: Element, names: Names) -> str:
    drawn = {**confirm, "html": render_text(confirm.get("text"), names)}
    return json.dumps(drawn, ensure_ascii=False)


def _button(element: Element, place: Place) -> Html:
    data = _data(element, place) | {"required": None, "autofocus": None}
    data["aria_label"] = element.get("accessibility_label")
    data |= {"data_value": element.get("value"), "data_url": element.get("url")}
    return tag(
        "button",
        render_plain(text_of(element.get("text"))),
        type="button",
        class_=element.get("style"),
        **data,
    )


def _option(option: Element, chosen: list[Any]) -> Html:
    value = option.get("value")
    return tag("option", escaped(text_of(option.get("text"))), value=value, selected=option in chosen)


def _offered(element: Element, names: Names) -> list[Html]:
    """Draw the options of a menu: its own, in groups or not, or the people and channels that the playground
    knows.
    """
    kind = str(element.get("type"))
    chosen = [element.get("initial_option"), *members(element, "initial_options")]
    if kind in ("users_select", "channels_select", "conversations_select"):
        return _known_ids(element, kind, names)
    groups = [
        tag(
            "optgroup",
            *[_option(each, chosen) for each in members(group, "options")],
            label=text_of(group["label"]),
        )
        for group in members(element, "option_groups")
    ]
    return [_option(each, chosen) for each in members(element, "options")] + groups


def _known_ids(element: Element, kind: str, names: Names) -> list[Html]:
    people = {key: f"@{name}" for key, name in names.people.items()}
    channels = {key: f"#{name}" for key, name in names.channels.items()}
    known = {"users_select": people, "channels_select": channels}.get(kind, {**channels, **people})
    first = element.get("initial_" + kind.removesuffix("s_select"))
    return [tag("option", escaped(shown), value=key, selected=key == first) for key, shown in known.items()]


def _menu(element: Element, place: Place) -> Html:
    several = str(element.get("type")).startswith("multi_")
    empty = text_of(element.get("placeholder")) or "Choose…"
    first = [] if several else [tag("option", escaped(empty), value="")]
    return tag("select", *first, *_offered(element, place.names), multiple=several, **_data(element, place))


def _overflow(element: Element, place: Place) -> Html:
    options = [
        tag("option", escaped(text_of(each.get("text"))), value=each.get("value"), data_url=each.get("url"))
        for each in members(element, "options")
    ]
    data = _data(element, replace(place, label=place.label or "More actions"))
    return tag("select", tag("option", escaped("⋯"), value=""), *options, class_="overflow", **data)


def _external(element: Element, place: Place) -> Html:
    several = element.get("type") == "multi_external_select"
    first = (
        [element["initial_option"]] if element.get("initial_option") else members(element, "initial_options")
    )
    chosen = [{"text": text_of(each.get("text")), "value": each.get("value")} for each in first]
    name = f"options-{place.block_id}-{element.get('action_id', '')}"
    box = tag(
        "input",
        list=name,
        autocomplete="off",
        placeholder=text_of(element.get("placeholder")) or "Type to search…",
        value=None if several or not chosen else chosen[0]["text"],
        data_external=str(element.get("action_id", "")),
        data_least=int(element.get("min_query_length", 3)),
        data_multiple=several,
        data_chosen=json.dumps(chosen, ensure_ascii=False),
        **_data(element, place),
    )
    return tag("span", box, tag("datalist", id=name), class_="external")


def _choices(element: Element, place: Place) -> Html:
    kind = "radio" if element.get("type") == "radio_buttons" else "checkbox"
    chosen = [element.get("initial_option"), *members(element, "initial_options")]
    group = f"{place.block_id}/{element.get('action_id', '')}"
    items = []
    for option in members(element, "options"):
        words = render_text(option.get("text"), place.names)
        more = option.get("description")
        note = tag("small", render_text(more, place.names)) if more else EMPTY
        box = tag("input", type=kind, name=group, value=option.get("value"), checked=option in chosen)
        items.append(tag("label", box, tag("span", words, note)))
    data = _data(element, place) | {"required": None, "autofocus": None, "data_required": place.required}
    return tag("fieldset", *items, class_="choices", **data)


def _input(kind: str, initial: str) -> Callable[[Element, Place], Html]:
    def draw(element: Element, place: Place) -> Html:
        value = element.get(initial)
        return tag("input", type=kind, value=None if value is None else str(value), **_data(element, place))

    return draw


def _moment(element: Element, place: Place) -> Html:
    """Draw a date and time in the playground's zone, although Slack shows all readers their own."""
    start = element.get("initial_date_time")
    written = (
        datetime.fromtimestamp(start, ZONE).strftime("%Y-%m-%dT%H:%M") if isinstance(start, int) else None
    )
    box = tag("input", type="datetime-local", value=written, **_data(element, place))
    return joined([box, tag("small", escaped(f" {ZONE}"))])


def _words(element: Element, place: Place) -> Html:
    shared: dict[str, Attribute] = {
        "placeholder": text_of(element.get("placeholder")) or None,
        "minlength": element.get("min_length"),
        "maxlength": element.get("max_length", 3000),
        **_data(element, place),
    }
    start = str(element.get("initial_value") or "")
    if element.get("multiline"):
        # HTML drops one newline straight after the tag, so this one is there to be dropped.
        return tag("textarea", Html("\n"), escaped(start), rows=4, **shared)
    return tag("input", type="text", value=start or None, **shared)


def _numeral(element: Element, place: Place) -> Html:
    bounds = {"min": element.get("min_value"), "max": element.get("max_value")}
    step = "any" if element.get("is_decimal_allowed") else "1"
    start = element.get("initial_value")
    return tag("input", type="number", step=step, value=start, **bounds, **_data(element, place))


_DRAWN: Mapping[str, Callable[[Element, Place], Html]] = {
    "button": _button,
    "image": render_image,
    "overflow": _overflow,
    "external_select": _external,
    "multi_external_select": _external,
    "radio_buttons": _choices,
    "checkboxes": _choices,
    "datepicker": _input("date", "initial_date"),
    "timepicker": _input("time", "initial_time"),
    "datetimepicker": _moment,
    "plain_text_input": _words,
    "number_input": _numeral,
    **dict.fromkeys(
        ("static_select", "multi_static_select", "users_select", "channels_select", "conversations_select"),
        _menu,
    ),
}
