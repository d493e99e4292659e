"""``python -m tests.forking.ending HOW``: a process that ends in the way that HOW names."""

from __future__ import annotations

import atexit
import sys
import threading
import time

HOWS = {"ends": "0", "exits": "3", "breaks": "1", "is terminated": "-15", "is killed": "-9"}


def main(how: str) -> None:
    atexit.register(sys.stdout.write, "at exit\n")
    sys.stdout.write(f"{how}\n")
    sys.stdout.flush()
    if how == "exits":
        sys.exit(3)
    if how == "breaks":
        raise ValueError("broken")
    if how == "ends":
        threading.Timer(0.01, sys.stdout.write, ["a thread was waited for\n"]).start()
        return
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main(sys.argv[1])
