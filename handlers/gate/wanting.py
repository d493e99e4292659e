"""A refusal for lack of a grant: it names who can give one, and has a button that asks them."""

from __future__ import annotations

import re
from dataclasses import replace

from handlers.gate import record
from handlers.gate.case import Case
from handlers.gate.offering import recorded
from handlers.gate.parts import Parts
from handlers.tell import ask as tell
from handlers.words.message import Text
from handlers.words.result import Refusal
from policies.access import granting
from policies.access.people import Role, SlackPerson
from policies.service.environment import Environment

NAME = re.compile(r"[\w-]{1,255}")
"""The form of an ECS service's name; whoever was refused may have typed anything."""


def ungranted(parts: Parts, case: Case, place: Environment) -> Refusal:
    """Refuse a person who has no grant on an environment but knows that it exists."""
    names = [each.name for each in parts.granters(case.state, place, parts.clock.now())]
    told = record.refused(parts, case, granting.ungranted(place, names), environment=place.name)
    return with_ask(parts, replace(case, place=place), told, case.asked.role)


def explained(parts: Parts, case: Case, told: Refusal) -> Refusal:
    """Add who can grant the role to what an operation itself refused for lack of a role."""
    role = told.wants
    if role is None or case.place is None or told.decision.rule not in granting.WANTING:
        return told
    names = [each.name for each in parts.granters(case.state, case.place, parts.clock.now())]
    if names:
        told = replace(told, blocks=(*told.blocks, Text((tell.can_grant(names),))))
    return with_ask(parts, case, told, role)


def with_ask(parts: Parts, case: Case, told: Refusal, role: Role) -> Refusal:
    """Add the button, if there is somebody to ask and a person who may ask."""
    place, now = case.place, parts.clock.now()
    if place is None or told.decision.rule not in granting.WANTING or not isinstance(case.actor, SlackPerson):
        return told
    if not any(each.user for each in parts.granters(case.state, place, now)):
        return told
    offer = tell.button(place.name, role, _refused(case))
    return replace(told, offers=(*told.offers, *recorded(parts.offers, (offer,), case.state, now)))


def _refused(case: Case) -> str:
    """Say what was refused, such as *restart orders-api*; a target that cannot be a service's name is left
    out.
    """
    named = case.target or case.request.target
    return f"{case.asked.name} {named}" if NAME.fullmatch(named) else case.asked.name
