"""``python requirements/install.py .venv demo`` (or ``dev``): makes an environment with what that lock names.

Run this with any Python, before anything is installed. uv installs if it is on the PATH, and pip if uv is
missing or fails: uv does not read pip's settings, which may hold the address of a company's index.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
ALONE = ["--quiet", "--no-deps"]
PIP = ["--disable-pip-version-check", "--no-compile"]
"""Do not compile at installation: Python compiles a module when it is first imported, and most of what the
demo installs never is.
"""


def main(venv: Path, name: str) -> int:
    """Return the exit code: 0, or that of the command that failed."""
    lock, python = HERE / f"{name}.txt", str(venv / "bin" / "python")
    packages = sum("==" in line for line in lock.read_text(encoding="utf-8").splitlines())
    try:
        with stage(f"Making {venv} with {sys.executable}"):
            run([sys.executable, "-m", "venv", "--without-pip", str(venv)])
        install(python, f"{packages} packages", ["--require-hashes", "-r", str(lock)])
        if name == "dev":
            install(python, "Lamplighter itself", ["--no-build-isolation", "-e", "."])
            with stage("Compiling all of it"):
                compiled(venv)
    except subprocess.CalledProcessError as failed:
        return failed.returncode
    return 0


def install(python: str, what: str, wanted: Sequence[str]) -> None:
    """Install the lock. Raise ``CalledProcessError`` if pip fails."""
    if uv := shutil.which("uv"):
        try:
            with stage(f"Installing {what} with uv"):
                run([uv, "pip", "install", "--python", python, *ALONE, *wanted])
            return
        except subprocess.CalledProcessError:
            say("uv could not, so pip tries.\n")
    with stage(f"Installing {what} with pip"):
        if subprocess.run([python, "-c", "import pip"], capture_output=True).returncode:
            run([python, "-m", "ensurepip"], stdout=subprocess.DEVNULL)
        run([python, "-m", "pip", "install", *PIP, *ALONE, *wanted])


def compiled(venv: Path) -> None:
    """Compile everything before the tests. A warning is an error for the tests, even a warning that a package
    gives only while it is compiled, so the first run would fail and the second would not. What cannot be
    compiled is left.
    """
    folders = [str(folder) for folder in venv.glob("lib/*/site-packages")]
    subprocess.run([str(venv / "bin" / "python"), "-m", "compileall", "-qq", "-j", "0", *folders])


@contextmanager
def stage(what: str) -> Iterator[None]:
    """Print what is done, and then how long it took."""
    say(f"{what} … ")
    began = time.monotonic()
    try:
        yield
    except BaseException:
        say("failed\n")
        raise
    say(f"{time.monotonic() - began:.1f} s\n")


def run(command: Sequence[str], stdout: int | None = None) -> None:
    subprocess.run(command, check=True, stdout=stdout)


def say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
