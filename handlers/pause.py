"""`/env pause staging`: no stop tonight. A pause on a Friday does not keep the environment on for the
weekend.
"""

from __future__ import annotations

from typing import Annotated

from handlers.keep import kept_on, over
from handlers.now import meant
from handlers.ports.scope import Scope
from handlers.tell import keep as tell
from handlers.words.arguments import sentence
from handlers.words.operation import Purpose, Verb, operation
from handlers.words.plan import Plan
from handlers.words.result import Choice, Refusal, Unchanged
from policies.access.people import Role
from policies.schedule.overrides import Asked
from policies.schedule.standing import zone_of
from policies.times.instants import TimeError, When

TONIGHT = When("tonight")


@operation(
    "pause",
    role=Role.DEVELOPER,
    purpose=Purpose.TONIGHT,
    changes=True,
    verb=Verb("being kept on tonight", "is kept on tonight", "is not kept on tonight", whole=True),
    conflicts="override",
    noticed=True,
    undone_by="resume",
)
def pause(
    scope: Scope,
    until: Annotated[When, sentence("until when, tonight if not said", "tonight")] = TONIGHT,
) -> Plan | Refusal | Choice | Unchanged:
    """Pause the schedule for tonight: on until it starts in the morning, else until 06:00."""
    try:
        ends = meant(scope, until)
    except TimeError as wrong:
        return tell.not_a_time(wrong)
    asked = Asked("up", ends, tell.PAUSED if until.tonight else tell.PAUSED_UNTIL, until.zone)
    too_long = over(scope, asked)
    if too_long is not None:
        return Refusal(too_long)
    found = kept_on(scope, asked)
    if isinstance(found, Plan) and until.rough and not until.tonight:
        zone = zone_of(scope.environment, scope.schedule)
        return tell.shown_first(scope.environment.name, asked, until.text, found, at=(zone, scope.now))
    return found
