"""Modals and App Homes: each person has a stack of at most three modals, and one Home."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field

from playground.slack.cast import APP, BOT_ID, TEAM
from playground.slack.changes import Changes
from playground.slack.elements import name_blocks
from playground.slack.words import Json, PersonRefusal, SlackRefusal

STACK = 3  # facts/slack 2.1
_CONTENT = (
    "type", "callback_id", "title", "submit", "close", "blocks", "private_metadata", "clear_on_close",
    "notify_on_close", "external_id",
)  # fmt: skip


@dataclass
class View:
    """One open view. ``state`` is what the person has filled in; ``errors`` is what the bot found wrong."""

    id: str
    user: str
    content: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    state: Json = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    installed_in: str = TEAM

    def as_slack(self) -> Json:
        """Return the view object of Web API answers and payloads."""
        filled: Json = {
            "callback_id": "", "private_metadata": "", "clear_on_close": False, "notify_on_close": False,
            "title": None, "submit": None, "close": None, "external_id": "",
        }  # fmt: skip
        return {
            "id": self.id, "team_id": TEAM, **filled, **self.content, "state": {"values": self.state},
            "hash": self.hash, "root_view_id": self.root_id, "previous_view_id": self.previous_id,
            "app_id": APP, "bot_id": BOT_ID, "app_installed_team_id": self.installed_in,
        }  # fmt: skip

    def as_seen(self) -> Json:
        return {**self.as_slack(), "user": self.user, "errors": self.errors}


class Views:
    """Every open view."""

    def __init__(self, mint: Callable[[str], str], changes: Changes, *, installed_in: str = TEAM) -> None:
        self._mint, self._changes, self._installed_in = mint, changes, installed_in
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}

    def open(self, user: str, content: Json) -> View:
        """Show a modal; it takes the place of any stack that was open."""
        view = self._new(user, content)
        self.stacks[user] = [view]
        return self._told(view)

    def push(self, user: str, content: Json) -> View:
        """Show a modal on top of the open ones."""
        stack = self.stacks.get(user, [])
        if not stack:
            raise SlackRefusal("not_found")
        if len(stack) >= STACK:
            raise SlackRefusal("push_limit_reached")
        view = self._new(user, content)
        view.root_id, view.previous_id = stack[0].id, stack[-1].id
        stack.append(view)
        return self._told(view)

    def publish(self, user: str, content: Json, hash_seen: str | None) -> View:
        held = self.homes.get(user)
        if held is None:
            self.homes[user] = self._new(user, content)
            return self._told(self.homes[user])
        return self.replace(held, content, hash_seen)

    def replace(self, view: View, content: Json, hash_seen: str | None = None) -> View:
        """Give an open view new content. Filled-in values stay for blocks whose block id stays."""
        if hash_seen and hash_seen != view.hash:
            raise SlackRefusal("hash_conflict")
        view.content, view.hash, view.errors = _content(content), self._mint("hash"), {}
        kept = {block.get("block_id") for block in view.content.get("blocks", [])}
        view.state = {block_id: values for block_id, values in view.state.items() if block_id in kept}
        return self._told(view)

    def refuse(self, view: View, errors: dict[str, str]) -> None:
        """Show what the bot found wrong with a submission."""
        view.errors = errors
        self._told(view)

    def close(self, view: View, *, whole_stack: bool = False) -> None:
        """Take one modal away, or with ``whole_stack`` all of that person's."""
        stack = self.stacks.get(view.user, [])
        self.stacks[view.user] = [] if whole_stack else [v for v in stack if v.id != view.id]
        self._told(view)

    def find(self, *, view_id: str = "", external_id: str = "") -> View:
        """Return a view, for the Web API. Raises ``not_found``."""
        for view in self._all():
            if view.id == view_id or (external_id and view.content.get("external_id") == external_id):
                return view
        raise SlackRefusal("not_found")

    def of_person(self, user: str, view_id: str) -> View:
        """Return a view that this person has open, for the control API. Raises ``PersonRefusal`` (404)
        otherwise.
        """
        found = next((v for v in self._all() if v.id == view_id and v.user == user), None)
        if found is None:
            raise PersonRefusal(f"{user} has no open view {view_id}", 404)
        return found

    def _all(self) -> list[View]:
        return [*(v for stack in self.stacks.values() for v in stack), *self.homes.values()]

    def _new(self, user: str, content: Json) -> View:
        view_id = self._mint("V")
        return View(
            view_id, user, _content(content), self._mint("hash"), view_id, installed_in=self._installed_in
        )

    def _told(self, view: View) -> View:
        self._changes.tell("view", user=view.user, view_id=view.id)
        return view


def _content(content: Json) -> Json:
    kept: Json = {name: copy.deepcopy(content[name]) for name in _CONTENT if content.get(name) is not None}
    name_blocks(kept.get("blocks", []))
    return kept
