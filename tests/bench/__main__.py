"""``python -m tests.bench``: takes the figures and prints them; about twelve minutes."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.bench.report import machine, page, table
from tests.bench.run import SMALL, Size, measure, measure_answers, measure_door
from tests.scenarios.process import SOURCES

FILE = SOURCES / "docs" / "benchmarks.md"


def main() -> int:
    parser = argparse.ArgumentParser("bench", description=__doc__)
    parser.add_argument("--small", action="store_true", help="only see that it works: a few seconds")
    parser.add_argument("--door", action="store_true", help="only the rows of strangers at the HTTP port")
    parser.add_argument("--answers", action="store_true", help="only the rows of flush and why")
    parser.add_argument(
        "--write", type=Path, nargs="?", const=FILE, metavar="FILE", help=f"also write {FILE.name}"
    )
    options = parser.parse_args()
    taking = measure_door if options.door else measure_answers if options.answers else measure
    rows = taking(SMALL if options.small else Size())
    sys.stdout.write(f"{table(rows)}\n\n{machine()}\n")
    if options.write:
        options.write.write_text(page(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
