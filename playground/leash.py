"""``leash.py PID COMMAND …``: becomes the command, which Linux ends as soon as PID, who started it, has.

A playground that is killed cannot end its bot, and the bot knows nothing of a playground. Linux waits for the
end of the thread that started this, which is the playground's main one. Run with ``-I -S``: nothing but the
standard library is read on the way.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

DEATH_SIGNAL = 1
"""``PR_SET_PDEATHSIG`` of ``linux/prctl.h``. It is kept over ``exec``."""


def main(starter: str, *command: str) -> None:
    ctypes.CDLL(None).prctl(DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != int(starter):
        sys.exit(1)  # it ended before it was watched
    os.execv(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
