"""The playground's control API, as a client."""

from __future__ import annotations

from typing import Any

import httpx

from tests.waiting import PATIENCE

Json = dict[str, Any]


class Control:
    """The client of one playground. An answer that is not a success raises ``AssertionError`` with the
    playground's words.
    """

    def __init__(self, url: str) -> None:
        # ``verify``: reading the machine's certificates takes longer than a test's calls, and this is http
        self._client = httpx.Client(base_url=url, timeout=PATIENCE, trust_env=False, verify=False)

    def get(self, path: str, **query: str | int) -> Json:
        return self._told(self._client.get(f"/playground{path}", params=query))

    def post(self, path: str, order: Json) -> Json:
        return self._told(self._client.post(f"/playground{path}", json=order))

    def delete(self, path: str) -> Json:
        return self._told(self._client.delete(f"/playground{path}"))

    def text(self, address: str) -> str:
        """Return what stands at an address that the playground gave, such as a file's."""
        answer = self._client.get(address)
        assert answer.is_success, f"{address}: {answer.status_code} {answer.text}"
        return answer.text

    def close(self) -> None:
        self._client.close()

    def _told(self, answer: httpx.Response) -> Json:
        assert answer.is_success, f"{answer.request.url}: {answer.status_code} {answer.text}"
        told: Json = answer.json()
        return told
