"""What people write for a flag and its parameter, and what they are told to write instead."""

from __future__ import annotations

import re

import pytest

from policies.catalog.flags import (
    appconfig_id,
    appconfig_strategy,
    flag_key,
    flag_name,
    flag_text,
    parameter,
)
from policies.catalog.forms import Miswritten
from tests.golden import Golden

ARN = "arn:aws:ssm:eu-central-1:123456789012:parameter"


@pytest.mark.parametrize("text", ["/staging/flags/new-checkout", "plain_Name.1", "/a", "/staging/awsome"])
def test_a_parameters_name_is_taken_as_it_is(text: str) -> None:
    assert parameter(text) == text


@pytest.mark.parametrize("text", ["new-checkout", "a", "beta.v2_x"])
def test_a_flags_name_is_taken_as_it_is(text: str) -> None:
    assert flag_name(text) == text


@pytest.mark.parametrize(
    ("text", "right"),
    [(f"{ARN}/staging/flags/x", "/staging/flags/x"), (f"{ARN}/plain", "/plain")],
)
def test_an_arn_is_answered_with_the_name_in_it(text: str, right: str) -> None:
    with pytest.raises(Miswritten) as told:
        parameter(text)
    assert re.split(" ", str(told.value))[-1] == right


@pytest.mark.parametrize(
    "text", ["", "/", "a b", "staging/x", "/x:3", "/aws/x", "SSM-x", "/x/", "/" + "a" * 1_011, "/a" * 16]
)
def test_what_is_no_name_of_a_parameter_is_refused(text: str, golden: Golden) -> None:
    with pytest.raises(Miswritten) as told:
        parameter(text)
    if len(text) < 9:
        assert str(told.value) == golden


@pytest.mark.parametrize("text", ["", " true", "a" * 101, "{{x}}"])
def test_a_text_that_parameter_store_would_not_keep_is_refused(text: str) -> None:
    with pytest.raises(Miswritten):
        flag_text(text)


def test_a_name_in_capitals_is_answered_with_one_that_is_taken() -> None:
    with pytest.raises(Miswritten, match="perhaps new-checkout"):
        flag_name("New Checkout")


@pytest.mark.parametrize("text", ["ab12", "339ohji"])
def test_an_id_of_appconfig_is_taken_as_it_is(text: str) -> None:
    assert appconfig_id(text) == text
    assert appconfig_strategy(text) == text


@pytest.mark.parametrize("text", ["", "abc", "Shop", "checkout", "my app"])
def test_what_is_no_id_of_appconfig_is_refused(text: str, golden: Golden) -> None:
    with pytest.raises(Miswritten) as told:
        appconfig_id(text)
    assert str(told.value) == golden


def test_a_predefined_strategy_is_taken_and_an_unknown_form_refused(golden: Golden) -> None:
    assert appconfig_strategy("AppConfig.Linear50PercentEvery30Seconds")
    with pytest.raises(Miswritten) as told:
        appconfig_strategy("all at once")
    assert str(told.value) == golden


def test_an_arn_of_appconfig_is_answered_with_the_id_in_it() -> None:
    here = "arn:aws:appconfig:eu-central-1:123456789012"
    with pytest.raises(Miswritten, match=r"ARN: pro1234$"):
        appconfig_id(f"{here}:application/app1234/configurationprofile/pro1234")
    with pytest.raises(Miswritten, match=r"ARN: AppConfig\.AllAtOnce$"):
        appconfig_strategy(f"{here}:deploymentstrategy/AppConfig.AllAtOnce")


def test_a_key_begins_with_a_letter(golden: Golden) -> None:
    assert flag_key("newCheckout_2") == "newCheckout_2"
    with pytest.raises(Miswritten) as told:
        flag_key("2fast")
    assert str(told.value) == golden
