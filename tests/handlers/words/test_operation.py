"""How an operation is typed, from its declaration alone."""

from __future__ import annotations

import pytest

from handlers.words.arguments import Argument
from handlers.words.operation import Operation, Reach, Target, operation
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
        ({}, "/env probe <environment>"),
        ({"target": Target.SERVICE}, "/env probe <environment> <service>"),
        ({"target": Target.SERVICE_OR_ALL}, "/env probe <environment> [service]"),
        ({"reach": Reach.VIEWABLE}, "/env probe"),
        ({"reach": Reach.ONE_OR_ALL}, "/env probe [environment]"),
        ({"arguments": (Argument("why", "why"),)}, "/env probe <environment> [why=<why>]"),
        ({"arguments": (Argument("why", "why", required=True),)}, "/env probe <environment> why=<why>"),
        (
            {"arguments": (Argument("image", "which", choices=("same", "new"), positional=True),)},
            "/env probe <environment> [<same|new>]",
        ),
        ({"arguments": (Argument("before", "seq", hidden=True),)}, "/env probe <environment>"),
    ],
)
def test_usage_shows_what_is_needed_and_what_may_be_left_out(fields: dict[str, object], typed: str) -> None:
    assert declared(**fields).usage("/env") == typed


def test_help_is_the_first_line_of_the_docstring_unless_it_is_given() -> None:
    assert f"{declared().help}." == (_probe.__doc__ or "").splitlines()[0]
    assert declared(help="Something else").help == "Something else"
