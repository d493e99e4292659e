"""The words of the picker's choices."""

from __future__ import annotations

from handlers.tell import picker as tell
from handlers.words.arguments import Argument
from tests.golden import Golden
from tests.handlers.stage import REGISTRY


def offered() -> dict[str, Argument]:
    """Return each argument that a form asks for with choices, by its operation and its name."""
    return {
        f"{operation.name} {argument.name}": argument
        for operation in REGISTRY.operations.values()
        for argument in operation.arguments
        if argument.choices and not argument.hidden and not operation.console
    }


def test_every_choice_says_what_it_does_and_leaving_it_says_so_too(golden: Golden) -> None:
    said = {name: [label for _, label in tell.choices(argument)] for name, argument in offered().items()}
    assert said == golden
    for labels in said.values():
        assert len(set(labels)) == len(labels)
        assert tell.NOT_SAID not in labels


def test_the_words_are_of_choices_that_exist() -> None:
    known = {argument.help: {"", *argument.choices} for argument in offered().values()}
    assert {help: set(words) <= known.get(help, set()) for help, words in tell.SAID.items()} == dict.fromkeys(
        tell.SAID, True
    )
