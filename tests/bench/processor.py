"""Processor time of a process, as Linux tells it."""

from __future__ import annotations

import os
from pathlib import Path

_UTIME, _STIME = 11, 12
"""Places after the command's name in ``/proc/<pid>/stat``: proc(5), fields 14 and 15."""


def cpu_seconds(pid: int) -> float:
    """Seconds on any core since it began, its own and the kernel's for it; not those of its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[_UTIME]) + int(fields[_STIME])) / os.sysconf("SC_CLK_TCK")
