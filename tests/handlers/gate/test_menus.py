from __future__ import annotations

import pytest

from handlers.gate.judge import Judge
from handlers.words.operation import NAMING
from policies.access.decision import Allowed
from policies.access.people import SlackPerson
from policies.cost.sightings import ServiceSeen, Sighting
from tests.handlers.stage import Stage
from tests.handlers.world import DEV, NIA, OLU


@pytest.mark.parametrize("person", [DEV, OLU, NIA], ids=lambda person: person.name or person.user)
def test_a_menu_offers_exactly_what_a_request_would_be_allowed(stage: Stage, person: SlackPerson) -> None:
    """Holds for every operation: what is offered is decided, and listed nowhere."""
    menu, state = stage.gate.menu(person), stage.parts.catalog.read()
    now = stage.parts.clock.now()
    for operation in stage.registry.operations.values():
        if operation.console or operation.reach not in NAMING:
            continue
        may = {
            e.name
            for e in state.environments
            if isinstance(Judge(stage.parts, operation, person, e).decide(state, now), Allowed)
        }
        assert set(menu.where(operation)) == may, operation.name
        assert all(operation in menu.there(name) for name in may)


def test_console_operations_are_offered_to_nobody(stage: Stage) -> None:
    assert not any(operation.console for operation in stage.gate.menu(OLU).operations)


def test_somebody_without_a_grant_is_offered_what_anybody_may(stage: Stage) -> None:
    menu = stage.gate.menu(NIA)
    assert menu.places == () and all(operation.anyone for operation in menu.there(""))
    assert menu.there("staging") == ()


def test_somebody_who_is_not_let_in_is_offered_nothing(stage: Stage) -> None:
    assert stage.gate.menu(SlackPerson("T0OTHER", "U0SID")).there("") == ()


def test_services_come_from_rows_and_only_for_those_who_may_view_them(stage: Stage) -> None:
    seen = (ServiceSeen("orders-api", 1, 1),)
    stage.parts.book.ledger.sightings.put(Sighting("staging", stage.parts.clock.now(), seen))
    assert stage.gate.seen(DEV, "staging") == ("orders-api",)
    assert stage.gate.seen(NIA, "staging") == ()
    assert stage.gate.seen(DEV, "qa-eu") == ()
