"""The processor time of a process, as Linux reports it."""

from __future__ import annotations

import os
from pathlib import Path

_UTIME, _STIME = 11, 12
"""The positions after the command's name in ``/proc/<pid>/stat``: proc(5), fields 14 and 15."""


def cpu_seconds(pid: int) -> float:
    """Return the seconds on any core since the process began, its own and the kernel's for it, without its
    children.
    """
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[_UTIME]) + int(fields[_STIME])) / os.sysconf("SC_CLK_TCK")
