"""Every error has a sentence for people, which says whether retrying helps."""

from __future__ import annotations

import pytest

from handlers.words import errors
from handlers.words.errors import StoreLost, Throttled, Trouble
from tests.golden import Golden

KINDS = [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, Trouble)]


@pytest.mark.parametrize("kind", KINDS)
def test_each_error_says_what_happened_and_whether_trying_again_helps(
    kind: type[Trouble], golden: Golden
) -> None:
    assert str(kind("It is so.")) == golden(name="for good")
    assert str(kind("It is so.", retry_helps=True)) == golden(name="for now")


def test_every_error_is_caught_as_trouble() -> None:
    assert len(KINDS) == 10
    with pytest.raises(Trouble, match="Too many"):
        raise Throttled("Too many calls.")
    with pytest.raises(Trouble, match="gone"):
        raise StoreLost("It is gone.")
