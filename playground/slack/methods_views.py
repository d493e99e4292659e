"""``views.*``: modals by trigger, updates by id, and the App Home."""

from __future__ import annotations

from collections.abc import Callable

from playground.slack.methods_chat import faults_told
from playground.slack.state import SlackState
from playground.slack.validator import check_view
from playground.slack.views import View
from playground.slack.words import Json, SlackRefusal


def checked(view: object, kind: str = "") -> Json:
    """Return a view payload without faults. Raises ``invalid_arguments``, which names each fault."""
    if not isinstance(view, dict):
        raise SlackRefusal("invalid_arguments", response_metadata={"messages": ["[ERROR] missing view"]})
    if kind and view.get("type") != kind:
        raise SlackRefusal(
            "invalid_arguments", response_metadata={"messages": [f"[ERROR] not a {kind} view"]}
        )
    found = check_view(view)
    if found:
        raise SlackRefusal("invalid_arguments", response_metadata=faults_told(found))
    return view


def open_view(state: SlackState, arguments: Json) -> Json:
    content = checked(arguments.get("view"), "modal")
    trigger = state.triggers.take(_trigger_id(arguments))
    return _told(state.views.open(trigger.user, content))


def push_view(state: SlackState, arguments: Json) -> Json:
    content = checked(arguments.get("view"), "modal")
    trigger = state.triggers.take(_trigger_id(arguments))
    return _told(state.views.push(trigger.user, content))


def update_view(state: SlackState, arguments: Json) -> Json:
    content = checked(arguments.get("view"))
    view = state.views.find(
        view_id=str(arguments.get("view_id", "")), external_id=str(arguments.get("external_id", ""))
    )
    return _told(state.views.replace(view, content, arguments.get("hash")))


def publish_view(state: SlackState, arguments: Json) -> Json:
    content = checked(arguments.get("view"), "home")
    user = str(arguments.get("user_id", ""))
    if user not in state.directory.people:
        raise SlackRefusal("user_not_found")
    return _told(state.views.publish(user, content, arguments.get("hash")))


def _trigger_id(arguments: Json) -> str:
    return str(arguments.get("trigger_id") or arguments.get("interactivity_pointer") or "")


def _told(view: View) -> Json:
    return {"view": view.as_slack()}


VIEWS: dict[str, Callable[[SlackState, Json], Json]] = {
    "views.open": open_view,
    "views.push": push_view,
    "views.update": update_view,
    "views.publish": publish_view,
}
