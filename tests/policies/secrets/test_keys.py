"""Names of keys are shown without what would open something."""

from __future__ import annotations

import pytest

from policies.secrets.keys import shown_key
from policies.secrets.redaction import redact


@pytest.mark.parametrize(
    "name", ["session:*", "cart:user-12:items", "rate:10.0.0.7", r"session:\*", "feature-flags:new-checkout"]
)
def test_a_name_of_words_and_numbers_is_shown(name: str) -> None:
    assert shown_key(name) == name


@pytest.mark.parametrize(
    "part",
    [
        "9f8a7b6c5d4e3f2a1b0c9d8e",
        "3b241101-e2bb-4255-8caf-4136c566a962",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    ],
)
def test_what_may_be_somebodys_session_is_hidden(part: str) -> None:
    shown = shown_key(f"session:{part}")
    assert shown.startswith("session:")
    assert not any(part[at : at + 9] in shown for at in range(len(part) - 9))


@pytest.mark.parametrize("value", ["hunter2/?", "hunter2/*", "hunter2:*", "abcd?!?!", "ab1/??", "x9T:?"])
def test_a_password_that_ends_like_a_pattern_is_no_pattern(value: str) -> None:
    assert value not in redact(f"at start password={value} end")


@pytest.mark.parametrize("pattern", ["session:*", "token:user:*", "auth:v2:??", "session:a*"])
def test_a_pattern_of_keys_survives_the_redaction_of_a_sentence(pattern: str) -> None:
    assert redact(f"41 keys of `{pattern}`") == f"41 keys of `{pattern}`"
