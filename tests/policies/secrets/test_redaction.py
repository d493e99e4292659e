"""Redaction by facts/ecs 4: secrets are hidden and what identifies a line stays; whole lines are redacted
before they are cut.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.secrets import redaction
from policies.secrets.redaction import redact, redact_all, redact_lines
from policies.secrets.shapes import MARK
from tests.growth import assert_linear

# Assembled here so that no line of this file looks like a secret to a scanner.
ACCESS_KEY = "AKIA" + "Q7EXAMPLE7EXAMPL"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG" + "/bPxRfiCYEXAMPLEKEY"
JWT = "eyJ" + "hbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxIn0" + ".c2lnbmF0dXJl-_"
SLACK = "xoxb-" + "1111111111-2222222222-abcdefABCDEF"
HOOK = "https://hooks.slack.com/" + "services/T000/B000/XXXXXXXX"
PEM = "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEow\nabc=\n-----END RSA " + "PRIVATE KEY-----"

HIDDEN = [
    (f"using key {ACCESS_KEY} in eu-west-1", ACCESS_KEY, "using key "),
    (f"aws_secret_access_key = {SECRET_KEY}", SECRET_KEY, "aws_secret_access_key"),
    (f"bare {SECRET_KEY} here", SECRET_KEY, "bare "),
    (f"token is {JWT}!", JWT, "token is "),
    (f"Authorization: Bearer {JWT}", JWT, "Authorization"),
    ("-H 'Authorization: Bearer 0123abcd0123'", "0123abcd0123", "Authorization"),
    ("proxy said Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA", "proxy said"),
    ("connecting to postgres://app:s3cr3t@db:5432/x", "s3cr3t", "@db:5432/x"),
    ("connecting to postgres://app:s3@cr3t@db:5432/x", "cr3t", "@db:5432/x"),
    ("redis://:hunter2@cache:6379", "hunter2", "@cache:6379"),
    (f"posted to {HOOK} ok", "XXXXXXXX", "hooks.slack.com/"),
    (f"started with {SLACK}", SLACK, "started with"),
    ('{"response_url": "https://example.com/commands/1/2"}', "commands/1/2", "response_url"),
    (f"key: {PEM} end", "MIIEow", "end"),
    ("password=hunter2", "hunter2", "password="),
    ("user=app password=playground-not-a-secret db=x", "playground-not-a-secret", "user=app"),
    ("PGPASSWORD=hunter2 psql", "hunter2", "psql"),
    ('{"dbPassword": "hunter2", "user": "app"}', "hunter2", '"user": "app"'),
    ('{\\"password\\":\\"hunter2 with words\\",\\"user\\":\\"app\\"}', "hunter2 with words", "user"),
    ('{"password": "quote \\" inside", "user": "app"}', "inside", '"user": "app"'),
    ('{"name": "API_KEY", "value": "hunter2"}', "hunter2", "API_KEY"),
    ("{'secret': 'hunter2'}", "hunter2", "secret"),
    ("api_key: 8f14e45fceea167a5a36dedd4bea2543", "8f14e45f", "api_key"),
    ("x-api-key: hunter22", "hunter22", "x-api-key"),
    ("client-secret=abc/def+ghi==", "abc/def", "client-secret"),
    ("curl --token hunter2 https://example.com", "hunter2", "https://example.com"),
    ("GET /x?access_token=hunter2&page=2", "hunter2", "page=2"),
    ("X-Amz-Signature=0123456789abcdef", "0123456789abcdef", "X-Amz-Signature"),
    ("Server=db;Password=a,b!c;Database=x", "a,b!c", "Database=x"),
    ("password: |\n  hunter2\nuser: app", "hunter2", "user: app"),
    ("tokens: [hunter2, hunter3]", "hunter3", "tokens"),
    ("Set-Cookie: session=hunter2; Path=/", "hunter2", "Set-Cookie"),
    ('password="never closed', "never closed", "password="),
    ("gh" + "p_" + "a1B2" * 9, "a1B2a1B2", ""),
]


@pytest.mark.parametrize(("line", "secret", "stays"), HIDDEN, ids=lambda v: str(v)[:30])
def test_a_secret_is_hidden_and_the_line_can_still_be_recognised(line: str, secret: str, stays: str) -> None:
    said = redact(line)
    assert secret not in said
    assert MARK in said
    assert stays in said


SURVIVES = [
    "registry/app@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "arn:aws:ecs:eu-west-1:111122223333:service/staging/orders-api",
    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders/db-AbCdEf",
    "valueFrom: arn:aws:ssm:eu-west-1:111122223333:parameter/orders/password",
    '{"name": "DB_PASSWORD", "valueFrom": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf"}',
    "task 0123456789abcdef0123456789abcdef stopped",
    "stream ecs/App/0123456789abcdef0123456789abcdef",
    "LongPrefixHere/ContainerNumber1/0123456789abcdef0123456789abcdef",
    "request 7f3c1c1e-2f5b-4b1e-9d0e-3f6d1b1a2c3d",
    "commit da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "ecs-svc/0123456789012345678 deployment failed: tasks failed to start.",
    "ResourceInitializationError: unable to pull secrets or registry auth: unable to get secret from asm",
    "FATAL: missing environment variable DATABASE_URL",
    "secrets manager: AccessDeniedException",
    "basic authentication is required",
    "password authentication failed for user app",
    "used tokens=512 of max_tokens: 4096",
    "token_type: bearer",
    "password=${DB_PASSWORD}",
    "PWD=/srv/app",
    "see https://example.com:8080/path?x=1 for a@b.example",
    "2026-03-02T09:00:00.123Z INFO listening on :8080",
    "CannotPullContainerError: failed to resolve ref registry/app:live: not found",
    "integrity sha512-" + "aB3dE5gH" * 10 + "aB3dE5==",
]


@pytest.mark.parametrize("line", SURVIVES, ids=lambda v: v[:30])
def test_what_identifies_a_line_survives(line: str) -> None:
    assert redact(line) == line


def test_known_values_are_hidden_whatever_they_look_like_and_however_written() -> None:
    known = ['plain words "x"', "plain"]
    assert redact('a plain words "x" b', known) == f"a {MARK} b"
    assert redact('a plain words \\"x\\" b', known) == f"a {MARK} b"
    assert redact("a plain%20words%20%22x%22 b", known) == f"a {MARK} b"


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("PROXY SAID BASIC dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA"),
        ("Token a1B2a1B2a1B2a1B2a1B2a1B2", "a1B2a1B2"),
        (HOOK.replace("hooks.slack.com", "HOOKS.SLACK.COM"), "XXXXXXXX"),
        ("PASSWORD=hunter2", "hunter2"),
        ("said ba\u017fic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA"),
        ('{"NAME": "API_KEY", "VALUE": "hunter2"}', "hunter2"),
        ("SK" + "0123456789abcdef" * 2, "0123456789abcdef"),
    ],
    ids=lambda v: v[:30],
)
def test_capitals_hide_no_secret_from_redaction(line: str, secret: str) -> None:
    assert secret not in redact(line)


def test_a_field_name_that_is_a_known_value_is_hidden_even_if_shown_before() -> None:
    assert redact_all({"staging-one": 1}) == {"staging-one": 1}
    assert redact_all({"staging-one": 1}, ["staging-one"]) == {MARK: 1}
    assert redact_all({"staging-one": 1}) == {"staging-one": 1}


def test_short_known_values_do_not_split_words() -> None:
    assert redact("a cat sat", ["a", "", "at"]) == "a cat sat"


def test_a_block_over_several_lines_is_hidden_whole() -> None:
    said = redact_lines(["before", *PEM.split("\n"), "after"])
    assert said == ("before", MARK, "after")


def test_a_block_whose_beginning_was_not_captured_is_hidden_too() -> None:
    said = redact_lines(["MIIEow", "abc=", "-----END RSA " + "PRIVATE KEY-----", "listening"])
    assert said == (MARK, "listening")


def test_redacting_no_lines_gives_no_lines() -> None:
    assert redact_lines([]) == ()


def test_nested_values_are_redacted_by_the_names_of_their_fields() -> None:
    value = {
        "environment": [{"name": "DB_PASSWORD", "value": "hunter2"}, {"name": "PORT", "value": "80"}],
        "apiKey": {"current": "hunter2", "n": 7, "on": True},
        "seconds": 1.5,
        "none": None,
        "line": "password=hunter2",
        "token_type": "bearer",
    }
    assert redact_all(value) == {
        "environment": [{"name": "DB_PASSWORD", "value": MARK}, {"name": "PORT", "value": "80"}],
        "apiKey": {"current": MARK, "n": MARK, "on": True},
        "seconds": 1.5,
        "none": None,
        "line": f"password={MARK}",
        "token_type": "bearer",
    }


def test_a_value_after_a_name_in_a_list_is_redacted_as_in_a_command() -> None:
    value = {"command": ["mysql", "-u", "app", "-phunter2"], "headers": [("Authorization", "Bearer hunter2")]}
    assert redact_all(value) == {
        "command": ["mysql", "-u", "app", f"-p{MARK}"],
        "headers": [["Authorization", MARK]],
    }


def test_counts_and_states_are_no_secrets_in_fields() -> None:
    value = {
        "prompt_tokens": 512,
        "session": 3,
        "auth": "ok",
        "key": "orders:12",
        "cache_key": "a/b",
        "pass": True,
    }
    assert redact_all(value) == value


def test_a_short_value_is_redacted_each_time_and_only_what_holds_no_secret_is_remembered() -> None:
    value = {"a": "password=hunter2", "b": "orders-api"}
    kept = redaction._find_nothing.cache_info().currsize
    for _ in range(3):
        assert redact_all(value) == {"a": f"password={MARK}", "b": "orders-api"}
    assert redaction._find_nothing.cache_info().currsize <= kept + 1
    assert redact_all({"b": "orders-api"}, known=["orders"]) == {"b": f"{MARK}-api"}


def test_very_deep_nesting_is_cut() -> None:
    value: object = "x"
    for _ in range(5_000):
        value = [value]
    assert MARK in str(redact_all(value))


_WORDS = [
    "password",
    "token",
    "secret",
    "redacted",
    "[redacted]",
    "Bearer ",
    "eyJ",
    "://",
    "value",
    "cookie",
    "pass",
]
_BLOCKS = ["-----BEGIN X-----", "-----END X-----", "arn:aws:x:", "a:b", "--"]
_SIGNS = [*"=:@[]{}.,;&|_A0s' ", '"', "\\", "\n"]
_PIECES = st.sampled_from([*_WORDS, *_BLOCKS, *_SIGNS, ACCESS_KEY, SECRET_KEY, JWT, SLACK, HOOK])
_TEXT = st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=14).map("".join))


@given(_TEXT, st.lists(st.text(max_size=8), max_size=3))
def test_redacting_twice_changes_nothing(line: str, known: list[str]) -> None:
    once = redact(line, known)
    assert redact(once, known) == once


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(_JSON)
def test_redacting_any_nested_value_twice_changes_nothing(value: object) -> None:
    once = redact_all(value)
    assert redact_all(once) == once


@given(
    st.text(alphabet="abcdefghijkABCDEF0123456789!?.+/", min_size=8, max_size=40),
    st.sampled_from(["password=", "token: ", '"secret": "']),
)
def test_any_value_after_a_word_for_a_secret_is_hidden(secret: str, word: str) -> None:
    if secret.isdigit() or secret.rstrip(".,:;").lower().endswith(("exception", "error")):
        return
    assert secret not in redact(f'at start {word}{secret}" end'.replace('"', "" if '"' not in word else '"'))


_WORDLIKE = [
    "password",
    "password=",
    "password=,",
    "password \t",
    "secret_",
    "--token ",
    "cookie:",
    "bearer ",
    "sk_",
]
_SHAPELIKE = [
    "A",
    "Aa1+",
    "://",
    "://a:",
    "@",
    "a@a:",
    "eyJ",
    "-eyJ",
    "xoxb-",
    "arn:aws:",
    "-----BEGIN A-----",
]
_QUOTED = [
    'password="',
    "token:[",
    "token={",
    "'token='",
    '\\"token=\\"',
    "token:\\",
    'token:"\\',
    "arn:aws:token:",
]
_BESIDE = [
    "password (",
    'password "',
    "password is ",
    "password for a ",
    "set token ",
    "password\n",
    "password: |\n ",
]
_BESIDE += ["passphrase: a ", "login a password ", '"--token",', "token..."]
_HARMLESS = ["token=${", "token=%(", "secrets={type:", "key={", "password=Error", "auth=(", "?key=a/"]
_HEADERS = ["Authorization: a ", "authorization: a=b, ", 'Cookie: "']
_PAIRS = [
    "name=password ",
    "name=password value=",
    'value="',
    "value=a name=password,",
    "<name>",
    "<password>",
]
_PAIRS += ['<a name="password">', '("password","']
_COMMANDS = [
    "mysql -",
    "mysql -p",
    "curl -u a:",
    "docker login ",
    "echo a|",
    'AUTH "',
    "identified by ",
    "a:b@",
]
_COMMANDS += ["--user a:b", "sqlplus a/", "rabbitmqctl add_user a ", "htpasswd -b a ", "vault login "]
_ISSUED = [
    "hf_",
    "sk-",
    "1//0",
    "ghp_a ",
    "MM.",
    "A3-",
    "0a1b",
    "-----BEGIN A",
    "Private-Lines: 1",
    "%3a%2f%2fa%3a",
]
_ISSUED += ["://a:b/", "x.webhook.", "/hooks/", "digest a1b2", "/reset/a1", "AUTH\n$8\n"]
NEWLY = [*_BESIDE, *_HARMLESS, *_HEADERS, *_PAIRS, *_COMMANDS, *_ISSUED]
ADVERSARIAL = [*_WORDLIKE, *_SHAPELIKE, *_QUOTED, " ", "-", "\\"]


@pytest.mark.parametrize("piece", ADVERSARIAL)
def test_hostile_text_is_redacted_in_linear_time(piece: str) -> None:
    assert_linear(redact, piece, 60_000)


@pytest.mark.parametrize("piece", NEWLY)
def test_text_that_forces_lookahead_is_redacted_in_linear_time(piece: str) -> None:
    assert_linear(redact, piece, 30_000)


def test_a_netrc_of_several_lines_is_hidden_whatever_its_password_reads_like() -> None:
    told = redact("machine api.example.com\n  login bob\n  password swordfish\nmachine b")
    assert told == f"machine api.example.com\n  login bob\n  password {MARK}\nmachine b"
    assert redact("please login now\npassword required") == "please login now\npassword required"
