"""``python -m tests.forking.reporting FILE …``: writes what a process can see of itself to FILE, as JSON."""

from __future__ import annotations

import gc
import json
import locale
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from random import random

TYPED = {signal.SIGINT, signal.SIGQUIT}
"""The signals that a terminal sends by a key. A shell makes its background processes ignore these signals,
and a library of the tests may undo that, so they depend on who starts the process.
"""


def report() -> dict[str, object]:
    limits = (resource.RLIMIT_NOFILE, resource.RLIMIT_CORE, resource.RLIMIT_STACK)
    return {
        "environment": dict(os.environ),
        "inherited by what it starts": subprocess.check_output(["/usr/bin/env"], text=True).splitlines(),
        "argv": [sys.argv, sys.orig_argv],
        "name": [__name__, sys.modules["__main__"].__name__, __package__],
        "folder": str(Path.cwd()),
        "imports from": sys.path,
        "flags": [*sys.flags, sys.executable, sys.prefix, sys.warnoptions],
        "files": {name: str(Path(f"/proc/self/fd/{name}").resolve()) for name in _open()},
        "streams": [(s.encoding, s.errors, s.line_buffering) for s in (sys.stdin, sys.stdout, sys.stderr)],
        "session": [os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid()],
        "signals": {n: str(signal.getsignal(n)) for n in sorted(signal.valid_signals() - TYPED)},
        "masked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        "threads": [threading.active_count(), len([*Path("/proc/self/task").iterdir()])],
        "main": threading.current_thread() is threading.main_thread(),
        "collector": [gc.isenabled(), gc.get_threshold()],
        "locale": locale.setlocale(locale.LC_ALL),
        "limits": [resource.getrlimit(limit) for limit in limits],
        "time zone": [time.tzname, time.localtime(0).tm_hour],
        "umask": _umask(),
    }


def _open() -> list[str]:
    """Return the open files, except the one that lists them."""
    return sorted(file.name for file in [*Path("/proc/self/fd").iterdir()] if file.exists())


def _umask() -> int:
    found = os.umask(0)
    os.umask(found)
    return found


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(report() | {"not alike": [os.getpid(), random()]}))
