"""Environments guessed from what exists: by tags first, then by names. In doubt an environment is closed, or
not guessed at all.
"""

from __future__ import annotations

import pytest

from policies.catalog.found import Found, FoundChannel, FoundCluster, FoundDatabase, within, words
from policies.catalog.guesses import Guess, guess, plain
from policies.catalog.tiers import tier_of
from policies.service.environment import ClusterPick, LiveService, TagPick, Tier

PRODUCTION, NONPRODUCTION = Tier.PRODUCTION, Tier.NONPRODUCTION


def cluster(name: str, *tags: dict[str, str], unread: str = "") -> FoundCluster:
    arn = f"arn:aws:ecs:eu-central-1:123456789012:service/{name}"
    services = (LiveService(f"s{n}", name, f"{arn}/s{n}", each) for n, each in enumerate(tags))
    return FoundCluster(name, tuple(services), unread)


def env(*values: str) -> tuple[dict[str, str], ...]:
    return tuple({"environment": value} if value else {} for value in values)


def found(*clusters: FoundCluster, **more: tuple[object, ...]) -> Found:
    return Found("123456789012", "eu-central-1", clusters=clusters, **more)  # type: ignore[arg-type]


def guessed(*clusters: FoundCluster, **more: tuple[object, ...]) -> dict[str, Guess]:
    return {one.name: one for one in guess(found(*clusters, **more)).environments}


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("pr-142", ("pr", "142")),
        ("StagingCluster", ("staging", "cluster")),
        ("qa2", ("qa", "2")),
        ("APIProd", ("api", "prod")),
        ("pre-prod", ("preprod",)),
        ("Non_Production", ("nonprod",)),
        ("product", ("product",)),
        ("", ()),
    ],
)
def test_a_name_is_split_into_words(name: str, parts: tuple[str, ...]) -> None:
    assert words(name) == parts


def test_words_are_found_within_others_only_side_by_side() -> None:
    assert within(("qa", "eu"), ("team", "qa", "eu", "logs"))
    assert not within(("qa", "eu"), ("qa", "team", "eu"))
    assert not within((), ("qa",))


@pytest.mark.parametrize(
    ("names", "tier"),
    [
        (["staging"], NONPRODUCTION),
        (["qa-eu"], NONPRODUCTION),
        (["pr-142"], NONPRODUCTION),
        (["PR142"], NONPRODUCTION),
        (["preprod"], NONPRODUCTION),
        (["non-prod"], NONPRODUCTION),
        (["prod"], PRODUCTION),
        (["eu-prd-1"], PRODUCTION),
        (["live"], PRODUCTION),
        (["dev", "prod-cluster"], PRODUCTION),
        (["prod-test"], PRODUCTION),
        (["acme"], PRODUCTION),
        (["pr"], PRODUCTION),
        (["delivery"], PRODUCTION),
        (["latest"], PRODUCTION),
        ([""], PRODUCTION),
    ],
)
def test_an_environment_is_production_unless_its_names_say_otherwise(names: list[str], tier: Tier) -> None:
    assert tier_of(*names)[0] is tier
    assert tier_of(*names)[1]


@pytest.mark.parametrize("key", ["environment", "Environment", "ENV", "stage", "lamplighter:environment"])
def test_tags_tell_the_environments_of_one_cluster_apart(key: str) -> None:
    made = guessed(cluster("nonprod", {key: "dev-alex"}, {key: "dev-alex"}, {key: "demo"}, {"team": "x"}))
    assert made["dev-alex"].pick == TagPick(("nonprod",), key, "dev-alex")
    assert [len(made[name].services) for name in ("dev-alex", "demo")] == [2, 1]
    left = guess(found(cluster("nonprod", *env("a", "b", "")))).left_out
    assert len(left) == 1 and "s2" in left[0]


def test_a_cluster_that_tags_do_not_divide_is_one_environment() -> None:
    made = guessed(cluster("ecs-1", *env("staging", "staging", "")), cluster("qa", {}, {}))
    assert made["staging"].pick == ClusterPick("ecs-1")
    assert made["qa"].pick == ClusterPick("qa")
    assert len(made["staging"].services) == 3


def test_an_environment_may_lie_in_several_clusters() -> None:
    made = guessed(cluster("web", *env("staging")), cluster("jobs", *env("staging", "staging")))
    assert made["staging"].pick == TagPick(("jobs", "web"), "environment", "staging")


def test_environments_of_one_name_that_no_rule_joins_are_named_by_their_clusters() -> None:
    made = guessed(cluster("web", *env("staging")), cluster("jobs", *env("staging", "")))
    assert {name: one.pick for name, one in made.items()} == {
        "staging": ClusterPick("web"),
        "staging-jobs": ClusterPick("jobs"),
    }


def test_guessed_names_are_valid_in_a_catalog_and_unique() -> None:
    long = "x" * 200
    clusters = [cluster(name, {}) for name in ("QA_EU", "qa-eu", "__", long, f"{long}y", f"{long}z")]
    made = guessed(*clusters)
    assert len(made) == 6
    assert all(plain(name) == name and name for name in made)
    assert made["qa-eu"].pick == ClusterPick("QA_EU")


def test_an_environment_that_shares_a_cluster_with_production_is_production_too() -> None:
    made = guessed(
        cluster("shared", *env("prod", "staging")), cluster("more", *env("staging", "qa")), cluster("dev", {})
    )
    tiers = {name: one.tier for name, one in made.items()}
    assert tiers == {"prod": PRODUCTION, "staging": PRODUCTION, "qa": PRODUCTION, "dev": NONPRODUCTION}


def test_empty_clusters_are_left_out_and_unread_ones_are_not() -> None:
    result = guess(found(cluster("old"), cluster("closed", unread="AWS did not allow the bot to look.")))
    assert [(one.name, one.unread) for one in result.environments] == [
        ("closed", "AWS did not allow the bot to look.")
    ]
    assert len(result.left_out) == 1 and "old" in result.left_out[0]


def channels(*names: str) -> tuple[FoundChannel, ...]:
    """Return channels by name; a name that begins with ``!`` is shared."""
    return tuple(
        FoundChannel(f"C{n}", name.lstrip("!"), name.startswith("!")) for n, name in enumerate(names)
    )


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["staging", "staging-logs"], "staging"),
        (["env-staging", "general"], "env-staging"),
        (["staging-logs", "staging-alerts", "ops"], None),
        (["platform-ops", "general"], "platform-ops"),
        (["ops", "infra"], None),
        (["random"], "random"),
        (["random", "general"], None),
        (["!staging", "random"], "random"),
        (["!staging"], None),
        ([], None),
    ],
)
def test_a_channel_is_chosen_by_its_name_and_never_if_another_company_reads_it(
    names: list[str], chosen: str | None
) -> None:
    one = guessed(cluster("staging", {}), channels=channels(*names))["staging"]
    assert (one.channel.name if one.channel else None) == chosen
    assert bool(one.channel_why) is bool(chosen)


@pytest.mark.parametrize(
    ("database", "home"),
    [
        (FoundDatabase("orders", {"Environment": "staging"}), "staging"),
        (FoundDatabase("qa-orders", {"env": "staging"}), "staging"),
        (FoundDatabase("staging-db"), "staging"),
        (FoundDatabase("cluster:qa-eu-aurora"), "qa-eu"),
        (FoundDatabase("qa-aurora"), "qa"),
        (FoundDatabase("orders"), None),
        (FoundDatabase("staging-qa"), None),
        (FoundDatabase("stagingdb"), None),
        (FoundDatabase("staging-copy", stays="it is a read replica of staging"), None),
    ],
)
def test_a_database_belongs_to_the_one_environment_that_its_tag_or_name_says(
    database: FoundDatabase, home: str | None
) -> None:
    there = [cluster(name, {}) for name in ("staging", "qa", "qa-eu")]
    result = guess(found(*there, databases=(database,)))
    homes = [(one.name, id_) for one in result.environments for id_, _ in one.databases]
    assert homes == ([(home, database.id)] if home else [])
    assert len(result.left_out) == (0 if home else 1)


def test_services_that_may_be_changed_are_counted() -> None:
    one = guessed(cluster("qa", {"lamplighter": "true"}, {"lamplighter": "yes"}, {}))["qa"]
    assert (one.opted_in, len(one.services)) == (1, 3)
