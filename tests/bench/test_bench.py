"""The bench works: a run of a few seconds gives every figure."""

from __future__ import annotations

import re
import shutil

import pytest

from tests.bench import yardstick
from tests.bench.ledger import Fleet, on_sqlite
from tests.bench.load import Shape
from tests.bench.quantiles import quantile
from tests.bench.report import page
from tests.bench.run import SMALL, measure


def test_the_ledger_of_a_small_fleet_is_filled_and_read() -> None:
    """Figures grow with what is written; the bytes of a table grow by pages."""
    small = on_sqlite(Fleet(environments=3, services=4, days=10))
    large = on_sqlite(Fleet(environments=3, services=16, days=10))
    assert 2 < large.a_year / small.a_year < 5
    assert 2 < large.spans / small.spans < 5
    assert small.sums > 0
    assert small.day > 0
    assert small.cost > 0
    assert small.page > 0


@pytest.mark.scenario
def test_a_small_run_gives_every_figure_and_a_clean_chain() -> None:
    rows = measure(SMALL)
    ratios = [float(row.ratio) for row in rows if row.ratio]
    assert len(ratios) == 28 + 2 * (shutil.which("redis-cli") is not None)
    assert all(ratio > 0 for ratio in ratios)
    told = page(rows)
    assert re.search(r"counts to 20 million in \d+\.\d s", told)
    assert re.search(r"commands answered / sent +\| 1\.00 +\| 40 / 40 ", told)
    assert len(re.findall(r"`verify` afterwards, \w+ +\| +\| [1-9]\d* entries, clean", told)) == 2
    assert all(re.search(r"\d", row.figure) for row in rows)


def test_people_send_at_the_same_instants_or_evenly() -> None:
    together, evenly = Shape(rate=10, clients=2, together=True), Shape(rate=10, clients=2)
    assert [together.due(n) for n in range(4)] == [0.0, 0.0, 0.2, 0.2]
    assert [evenly.due(n) for n in range(4)] == [0.0, 0.1, 0.2, pytest.approx(0.3)]


def test_a_quantile_is_a_value_that_was_measured() -> None:
    assert [quantile([4, 1, 3, 2], part) for part in (0.0, 0.5, 0.95, 1.0)] == [1, 2, 4, 4]
    with pytest.raises(ValueError, match="no values"):
        quantile([], 0.5)


def test_each_count_of_the_yardstick_is_of_code_that_never_ran() -> None:
    """CPython would make code faster that ran eight times."""
    assert yardstick.counting().__code__ is not yardstick.counting().__code__
