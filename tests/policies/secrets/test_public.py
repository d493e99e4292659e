"""What a whole channel may read: no role, no secret and no account, but everything that helps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.secrets.public import public
from policies.secrets.redaction import redact
from tests.growth import assert_linear

ACCOUNT = "1234" + "56789012"
REGISTRY = f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com"
DIGEST = "sha256:" + "0123456789012" * 4 + "abcdefabcdef"
SECRET = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:staging/db-AbCdEf"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/staging-exec"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            f"User: arn:aws:sts::{ACCOUNT}:assumed-role/staging-exec/0a1b is not authorized to perform: "
            f"secretsmanager:GetSecretValue on resource: {SECRET} because",
            "User: (a role) is not authorized to perform: secretsmanager:GetSecretValue on resource: "
            "(a secret) because",
        ),
        (f"unable to assume the role '{ROLE}'.", "unable to assume the role '(a role)'."),
        (f"caller {ROLE}, denied", "caller (a role), denied"),
        (f"caller ({ROLE}): denied", "caller ((a role)): denied"),
        (f'{{"roleArn":"{ROLE}","n":1}}', '{"roleArn":"(a role)","n":1}'),
        (f"arn:aws-us-gov:iam::{ACCOUNT}:role/x", "(a role)"),
        (f"arn%3Aaws%3Aiam%3A%3A{ACCOUNT}%3Arole%2Fstaging-exec", "(a role)"),
        ("assumed-role/staging-exec/0a1b said", "(a role) said"),
        ("The role with name staging-exec cannot be found.", "The (a role) cannot be found."),
        (f"{SECRET}:password::", "(a secret)"),
        (f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/staging/db", "(a secret)"),
        (f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/0f8fad5b", "(a secret)"),
        (f"{SECRET},{ROLE}", "(a secret),(a role)"),
        (f"arn:aws:ecs:r:{ACCOUNT}:service/staging/web,{ROLE}", "web,(a role)"),
        (f"arn:aws:ecs:r:{ACCOUNT}:service/staging/web is draining", "web is draining"),
        (f"arn:aws:ecs:r:{ACCOUNT}:task-definition/web:7.", "web:7."),
        (f"arn:aws:rds:r:{ACCOUNT}:db:orders", "orders"),
        (f"arn:aws:logs:r:{ACCOUNT}:log-group:/staging/web:*", "web:*"),
        ("arn:aws:ecs:eu-west-1:1234", "(a resource)"),
        ("arn:aws:secretsmanager:eu-west-1:1234", "(a secret)"),
        (f"account {ACCOUNT} is suspended", "account (an account) is suspended"),
        (f"bucket logs_{ACCOUNT}-eu", "bucket logs_(an account)-eu"),
        (f"pull {REGISTRY}/orders-api:live: not found", "pull orders-api:live: not found"),
        (f"pull {REGISTRY}/orders-api@{DIGEST}", f"pull orders-api@{DIGEST}"),
        (f"pull {REGISTRY}/team/web:202611210943", "pull team/web:202611210943"),
        (f"GET https://{REGISTRY}/v2/web/manifests/live", "GET v2/web/manifests/live"),
        (
            f"lookup {REGISTRY}: no such host",
            "lookup (an account).dkr.ecr.eu-west-1.amazonaws.com: no such host",
        ),
    ],
)
def test_parts_for_admins_are_removed_and_the_rest_stays(text: str, shown: str) -> None:
    assert public(text) == shown
    assert public(redact(text)) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Essential container in task exited (app: exit code 1)",
        f"web@{DIGEST}",
        "task 0123456789ab0123456789ab01234567",
        "request 0f8fad5b-d9cb-469f-a165-708677289501",
        "web:202611210943 and main-202611210943",
        "at 1763718195000 ms",
        "warn: aws said arn: nothing",
    ],
)
def test_text_without_a_secret_is_left_alone(text: str) -> None:
    assert public(text) == text


PIECES = [
    "arn:aws:",
    "arn%3Aaws%3A",
    "iam::",
    "ecs:r:1:",
    "ssm",
    ACCOUNT,
    f"{REGISTRY}/",
    "ar",
    "n:aws:iam::x",
]
PIECES += [
    "/",
    ":",
    "::",
    ",",
    " ",
    ".",
    "*",
    "%2F",
    "assumed-role/",
    "role with name ",
    "web",
    "\n",
    "(a role)",
]
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=30).map("".join)


@given(texts)
def test_public_text_names_no_arn_and_no_account_and_needs_one_pass(text: str) -> None:
    shown = public(text)
    assert public(shown) == shown
    assert "arn:aws:" not in shown.lower()
    assert f" {ACCOUNT} " not in f" {shown} "


@pytest.mark.parametrize(
    "piece", ["arn:aws:", "arn:aws:ecs:r:1:a/", ACCOUNT, f"{REGISTRY}/", "assumed-role/="]
)
def test_public_text_is_made_in_linear_time(piece: str) -> None:
    assert_linear(public, piece, 400_000)
