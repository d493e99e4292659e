"""Whether an environment was made for a branch or a pull request, by tags and names."""

from __future__ import annotations

import pytest

from policies.orphans.purpose import made_for


@pytest.mark.parametrize(
    ("tags", "named", "said"),
    [
        ({"pr": "142"}, "", "pull request 142"),
        ({"Pull-Request": "#142"}, "", "pull request 142"),
        ({"acme:pr_number": "refs/pull/142/merge"}, "", "pull request 142"),
        ({"branch": "fix-totals"}, "", "branch fix-totals"),
        ({"acme/git-branch": "refs/heads/fix-totals"}, "", "branch fix-totals"),
        ({"branch": "main"}, "", ""),
        ({"branch": " "}, "", ""),
        ({"pr": "none"}, "", ""),
        ({"product": "checkout", "project": "17"}, "", ""),
        ({}, "pr-142", "pull request 142"),
        ({}, "PR142", "pull request 142"),
        ({}, "pr-eview", ""),
        ({"environment": "staging"}, "staging", ""),
        ({"branch": "fix-totals", "pr": "142"}, "", "pull request 142"),
        ({"git-branch": "fix-totals", "merge-request": "!142"}, "", "pull request 142"),
        ({"branch": "fix-totals"}, "pr-142", "pull request 142"),
        ({"branch": "refs/pull/142/merge"}, "", "pull request 142"),
        ({"CI_COMMIT_REF_NAME": "refs/merge-requests/142/head"}, "", "pull request 142"),
        ({"branch": "refs/heads/pull/142"}, "", "branch pull/142"),
        ({"pr": "none", "branch": "fix-totals"}, "", "branch fix-totals"),
        ({"pr": "0"}, "", ""),
    ],
)
def test_tags_and_name_say_what_an_environment_was_made_for(
    tags: dict[str, str], named: str, said: str
) -> None:
    assert made_for([tags], [named]) == said


def test_one_service_with_the_tag_is_enough() -> None:
    assert made_for([{"a": "b"}, {"pr": "7"}]) == "pull request 7"


@pytest.mark.parametrize(
    "key",
    [
        *(
            "pr",
            "PR",
            "mr",
            "pr-number",
            "pr_id",
            "PrNumber",
            "pull-request",
            "PullRequest",
            "pull_request_number",
        ),
        *("merge-request", "mergeRequestIid", "CI_MERGE_REQUEST_IID", "github:pr", "gitlab_mr", "acme.io/pr"),
        *("acme:pr:number", "com.acme.pullrequest", "pr-url"),
    ],
)
def test_these_keys_name_a_pull_request(key: str) -> None:
    assert made_for([{"branch": "fix-totals", key: "142"}]) == "pull request 142"


@pytest.mark.parametrize(
    "value",
    [
        *(
            "142",
            "#142",
            "!142",
            " 0142 ",
            "PR-142",
            "pr142",
            "pr_142",
            "PR #142",
            "MR!142",
            "142: fix totals",
        ),
        *("142-fix-totals", "acme/shop#142", "acme/shop-7!142", "refs/pull/142/head", "pull/142"),
        "https://github.com/acme2/shop-7/pull/142/files",
        "https://github.com/acme/shop/pull/142#discussion_r99",
        "https://gitlab.com/acme/shop/-/merge_requests/142",
        "https://bitbucket.org/acme/shop/pull-requests/142/overview",
        "https://dev.azure.com/acme/shop/_git/shop/pullrequest/142?_a=files",
        "https://gitea.acme.example/acme/shop/pulls/142",
    ],
)
def test_these_values_name_a_pull_request(value: str) -> None:
    assert made_for([{"pr": value}]) == "pull request 142"


@pytest.mark.parametrize(
    "value", ["none", "n/a", "true", "2026-11-30", "staging-2", "sha256", "", "12345678"]
)
def test_these_values_name_no_pull_request(value: str) -> None:
    assert made_for([{"pr": value}]) == ""


@pytest.mark.parametrize(
    "key",
    [
        "branch",
        "Branch",
        "git-branch",
        "GIT_BRANCH",
        "branchName",
        "ref",
        "git_ref",
        "github_head_ref",
        "vcs:branch",
    ],
)
def test_these_keys_name_a_branch(key: str) -> None:
    assert made_for([{key: "origin/fix-totals"}]) == "branch fix-totals"


@pytest.mark.parametrize(
    "key", ["target-branch", "base_ref", "default-branch", "href", "product", "reference", "improve"]
)
def test_these_keys_name_neither_a_branch_nor_a_pull_request(key: str) -> None:
    assert made_for([{key: "fix-142"}]) == ""


@pytest.mark.parametrize(
    "value",
    [
        *("main", "Master", "refs/heads/main", "refs/remotes/origin/main", "HEAD", "production", "none", "-"),
        *("refs/tags/v1.2.3", "v1.2.3", "3f2a9c1", "3f2a9c1d3f2a9c1d3f2a9c1d3f2a9c1d3f2a9c1d"),
    ],
)
def test_these_values_name_no_branch_of_one_change(value: str) -> None:
    assert made_for([{"branch": value}]) == ""
