"""A name hides the value after it, in every form in which programs write the two; the name stays."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.secrets.redaction import redact, redact_all
from policies.secrets.shapes import MARK
from tests.policies.secrets.forms import BARE, HEADERS, QUOTED, SURE, UNSURE, XML

VALUES = ("hunter2", "s3cr3tV4lue", "c2VjcmV0LXZhbHVl0=", "x9-Yz_8!q", "Tr0ub4dor&3", "8f14e45fceea167a")
FORMS = [*BARE, *QUOTED, *XML]


@pytest.mark.parametrize("form", FORMS)
def test_each_name_hides_its_value_and_stays(form: str) -> None:
    for number, name in enumerate((*SURE, *UNSURE, *HEADERS)):
        value = VALUES[number % len(VALUES)]
        said = redact(form.format(n=name, v=value))
        assert value not in said, said
        assert MARK in said
        assert name in said


@pytest.mark.parametrize("form", [f for f in BARE if f not in ("{n}\n{v}", "{n} | {v}", "| {n} | {v} |")])
@pytest.mark.parametrize("value", ["swordfish", "Swordfish", "letmein"])
def test_an_ordinary_word_is_hidden_if_the_name_is_sure(form: str, value: str) -> None:
    for name in SURE:
        said = redact(form.format(n=name, v=value))
        assert value not in said, said


@pytest.mark.parametrize("name", [*SURE, *UNSURE, *HEADERS])
def test_a_field_is_judged_by_the_same_names(name: str) -> None:
    said = redact_all({"a": {name: "hunter2x"}, "env": [{"name": name, "value": "hunter2x"}]})
    assert said == {"a": {name: MARK}, "env": [{"name": name, "value": MARK}]}


_PLAIN = string.ascii_letters + string.digits
_ENDS = st.text(_PLAIN, min_size=1, max_size=3)


def _values(signs: str) -> st.SearchStrategy[str]:
    """Values of letters, digits and these signs inside. No value is a word that gives nothing away."""
    inner = st.text(_PLAIN + signs, min_size=4, max_size=40)
    return st.builds(lambda a, b, c: f"x9{a}{b}{c}7", _ENDS, inner, _ENDS)


@given(st.sampled_from(SURE), st.sampled_from(BARE), _values("-_.!@#$%^*+/~?"))
def test_no_bare_value_survives(name: str, form: str, value: str) -> None:
    assert value not in redact(form.format(n=name, v=value))


@given(st.sampled_from(SURE), st.sampled_from(QUOTED), _values("-_.!@#$^*+/=~?:;,|()[]{} "))
def test_no_quoted_value_survives(name: str, form: str, value: str) -> None:
    assert value not in redact(form.format(n=name, v=value))


@given(st.sampled_from(SURE), st.sampled_from(XML), _values("-_.!@#$^*+/=~?:;,|()[]{}"))
def test_no_value_survives_in_xml(name: str, form: str, value: str) -> None:
    assert value not in redact(form.format(n=name, v=value))


@given(st.sampled_from(UNSURE), st.sampled_from(FORMS), _values(""))
def test_no_random_looking_value_of_an_unsure_name_survives(name: str, form: str, value: str) -> None:
    assert value not in redact(form.format(n=name, v=value))


_TOLD = st.tuples(st.sampled_from((*SURE, *UNSURE, *HEADERS)), st.sampled_from(FORMS), _values("-_.!/="))


@given(st.lists(_TOLD, min_size=1, max_size=4), st.sampled_from(("", " ", "\n", ", ", "; ")))
def test_redacting_twice_changes_nothing(told: list[tuple[str, str, str]], between: str) -> None:
    once = redact(between.join(form.format(n=name, v=value) for name, form, value in told))
    assert redact(once) == once
