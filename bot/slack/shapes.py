"""The shape of what Slack sends, as far as Bolt and the listeners read it (facts/slack 1.4, 1.8, 7).

Bolt takes any JSON for what it expects and raises on the rest. So a payload is checked first, and a payload
that Slack could not have sent is refused in one line. Fields that nobody reads may hold anything: Slack adds
fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.slack.kinds import Address, Again, Fields, Items, Kind, Text, TextOr, Values, fault

DEEPEST = 40
"""Levels of nesting; a modal's payload with its state has about ten."""
_ID, _NEEDED = Text(), Text(needed=True)
_TRIGGER, _VALUE, _WORDS = Text(1_000), Text(4_000), Text(1_000_000, typed=True)
_PERSON: Mapping[str, Kind] = dict.fromkeys(("id", "team_id", "enterprise_id", "name", "username"), _ID)
_OPTION = Fields({"value": _WORDS})
_ANSWER = Fields(
    {"value": _WORDS, "selected_option": _OPTION, "selected_options": Items(_OPTION), "selected_user": _ID}
)
_VIEW: Mapping[str, Kind] = {
    **dict.fromkeys(("id", "type", "callback_id", "team_id", "app_installed_team_id"), _ID),
    "private_metadata": _WORDS,
    "state": Fields({"values": Values(Values(_ANSWER))}),
}
_IDS = (
    "type", "command", "event_id", "api_app_id", "team_id", "enterprise_id", "user_id", "user_name",
    "channel_id", "thread_ts", "callback_id", "action_id", "block_id",
)  # fmt: skip
_OBJECT = Again(lambda: Fields(_ANYWHERE))
_ANYWHERE: Mapping[str, Kind] = {
    **dict.fromkeys(_IDS, _ID),
    **dict.fromkeys(("team", "user", "channel", "enterprise"), TextOr(Fields(_PERSON))),
    **dict.fromkeys(
        ("message", "previous_message", "item", "assistant_thread", "function_data"),
        Again(lambda: Fields(_ANYWHERE), or_else=True),
    ),
    "event": _OBJECT,
    "authorizations": Items(_OBJECT),
    "trigger_id": _TRIGGER,
    "response_url": Address(),
    "response_urls": Items(Fields({"response_url": Address()})),
    "view": Fields(_VIEW),
}
"""Bolt looks for ids in all these places, and again inside some of them, whatever the type is."""
_WHOSE: Mapping[str, Kind] = {"user": Fields({**_PERSON, "id": _NEEDED}, needed=True)}
_SUBMITTED: Mapping[str, Kind] = {
    **_WHOSE,
    "view": Fields({**_VIEW, "type": _NEEDED, "callback_id": _NEEDED}, needed=True),
}
_SHORTCUT: Mapping[str, Kind] = {**_WHOSE, "callback_id": _NEEDED}
_PRESSED = Fields(
    {"action_id": _NEEDED, "block_id": _ID, "type": _ID, "value": _VALUE, "selected_option": _OPTION}
)
_BY_TYPE: Mapping[str, Mapping[str, Kind]] = {
    "block_actions": {**_WHOSE, "actions": Items(_PRESSED, least=1, needed=True)},
    "block_suggestion": {**_WHOSE, "action_id": _NEEDED, "value": _WORDS},
    "view_submission": _SUBMITTED,
    "view_closed": _SUBMITTED,
    "shortcut": _SHORTCUT,
    "message_action": {**_SHORTCUT, "channel": Fields(_PERSON, needed=True), "message_ts": _NEEDED},
    "event_callback": {"event": Fields({"type": _NEEDED}, needed=True)},
    "url_verification": {"challenge": Text(4_000, needed=True)},
    "app_rate_limited": {},
}
_COMMAND: Mapping[str, Kind] = {"command": _NEEDED, "user_id": _NEEDED, "text": _WORDS}
_OF_PEOPLE = ("user_change",)
"""Events whose ``user`` is the person and not an id."""


def wrong(body: object) -> str:
    """Return an empty string if Slack could have sent this; else what is wrong with it, without any of its
    text.
    """
    return plainness(body) or fault(Fields(_ANYWHERE, needed=True), body) or _of_its_type(body)


def plainness(value: object) -> str:
    """Return an empty string if the value is not nested too deep and all its text can be written down; else
    what is wrong.
    """
    level: list[object] = [value]
    for _ in range(DEEPEST):
        if any(isinstance(each, str) and not _writable(each) for each in level):
            return "it holds text that cannot be written down"
        level = [inner for each in level for inner in _within(each)]
        if not level:
            return ""
    return f"it is nested more than {DEEPEST} deep"


def _of_its_type(body: Any) -> str:
    given = body.get("type")
    if given is None:
        return "" if body.get("ssl_check") else fault(Fields(_COMMAND), body)
    if given not in _BY_TYPE:
        return "its type is none that is known here"
    event = body.get("event")
    if given == "event_callback" and isinstance(event, dict) and event.get("type") in _OF_PEOPLE:
        return fault(Fields({"event": Fields(_WHOSE)}), body)
    return fault(Fields(_BY_TYPE[given]), body)


def _within(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _writable(text: str) -> bool:
    """Whether the text has no half of a surrogate pair, which no encoding takes."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
