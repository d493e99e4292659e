"""Uploading a file as Slack's own client does, and the refusals on the way."""

from __future__ import annotations

import struct
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from slack_sdk.errors import SlackApiError

from playground.slack.files import PNG
from tests.playground.slack.rig import Rig

PICTURE = PNG + b"\0\0\0\rIHDR" + struct.pack(">II", 640, 480) + b"\0" * 40


def upload(rig: Rig, content: bytes = PICTURE, **more: Any) -> str:
    uploaded = rig.client.files_upload_v2(filename="chart.png", content=content, title="Cost", **more)
    return str(uploaded["files"][0]["id"])


def show(rig: Rig, file: dict[str, str]) -> Any:
    image = {"type": "image", "alt_text": "a chart", "slack_file": file}
    return rig.client.chat_postMessage(channel="C0STAGING", text="cost", blocks=[image])


def refused(call: Any, *arguments: Any, **more: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(*arguments, **more)
    return str(caught.value.response["error"])


def test_an_uploaded_file_is_shown_once_it_is_processed(http_rig: Rig) -> None:
    file = {"id": upload(http_rig, alt_txt="numbers")}
    assert refused(show, http_rig, file) == "invalid_blocks", "it is processed after it was taken"
    assert show(http_rig, file)["ok"]
    with urlopen(f"{http_rig.url}/files/{file['id']}") as answer:
        assert (answer.headers["Content-Type"], answer.read()) == ("image/png", PICTURE)


def test_an_upload_without_a_channel_is_seen_by_nobody(http_rig: Rig) -> None:
    upload(http_rig)
    assert http_rig.playground.slack.state.messages.seen_by("C0STAGING", "U0DEV") == []
    upload(http_rig, channel="C0STAGING")
    assert len(http_rig.playground.slack.state.messages.seen_by("C0STAGING", "U0DEV")) == 1


@pytest.mark.parametrize(
    "file", [{"id": "F000000000"}, {"id": "chart.png"}, {"url": "https://files.example.com/F1"}]
)
def test_an_absent_file_makes_its_block_invalid(http_rig: Rig, file: dict[str, str]) -> None:
    assert [refused(show, http_rig, file) for _ in range(3)] == ["invalid_blocks"] * 3


def test_a_file_that_is_not_a_picture_is_not_shown(http_rig: Rig) -> None:
    file = {"id": upload(http_rig, b"%PDF")}
    assert [refused(show, http_rig, file) for _ in range(3)] == ["invalid_blocks"] * 3


def test_a_wrong_upload_request_is_refused_as_slack_does(http_rig: Rig) -> None:
    ask = http_rig.client.files_getUploadURLExternal
    assert refused(ask, filename="a.png", length=0) == "missing_argument"
    assert refused(ask, filename="", length=5) == "missing_argument"
    assert refused(ask, filename="a.png", length=5, alt_txt="x" * 1_001) == "alt_txt_too_large"
    assert refused(ask, filename="a.png", length=10**9) == "file_upload_size_restricted"
    done = http_rig.client.files_completeUploadExternal
    assert refused(done, files=[]) == "invalid_arguments"
    assert refused(done, files=[{"id": "F000000000"}]) == "file_not_found"


def test_an_upload_can_be_sent_and_completed_only_once(http_rig: Rig) -> None:
    begun = http_rig.client.files_getUploadURLExternal(filename="a.png", length=len(PICTURE))
    files: list[dict[str, str | None]] = [{"id": str(begun["file_id"])}]
    done = http_rig.client.files_completeUploadExternal
    assert refused(done, files=files) == "file_not_found", "nothing was sent yet"
    for expected in (200, 400):
        assert sent(str(begun["upload_url"])) == expected
    assert done(files=files)["ok"]
    assert refused(done, files=files) == "file_not_found"


def test_only_the_announced_number_of_bytes_is_accepted(http_rig: Rig) -> None:
    begun = http_rig.client.files_getUploadURLExternal(filename="a.png", length=len(PICTURE) + 1)
    assert sent(str(begun["upload_url"])) == 400


def sent(address: str) -> int:
    try:
        with urlopen(Request(address, PICTURE, method="POST")) as answer:
            return int(answer.status)
    except HTTPError as error:
        error.close()
        return error.code
