"""Which services are an environment's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.service.environment import (
    NAME,
    ClusterPick,
    Environment,
    LiveService,
    TagPick,
    Tier,
    claimants,
    membership,
    picks,
)
from tests.policies.make import environment

_CLUSTERS = ("blue", "green")
_picks = st.builds(ClusterPick, st.sampled_from(_CLUSTERS)) | st.builds(
    TagPick,
    st.sets(st.sampled_from(_CLUSTERS), min_size=1).map(lambda s: tuple(sorted(s))),
    st.just("env"),
    st.sampled_from(["a", "b"]),
)
_environments = st.lists(
    st.builds(
        lambda name, pick, tier, account: environment(name, pick=pick, tier=tier, account=account),
        st.sampled_from(["one", "two", "three", "four"]),
        _picks,
        st.sampled_from(Tier),
        st.sampled_from(["111122223333", "444455556666"]),
    ),
    unique_by=lambda e: e.name,
    max_size=4,
)
_services = st.lists(
    st.builds(
        lambda name, cluster, tag: LiveService(
            name, cluster, f"arn:{cluster}:{name}", {"env": tag} if tag else {}
        ),
        st.sampled_from(["api", "web", "worker"]),
        st.sampled_from(_CLUSTERS),
        st.sampled_from(["", "a", "b"]),
    ),
    unique_by=lambda s: s.name,
    max_size=3,
)


@given(_environments, _services)
def test_no_service_belongs_to_two_environments(places: list[Environment], live: list[LiveService]) -> None:
    for account in {e.account for e in places}:
        here = [e for e in places if e.account == account]
        owners = [(s.arn, e.name) for e in here for s in membership(e, live, places).own]
        assert len({arn for arn, _ in owners}) == len(owners)


@given(_environments, _services)
def test_a_service_in_a_production_cluster_never_belongs_to_another_environment(
    places: list[Environment], live: list[LiveService]
) -> None:
    for place in places:
        guarded = {
            c
            for e in places
            if e.production and e.account == place.account and e != place
            for c in e.pick.clusters
        }
        assert not guarded & {s.cluster for s in membership(place, live, places).own}


@given(_environments, _services)
def test_every_selected_service_is_owned_or_disputed_and_a_dispute_names_all(
    places: list[Environment], live: list[LiveService]
) -> None:
    for place in places:
        found = membership(place, live, places)
        picked = {s.name for s in live if picks(place, s)}
        assert {s.name for s in found.own} | set(found.disputed) == picked
        assert not {s.name for s in found.own} & set(found.disputed)
        assert all(place.name in names and len(names) > 1 for names in found.disputed.values())


def test_a_service_of_production_tagged_as_staging_is_disputed() -> None:
    production = environment("production", tier=Tier.PRODUCTION, pick=TagPick(("main",), "env", "production"))
    staging = environment("staging", pick=TagPick(("main",), "env", "staging"))
    service = LiveService("api", "main", "arn", {"env": "staging"})
    found = membership(staging, [service], [production, staging])
    assert (found.own, found.disputed) == ((), {"api": ("production", "staging")})


def test_a_cluster_is_matched_exactly() -> None:
    assert not picks(environment(pick=ClusterPick("stag")), LiveService("api", "staging", "arn"))


def test_a_tag_is_matched_exactly_and_only_within_the_named_clusters() -> None:
    place = environment(pick=TagPick(("main",), "env", "qa"))
    assert picks(place, LiveService("api", "main", "arn", {"env": "qa"}))
    assert not picks(place, LiveService("api", "main", "arn", {"env": "QA"}))
    assert not picks(place, LiveService("api", "main", "arn"))
    assert not picks(place, LiveService("api", "other", "arn", {"env": "qa"}))


def test_an_environment_elsewhere_claims_nothing_here() -> None:
    here, there = (
        environment("one", pick=ClusterPick("c")),
        environment("two", pick=ClusterPick("c"), region="us-east-1"),
    )
    service = LiveService("api", "c", "arn")
    assert membership(here, [service], [here, there]).own == (service,)
    assert claimants(service, [here, there]) == ("one", "two")


@pytest.mark.parametrize("name", ["a", "qa-eu", "pr-142", "a" * 63])
def test_these_names_are_valid(name: str) -> None:
    assert NAME.fullmatch(name)


@pytest.mark.parametrize("name", ["", "-a", "a-", "A", "a_b", "a*", "a b", "ä", "a" * 64, "a\n"])
def test_these_names_are_invalid(name: str) -> None:
    assert not NAME.fullmatch(name)
