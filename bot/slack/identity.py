"""Whose bot this is: the team, organisation and app that payloads must name (facts/slack 1.4, 7)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt import BoltRequest, BoltResponse

from bot.slack import deliveries
from bot.slack.settings import SlackSettings
from bot.slack.web import SlackWeb
from handlers.words.errors import Rejected, Trouble
from policies.access.people import Home

log = logging.getLogger(__name__)
NOT_YET = "I cannot reach Slack to learn which workspace I belong to, so nothing was done. Try again shortly."


@dataclass(frozen=True)
class Known:
    team: str
    enterprise: str
    bot_user: str


class Identity:
    """Learnt from ``auth.test``, tried until Slack answers: Slack being down at boot stops nothing."""

    def __init__(self, settings: SlackSettings, web: SlackWeb) -> None:
        self._settings, self._web = settings, web
        self._known: Known | None = None
        self._stopped = threading.Event()

    def learn(self) -> Known:
        """Ask Slack now. ``Trouble`` if it cannot say; ``Rejected`` if the token is of another workspace."""
        answer = self._web.call("auth.test")
        known = Known(
            str(answer.get("team_id", "")),
            str(answer.get("enterprise_id") or ""),
            str(answer.get("user_id", "")),
        )
        for ours, theirs, what in (
            (self._settings.team, known.team, "workspace"),
            (self._settings.enterprise, known.enterprise, "organisation"),
        ):
            if ours and ours != theirs:
                raise Rejected(f"The Slack token is of the {what} {theirs or 'none'}, not of {ours}.")
        self._known = known
        return known

    def learn_in_background(self, first: float = 0.5, longest: float = 30.0) -> threading.Thread:
        """Try until Slack answers or ``stop`` is called; a token of another workspace is never accepted."""
        thread = threading.Thread(
            target=self._keep_trying, args=(first, longest), name="slack-identity", daemon=True
        )
        thread.start()
        return thread

    def stop(self) -> None:
        self._stopped.set()

    @property
    def known(self) -> bool:
        return self._known is not None

    @property
    def bot_user(self) -> str:
        return self._known.bot_user if self._known else ""

    def home(self) -> Home:
        """What the gate admits people of. Empty until Slack was asked or settings say it: nobody's home."""
        known = self._known
        if known is not None:
            return Home(known.team, known.enterprise)
        return Home(self._settings.team, self._settings.enterprise)

    def ours(self, body: Mapping[str, Any]) -> bool:
        """Whether a payload was sent to this app in this workspace or organisation.

        Who acts is another question: an outsider in a shared channel presses a button of *our* workspace.
        """
        home, settings = self.home(), self._settings
        app = str(body.get("api_app_id") or "")
        if settings.app and app != settings.app:
            return False
        team, enterprise = deliveries.team_of(body), deliveries.enterprise_of(body)
        if home.enterprise and enterprise and enterprise != home.enterprise:
            return False
        if home.team and team == home.team:
            return True
        return bool(home.enterprise) and enterprise == home.enterprise

    def _keep_trying(self, wait: float, longest: float) -> None:
        while not self._stopped.is_set():
            try:
                self.learn()
                return
            except Rejected as wrong:
                log.error("Slack refuses this bot's token: %s", wrong.sentence)
            except Trouble as trouble:
                log.warning("not yet known to Slack: %s", trouble.sentence)
            except Exception:
                log.exception("asking Slack who I am broke; trying again")
            self._stopped.wait(wait)
            wait = min(longest, wait * 2)


def check_payload(identity: Identity) -> Callable[..., BoltResponse | None]:
    """The first middleware: nothing runs for another team, organisation or app. Bolt never compares."""

    def check(req: BoltRequest, next_: Callable[[], BoltResponse]) -> BoltResponse | None:
        body = req.body or {}
        if body.get("type") == "url_verification" or body.get("ssl_check"):
            return next_()
        if not identity.home().team:
            if body.get("command"):
                return BoltResponse(status=200, body=NOT_YET)
            return BoltResponse(status=503, body="")
        if not identity.ours(body):
            team, app = deliveries.team_of(body), body.get("api_app_id")
            log.warning("refused a payload of team %r, app %r: not ours", team, app)
            return BoltResponse(status=403, body="")
        return next_()

    return check
