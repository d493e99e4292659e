"""A simulated AWS for each test module, and adapters pointed at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bot.aws.stage import Stage, made_up_credentials, staged


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    made_up_credentials(monkeypatch)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged() as made:
        yield made


@pytest.fixture(autouse=True)
def clean_faults(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "stage" in request.fixturenames:
        request.getfixturevalue("stage").faults.clear()
