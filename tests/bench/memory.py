"""The resident memory of a process, as Linux reports it."""

from __future__ import annotations

import re
from pathlib import Path


def resident_megabytes(pid: int) -> float:
    """Return ``VmRSS`` in MiB."""
    found = re.search(r"^VmRSS:\s+(\d+) kB$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    assert found is not None, f"no VmRSS of process {pid}"
    return int(found[1]) / 1024
