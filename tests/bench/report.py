"""The figures as a table, for the terminal and as a page."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.yardstick import counted

COMMAND = "make bench"
PAGE = """\
# Benchmarks

Taken in one run of `{command}` on one machine, the bot and the bare app by turns: {machine}. Machines are
noisy, and other machines are other machines: compare the ratios, and repeat the run before believing a
figure. `.venv/bin/python -m tests.bench --write` writes this page.

{table}

How they are taken

- *Bare* is a Bolt app that acknowledges and does nothing, behind the same WSGI server class with the same
  threads. Commands are signed, `/env help` from Dev; each of the bot's is also answered, and the bare app's
  turn begins only when the bot has done that work. 20 people send at the same instants, or evenly one after
  the other, 50 commands a second in all. Bolt looks for an acknowledgement every 10 ms, which is most of an
  unhurried one. The bot's work gives way to acknowledgements under way: without that the first ratio was
  between 1.4 and 1.9.
- The strangers are a process of their own at the bot's HTTP port. Silent connections are opened again as they
  are closed; unsigned bodies have, by turns, no signature at all and one that does not hold, for which all of
  the body must be read. Commands come evenly, ten a second, before the strangers and beside them.
  `.venv/bin/python -m tests.bench --door` takes these rows alone.
- For the run each person may send 1,000 commands in a minute of the playground's clock, which is 6 seconds
  at its pace of 10; out of the box it is 30 in a minute.
- The first visible message is from Slack sending `/env restart …` to `chat.postMessage` arriving there. In
  between are the acknowledgement, the facts from the simulated AWS, and the transaction that opens the
  operation. A real AWS is further away.
- An audit entry is a whole transaction of its own: SQLite with `synchronous=FULL`, PostgreSQL with `fsync`,
  20 threads in one process. `verify` then walks the chain.
- Costs are of four weeks of a fleet: each service's two items a day, and two tasks a day of five hours. They
  are written as the meter writes them, and read from them; the least of three reads. Bytes are of tables with
  their indexes. Single tasks are pruned (`LAMPLIGHTER_KEEP_SPANS_DAYS`), costs of days much later.
  `/env cost`, `/env list` and `/env digest` are answered from them by the gate and drawn for Slack, in one
  process.
- A flush is of the keys `session:*`, one in twenty, of a Valkey server of this run: counted, as for the
  question before it, and deleted slice by slice, as the step does; beside `redis-cli --scan --pattern … |
  xargs redis-cli unlink`, which counts nothing. By turns, the least of five.
- `/env why` is of a service with 20 stopped tasks, long logs and eight deployments of a revision with 60
  variables, from the request to the message drawn for Slack: CPU time of one answer where AWS answers at
  once. A real AWS takes its time on top. `.venv/bin/python -m tests.bench --answers` takes these three rows
  alone.
- Memory is `VmRSS` of the process that runs `serve`. Start to ready is until `/readyz` answers 200.
- Deciding is CPU time of one process beside counting to 20 million in the same process, just before and just
  after, by code that has never run; of three runs, the one whose ratio is the median. 21 schedules in four
  zones for the clock, 200 in five where rows are read from their text.
- The fleet goes down in simulated time: the gate, the advance loop, the clock and `stop` as they are, on a
  fake AWS that takes from a bucket for each call and refuses beyond the published ECS rates. What is allowed
  is every `UpdateService` but those of the burst, at half of 5 a second; the figure is until the last task
  has ended. Assumed: 10 calls a second and 40 at once for Application Auto Scaling and for RDS, of which no
  rate is published; 5 of 15 services with autoscaling and one database in each environment; an answer takes
  0.1 s and 8 calls are under way at once; tasks end 60 s after their count is 0.
- The same fleet in real time: the real bot over HTTP in a playground at our own pace, from five seconds
  before the stop time. Five commands a second are typed meanwhile, and every ten seconds a service elsewhere
  is restarted, from its command to its `UpdateService` at AWS. What is allowed is half of the burst and of
  5 a second, restarts included, while the bot also reads what each environment has. Where the playground
  takes nearly a whole core, it is the limit: read the processor time of `serve` for each count then.
"""


@dataclass(frozen=True)
class Row:
    """One figure. ``ratio`` is empty if there is nothing to compare with; ``aim`` is empty if none is set."""

    what: str
    ratio: str
    figure: str
    aim: str = ""


def table(rows: Sequence[Row]) -> str:
    """Return a Markdown table whose columns are aligned, so that it also reads well in a terminal."""
    cells = [("what", "ratio", "figure", "aim"), *((r.what, r.ratio, r.figure, r.aim) for r in rows)]
    widths = [max(len(line[n]) for line in cells) for n in range(4)]
    lines = [
        "| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |" for line in cells
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (w + 2) for w in widths) + "|", *lines[1:]])


def machine() -> str:
    system = f"{platform.system()} {platform.machine()}"
    counts = f"which counts to 20 million in {counted():.1f} s of CPU"
    return f"{os.cpu_count()} cores, {system}, Python {platform.python_version()}, {counts}"


def page(rows: Sequence[Row]) -> str:
    return PAGE.format(command=COMMAND, machine=machine(), table=table(rows))
