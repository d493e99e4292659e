from __future__ import annotations

import itertools

import pytest

from playground.slack.changes import Changes
from playground.slack.views import Views
from playground.slack.words import Json, PersonRefusal, SlackRefusal


@pytest.fixture
def views() -> Views:
    numbers = itertools.count(1)
    return Views(lambda kind: f"{kind}{next(numbers)}", Changes())


def modal(name: str) -> Json:
    return {"type": "modal", "title": {"type": "plain_text", "text": name}, "blocks": [], "external_id": name}


def test_a_stack_holds_three_modals(views: Views) -> None:
    first = views.open("U0DEV", modal("one"))
    views.push("U0DEV", modal("two"))
    top = views.push("U0DEV", modal("three"))

    with pytest.raises(SlackRefusal, match="push_limit_reached"):
        views.push("U0DEV", modal("four"))
    assert top.root_id == first.id and top.previous_id is not None
    with pytest.raises(SlackRefusal, match="not_found"):
        views.push("U0ADA", modal("nothing beneath"))


def test_an_update_meant_for_an_older_view_is_refused(views: Views) -> None:
    view = views.open("U0DEV", modal("one"))
    seen = view.hash
    views.replace(view, modal("two"), seen)

    with pytest.raises(SlackRefusal, match="hash_conflict"):
        views.replace(view, modal("three"), seen)
    assert views.find(external_id="two") is view


def test_closing_takes_one_modal_or_all(views: Views) -> None:
    views.open("U0DEV", modal("one"))
    top = views.push("U0DEV", modal("two"))

    views.close(top)
    assert [view.content["external_id"] for view in views.stacks["U0DEV"]] == ["one"]
    views.close(views.stacks["U0DEV"][0], whole_stack=True)
    assert views.stacks["U0DEV"] == []


def test_a_view_is_open_for_its_own_person_only(views: Views) -> None:
    view = views.open("U0DEV", modal("one"))

    assert views.of_person("U0DEV", view.id) is view
    with pytest.raises(PersonRefusal, match="U0ADA"):
        views.of_person("U0ADA", view.id)
