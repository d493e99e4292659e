"""Tests of how an operation is typed, from its declaration alone."""

from __future__ import annotations

import pytest

from handlers.words.arguments import Argument
from handlers.words.operation import Operation, Purpose, Reach, Target, operation
from policies.access.people import Role


def declared(**fields: object) -> Operation:
    return operation("probe", role=Role.VIEWER, **fields)(_probe)


def _probe() -> None:
    """Probe what there is.

    At length.
    """


@pytest.mark.parametrize(
    ("fields", "typed"),
    [
        ({}, "/env probe staging"),
        ({"target": Target.SERVICE}, "/env probe staging orders-api"),
        ({"reach": Reach.VIEWABLE}, "/env probe"),
        ({"reach": Reach.ONE_OR_ALL}, "/env probe staging"),
        ({"arguments": (Argument("why", "why"),)}, "/env probe staging"),
        (
            {"arguments": (Argument("until", "until when", positional=True, example="4h"),)},
            "/env probe staging 4h",
        ),
        ({"arguments": (Argument("before", "seq", hidden=True),)}, "/env probe staging"),
    ],
)
def test_an_example_is_as_somebody_would_type_it(fields: dict[str, object], typed: str) -> None:
    assert declared(**fields).example("/env") == typed
    assert declared(**fields).example("/env", "qa-eu") == typed.replace("staging", "qa-eu")


@pytest.mark.parametrize(
    ("fields", "purpose"),
    [
        ({}, Purpose.LOOK),
        ({"changes": True}, Purpose.MORE),
        ({"changes": True, "purpose": Purpose.MEND}, Purpose.MEND),
    ],
)
def test_an_operation_without_a_declared_purpose_gets_one(
    fields: dict[str, object], purpose: Purpose
) -> None:
    assert declared(**fields).purpose is purpose


def test_help_is_the_first_line_of_the_docstring_unless_it_is_given() -> None:
    assert f"{declared().help}." == (_probe.__doc__ or "").splitlines()[0]
    assert declared(help="Something else").help == "Something else"
