"""The real edge, wired to the playground's Slack and to a gate that says what a test wants."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from bot.slack.app import build_app
from bot.slack.directory import SlackDirectory
from bot.slack.edge import Edge
from bot.slack.identity import Identity
from bot.slack.limits import EditBudget
from bot.slack.messages import SlackMessages, Store
from bot.slack.places import Places
from bot.slack.settings import SlackSettings, TransportName
from bot.slack.transport import HttpTransport, Pulse, SocketTransport, build_transport
from bot.slack.viewers import Viewers
from bot.slack.web import SlackWeb
from bot.slack.work import WorkPool
from bot.slack.wsgi import Health
from handlers.gate.menus import Menu, in_slack
from handlers.ports.store import OperationRecord
from handlers.registry import Registry
from handlers.tell.operation import report
from handlers.tell.together import together
from handlers.tell.typed import run_it
from handlers.typed.values import Names, Parsed
from handlers.words.arguments import Argument
from handlers.words.elements import Element
from handlers.words.home import HomePage
from handlers.words.message import Message, Offer
from handlers.words.operation import Operation, Reach, Target
from handlers.words.request import Request
from handlers.words.result import Answer, Reply
from playground.slack.cast import APP, APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, TEAM
from policies.access.grants import Grant, visible
from policies.access.people import Role, SlackPerson
from policies.service.environment import ClusterPick, Environment, Tier
from tests.bot.slack.peer import Peer, until
from tests.bot.slack.rows import FakeRecords, FakeRows, HandClock
from tests.fakes.store import FakeStore


def registry() -> Registry:
    """A few operations of every shape."""
    run = lambda *_a, **_k: Answer("done")  # noqa: E731
    made = [
        Operation("help", "What you may do", Role.VIEWER, run, Reach.VIEWABLE, anyone=True,
                  arguments=(Argument("about", "one command", positional=True),)),
        Operation("list", "Your environments", Role.VIEWER, run, Reach.VIEWABLE, aliases=("ls",),
                  arguments=(Argument("skip", "how many", hidden=True),)),
        Operation("whoami", "Who you are", Role.VIEWER, run, Reach.VIEWABLE, anyone=True),
        Operation("status", "How it is", Role.VIEWER, run, target=Target.SERVICE_OR_ALL, aliases=("st",)),
        Operation("restart", "Restart a service", Role.DEVELOPER, run, target=Target.SERVICE, changes=True),
        Operation("audit", "What was done", Role.VIEWER, run, Reach.ENVIRONMENT,
                  arguments=(Argument("since", "from when"),
                             Argument("format", "how", choices=("table", "csv")))),
        Operation("grant", "Give a role", Role.DEVELOPER, run, Reach.VIEWABLE,
                  arguments=(Argument("role", "which", choices=("viewer", "developer"), positional=True,
                                      required=True, field="choice"),)),
        Operation("run", "Run a task", Role.DEVELOPER, run, changes=True,
                  arguments=(Argument("task", "which", positional=True, field="task"),)),
        Operation("rollback", "Go back", Role.DEVELOPER, run, target=Target.SERVICE, changes=True,
                  arguments=(Argument("to", "the revision", positional=True, field="revision"),)),
        Operation("apply", "The catalog", Role.ADMIN, run, Reach.INSTALLATION, console=True),
    ]  # fmt: skip
    return Registry({o.name: o for o in made}, {a: o.name for o in made for a in o.aliases}, {})


def reported(found: Sequence[OperationRecord]) -> Message:
    named = registry().named
    reports = [report(f, named(f.name), now=f.closed_at or f.opened_at) for f in found]
    return together(found, reports, named(found[0].name))


@dataclass
class ScriptedGate:
    """Remembers the requests that it was asked; ``says`` makes the answer."""

    says: Callable[[Request], Reply] = lambda _: Answer("Lamplighter operates things.")
    asked: list[Request] = field(default_factory=list)
    began: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    hidden: set[str] = field(default_factory=set)
    """Environments that nobody may view any more; everybody may view all others."""
    role: Role = Role.DEVELOPER
    services: tuple[str, ...] = ("orders-api", "web")
    known: dict[tuple[str, str, str], Sequence[str]] = field(default_factory=dict)
    """Names that are kept, by environment, element and service."""
    page: HomePage | None = field(default_factory=lambda: HomePage("Your environments"))

    def viewable(self, person: SlackPerson) -> frozenset[str]:
        return frozenset({"staging", "qa-eu", "production"} - self.hidden)

    def menu(self, person: SlackPerson, channel: str = "", called: str = "") -> Menu:
        places = tuple(
            Environment(
                name,
                Tier.PRODUCTION if name == "production" else Tier.NONPRODUCTION,
                "1" * 12,
                "eu-central-1",
                ClusterPick(name),
            )
            for name in sorted(self.viewable(person))
        )
        mine = (Grant(person.id, self.role), Grant(person.id, self.role, "production"))
        shown = () if person.user == "U0NIA" else visible(places, mine)
        here = self.names(person, channel, called).here
        return Menu(in_slack(tuple(registry().operations.values())), shown, mine, here)

    def home(self, person: SlackPerson) -> HomePage | None:
        return self.page

    def seen(self, person: SlackPerson, environment: str) -> tuple[str, ...]:
        return self.services if environment in self.viewable(person) else ()

    def kept(self, person: SlackPerson, environment: str, element: Element, service: str) -> tuple[str, ...]:
        return tuple(self.known.get((environment, element, service), ()))

    def names(self, person: SlackPerson, channel: str, called: str = "") -> Names:
        here = "staging" if channel == "C0STAGING" else ""
        return Names(self.viewable(person), here, {"C0STAGING": "staging"}, lambda _: self.services)

    def offered(self, person: SlackPerson, meant: Sequence[Parsed]) -> tuple[Offer, ...]:
        return tuple(replace(offer, id=f"offer-{n}") for n, offer in enumerate(run_it(meant)))

    def handle(self, request: Request) -> Reply:
        self.asked.append(request)
        self.began.release()
        return self.says(request)


def settings(transport: TransportName, api_url: str, **more: object) -> SlackSettings:
    told = {
        "bot_token": BOT_TOKEN, "signing_secret": SIGNING_SECRET, "app_token": APP_TOKEN,
        "transport": transport, "team": TEAM, "app": APP, "api_url": api_url, "host": "127.0.0.1", "port": 0,
        **more,
    }  # fmt: skip
    return SlackSettings(**told)  # type: ignore[arg-type]


class Bot:
    """The edge as ``serve`` wires it, in this process."""

    def __init__(
        self, peer: Peer, transport: TransportName, *, pool: WorkPool | None = None, **more: object
    ) -> None:
        self.peer = peer
        self.settings = settings(transport, f"{peer.state.url}/api/", **{"answer_seconds": 8, **more})
        self.gate, self.clock = ScriptedGate(), HandClock()
        self.rows, self.records = FakeRows(), FakeRecords()
        web, clock = SlackWeb(self.settings), self.clock.monotonic
        places = Places(web, monotonic=clock)
        store, numbers = Store(self.rows, self.records, reported, FakeStore().offers), itertools.count(1)
        budget = EditBudget(self.settings.edit_every, monotonic=clock)
        self.edge = Edge(
            settings=self.settings,
            gate=self.gate,
            registry=registry(),
            web=web,
            identity=Identity(self.settings, web),
            directory=SlackDirectory(web, monotonic=clock),
            places=places,
            messages=SlackMessages(web, store, self.clock, budget=budget, places=places),
            new_id=lambda: f"id-{next(numbers)}",
            now=self.clock.now,
            pool=pool or WorkPool(),
            viewers=Viewers(clock, every=self.settings.edit_every),
        )
        self.app = build_app(self.edge)
        self.transport: HttpTransport | SocketTransport
        if transport == "http":
            self.transport = build_transport(self.app, self.edge, Health())
        else:
            self.transport = SocketTransport(self.app, self.edge, Health(), Pulse(ping=0.2))

    def start(self) -> Bot:
        self.transport.start()
        if isinstance(self.transport, SocketTransport):
            until(self.transport.connected)
            until(lambda: self.peer.server.sockets.connections)
        else:
            self.peer.speak_http(self.transport.port)
        return self

    def stop(self) -> None:
        self.edge.identity.stop()
        self.edge.pool.close(3.0)
        self.transport.stop(0.2)  # nothing is left to wait for
        self.app.listener_runner.listener_executor.shutdown(wait=True)
