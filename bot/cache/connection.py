"""One connection to each primary of a cache, without retries: a repeated UNLINK would lose its count.

Errors of redis-py become ``handlers.words.errors`` here. A password is handed to redis-py and kept nowhere.
"""

from __future__ import annotations

import ssl
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import redis
from redis import exceptions as said
from redis.backoff import NoBackoff
from redis.retry import Retry

from handlers.words.errors import Denied, NotNow, Rejected, Trouble, Unreached
from policies.cache.endpoints import Address
from policies.secrets.redaction import redact

CONNECT_SECONDS = 1.2
"""The time for one connection attempt. A name may stand for three addresses, one in each zone, and all of it
takes less than 5 s."""
ANSWER_SECONDS = 3.0
LONGEST = 200


@dataclass(frozen=True)
class Login:
    """Who signs in; both are empty where nobody is asked."""

    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Reached:
    """The primaries of a cache, connected, in a fixed order. ``primaries``: a check number over their
    addresses and the slots that each has. ``anew`` asks for it again."""

    clients: tuple[redis.Redis, ...]
    primaries: int
    anew: Callable[[], int]

    def moved(self) -> bool:
        """Return whether a slot has moved since, so that keys in it may have been passed over. It has too if
        its place cannot be told. Raises what redis-py raises."""
        try:
            return self.anew() != self.primaries
        except Trouble:
            return True


@contextmanager
def reached(
    address: Address, login: Callable[[Address], Login], *, database: int = 0, trust: str | None = None
) -> Iterator[Reached]:
    """Connect to every primary. Raises ``Trouble``; nothing was changed then. ``trust``: a file of
    certificates that are trusted instead of the system's."""
    who, made = login(address), list[redis.Redis]()

    def connect(host: str, port: int) -> redis.Redis:
        made.append(_client(host, port, address, who, database, trust))
        return made[-1]

    try:
        with told(address):
            first = connect(address.host, address.port)
            first.dbsize()
            slots = _slots(first, address)
            where = sorted({at for _, _, at in slots})
            clients = tuple(connect(*at) for at in where) if address.cluster else (first,)
        yield Reached(clients, _checked(slots), lambda: _checked(_slots(first, address)))
    finally:
        for client in made:
            client.close()


def _client(
    host: str, port: int, address: Address, who: Login, database: int, trust: str | None
) -> redis.Redis:
    tls: dict[str, Any] = {"ssl": True, "ssl_cert_reqs": "required", "ssl_check_hostname": True}
    tls |= {"ssl_ca_certs": trust, "ssl_min_version": ssl.TLSVersion.TLSv1_2}
    return redis.Redis(
        host=host,
        port=port,
        db=0 if address.cluster else database,
        username=who.user or None,
        password=who.password or None,
        protocol=2,
        driver_info=None,
        maint_notifications_config=None,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 0),
        single_connection_client=False,
        max_connections=1,
        **(tls if address.tls else {}),
    )


_Slots = list[tuple[int, int, tuple[str, int]]]
"""The first and the last of some slots, and the address of the primary that has them."""


def _slots(first: redis.Redis, address: Address) -> _Slots:
    """Return which primary has which slots, in their order; a cache without slots has one. Raises
    ``Rejected`` if slots are missing: keys would be left out silently."""
    if not address.cluster:
        return [(0, SLOTS - 1, (address.host, address.port))]
    answer: Any = first.execute_command("CLUSTER SLOTS")  # type: ignore[no-untyped-call]
    found = sorted((begin, end, (host or address.host, port)) for begin, end, (host, port) in _ranges(answer))
    covered = sum(end - begin + 1 for begin, end, _ in found)
    if covered != SLOTS:
        raise Rejected(
            f"Only {covered} of the {SLOTS} slots of the cache are served now, so not all of its "
            "keys can be reached.",
            retry_helps=True,
        )
    return found


def _checked(slots: _Slots) -> int:
    return zlib.crc32(repr(slots).encode())


SLOTS = 16_384


def _ranges(slots: Any) -> Iterator[tuple[int, int, tuple[str, int]]]:
    """Read the answer to CLUSTER SLOTS, as redis-py parses it or as it is sent."""
    if isinstance(slots, dict):
        for (begin, end), nodes in slots.items():
            host, port = nodes["primary"][:2]
            yield begin, end, (_text(host), int(port))
        return
    for begin, end, primary, *_ in slots:
        yield begin, end, (_text(primary[0]), int(primary[1]))


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value or "")


@contextmanager
def told(address: Address) -> Iterator[None]:
    """Translate what redis-py raises about a connection, or about a command that changed nothing."""
    try:
        yield
    except said.RedisError as error:
        raise translated(error, address) from error
    except OSError as error:
        raise _unreached(address, error) from error


def translated(error: said.RedisError, address: Address) -> Trouble:
    words = redact(str(error))[:LONGEST]
    if (passing := _passing(error)) is not None:
        return passing
    match error:
        case said.AuthenticationError() | said.AuthenticationWrongNumberOfArgsError():
            return Denied(f"The cache did not accept who the bot says it is: {words}", "NOAUTH")
        case said.NoPermissionError():
            return Denied(f"The cache does not let its user do that: {words}", "NOPERM")
        case said.ReadOnlyError():
            return Rejected(
                "The cache answered as a replica, which takes no changes.", "READONLY", retry_helps=True
            )
        case said.ConnectionError() | said.TimeoutError():
            return _unreached(address, error)
        case said.ResponseError() if words.startswith("NOAUTH"):
            return Denied(f"The cache asks who the bot is: {words}", "NOAUTH")
    return Rejected(f"The cache refused: {words}", type(error).__name__)


_NOT_NOW: Sequence[tuple[type[said.RedisError], str, str, str]] = (
    (said.BusyLoadingError, "", "LOADING", "is loading its data and answers nothing until it has"),
    (said.ConnectionError, "max number of clients", "CLIENTS", "has as many connections as it takes"),
    (said.ResponseError, "BUSY", "BUSY", "is busy with a script and answers nothing else"),
    (said.TryAgainError, "", "TRYAGAIN", "is moving the slot of these keys"),
    (said.MasterDownError, "", "MASTERDOWN", "has lost the connection to its primary"),
    (said.ClusterDownError, "", "CLUSTERDOWN", "does not serve all of its slots now"),
    (said.ResponseError, "NOREPLICAS", "NOREPLICAS", "takes no changes while too few of its replicas follow"),
    (said.ResponseError, "FAILOVER", "FAILOVER", "is changing its primary"),
)
"""What a cache answers that is over by itself: the error of redis-py, how its words begin, Redis's own code,
and what is said of it."""


def _passing(error: said.RedisError) -> NotNow | None:
    for kind, start, code, told_so in _NOT_NOW:
        if isinstance(error, kind) and str(error).startswith(start):
            return NotNow(f"The cache {told_so}.", code, retry_helps=True)
    return None


def passes(error: said.RedisError | OSError) -> bool:
    """Tell whether the cache answered with something that is over by itself."""
    return isinstance(error, said.RedisError) and _passing(error) is not None


def _unreached(address: Address, error: Exception) -> Unreached:
    """Say which way the network has to be open, or what is wrong with TLS on it."""
    if isinstance(error, said.TimeoutError) and "reading" in str(error):
        sentence = f"The cache at {address.shown} took longer than {ANSWER_SECONDS:.0f} s to answer."
        return Unreached(sentence, type(error).__name__, retry_helps=True)
    cause = error.__cause__ or error.__context__ or error
    if isinstance(cause, ssl.SSLCertVerificationError):
        why = f"the certificate shown at {address.shown} does not prove that it is the cache"
    elif isinstance(cause, ssl.SSLError):
        why = f"no TLS connection could be made to {address.shown}"
    else:
        why = f"there is no connection to {address.shown}"
    return Unreached(f"The cache could not be reached: {why}. {way_to(address)}", type(error).__name__)


def way_to(address: Address) -> str:
    guards = ", ".join(address.groups)
    group = f"security group ({guards})" if guards else "security group"
    return (
        "It takes connections only from within its VPC: run the bot in that VPC or in one that is routed to "
        f"it, and let the cache's {group} admit TCP port {address.port} from the bot's."
    )
