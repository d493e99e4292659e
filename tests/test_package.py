"""The wheel holds everything: it is built as the Dockerfile builds it, installed, and used from another
folder.
"""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("bot", "handlers", "policies", "migrations", "playground")


def run(command: Sequence[str], cwd: Path, **variables: str) -> str:
    environment = {"PATH": os.environ["PATH"], "HOME": str(cwd), "LANG": "C.UTF-8", **variables}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from exactly the files that the Dockerfile copies, with what requirements/build.txt
    names.
    """
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheels")
    for name in ("pyproject.toml", "README.md", "LICENSE", *PACKAGES):
        run(["cp", "-r", str(ROOT / name), str(source)], ROOT)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps", "--no-build-isolation"]
    run([*pip, "--disable-pip-version-check", "--wheel-dir", str(out), "."], source)
    [built] = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("installed")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
        "--no-compile",  # what is imported is compiled then
        "--target",
        str(target),
    ]
    run([*pip, "--disable-pip-version-check", str(wheel)], target)
    return target


def test_the_dockerfile_copies_what_this_test_does() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    copied = {word for line in lines if line.startswith("COPY") for word in line.split()[1:-1]}
    assert {"pyproject.toml", "README.md", "LICENSE", *PACKAGES} <= copied


def test_files_other_than_code_are_in_the_wheel(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    for folder, pattern in (
        ("playground", "*.yaml"),
        ("playground/slack/static", "*"),
        ("migrations", "*.mako"),
    ):
        files = [p for p in (ROOT / folder).glob(pattern) if p.is_file()]
        assert files
        assert not [p.name for p in files if str(p.relative_to(ROOT)) not in inside]


def test_no_test_and_no_secret_file_is_in_the_wheel(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert tops == {*PACKAGES, *(top for top in tops if top.endswith(".dist-info"))}
    assert len(tops) == len(PACKAGES) + 1


def test_every_package_is_found_in_the_installed_wheel(installed: Path, tmp_path: Path) -> None:
    program = (
        f"import {', '.join(PACKAGES)}; print(*(m.__file__ for m in ({', '.join(PACKAGES)})), sep='\\n')"
    )
    found = run([sys.executable, "-c", program], tmp_path, PYTHONPATH=str(installed)).split()
    assert [Path(path).is_relative_to(installed) for path in found] == [True] * len(PACKAGES)


def test_the_installed_bot_finds_its_migrations_and_the_shipped_example(
    installed: Path, tmp_path: Path
) -> None:
    known = {"PYTHONPATH": str(installed), "LAMPLIGHTER_DATABASE_URL": f"sqlite:///{tmp_path}/new.db"}
    bot = [sys.executable, "-m", "bot"]
    assert run([*bot, "migrate"], tmp_path, **known) == "The schema is up to date.\n"
    assert "agree" in run([*bot, "migrate", "--check"], tmp_path, **known)
    example = installed / "playground" / "environments.yaml"
    applied = run([*bot, "apply", "--yes", str(example)], tmp_path, **known, AWS_EC2_METADATA_DISABLED="true")
    assert "changes applied" in applied


def test_the_installed_playground_can_be_asked_for_help(installed: Path, tmp_path: Path) -> None:
    told = run([sys.executable, "-m", "playground", "--help"], tmp_path, PYTHONPATH=str(installed))
    assert "--no-bot" in told


def test_the_name_of_the_command_is_in_the_wheel(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    [entry] = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
    assert "lamplighter = bot.__main__:main" in archive.read(entry).decode()
