"""Which line of a log says why a program ended, for logs as runtimes and frameworks write them."""

from __future__ import annotations

import pytest

from policies.service.telling import LONGEST, telling_line, telling_words

LOGS = {
    "a variable, in words, before what else is logged": (
        """\
        starting broken-api 1.4.2
        FATAL: missing environment variable DATABASE_URL
        connecting with password=[redacted]
        bye""",
        "DATABASE_URL is missing",
    ),
    "a Python traceback": (
        """\
        INFO:     Started server process [1]
        Traceback (most recent call last):
          File "/app/main.py", line 7, in <module>
            raise ValueError("port must be a number")
        ValueError: port must be a number""",
        "ValueError: port must be a number",
    ),
    "a Python traceback raised while another was handled": (
        """\
        Traceback (most recent call last):
          File "/app/db.py", line 3, in connect
            sock.connect(address)
        ConnectionRefusedError: [Errno 111] Connection refused

        The above exception was the direct cause of the following exception:

        Traceback (most recent call last):
          File "/app/main.py", line 9, in <module>
        sqlalchemy.exc.OperationalError: could not connect to server: Connection refused""",
        "sqlalchemy.exc.OperationalError: could not connect to server: Connection refused",
    ),
    "a Python KeyError of the environment": (
        """\
        Traceback (most recent call last):
          File "/app/settings.py", line 12, in <module>
            url = os.environ["DATABASE_URL"]
        KeyError: 'DATABASE_URL'""",
        "DATABASE_URL is missing",
    ),
    "a Python KeyError of anything else": (
        """\
        Traceback (most recent call last):
          File "/app/main.py", line 2, in <module>
            price = prices["EUR"]
        KeyError: 'EUR'""",
        "KeyError: 'EUR'",
    ),
    "a Java exception with its causes": (
        """\
        Exception in thread "main" org.springframework.beans.factory.BeanCreationException: no bean
            at org.springframework.boot.SpringApplication.run(SpringApplication.java:1303)
        Caused by: com.zaxxer.hikari.pool.HikariPool$PoolInitializationException: Failed to initialize pool
            ... 12 more
        Caused by: java.net.UnknownHostException: db.internal
            ... 24 more""",
        "java.net.UnknownHostException: db.internal",
    ),
    "a Java exception alone": (
        """\
        Exception in thread "main" java.lang.IllegalStateException: no licence
            at com.example.Main.main(Main.java:5)""",
        "java.lang.IllegalStateException: no licence",
    ),
    "a Go panic": (
        """\
        2026/11/30 09:00:01 listening on :8080
        panic: runtime error: invalid memory address or nil pointer dereference

        goroutine 1 [running]:
        main.main()
        \t/src/main.go:14 +0x1d
        exit status 2""",
        "runtime error: invalid memory address or nil pointer dereference",
    ),
    "Rust": (
        """\
        thread 'main' panicked at src/main.rs:4:37:
        called `Result::unwrap()` on an `Err` value: NotPresent
        note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace""",
        "called `Result::unwrap()` on an `Err` value: NotPresent",
    ),
    "Node": (
        """\
        node:internal/modules/cjs/loader:1228
          throw err;
          ^

        Error: Cannot find module '/app/server.js'
            at Module._resolveFilename (node:internal/modules/cjs/loader:1225:15)
            at node:internal/main/run_main_module:36:49 {
          code: 'MODULE_NOT_FOUND'
        }""",
        "Cannot find module '/app/server.js'",
    ),
    "Ruby": (
        """\
        /app/config.rb:3:in `fetch': key not found: "SECRET_KEY_BASE" (KeyError)
        \tfrom /app/config.rb:3:in `<main>'""",
        'key not found: "SECRET_KEY_BASE" (KeyError)',
    ),
    "an image for another processor": (
        "exec /usr/local/bin/app: exec format error",
        "exec /usr/local/bin/app: exec format error",
    ),
    "a command that is not in the image": (
        "/entrypoint.sh: line 3: gunicorn: command not found",
        "/entrypoint.sh: line 3: gunicorn: command not found",
    ),
    "structured lines": (
        """\
        {"level":"info","msg":"starting"}
        {"level":"fatal","ts":1764493200,"msg":"cannot reach redis: connection refused","addr":"cache:6379"}
        {"level":"info","msg":"stopped"}""",
        "cannot reach redis: connection refused",
    ),
    "a level behind a time": (
        """\
        2026-11-30T09:00:00.120Z INFO  starting
        2026-11-30T09:00:00.512Z ERROR connection to db:5432 refused
        2026-11-30T09:00:01.004Z INFO  shutting down""",
        "connection to db:5432 refused",
    ),
    "PostgreSQL's way": (
        '2026-11-30 09:00:00 UTC [1] FATAL:  password authentication failed for user "app"',
        'password authentication failed for user "app"',
    ),
    "another way to name a variable": (
        "config: environment variable STRIPE_KEY is not set",
        "STRIPE_KEY is missing",
    ),
    "a third way": ("Error: SESSION_SECRET is required", "SESSION_SECRET is missing"),
    "nothing that tells": ("starting\nlistening on :8080\nGET /health 200", ""),
    "words that only sound so": (
        "0 errors, error_rate=0\nthe critical section is entered\nno error so far\nmissing the bus",
        "",
    ),
    "a level in small letters": ("[error] worker 3 died\nbye", "worker 3 died"),
    "logfmt": (
        'level=info msg=starting\ntime=2026-11-30T09:00:00Z level=error msg="no such host db"',
        'msg="no such host db"',
    ),
    "uvicorn": (
        "INFO:     Started server process [1]\nERROR:    Application startup failed. Exiting.",
        "Application startup failed. Exiting",
    ),
    ".NET": (
        """\
        Unhandled exception. System.InvalidOperationException: No connection string named 'Orders' was found.
           at Program.<Main>$(String[] args) in /src/Program.cs:line 8""",
        "System.InvalidOperationException: No connection string named 'Orders' was found",
    ),
    "nginx": (
        '2026/11/30 09:00:00 [emerg] 1#1: host not found in upstream "api" in /etc/nginx/app.conf:3',
        'host not found in upstream "api" in /etc/nginx/app.conf:3',
    ),
    "no lines": ("", ""),
}


def lines(log: str) -> list[str]:
    split = log.split("\n")
    lead = len(split[0]) - len(split[0].lstrip())
    return [line[lead:] if not line[:lead].strip() else line for line in split]


@pytest.mark.parametrize("log", LOGS)
def test_the_line_that_says_why_is_found(log: str) -> None:
    text, telling = LOGS[log]
    assert telling_words(lines(text)) == telling


def test_a_long_line_is_shortened_between_words() -> None:
    said = telling_words(["FATAL: " + "word " * 400])
    assert len(said) <= LONGEST + 2
    assert said.endswith("word …")


@pytest.mark.parametrize(
    "line", ["{" * 5_000, '{"level": "fatal"}', "Caused by: ", "panic: ", "\x00", "thread '' panicked at "]
)
def test_no_log_line_raises_an_error(line: str) -> None:
    assert telling_line([line]) in (None, 0)
    telling_words([line, line])
