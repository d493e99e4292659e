"""What programs print on their own: configuration in a JSON message, lists of headers, forms, hashes.

Each secret contains *hunter2*; no secret is real.
"""

from __future__ import annotations

import json

import pytest

from policies.secrets.redaction import redact
from policies.secrets.shapes import MARK
from policies.secrets.streams import redact_stream
from policies.secrets.vocabulary import ENDINGS

SECRET = "hunter2xQ9zz"
SEVERAL = [
    f"aws_secret_access_key = {SECRET}\naws_session_token = {SECRET}",
    f"a_token = {SECRET}\nb_secret = {SECRET}\nc = d",
    f"db.password: {SECRET}\nredis.password: {SECRET}",
    f"DB_PASSWORD={SECRET}\nAPI_TOKEN={SECRET}\n",
    f"password\t{SECRET}",
    f"password\t=\t{SECRET}",
    f"name\nDB_PASSWORD\n{SECRET}\nx",
    f"password:\n  {SECRET}\nuser: ada",
    f"password: >-\n  {SECRET}\nuser: ada",
    f"cookie: a={SECRET}; b={SECRET}\naccept: x",
    f"authorization: Bearer {SECRET}\naccept: */*",
    f'["password"]=>\n  string(12) "{SECRET}"',
]
PRINTED = [
    f"password:\u00a0{SECRET}",
    f"password\u2009=\u2009{SECRET}",
    f"password＝{SECRET}",
    f"wachtwoord: {SECRET}",
    "sending 'Basic YTpodW50ZXIyhunter2Q='",
    'headers "Bearer hunter2xQ9zzAb"',
    'Digest username="me", realm="x", nonce="ab", uri="/", response="6629fae49393a05397450978507c4ef1"',
    r"Authorization: Digest username=\"me\", response=\"6629fae49393a05397450978507c4ef1\"",
    f'{{"rawHeaders": ["Host", "x", "Cookie", "sid={SECRET}"]}}',
    f"rawHeaders: [ 'Host', 'x', 'Authorization', 'Bearer {SECRET}', 'Accept', '*/*' ]",
    f"https://{SECRET}abcdefgh:x-oauth-basic@github.com/a/b",
    f"https://{SECRET}abcdefgh:@api.example.com/v1",
    "session IQoJb3JpZ2luX2VjEHsaCXVzLWVhc3QtMSJHMEUCIQhunter2AiEA",
    "me:$apr1$abcdefgh$0123456789hunter2abcd",
    "hash $2b$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPhunter2VWXYZ01",
    "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$hunter2abcdefghijklmnop",
    f"A temporary password is generated for root@localhost: {SECRET}",
    f"PASSWORD elastic = {SECRET}",
    f'  ~ password = "{SECRET}" -> "other{SECRET}"',
    f'Content-Disposition: form-data; name="password"\n\n{SECRET}\n--b',
    rf"Content-Disposition: form-data; name=\"password\"\r\n\r\n{SECRET}\r\n--b",
    f"db.password=\\\n   {SECRET}",
    f"Password ........: {SECRET}",
    f"şifre={SECRET}",
    ".ASPXAUTH=hunter2A0B1C2D3E4F5",
    "sent to AAAAx1y2z3w:APA91bhunter2xQ9zz_abcdef-ghijkl_mnopqrst",
    f'{{:password, "{SECRET}"}}',
]
PRINTED += [
    "use the following password to proceed to installation:\n\n6629fae4cd8df4b2a8d1a5c5e9d7f603\n\nThis",
    "*2\r\n$4\r\nAUTH\r\n$8\r\nhunter22\r\n",
    r"*2\r\n$4\r\nAUTH\r\n$8\r\nhunter22\r\n",
    r"*3\r\n$4\r\nAUTH\r\n$7\r\ndefault\r\n$8\r\nhunter22\r\n*1\r\n$4\r\nPING\r\n",
    'DIGEST USERNAME="me", RESPONSE="6629fae49393a05397450978507c4ef1"',
]
"""Each with one kind of its own; *6629fae4* is the answer to a challenge."""


@pytest.mark.parametrize("text", PRINTED)
def test_what_programs_print_holds_no_secret_when_it_is_shown(text: str) -> None:
    for said in (redact(text), "\n".join(filter(None, redact_stream(text.split("\n"))))):
        assert "hunter2" not in said
        assert "6629fae4" not in said
        assert redact(said) == said


@pytest.mark.parametrize("text", SEVERAL)
def test_several_lines_in_one_json_text_are_read_as_lines(text: str) -> None:
    once = json.dumps({"message": text, "level": "info"})
    for written in (once, json.dumps(once), json.dumps(text.replace("\n", "\r\n"))):
        said = redact(written)
        assert "hunter2" not in said, said
        assert redact(said) == said


QUOTED = [
    f'ALTER USER x IDENTIFIED BY "{SECRET}"',
    f'<param name="password">{SECRET}</param>',
    f'Authorization: Digest username="a", response="{SECRET}"',
    f'{{:password, "{SECRET}"}}',
    f'password = """{SECRET}"""',
    f'curl -H "X-Api-Key: {SECRET}" -u "me:{SECRET}" https://x',
    f'psql "host=db password={SECRET}"',
    f"pass\u200bword={SECRET}",
    f"\x1b[36mpassword\x1b[0m=\x1b[33m{SECRET}\x1b[0m",
    f"password:\u00a0{SECRET}",
]


@pytest.mark.parametrize("text", QUOTED)
def test_what_json_escapes_is_read_as_it_was_written(text: str) -> None:
    once = json.dumps({"message": text})
    for written in (once, json.dumps(once), json.dumps({"message": text}, ensure_ascii=False)):
        said = redact(written)
        assert "hunter2" not in said, said
        assert redact(said) == said


@pytest.mark.parametrize("text", SEVERAL)
def test_a_name_that_is_hidden_as_the_rest_of_a_line_still_hides_its_value(text: str) -> None:
    """The first word of a line may be the rest of a secret that the log driver cut in two."""
    assert "hunter2" not in " ".join(filter(None, redact_stream(text.split("\n"))))


@pytest.mark.parametrize(
    "text",
    [
        r'{"message": "started\nport=8080\tready", "level": "info"}',
        r'{"path": "C:\\new\\token\\readme.txt"}',
        r'{"message": "{\"level\": \"info\", \"msg\": \"token \\\"x\\\" seen\"}"}',
        r'{"message": "one\ntwo\r\nthree"}',
        'allowedHeaders: ["Authorization", "Content-Type", "Cookie", "Accept"]',
        '"Basic authentication" is off; "Bearer errors" are counted',
        "took $1$ and $2 of $abc$",
        "POST /users/42/password-reset/confirm HTTP/1.1",
        "GET /docs/reset/how-to-reset-a-password-in-2026-and-later HTTP/1.1",
        "GET /jobs/reset/7f3c1c1e-2f5b-4b1e-9d0e-3f6d1b1a2c3d HTTP/1.1",
        "routing_key=orders.created.v2",
        r"net use \\host\share /user:ada",
        "AUTH\n$8 and more",
        "password reset is generated for 12 users: done",
        '  ~ image = "a:1" -> "a:2"',
        'Content-Disposition: form-data; name="file"\n\nhello',
    ],
)
def test_what_only_looks_so_stays(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_word_for_a_secret_is_found_in_a_line(ending: str) -> None:
    assert redact(f"{ending}: {SECRET}") == f"{ending}: {MARK}"


@pytest.mark.parametrize("name", ["aws_secret_access_key =", "db.password:", '"apiKey":', "password ="])
def test_a_value_after_a_cut_before_one_space_is_hidden(name: str) -> None:
    assert SECRET not in " ".join(filter(None, redact_stream([f"a b {name}", f" {SECRET} c"])))


def test_a_line_that_is_indented_after_a_name_stays() -> None:
    lines = ["Enter password:", "  reading from the terminal", "done"]
    assert redact_stream(lines) == tuple(lines)


ACROSS = [*QUOTED[:4], *(text for text in SEVERAL if "\n" not in text)]


@pytest.mark.parametrize("text", ACROSS)
def test_what_json_escapes_is_hidden_wherever_it_is_cut_in_two_but_before_a_space(text: str) -> None:
    line = json.dumps({"message": text})
    for at in range(1, len(line)):
        if line[at] != " " and line[at - 1] != " ":
            said = " ".join(filter(None, redact_stream([line[:at], line[at:]])))
            assert SECRET not in said, (line[:at], line[at:], said)


LATE = [
    f"A temporary password is generated for root@localhost: {SECRET}",
    f"PASSWORD elastic = {SECRET}",
    f'  ~ password = "{SECRET}" -> "other{SECRET}"',
    'Digest username="me", realm="x", nonce="ab", uri="/", response="6629fae49393a05397450978507c4ef1"',
]


@pytest.mark.parametrize("text", LATE)
def test_what_stands_late_after_its_name_is_hidden_wherever_it_is_cut_in_two_but_before_a_space(
    text: str,
) -> None:
    for at in range(1, len(text)):
        if text[at] != " " and text[at - 1] != " ":
            said = " ".join(filter(None, redact_stream([text[:at], text[at:]])))
            assert not any(part in said for part in ("hunter2", "xQ9zz", "6629fae4", "507c4ef1")), said
