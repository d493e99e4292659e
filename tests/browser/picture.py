"""``python -m tests.browser.picture FILE``: a picture of the playground after a minute of real use."""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.chromium import MISSING, chromium, find_chromium
from tests.browser.screen import PATIENCE, Screen, opened
from tests.scenarios.control import Control
from tests.scenarios.process import PlaygroundProcess

OPTIONS = ["--transport", "http", "--pace", "1.5", "--tick", "0.5"]
"""Near the pace of life, so that the seconds in the picture are those a person would wait."""
LARGEST = 200_000


def main() -> int:
    parser = argparse.ArgumentParser("picture", description=__doc__)
    parser.add_argument("file", type=Path)
    path = find_chromium()
    if path is None:
        sys.stderr.write(f"{MISSING}\n")
        return 1
    file: Path = parser.parse_args().file
    expect.set_options(timeout=PATIENCE)
    with tempfile.TemporaryDirectory(prefix="lamplighter-picture-") as folder:
        process = PlaygroundProcess(Path(folder), OPTIONS)
        control = Control(process.url)
        try:
            with chromium(path) as browser, opened(browser, process.url, "U0DEV", file.parent) as dev:
                _live(dev)
                dev.picture(file.stem)
        finally:
            bot = control.get("")["bot"]["pid"]
            control.close()
            process.end(bot)
    size = file.stat().st_size
    sys.stdout.write(f"{file}: {size} bytes\n")
    return 0 if size <= LARGEST else 1


def _live(dev: Screen) -> None:
    """A question that waits, a restart that went well, and a failed one with the head of its thread."""
    question = dev.says("/env restart staging web")
    expect(question.get_by_role("button", name="Redeploy the new image")).to_be_visible()
    restarted = dev.says("/env restart staging orders-api")
    expect(restarted).to_contain_text(re.compile(r"succeeded.*healthy after \d+ s"))
    failed = dev.says("/env restart staging broken-api")
    expect(dev.thread_of(failed)).to_contain_text("DATABASE_URL")
    expect(dev.page.get_by_role("status").filter(has_text="Acknowledged")).to_be_visible()
    question.scroll_into_view_if_needed()


if __name__ == "__main__":
    sys.exit(main())
