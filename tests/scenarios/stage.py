"""One playground with the bot in it, and the vocabulary in which scenarios are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from policies.record.evidence import Entry
from tests.scenarios.control import Control, Json
from tests.scenarios.pool import SIZE, Names, write_catalog
from tests.scenarios.process import PlaygroundProcess
from tests.scenarios.seen import Seen, texts
from tests.scenarios.stores import Evidence, Store
from tests.scenarios.world import LONG, World
from tests.waiting import until

T = TypeVar("T")
KINDS = ("socket-sqlite", "http-postgresql", "socket-postgresql", "http-sqlite")
"""Each kind is a transport and a database."""
PACE, TICK = 10, 0.2
UNMETERED = "METER_MINUTES=0"
"""Most clusters of the pool do not exist, and a meter would add calls that nobody asked for to those that
tests count and hold. Tests of the meter start a bot that has one.
"""
AS_IT_IS = {"LAMPLIGHTER_CATALOG_FILE": ""}
"""For a bot that is started again: the catalog was applied when the stage began, and reading its file again
takes most of a start.
"""
NO_DIGEST = "DIGEST_DAY=never"
"""A test that moves the clock must not cause a digest."""
DEV, VIC, OLU, ADA, NIA = "U0DEV", "U0VIC", "U0OLU", "U0ADA", "U0NIA"
GUS, SID = "U0GUS", "U0SID"
"""Nobody lets in a guest or somebody of another organisation."""
STAGING, OPS, SHARED, GENERAL = "C0STAGING", "C0OPS", "C0SHARED", "C0GENERAL"


class Stage:
    """``kind`` is one of ``KINDS``. Whatever a test does here, ``begin`` gives the next test a clean start.

    ``size``: the size of the pool, smaller if a test goes through all environments in turn. ``settings``: the
    bot's settings that differ from those here.
    """

    def __init__(
        self, kind: str, folder: Path, store: Store, *, size: int = SIZE, settings: Sequence[str] = ()
    ) -> None:
        self.kind, self.store, self.names = kind, store, Names()
        catalog = write_catalog(folder / "environments.yaml", size)
        options = ["--transport", kind.split("-")[0], "--database-url", store.url]
        options += ["--pace", str(PACE), "--tick", str(TICK)]
        own = (f"CATALOG_FILE={catalog}", "PER_MINUTE=1000", "LEASE_SECONDS=15", UNMETERED, NO_DIGEST)
        for setting in (*own, *settings):
            options += ["--env", f"LAMPLIGHTER_{setting}"]
        self._process = PlaygroundProcess(folder, options)
        self.control = Control(self._process.url)
        self.world, self.evidence = World(self.control), Evidence(store.url)
        self._since = 0.0

    def begin(self) -> None:
        """Prepare for a test: no faults, a running bot, and everything said and recorded so far forgotten."""
        self.control.delete("/faults")
        self.store.come_back()
        if self.control.get("")["bot"]["pid"] is None:
            self.control.post("/bot", {"start": True, "env": AS_IT_IS})
        self.world.mark()
        self.evidence.mark()
        self._since = self.now()

    def end(self) -> None:
        bot = self.control.get("")["bot"]["pid"]
        self.evidence.close()
        self.control.close()
        self._process.end(bot)

    def now(self) -> float:
        """Return the playground's clock, in Unix seconds; it runs ``PACE`` times as fast as real time."""
        return datetime.fromisoformat(self.control.get("/clock")["now"]).timestamp()

    def bring_on(self, environment: str) -> None:
        """Wait until a ``WAITING`` service is deployed, and start its new task now."""
        self.until("it is deployed", lambda: self.world.deploys(environment) == 1)
        self.control.post("/clock", {"advance": LONG})

    # what people do

    def environment(self, *services: Json, prefix: str = "t") -> str:
        """Create a fresh environment of the pool in the world: Dev is its developer, Vic its viewer and Olu
        its operator.
        """
        name = self.names.fresh(prefix)
        self.world.create(name, *services)
        return name

    def types(self, user: str, text: str, *, channel: str = STAGING, **more: Any) -> Json:
        """Type a slash command; it must be acknowledged in time."""
        answer = self.control.post("/command", {"user": user, "channel": channel, "text": text, **more})
        assert answer["failed"] is None, answer
        return answer

    def types_again(self) -> Json:
        """Send the last command again, byte for byte, as somebody who had recorded it would."""
        return self.control.post("/command", {"replay": True})

    def presses(self, user: str, message: Seen, label: str, **more: Any) -> Json:
        button = message.button(label)
        press = {"user": user, "channel": message.channel, "ts": message.ts, "action_id": button["action_id"]}
        answer = self.control.post("/click", {**press, **more})
        assert answer["failed"] is None, answer
        return answer

    def uses(self, user: str, message: Seen, shortcut: str) -> Json:
        """Use a shortcut from the menu of a message."""
        order = {"user": user, "channel": message.channel, "ts": message.ts, "action_id": shortcut}
        answer = self.control.post("/shortcut", order)
        assert answer["failed"] is None, answer
        return answer

    def submits(self, user: str, view: Json, values: Json) -> Json:
        """Submit a modal and return what the bot answers."""
        answer = self.control.post("/submit", {"user": user, "view_id": view["id"], "values": values})
        assert answer["failed"] is None, answer
        return answer

    def fault(self, kind: str, method: str, **more: Any) -> int:
        """Order a fault (``playground.faults``) and return its id."""
        ordered: list[int] = self.control.post("/faults", {"kind": kind, "method": method, **more})["ordered"]
        return ordered[0]

    # what people see

    def messages(self, channel: str, viewer: str) -> list[Seen]:
        """Return everything that the viewer sees in the channel since the test began, the oldest first."""
        found = self.control.get("/messages", channel=channel, viewer=viewer, after=f"{self._since:.6f}")
        return [Seen(raw) for raw in found["messages"]]

    def hears(self, user: str, *containing: str, channel: str = STAGING, after: Seen | None = None) -> Seen:
        """Wait for a message that only this person sees, with all of these words in it; return the newest."""

        def look() -> list[Seen]:
            private = [m for m in self.told(user, channel) if after is None or m.ts > after.ts]
            return [m for m in private if all(words in m.words for words in containing)]

        def instead() -> str:
            return "\n--\n".join(m.words for m in self.told(user, channel)) + "\n" + self._log()

        return until(f"{user} is told {containing}; was told:", look, why=instead)[-1]

    def told(self, user: str, channel: str = STAGING) -> list[Seen]:
        """Return what only this person sees in the channel, the oldest first."""
        return [m for m in self.messages(channel, user) if m.only_for == user]

    def direct(self, user: str, *containing: str) -> Seen:
        """Wait for a direct message of the bot to this person, with all of these words in it; return the
        newest.
        """

        def look() -> list[Seen]:
            found = [m for m in self.messages(f"D0{user[2:]}", user) if m.by_bot]
            return [m for m in found if all(words in m.words for words in containing)]

        return self.until(f"{user} has a direct message {containing}", look)[-1]

    def modal(self, user: str, *containing: str) -> Json:
        """Wait for the modal that this person has open, with all of these words in it."""

        def look() -> list[Json]:
            found = [v for v in self.control.get("/views", viewer=user)["views"] if v["kind"] == "modal"]
            return [v for v in found if all(w in "\n".join(texts(v["blocks"])) for w in containing)]

        return self.until(f"{user} has a modal {containing}", look)[-1]

    def nobody_else_sees(self, message: Seen) -> None:
        others = [who for who in (DEV, VIC, OLU, ADA, NIA) if who != message.only_for]
        for other in others:
            assert message.ts not in [m.ts for m in self.messages(message.channel, other)], other

    def public(self, *containing: str, channel: str = STAGING) -> list[Seen]:
        """Return what the bot said in the channel to everybody, outside threads."""
        found = [m for m in self.messages(channel, VIC) if m.by_bot and m.only_for is None and not m.thread]
        return [m for m in found if all(words in m.words for words in containing)]

    def message_of(self, environment: str, *containing: str, channel: str = STAGING) -> Seen:
        """Wait until the one message about this environment in its channel has these words."""
        named = f"`{environment}`"

        def look() -> Seen | None:
            found = self.public(named, channel=channel)
            assert len(found) <= 1, [m.words for m in found]
            return found[0] if found and all(words in found[0].words for words in containing) else None

        def instead() -> str:
            return "\n--\n".join(m.words for m in self.public(named, channel=channel)) + "\n" + self._log()

        found = until(f"the message of {environment} says {containing}; it says:", look, why=instead)
        assert found is not None
        return found

    def thread_of(self, message: Seen) -> list[Seen]:
        return [m for m in self.messages(message.channel, VIC) if m.thread == message.ts]

    # what is on record

    def audit(self, environment: str) -> list[Entry]:
        return self.evidence.entries(environment=environment)

    def closed(self, environment: str) -> Entry:
        """Wait for the entry that closes the one operation in this environment."""

        def look() -> list[Entry]:
            return [e for e in self.audit(environment) if e.kind == "closed"]

        found = self.until(f"the operation in {environment} is closed", look)
        assert len(found) == 1, found
        return found[0]

    def until(self, what: str, look: Callable[[], T]) -> T:
        return until(what, look, why=self._log)

    def _log(self) -> str:
        log = Path(self.control.get("")["bot"]["log"])
        return "\n".join(log.read_text(errors="replace").splitlines()[-25:])


def kinds_of(entries: list[Entry]) -> list[str]:
    return [entry.kind for entry in entries]
