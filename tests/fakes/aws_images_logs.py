"""ECR and CloudWatch Logs in memory: ``handlers.ports.aws.Images`` and ``Logs``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.fakes.aws_script import Script


class FakeImages:
    """``Images``: what was pushed, by the image's name as written."""

    def __init__(self, script: Script | None = None) -> None:
        self.script = script or Script()
        self._digests: dict[str, str] = {}
        self._expired: set[str] = set()

    def push(self, image: str, digest: str) -> None:
        """Move the tag to this digest; the digest before stays, untagged."""
        self._digests[image] = digest

    def expire(self, digest: str) -> None:
        """Delete the digest, as a lifecycle policy would."""
        self._expired.add(digest)

    def digests(self, images: Sequence[str]) -> Mapping[str, str]:
        with self.script.call("digests", tuple(images)):
            return {image: self._digests[image] for image in images if image in self._digests}

    def missing(self, resolved: Mapping[str, str]) -> frozenset[str]:
        """Return the images that are gone. Only images that were pushed count; others are in a registry that
        cannot be read.
        """
        with self.script.call("missing", tuple(resolved)):
            return frozenset(i for i, d in resolved.items() if i in self._digests and d in self._expired)


class FakeLogs:
    """``Logs``: the lines that were written, by group and stream."""

    def __init__(self, script: Script | None = None) -> None:
        self.script = script or Script()
        self._lines: dict[tuple[str, str], list[str]] = {}

    def write(self, group: str, stream: str, *lines: str) -> None:
        self._lines.setdefault((group, stream), []).extend(lines)

    def last_lines(self, group: str, stream: str, count: int) -> tuple[str, ...]:
        with self.script.call("last_lines", group, stream, count):
            lines = self._lines.get((group, stream), [])
            return tuple(lines[max(0, len(lines) - count) :])
