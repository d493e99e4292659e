"""`/env help` as it is drawn: nobody misses a command because it comes late in the alphabet."""

from __future__ import annotations

import json

import pytest

from bot.slack.blocks import draw
from handlers.tell.reply import message
from policies.access.people import SlackPerson
from tests.bot.slack.test_blocks import must_hold
from tests.handlers.stage import Stage
from tests.handlers.world import ADA, DEV, OLU, World


@pytest.mark.parametrize("who", [DEV, OLU, ADA], ids=lambda who: who.name)
def test_every_command_that_somebody_may_type_is_in_their_help(who: SlackPerson) -> None:
    stage = Stage(World().catalogue())
    reply = stage.ask("help", who=who)
    drawn = draw(message(reply))
    must_hold(drawn)
    said = json.dumps(drawn["blocks"])
    roles = {DEV: ("developer", "viewer"), OLU: ("operator", "developer", "viewer")}
    mine = [
        o.name
        for o in stage.registry.operations.values()
        if not o.console and (o.anyone or o.role.word in roles.get(who, (o.role.word,)))
    ]
    assert len(mine) > 15
    assert [name for name in mine if f"`/env {name}" not in said] == []
