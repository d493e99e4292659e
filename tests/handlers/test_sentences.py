"""What people read is composed in ``handlers.tell``, and nowhere else in the application."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

import handlers
from tests.golden import EXAMPLE

HOUSE = Path(handlers.__path__[0])
ELSEWHERE = {"tell", "words"}
"""The folder of sentences; and the nouns, which say what is wrong with an argument before the gate does."""
MOST_WORDS = 2
"""The most words of a text that may be the name of a kind of step, or a key. What is filled in counts as a
word.
"""
DEFECTS = {"ValueError", "TypeError"}
"""What is raised on a programming error. A ``Trouble`` is read in a channel."""
NOT_READ = {"on_defect", "allow", "Row"}
"""Calls whose texts are for the log, for the audit entry of what was allowed, or typed by people."""
NOWHERE = frozenset[str]()
ITS_OWN = frozenset({"Answer"})
"""Calls in a command's file that may say something there."""
SAYING = {"Verdict", "waits", "Answer", "Choice", "Failure", "Missing", "Unchanged", "refuse"}
"""Calls whose texts are read, however short: two words are a sentence there."""


def test_no_sentence_is_outside_the_folder_of_sentences() -> None:
    found = {
        f"{path.relative_to(HOUSE)}: {said}"
        for path in HOUSE.rglob("*.py")
        if path.relative_to(HOUSE).parts[0] not in ELSEWHERE
        for said in sentences(
            ast.parse(path.read_text()), but=ITS_OWN if path.parent == HOUSE else frozenset()
        )
    }
    assert found == set()


def test_a_commands_file_may_answer_in_a_sentence_of_its_own() -> None:
    """A command is one file, so its answers may be in it; a refusal, and what a step or a message says, may
    not.
    """
    answers = ast.parse('Answer(f"`{name}` has been up for {since}.")')
    assert list(sentences(answers, but=ITS_OWN)) == []
    assert len(list(sentences(ast.parse('refuse("x", "no such thing")'), but=ITS_OWN))) == 1
    assert list(sentences(ast.parse(EXAMPLE.read_text()), but=ITS_OWN)) == []


@pytest.mark.parametrize(
    "code",
    [
        'said = f"`{facts.name}` is stopped"',
        'told = "nothing had to change"',
        'told = "{} of them left".format(3)',
        'raise Absent(f"There is no database `{name}` any more.")',
        'waits(now, f"{name}: going")',
        'Verdict(End.DONE, "gone again")',
        'Verdict(End.DONE, sentence="gone again")',
        """said = f"{'It was made by hand' if made else ''}\"""",
        'step = replace(step, sentence="left out here")',
        'refuse("stop.busy", f"{name} is busy")',
        'Answer(f"{count} entries")',
        'def look(step):\n    """What it is."""\n    return f"{step.on} is {step.state} since {step.at}"',
    ],
)
def test_a_sentence_is_found_wherever_it_is_added(code: str) -> None:
    assert len(list(sentences(ast.parse(code)))) == 1


@pytest.mark.parametrize(
    "code",
    [
        '"""What this file is for."""',
        'EVERY = 3\n"""Between two looks at one notice."""',
        'class Stop:\n    """Stops what is there."""\n    name = "set desired"',
        'raise ValueError(f"two operations are called {word!r}")',
        'assert place, "what waits says until when"',
        'Plan(doing="putting back what was saved in")',
        'operation("stop", verb=Verb("stopping", "stopped", "did not stop"))',
        'def keep(words: Annotated[Keep, sentence("until when, and why", "until 23:00")]): ...',
        'parts.on_defect(f"the notice in {channel}", trouble)',
        'allow("access.viewable", "concerns only what the actor may view")',
        'key = f"{step.position} {step.kind} {step.on}"',
        "Verdict(End.DONE, tell.stopped(step.on))",
        'refuse("facts.unread", trouble.sentence)',
    ],
)
def test_texts_that_nobody_reads_in_a_channel_are_left_alone(code: str) -> None:
    assert list(sentences(ast.parse(code))) == []


def sentences(tree: ast.AST, *, but: frozenset[str] = NOWHERE) -> Iterator[str]:
    """Return the sentences in a file where none belongs; ``but``: skip these calls. A text composed of short
    pieces is not found.
    """
    if not _is_read(tree) or _is_call(tree, but):
        return
    for child in _parts(tree):
        text = _text(child)
        if text and _says(text, 1 if _is_call(tree, SAYING) else MOST_WORDS):
            yield text
        else:
            yield from sentences(child, but=but)


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may hold a sentence: no docstring or annotation, and not what a plan or an operation is
    called.
    """
    for child in ast.iter_child_nodes(node):
        match node, child:
            case _, ast.Expr(value=ast.Constant()):
                continue
            case ast.arg(), _:
                continue
            case ast.Call(), ast.keyword(arg=name, value=value):
                if name not in ("doing", "verb"):
                    yield value
                continue
        yield child


def _is_read(node: ast.AST) -> bool:
    match node:
        case ast.Raise(exc=ast.Call() as raised):
            return not _is_call(raised, DEFECTS)
        case ast.Call():
            return not _is_call(node, NOT_READ)
    return not isinstance(node, ast.Assert)


def _is_call(node: ast.AST, names: Collection[str]) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in names
    return False


def _text(node: ast.AST) -> str | None:
    """Return a text as written, with ``{}`` for what is filled in; ``None`` for anything else."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in values)
    return None


def _says(text: str, names: int) -> bool:
    """Return whether the text has more than so many words, at least one of them literal."""
    words = text.split()
    return len(words) > names and any(c.isalpha() for word in words for c in word)
