"""Many requests at once: one acts, the others are told which."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from handlers.words.request import Request
from handlers.words.result import Reply
from tests import telling
from tests.handlers.stage import Stage, request
from tests.handlers.world import OLU, World
from tests.waiting import PATIENCE

HOW_MANY = 8


def all_at_once(stage: Stage, asked: list[Request]) -> list[Reply]:
    barrier = Barrier(len(asked))

    def ask(one: Request) -> Reply:
        barrier.wait(timeout=PATIENCE)
        return stage.gate.handle(one)

    with ThreadPoolExecutor(len(asked)) as pool:
        return list(pool.map(ask, asked))


def test_one_of_many_requests_at_once_acts(stage: Stage, world: World) -> None:
    asked = [request("restart", "staging", "orders-api", who=OLU) for _ in range(HOW_MANY)]
    answers = all_at_once(stage, asked)
    assert sorted(telling.status(a) for a in answers) == ["busy"] * (HOW_MANY - 1) + ["running"]
    assert (world.deploys(), len(stage.entries("started"))) == (1, 1)
    assert len({telling.operation_of(a) for a in answers}) == 1


def test_one_request_delivered_many_times_at_once_acts_once(stage: Stage, world: World) -> None:
    answers = all_at_once(stage, [request("restart", "staging", "orders-api")] * HOW_MANY)
    assert world.deploys() == 1
    assert stage.kinds() == ["started"]
    assert {telling.operation_of(a) for a in answers if telling.operation_of(a)} == {stage.operation().id}


def test_an_operation_advanced_by_many_threads_is_called_once(stage: Stage, world: World) -> None:
    stage.ask("restart", "staging", "orders-api")
    barrier = Barrier(HOW_MANY)

    def advance(_: int) -> None:
        barrier.wait(timeout=PATIENCE)
        stage.advance.once(stage.operation().id)

    with ThreadPoolExecutor(HOW_MANY) as pool:
        list(pool.map(advance, range(HOW_MANY)))
    stage.finish()
    assert world.deploys() == 1
    assert stage.kinds() == ["started", "closed"]
