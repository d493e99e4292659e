"""``python -m tests.forking.server SOCKET IMPORTED …``: forks itself for each start that a client asks for.

The server runs until its standard input closes, and no fork runs longer than the server. The server has one
thread and no signal handler, and imports the modules IMPORTED before the first fork. A connection to SOCKET
is one start. The client sends an order (``Order``) with three files; the server sends the pid, and the exit
code once that process has ended. If the client closes the connection earlier, the process is killed; if
later, the process is reaped. So nobody else gets the pid while the connection is open.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import runpy
import selectors
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from random import Random
from typing import Any

from tests.forking.environment import Noted

PR_SET_PDEATHSIG = 1
"""Of ``linux/prctl.h``."""
_libc = ctypes.CDLL(None)
LARGEST = 1 << 17
"""The most bytes of an order; Linux lets 200 KiB through at once."""


@dataclass(frozen=True)
class Order:
    """What to start. ``words``: the arguments of the interpreter, ``-m MODULE …``. ``files``: standard input,
    output and error.
    """

    words: list[str]
    environment: dict[str, str]
    folder: str
    files: list[int]


class Start:
    """One connection, and the process that was started for it."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.pid = self.pidfd = 0
        self.runs = False

    def began(self, pid: int) -> None:
        self.pid, self.pidfd, self.runs = pid, os.pidfd_open(pid), True
        self.tell(pid=pid)

    def ended(self) -> None:
        """Tell the client that the process ended. The process keeps its pid, because nobody has waited for it
        yet.
        """
        found = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        assert found is not None
        self.runs = False
        exited = found.si_code == os.CLD_EXITED
        self.tell(code=found.si_status if exited else -found.si_status)

    def over(self) -> None:
        self.connection.close()
        if self.pid:
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            os.close(self.pidfd)

    def forget(self) -> None:
        """Close these files in a forked child, which has no use for them."""
        self.connection.close()
        if self.pid:
            os.close(self.pidfd)

    def tell(self, **said: int | str) -> None:
        with suppress(OSError):  # the client has gone, which closes the connection too
            self.connection.send(json.dumps(said).encode())


class Server:
    """Accepts orders and forks. ``lifeline``: closes when whoever started this server is gone."""

    def __init__(self, listener: socket.socket, lifeline: int, noted: Noted) -> None:
        self._listener, self._lifeline, self._noted = listener, lifeline, noted
        self._selector = selectors.PollSelector()  # an epoll file would be shared with the forks
        self._selector.register(lifeline, selectors.EVENT_READ)
        self._selector.register(listener, selectors.EVENT_READ)
        self._starts: list[Start] = []

    def serve(self) -> Order | None:
        """Return ``None`` in this process once it shall end, and in each fork the order that it has to carry
        out.
        """
        while True:
            for key, _ in self._selector.select():
                if key.fileobj == self._lifeline:
                    for start in self._starts:
                        start.over()
                    return None
                if key.fileobj == self._listener:
                    self._listen(Start(self._listener.accept()[0]))
                elif key.data not in self._starts:
                    continue  # closed a moment ago
                elif key.fileobj == key.data.pidfd:
                    self._selector.unregister(key.fileobj)
                    key.data.ended()
                elif (order := self._heard(key.data)) is not None and self._forked(key.data, order):
                    return order

    def _listen(self, start: Start) -> None:
        self._starts.append(start)
        self._selector.register(start.connection, selectors.EVENT_READ, start)

    def _heard(self, start: Start) -> Order | None:
        try:
            said, files, _, _ = socket.recv_fds(start.connection, LARGEST, 3)
        except ConnectionError:
            said, files = b"", []
        if said:
            told = json.loads(said)
            return Order(told["words"], told["environment"], told["folder"], files)
        self._close(start)
        return None

    def _close(self, start: Start) -> None:
        self._selector.unregister(start.connection)
        if start.runs:
            self._selector.unregister(start.pidfd)
        self._starts.remove(start)
        start.over()

    def _forked(self, start: Start, order: Order) -> bool:
        """Fork for an order; return whether this is the child."""
        if differing := self._noted.differing(order.environment):
            start.tell(refused=f"read at import, with another value: {', '.join(differing)}")
            return False
        server = os.getpid()
        pid = os.fork()
        if pid == 0:
            end_with(server)
            self._listener.close()
            for other in self._starts:
                other.forget()
            return True
        for file in order.files:
            os.close(file)
        start.began(pid)
        self._selector.register(start.pidfd, selectors.EVENT_READ, start)
        return False


def end_with(parent: int) -> None:
    """Let the kernel kill this process when the thread that forked it is gone. A server that is killed cannot
    kill its forks, and they are in sessions of their own, which a signal to its group does not reach.
    """
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it went before that was asked
        os.kill(os.getpid(), signal.SIGKILL)


def become(order: Order, generators: list[Random]) -> None:
    """Run a module in this process, as ``python -m MODULE …`` would, to its end."""
    os.setsid()
    for number, file in enumerate(order.files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(order.folder)
    os.environ.clear()
    os.environ.update(order.environment)
    time.tzset()
    for generator in generators:
        generator.seed()
    _, module, *argv = order.words
    sys.path[0] = order.folder
    sys.argv[1:] = argv
    sys.orig_argv[1:] = order.words
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def prepared(modules: list[str]) -> list[Random]:
    """Import the modules and return the random number generators that they made, which must differ between
    two forks.
    """
    gc.disable()
    for name in modules:
        import_module(name)
    made = [each for each in gc.get_objects() if isinstance(each, Random)]
    gc.freeze()
    gc.enable()
    return made


def main(address: str, *modules: str) -> None:
    noted = Noted.installed()
    generators = prepared([*modules])
    noted.remove()
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(address)
        listener.listen()
        order: Any = Server(listener, 0, noted).serve()
    if order is not None:
        become(order, generators)


if __name__ == "__main__":
    main(*sys.argv[1:])
