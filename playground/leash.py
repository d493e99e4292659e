"""``leash.py PID COMMAND …``: become the command, which Linux kills as soon as its starter, PID, has ended.

A playground that is killed cannot end its bot, and the bot knows nothing of a playground. Linux watches the
thread that started this process, which is the playground's main one. Run it with ``-I -S``, so that it reads
nothing but the standard library.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

DEATH_SIGNAL = 1
"""``PR_SET_PDEATHSIG`` of ``linux/prctl.h``. The setting survives ``exec``."""


def main(starter: str, *command: str) -> None:
    ctypes.CDLL(None).prctl(DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != int(starter):
        sys.exit(1)  # the starter ended before Linux watched it
    os.execv(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
