"""A file from an untrusted source is refused with its line and field, in bounded time and memory.

That these tests end at all shows that the refusal is quick: each of these files stands for billions of
values, nests without end or never stops being read.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from bot.catalog_file import CatalogFileError, load, parse
from bot.catalog_yaml import DEEPEST, MOST_PROBLEMS
from tests.golden import Golden


def told(text: str) -> str:
    with pytest.raises(CatalogFileError) as refused:
        parse(text)
    [problem] = refused.value.problems
    return str(problem)


def doubled(shape: str, first: str = "{ k: x }") -> str:
    """Eighteen lines, each of which stands for the line before several times over."""
    lines = [f"a0: &a0 {first}", *(f"a{n}: &a{n} {shape.replace('@', f'*a{n - 1}')}" for n in range(1, 18))]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (doubled("[@, @, @, @]"), "stand for too much"),
        (doubled("{ k: @, k: @, k: @ }"), "stand for too much"),
        (doubled("{ a: @, b: @, c: @ }"), "stand for too much"),
        (doubled("{ <<: [@, @, @] }"), "stand for too much"),
        ("a: &a { <<: *a }", "stand for too much"),
        (doubled("{ ? @ : 1 }"), "line 2: a1: has a field whose name is a list or a mapping"),
        (f'a: &a "{"x" * 500_000}"\nb: [{", ".join(["*a"] * 1_000)}]', "stand for too much"),
        ("a: &a [*a]", "nested"),
        ("a: &a { b: *a }", "nested"),
        ("[" * 100_000, f"nested more than {DEEPEST} levels deep"),
        ("{a: {b: " * 50_000, f"line 1: a.b.a.b.a.b.…: is nested more than {DEEPEST} levels deep"),
        ("- " * 100_000, "nested"),
        ("? " * 100_000, "has a field whose name is a list or a mapping"),
        ("{? " * 100_000, "has a field whose name is a list or a mapping"),
        ("a: 1\nb: { c: 1, d: 2, c: 3 }", "line 2: b.c is written twice"),
        ("a:\n  <<: { b: 1 }\n  <<: { c: 1 }", "line 3: a.<< is written twice"),
        ("a:\n  <<: [b]", "line 2: a: takes over (<<) what is no mapping"),
        (
            "a: !!python/object/apply:os.system ['true']",
            "line 1: a: has the tag !!python/object/apply:os.system",
        ),
        ("a: { b: !!binary aGk= }", "line 1: a.b: has the tag !!binary"),
        ("a: !mine x", "line 1: a: has the tag !mine"),
        ("a: !!set { b, c }", "line 1: a: has the tag !!set"),
        ("%YAML 1." + "9" * 5_000 + "\n---\na: 1", "line 1: "),
        ('a:\n  b: "\\UFFFFFFFF"', "line 2: a.b: "),
        ("a: 1\nb: \x00", "line 2: file: holds a character that is not text"),
    ],
)
def test_a_hostile_file_is_refused_by_line_and_field(text: str, said: str) -> None:
    assert said in told(text)
    assert told(text).startswith("line ")
    assert len(told(text)) < 300


@pytest.mark.parametrize(
    "value", ["9" * 5_000, "0x" + "f" * 50_000, ":".join(["1"] * 10_000), "!!int x", "1e999"]
)
def test_a_number_of_unbounded_length_is_not_read_as_a_number(value: str) -> None:
    text = f"version: {value}\nteam: T0HOME\nenvironments: {{}}\ngrants: []\n"
    assert told(text) == "line 1: version: write 1; this release reads no other version"


def test_the_first_hundred_mistakes_are_named_and_the_others_counted() -> None:
    with pytest.raises(CatalogFileError) as refused:
        parse("\n".join(f"field{n}: 1" for n in range(1_000)))
    assert len(refused.value.problems) == MOST_PROBLEMS + 1
    assert refused.value.problems[-1].startswith("and ")


def test_a_device_or_pipe_is_neither_waited_for_nor_read(tmp_path: Path, golden: Golden) -> None:
    pipe, folder, device = tmp_path / "pipe", tmp_path / "folder", Path("/dev/zero")
    os.mkfifo(pipe)
    folder.mkdir()
    (tmp_path / "link").symlink_to(device)
    said = []
    for path in (pipe, folder, device, tmp_path / "link"):
        with pytest.raises(CatalogFileError) as refused:
            load(path)
        said.append(str(refused.value).removeprefix(f"{path}: "))
    assert said == golden


def test_a_socket_is_not_read_either(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s"))
        with pytest.raises(CatalogFileError):
            load(tmp_path / "s")


@pytest.mark.parametrize("content", [b"\xef\xbb\xbfversion: 1\n", b"version: 1\r\n"])
def test_a_byte_order_mark_and_other_line_ends_are_read(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "catalog.yaml"
    path.write_bytes(content)
    with pytest.raises(CatalogFileError) as refused:
        load(path)
    assert all("is missing" in problem for problem in refused.value.problems)


@pytest.mark.parametrize("content", ["version: 1".encode("utf-16"), b"version: 1\nteam: \xff\n"])
def test_bytes_that_are_not_text_are_named_by_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "catalog.yaml"
    path.write_bytes(content)
    with pytest.raises(CatalogFileError) as refused:
        load(path)
    line = 1 if b"\x00" in content else 2
    assert str(refused.value) == f"{path}: line {line}: is not UTF-8 text"
