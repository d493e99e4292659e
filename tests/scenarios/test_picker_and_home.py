"""Bare `/env` opens a picker that asks for the same arguments, and App Home shows the present state and is
kept up to date.
"""

from __future__ import annotations

from typing import Any

from tests.scenarios.seen import texts
from tests.scenarios.stage import DEV, NIA, VIC, Stage, kinds_of
from tests.scenarios.world import WAITING

Json = dict[str, Any]


def _view(stage: Stage, user: str, kind: str, *containing: str) -> Json:
    def look() -> list[Json]:
        found = stage.control.get("/views", viewer=user)["views"]
        return [
            view
            for view in found
            if view["kind"] == kind and all(words in "\n".join(texts(view["blocks"])) for words in containing)
        ]

    view: Json = stage.until(f"{user} has a {kind} with {containing}", look)[-1]
    return view


def _choose(stage: Stage, user: str, view: Json, field: str, value: str) -> None:
    where: Json = {"user": user, "view_id": view["id"]}
    told = stage.control.post("/click", {**where, "action_id": f"ask:{field}", "value": value})
    assert told["status"] == 200


def _offered(stage: Stage, user: str, view: Json, field: str, query: str = "") -> list[str]:
    where: Json = {"user": user, "view_id": view["id"]}
    told = stage.control.post("/options", {**where, "action_id": f"ask:{field}", "query": query})
    return [option["value"] for option in told["options"]]


def test_a_restart_chosen_in_the_picker_equals_the_typed_one(stage: Stage) -> None:
    """The test goes through the menus, with the services from memory, to the audit log."""
    place = stage.environment()
    stage.types(DEV, "/env")
    view = _view(stage, DEV, "modal", "What")
    _choose(stage, DEV, view, "operation", "restart")
    view = _view(stage, DEV, "modal", "What", "Service")
    assert _offered(stage, DEV, view, "environment", place) == [place]
    _choose(stage, DEV, view, "environment", place)
    stage.until("its services are offered", lambda: _offered(stage, DEV, view, "service") == ["api"])
    values = {"ask:operation": "restart", "ask:environment": place, "ask:service": "api"}
    answer = stage.control.post("/submit", {"user": DEV, "view_id": view["id"], "values": values})
    assert (answer["status"], answer["errors"]) == (200, {})
    stage.message_of(place, "succeeded")
    assert kinds_of(stage.audit(place)) == ["started", "closed"]
    assert stage.audit(place)[0].source == "modal"


def test_app_home_shows_what_a_person_may_see_and_follows_changes(stage: Stage) -> None:
    place = stage.environment(WAITING)
    stage.control.post("/event", {"type": "app_home_opened", "user": DEV})
    _view(stage, DEV, "home", "environments you may view")
    stage.control.post("/event", {"type": "app_home_opened", "user": VIC})
    assert "demo-acme" not in "\n".join(texts(_view(stage, VIC, "home", "staging")["blocks"]))
    stage.types(DEV, f"/env restart {place} api")
    _view(stage, DEV, "home", "Running now", f"`api` is restarting in `{place}`")
    stage.bring_on(place)
    stage.message_of(place, "succeeded")
    stage.until("it runs no more", lambda: f"in `{place}`" not in str(_view(stage, DEV, "home")["blocks"]))
    stage.control.post("/event", {"type": "app_home_opened", "user": NIA})
    _view(stage, NIA, "home", "no grant on any environment yet")
