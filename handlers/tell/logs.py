"""What ``logs`` says. Lines are redacted before they come here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Protocol
from zoneinfo import ZoneInfo

from handlers.ports.logs import MOST_STREAMS
from handlers.ports.scope import Scope
from handlers.words.message import Log, Offer, Text, blocks
from handlers.words.result import Answer, Missing, Refusal
from policies.access.decision import refuse
from policies.access.people import Role, SlackPerson
from policies.logs.asked import LogsAsked, LogsError
from policies.logs.lines import Between, Cut, Line, Page, Wanted
from policies.logs.routes import PASSED_ON, Group, Route, Unreadable
from policies.schedule.standing import said_in_full
from policies.service.facts import Task
from policies.times.instants import words

_BUTTONS = 3
QUERY_LASTS = timedelta(minutes=20)
UNSEEN = "AWS had not looked through all of that time yet. Ask for a shorter time, for example `since 5m`."
AS_IT_STANDS = ", which is looked for as it stands and not as a pattern"
WHY: Mapping[Unreadable, str] = {
    Unreadable.NO_DRIVER: "it has no log driver, or the driver `none`, so its lines are kept nowhere",
    Unreadable.ANOTHER_DRIVER: "its log driver is `{driver}`, which sends the lines elsewhere",
    Unreadable.NO_PREFIX: (
        "its `awslogs` driver has no stream prefix, so nothing says which stream belongs to which task"
    ),
}


class Where(Protocol):
    """Where the lines come from (``handlers.facts.logged.Source``)."""

    @property
    def groups(self) -> tuple[Group, ...]: ...

    @property
    def tasks(self) -> int: ...

    @property
    def last(self) -> Task | None: ...

    @property
    def barred(self) -> tuple[Route, ...]: ...

    @property
    def others(self) -> tuple[str, ...]: ...

    @property
    def left(self) -> int: ...

    @property
    def unread(self) -> int: ...

    @property
    def beyond(self) -> tuple[str, ...]: ...

    @property
    def known(self) -> tuple[str, ...]: ...


class Came(Protocol):
    """What was read (``handlers.facts.logged.Found``)."""

    @property
    def page(self) -> Page: ...

    @property
    def closed(self) -> tuple[tuple[Group, str], ...]: ...

    @property
    def gone(self) -> tuple[Group, ...]: ...

    @property
    def hurried(self) -> bool: ...

    @property
    def unread(self) -> int: ...

    @property
    def unseen(self) -> bool: ...


@dataclass(frozen=True)
class Shown:
    """What is asked, of whom."""

    scope: Scope
    service: str
    asked: LogsAsked
    wanted: Wanted
    source: Where

    @property
    def zone(self) -> tzinfo:
        return ZoneInfo(self.scope.environment.time_zone)

    @property
    def stretch(self) -> str:
        """*between 14:00 (UTC) and 14:30 (UTC)*."""
        return f"between {self.at(self.wanted.since)} and {self.at(self.wanted.cut.at)}"

    def at(self, instant: datetime) -> str:
        return said_in_full(instant, self.zone, self.scope.now)

    @property
    def bounds(self) -> str:
        return Between(self.wanted.since, self.wanted.cut).text

    def offer(self, label: str, lines: str | None = None, **more: str) -> Offer:
        """Offer the same question with other arguments."""
        bound = {"lines": self.asked.text if lines is None else lines} | more
        return Offer(
            label,
            "logs",
            target=self.service,
            arguments={name: text for name, text in bound.items() if text},
            once=False,
        )


def no_task(shown: Shown) -> Answer:
    return Answer(
        f"`{shown.service}` has no task whose logs could be read: none runs, and ECS forgets a stopped one "
        "after about an hour.",
        nothing=True,
    )


def no_such_time(why: LogsError) -> Refusal:
    """The time can be read, and is none of which lines can be asked for now."""
    return Refusal(refuse("logs.time", str(why)))


def no_container(shown: Shown, operation: str = "logs") -> Missing:
    known = shown.source.known
    offers = tuple(
        replace(shown.offer(f"Container {name}", _with(shown.asked, name)), operation=operation)
        for name in known[:_BUTTONS]
    )
    told = f"`{shown.service}` has no container `{shown.asked.container}`. It has {_named(known)}."
    return Missing(told, offers=offers)


def not_readable(shown: Shown) -> Answer:
    whys = tuple(f"`{route.container}`: {_why(route)}." for route in shown.source.barred)
    offers = tuple(
        shown.offer(f"Container {name}", _with(shown.asked, name)) for name in shown.source.others[:_BUTTONS]
    )
    told = f"The logs of `{shown.service}` are not readable from here."
    return Answer(told, blocks(Text(whys)), offers, nothing=True)


def page(shown: Shown, came: Came) -> Answer:
    """Say what was found, and offer what is older."""
    if came.gone and not came.closed and len(came.gone) == len(shown.source.groups):
        return Answer(_gone(came.gone), nothing=True)
    if came.closed and not came.page.looked_at:
        return _closed(shown, came.closed)
    notes = [*_beside(shown), *([_gone(came.gone)] if came.gone else [])]
    notes += [_class(group, named) for group, named in came.closed]
    if came.unseen:
        notes.append(UNSEEN)
    if came.unread:
        notes.append(_streams(came.unread))
    elif came.hurried:
        notes.append("AWS allows few such calls a second, so the reading ended early.")
    offers = [*_older(shown, came.page), *_follow(shown, came.page), *_elsewhere(shown)]
    if not came.page.lines:
        further = () if came.unseen else _further(shown)
        return Answer(
            _nothing(shown, came.page, unsure=came.unseen or bool(came.unread)),
            blocks(Text(tuple(notes))),
            (*offers, *further),
        )
    said = blocks(log(shown.service, came.page.lines, shown.zone), Text(tuple(notes)))
    return Answer(_headline(shown, came.page), said, (*offers, *_share(shown, came.page)))


def log(service: str, lines: Sequence[Line], zone: tzinfo) -> Log:
    """Draw the lines, each with the time in the environment's zone. Where they are of several days, the first
    of each day has the day too.
    """
    at = [line.at.astimezone(zone) for line in lines]
    several = len({instant.date() for instant in at}) > 1
    begins = [several and (not n or at[n - 1].date() != at[n].date()) for n in range(len(at))]
    times = [
        f"{f'{t:%a} {t.day} {t:%b} ' if day else ''}{t:%H:%M:%S}" for t, day in zip(at, begins, strict=True)
    ]
    said = tuple(f"{time} {line.text}" for time, line in zip(times, lines, strict=True))
    return Log(f"{service}, times in {zone}", said, tail=True)


def query_began(shown: Shown, query: str) -> Answer:
    return Answer(
        f"Logs Insights is searching for the lines of `{shown.service}` {shown.stretch}. "
        "That takes a few seconds.",
        offers=(_look(shown, query),),
    )


def query_runs(shown: Shown, query: str, scanned: int) -> Answer:
    return Answer(
        f"Logs Insights is still searching. It has scanned {_size(scanned)} so far.",
        offers=(_look(shown, query),),
    )


def query_gone(shown: Shown) -> Answer:
    return Answer("AWS no longer knows that query.", offers=(_insights(shown),), nothing=True)


def query_failed(shown: Shown, status: str) -> Answer:
    return Answer(f"The query of Logs Insights ended as {status}.", offers=(_insights(shown),))


def query_found(shown: Shown, page: Page, scanned: int) -> Answer:
    billed = f"Logs Insights scanned {_size(scanned)}, for which AWS bills."
    if not page.lines:
        return Answer(_nothing(shown, page), blocks(Text((billed,))))
    said = blocks(log(shown.service, page.lines, shown.zone), Text((billed,)))
    return Answer(_headline(shown, page), said)


def _headline(shown: Shown, page: Page) -> str:
    count = len(page.lines)
    what = f"{count} lines" if count > 1 else "One line"
    held = f" with `{shown.asked.grep}`" if shown.asked.grep else ""
    since = f", since {shown.at(shown.wanted.since)}" if shown.asked.since else ""
    return f"{what}{held} of {_who(shown)}{since}, up to {shown.at(page.lines[-1].at)}, newest last."


def _who(shown: Shown) -> str:
    last, tasks = shown.source.last, shown.source.tasks
    if last is not None and last.stopped_at is not None:
        ago = words(shown.scope.now - last.stopped_at)
        return f"the last task of `{shown.service}`, which stopped {ago} ago"
    return (
        f"the {tasks} running tasks of `{shown.service}`" if tasks > 1 else f"the task of `{shown.service}`"
    )


def _nothing(shown: Shown, page: Page, *, unsure: bool = False) -> str:
    """Say what span was looked at, which is not all that was asked for if there is more."""
    since = page.since if page.older and page.since else shown.wanted.since
    between = f"between {shown.at(since)} and {shown.at(shown.wanted.cut.at)}"
    if shown.asked.grep and page.looked_at:
        text = f"`{shown.asked.grep}`{'' if shown.asked.literal else AS_IT_STANDS}."
        if page.looked_at == 1:
            return f"The only line of {_who(shown)} {between} does not contain {text}"
        return f"None of the {page.looked_at:,} lines of {_who(shown)} {between} contains {text}"
    who = _who(shown)
    if unsure:
        return f"No line of {who} was found {between}."
    return f"{who[0].upper()}{who[1:]} wrote nothing {between}."


def _beside(shown: Shown) -> list[str]:
    notes = [
        f"`{route.container}` is not readable from here: {_why(route)}." for route in shown.source.barred
    ]
    if shown.source.left:
        notes.append(f"The lines of {shown.source.left} older running tasks were not read.")
    beyond = sum(max(0, len(group.streams) - MOST_STREAMS) for group in shown.source.groups)
    if beyond:
        notes.append(f"{beyond} log streams of older tasks were not read: {MOST_STREAMS} of a group are.")
    if shown.source.unread:
        notes.append(_unread(shown.source))
    if shown.source.others:
        notes.append(f"Not shown: {_named(shown.source.others)}.")
    return notes


def _streams(unread: int) -> str:
    """Say that streams were left out: part by part is how a group is read of which one does not exist yet."""
    many = f"{unread} log streams were" if unread > 1 else "one log stream was"
    return f"AWS allows few such calls a second, so {many} not read. Ask again in a minute."


def _unread(source: Where) -> str:
    """Say that log groups were left out, and which container to name where that shows more."""
    more = f"{source.unread} more log {'group is' if source.unread == 1 else 'groups are'} not shown"
    if not source.beyond:
        return f"{more}: an answer reads {len(source.groups)} at most."
    return f"{more}; name a container with `container {source.beyond[0]}`."


def _why(route: Route) -> str:
    assert route.unreadable is not None
    return WHY[route.unreadable].format(driver=route.driver)


def _older(shown: Shown, page: Page) -> tuple[Offer, ...]:
    if page.older is None or page.older.at < shown.wanted.since:
        return ()
    return (shown.offer("Older", stretch=Between(shown.wanted.since, page.older).text),)


def _further(shown: Shown) -> tuple[Offer, ...]:
    """Offer a longer look, unless more than a day was looked at."""
    if shown.wanted.cut.at - shown.wanted.since >= timedelta(hours=24):
        return ()
    bare = LogsAsked("24h", shown.asked.grep, shown.asked.container)
    return (shown.offer("Look back 24 h", bare.text),)


def _elsewhere(shown: Shown) -> tuple[Offer, ...]:
    return tuple(
        shown.offer(f"Container {name}", _with(shown.asked, name))
        for name in (*shown.source.beyond, *shown.source.others)[:_BUTTONS]
    )


def _follow(shown: Shown, page: Page) -> tuple[Offer, ...]:
    """Offer to go on from these lines: to whoever has direct messages, where tasks run, and on the newest
    page.
    """
    newest = shown.wanted.cut == Cut(shown.scope.now)
    if not newest or shown.source.last is not None or not isinstance(shown.scope.actor, SlackPerson):
        return ()
    begin = page.lines[0].at if page.lines else shown.scope.now
    bare = LogsAsked("", shown.asked.grep, shown.asked.container).text
    offer = shown.offer("Follow", bare, stretch=Between(begin, shown.wanted.cut).text)
    return (replace(offer, operation="follow"),)


def _share(shown: Shown, page: Page) -> tuple[Offer, ...]:
    """Offer to post exactly these lines, to whoever may and where a channel of ours would show them."""
    where = shown.scope.environment
    closed = where.production and "share" not in where.open_to
    if shown.scope.role < Role.DEVELOPER or not where.channel or where.shared_channel or closed:
        return ()
    question = f"Post these lines for everyone in the channel of {where.name}?"
    shared = shown.offer("Share in channel", stretch=Between(page.lines[0].at, shown.wanted.cut).text)
    return (Offer(shared.label, "share", target=shown.service, arguments=shared.arguments, confirm=question),)


def _closed(shown: Shown, closed: Sequence[tuple[Group, str]]) -> Answer:
    whys = tuple(_class(group, named) for group, named in closed)
    if all(named == PASSED_ON for _, named in closed):
        told = f"The log lines of `{shown.service}` are not readable from here."
        return Answer(told, blocks(Text(whys)), nothing=True)
    said = f"The log lines of `{shown.service}` can only be found by a query that costs."
    return Answer(said, blocks(Text(whys)), (_insights(shown),), nothing=True)


def _insights(shown: Shown) -> Offer:
    offer = shown.offer("Query (billed by the GB)", query="start", stretch=shown.bounds)
    question = (
        "Logs Insights is billed by the GB that it scans: all that the log group took in "
        f"within {words(shown.wanted.cut.at - shown.wanted.since)}, whoever wrote it. Query it?"
    )
    return Offer(offer.label, "logs", target=shown.service, arguments=offer.arguments, confirm=question)


def _look(shown: Shown, query: str) -> Offer:
    found = shown.offer("Show what it found", query=query, stretch=shown.bounds)
    return Offer(
        found.label,
        "logs",
        target=shown.service,
        arguments=found.arguments,
        once=False,
        expires_in=QUERY_LASTS,
    )


def _gone(gone: Sequence[Group]) -> str:
    named = _named([group.name for group in gone])
    return f"The log group {named} no longer exists, or never did, so its lines cannot be read."


def _class(group: Group, named: str) -> str:
    what = "only passes on" if named == PASSED_ON else "does not let anybody filter"
    return f"The log group `{group.name}` has the class {named}, whose lines AWS {what}."


def _with(asked: LogsAsked, container: str) -> str:
    return LogsAsked(asked.since, asked.grep, container).text


def _named(names: Sequence[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _size(count: int) -> str:
    return f"{count / 1e9:.2f} GB" if count >= 10_000_000 else f"{count / 1e6:.2f} MB"
