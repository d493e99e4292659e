"""Bare `/env` opens a picker that asks for the same things; App Home shows the same answers."""

from __future__ import annotations

from typing import Any

from tests.scenarios.seen import texts
from tests.scenarios.stage import DEV, NIA, VIC, Stage, kinds_of

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


def _submit(stage: Stage, user: str, view: Json, **values: str) -> Json:
    order = {"user": user, "view_id": view["id"]}
    return stage.control.post(
        "/submit", {**order, "values": {f"ask:{name}": value for name, value in values.items()}}
    )


def test_the_bare_command_opens_a_picker_and_its_submission_restarts(stage: Stage) -> None:
    place = stage.environment()
    stage.types(DEV, "/env")
    view = _view(stage, DEV, "modal", "What")
    answer = _submit(stage, DEV, view, operation="restart", environment=place, service="api")
    assert (answer["status"], answer["errors"]) == (200, {})
    stage.message_of(place, "succeeded")
    assert kinds_of(stage.audit(place)) == ["started", "closed"]
    assert stage.audit(place)[0].source == "modal"


def test_the_picker_offers_the_environments_and_services_this_person_may_see(stage: Stage) -> None:
    place = stage.environment()
    stage.types(VIC, "/env")
    view = _view(stage, VIC, "modal", "What")
    where: Json = {"user": VIC, "view_id": view["id"]}
    offered = stage.control.post("/options", {**where, "action_id": "ask:environment", "query": ""})
    values = [option["value"] for option in offered["options"]]
    assert "staging" in values and "demo-acme" not in values and "production" not in values
    typed = stage.control.post("/options", {**where, "action_id": "ask:environment", "query": place})
    assert [option["value"] for option in typed["options"]] == [place]
    stage.control.post("/click", {**where, "action_id": "ask:environment", "value": place})

    def services() -> list[str]:
        told = stage.control.post("/options", {**where, "action_id": "ask:service", "query": ""})
        return [option["value"] for option in told["options"]]

    assert stage.until("the services are offered", services) == ["api"]


def test_what_is_missing_is_said_at_its_field_and_the_picker_stays(stage: Stage) -> None:
    stage.types(DEV, "/env")
    view = _view(stage, DEV, "modal", "What")
    answer = _submit(stage, DEV, view, operation="restart", environment="staging")
    assert list(answer["errors"]) == ["ask:service"]
    assert _view(stage, DEV, "modal", "What")["id"] == view["id"]


def test_the_home_shows_my_environments_and_what_i_may_do(stage: Stage) -> None:
    stage.control.post("/event", {"type": "app_home_opened", "user": VIC})
    home = "\n".join(texts(_view(stage, VIC, "home", "environments you may view")["blocks"]))
    assert "viewer on staging, given to you" in home
    assert "demo-acme" not in home
    stage.control.post("/event", {"type": "app_home_opened", "user": NIA})
    _view(stage, NIA, "home", "no environment here for you yet")
