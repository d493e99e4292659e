"""Secrets that carry their issuer's mark are hidden wherever they stand; words that begin alike stay."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.secrets.redaction import redact

_MARKED = """
ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- gldt- glrt- npm_ pypi- rubygems_ dckr_pat_ sntrys_ figd_ xoxb-
xoxp- xoxa- xapp- ya29. GOCSPX- AIza dop_v1_ doo_v1_ dp.pt. dp.st. hvs. hvb. sbp_ pscale_tkn_ pscale_pw_
ATATT3 lin_api_ ntn_ PMAK- CFPAT- shpat_ shpss_ shpca_ sk_live_ sk_test_ rk_live_ whsec_ sq0atp- sq0csp-
xkeysib- NRAK- glsa_ sk- sk-ant-api03- sk-proj- hf_ gsk_ r8_ xai- AGE-SECRET-KEY-1 tskey-auth- LTAI
"""
MARKED = tuple(_MARKED.split())
HEXADECIMAL = ("key-", "SK", "AC", "dapi", "pul-")
_ANY = st.text(string.ascii_letters + string.digits, min_size=20, max_size=60).map(lambda body: f"{body}9Zx")
_AROUND = st.sampled_from(
    ["{}", "using {} now", "({})", "x:{},y", '"{}"', "https://example.com/?a={}&b=c", "[{}]"]
)


@given(st.sampled_from(MARKED), _ANY, _AROUND)
def test_a_secret_with_a_known_prefix_is_hidden_wherever_it_stands(
    prefix: str, body: str, around: str
) -> None:
    assert body not in redact(around.format(prefix + body))


@given(st.sampled_from(HEXADECIMAL), st.text("0123456789abcdef", min_size=32, max_size=40), _AROUND)
def test_a_long_number_with_a_short_prefix_is_hidden(prefix: str, body: str, around: str) -> None:
    assert body not in redact(around.format(prefix + body))


@pytest.mark.parametrize(
    "prefix", ["ghp_", "glpat-", "hvs.", "ya29.", "GOCSPX-", "dop_v1_", "shpat_", "sk_live_"]
)
@pytest.mark.parametrize("body", ["hunter2", "short-one", "swordfish"])
def test_a_prefix_that_begins_no_word_is_known_however_short_the_secret(prefix: str, body: str) -> None:
    assert body not in redact(f"with {prefix}{body} here")


@pytest.mark.parametrize(
    "parts",
    [
        ("s.", "aB3dE5gH7jK9mN1pQ3sT5vW7"),
        ("123456789:", "AA" + "h4-_Kf" * 6),
        ("M", "TIzNDU2Nzg5MDEyMzQ1Njc4" + ".Gh4k2x." + "a1B2-_" * 6),
        ("aB3dE5gH7jK9mN", ".atlasv1." + "z9Yx" * 16),
        ("abc8Q~", "dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5h"),
        ("A3-", "ABC123-ABC123-ABC12-ABC12-ABC12-ABC12"),
        ("SG.", "aB3dE5gH7jK9mN1pQ3sT5v." + "z9Yx" * 10),
        ("1//0", "4aB3dE5gH7jK9mN1pQ3sT5vW7-x_Y"),
        ("0123456789abcdef" * 2, "-us12"),
        ("pataB3dE5gH7jK9mN", "." + "0123456789abcdef" * 4),
        ("SSWS 00aB3dE5gH7jK9mN", "1pQ3sT5vW7-x_Y"),
        ("sdk-", "12345678-1234-1234-1234-123456789012"),
        ("access_token$production$", "aB3dE5gH7jK9mN1p$" + "0123456789abcdef" * 2),
        ("dapi", "0123456789abcdef" * 2 + "-2"),
        ("sk_", "0123456789abcdef" * 3),
        ("napi_", "lj9syjq8r2abvj564ccelz4k2zo7exv7nticnkx3v3ywuav4vobp3cjjryre"),
        ("AVNS_", "W12opmLDJp4FK67R4Td"),
        ("secret_", "AEyXYC8rYWKvsrdNPTZ0Mv3MUa1jM1tLB4pyyRyMX5o"),
    ],
)
def test_secrets_with_a_form_of_their_own_are_hidden(parts: tuple[str, str]) -> None:
    whole = "".join(parts)
    assert whole not in redact(f"with {whole} here")


def test_a_putty_key_file_is_hidden_whole() -> None:
    head = "PuTTY-User-Key-File-3: ssh-ed25519\nComment: a"
    body = "Private-Lines: 1\nAAAAIhunter2\nPrivate-MAC: 0123456789abcdef"
    assert "hunter2" not in redact(f"{head}\n{body}\nafter")
    assert redact(f"{head}\n{body}\nafter").endswith("after")


@pytest.mark.parametrize(
    "text",
    [
        "hf_hub_download from hf_transfer",
        "npm_config_cache npm_package_version npm_lifecycle_event",
        "pypi-attestations and pypi-server",
        "sk-learn sk-toolbar--open sk-SK",
        "key-value store, key-press, key-frames",
        "re_match co_routine fw_update pa-system",
        "ghs_ and ghp_ are prefixes; so is hvs.",
        "vercel_branch_url, gsk_application_window_new",
        "s.scheduler.next_run and s.TokenBucket",
        "napi_create_function, secret_name and secret_manager_v2, sdk-core-1.2, api-gateway",
        "secret_key_base is set, access_token$, patch.0123, SSWS tokens, sk_learn",
        "ACCESS_KEY, SKIP, ACCEPT, dapi, dapr",
    ],
)
def test_words_that_begin_like_a_secret_stay(text: str) -> None:
    assert redact(text) == text
