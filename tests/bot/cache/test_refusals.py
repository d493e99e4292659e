"""What a cache answers instead of a result: each refusal is told as what it is, and whether it passes."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.cache.connection import Login
from bot.cache.keys import RedisKeys
from handlers.ports.cache import Bounds, Mark
from handlers.words.errors import Denied, NotNow, Rejected, Trouble, Unreached
from policies.cache.endpoints import Address

WITHIN = Bounds(1_000, 3.0)


@contextmanager
def cache(*answers: str) -> Iterator[RedisKeys]:
    """A cache that gives these answers, one for each command, the last one again and again.
    ``silent``: none.
    """

    class Answering(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            left = list(answers)
            while head := self.rfile.readline():
                for _ in range(int(head[1:])):
                    self.rfile.readline()
                    self.rfile.readline()
                said = left.pop(0) if len(left) > 1 else left[0]
                if said != "silent":
                    self.wfile.write(said.encode() + b"\r\n")

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        address = Address("127.0.0.1", server.server_address[1], tls=False)
        try:
            yield RedisKeys(lambda: address, lambda _: Login())
        finally:
            server.shutdown()
            thread.join()


PASSING = (
    "-LOADING Redis is loading the dataset in memory",
    "-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
    "-TRYAGAIN Multiple keys request during rehashing of slot",
    "-CLUSTERDOWN The cluster is down",
    "-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    "-NOREPLICAS Not enough good replicas to write.",
    "-ERR max number of clients reached",
)
ONE_KEY = "*2\r\n$1\r\n0\r\n*1\r\n$1\r\na"


@pytest.mark.parametrize("answer", PASSING)
def test_what_is_over_by_itself_is_told_so_and_not_as_a_way_that_is_closed(answer: str) -> None:
    with cache(answer) as keys, pytest.raises(NotNow) as caught:
        keys.count("a*", WITHIN)
    assert caught.value.retry_helps
    assert "VPC" not in caught.value.sentence
    with cache(":1", ONE_KEY, answer) as keys:
        done = keys.unlink_some("a*", Mark(), WITHIN)
    assert (done.keys, done.lost, done.passes) == (0, False, True)


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        ("-NOAUTH Authentication required.", Denied),
        ("-WRONGPASS invalid username-password pair or user is disabled.", Denied),
        ("-NOPERM this user has no permissions to run the 'scan' command", Denied),
        ("-OOM command not allowed when used memory > 'maxmemory'.", Rejected),
        ("-MISCONF Redis is configured to save RDB snapshots, but cannot persist to disk.", Rejected),
        ("-ERR unknown command 'SCAN'", Rejected),
    ],
)
def test_what_stays_so_is_told_in_the_words_of_the_cache(answer: str, trouble: type[Trouble]) -> None:
    with cache(":1", answer) as keys, pytest.raises(trouble) as caught:
        keys.count("a*", WITHIN)
    assert not caught.value.retry_helps
    assert answer.split()[-1].strip(".") in caught.value.sentence


def test_a_refused_deletion_is_no_lost_one() -> None:
    with cache(":1", ONE_KEY, "-NOAUTH Authentication required.") as keys, pytest.raises(Denied):
        keys.unlink_some("a*", Mark(), WITHIN)


def test_a_cache_that_falls_silent_is_not_said_to_be_out_of_reach() -> None:
    with cache(":1", "silent") as keys, pytest.raises(Unreached) as caught:
        keys.count("a*", WITHIN)
    assert "took longer than 3 s" in caught.value.sentence
