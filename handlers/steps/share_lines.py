"""The step that reads lines of a log, redacted, for the thread of the operation's message. It changes nothing
in AWS.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from handlers.facts.logged import read, source
from handlers.ports.scope import Scope
from handlers.steps.safe import Safe
from handlers.tell import logs as tell_logs
from handlers.tell.steps import share_lines as tell
from handlers.words.codec import encode
from handlers.words.plan import Step
from handlers.words.step import Acted, Begun, End, Left, Nothing, Verdict
from policies.logs.asked import LogsAsked, logs_asked
from policies.logs.lines import Between, Wanted, between


@dataclass(frozen=True)
class Sharing:
    """``lines``: what was asked, as typed. ``stretch``: where the lines begin and end."""

    lines: str = ""
    stretch: str = ""


def share_step(service: str, asked: LogsAsked, bounds: Between) -> Step:
    return Step("share lines", service, encode(Sharing(asked.text, bounds.text)))


class ShareLines(Safe[Sharing, Nothing]):
    """``SAFE``: reading the same stretch again finds the same lines. They are shown by the edge, which keeps
    them out of a channel that another company reads, so there the step does not say that they stand there.
    """

    name = "share lines"
    intent = Sharing
    evidence = Nothing
    deadline = timedelta(minutes=2)

    def act(self, place: Scope, step: Begun[Sharing, Nothing]) -> Acted[Nothing]:
        return Acted()

    def look(self, place: Scope, step: Begun[Sharing, Nothing]) -> Verdict[Nothing]:
        if place.read_outside():
            return Verdict(End.FAILED, tell.READ_OUTSIDE)
        asked, bounds = logs_asked(step.intent.lines), between(step.intent.stretch)
        found = source(place, step.on, asked.container)
        wanted = Wanted(bounds.since, bounds.cut, asked.matches)
        lines = read(place, found, wanted, searching=bool(asked.grep)).page.lines
        if not lines:
            return Verdict(End.FAILED, tell.GONE)
        zone = ZoneInfo(place.environment.time_zone)
        log = tell_logs.log(step.on, lines, zone)
        said = tell.shared(len(lines), step.on, place.environment.name)
        return Verdict(End.DONE, said, left=Left(captured=(log,), tell=True))


KINDS = (ShareLines(),)
