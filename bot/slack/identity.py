"""Whose bot this is: the team, organisation and app that payloads must name (facts/slack 1.4, 7, 8)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Mapping
from typing import Any

from slack_bolt import BoltRequest, BoltResponse

from bot.slack import deliveries, installation
from bot.slack.installation import Installation
from bot.slack.settings import SlackSettings
from bot.slack.web import SlackWeb
from handlers.words.errors import Denied, Rejected, Trouble
from policies.access.people import Home

log = logging.getLogger(__name__)
NOT_YET = "I cannot reach Slack to learn which workspace I belong to, so nothing was done. Try again shortly."

WRONG = "My Slack token is not the right one for this place, so nothing was done. My log says why."


class Identity:
    """Learns who the bot is from ``auth.test`` and tries until Slack answers: a Slack outage at boot stops
    nothing.

    ``named``: the teams whose people the catalog's grants name. A token for none of these teams is refused,
    like a token for another team than the settings name: nobody would find a grant.
    """

    def __init__(
        self, settings: SlackSettings, web: SlackWeb, *, named: Callable[[], Collection[str]] = frozenset
    ) -> None:
        self._settings, self._web, self._named = settings, web, named
        self._known: Installation | None = None
        self._wrong = ""
        self._stopped = threading.Event()

    def learn(self) -> Installation:
        """Ask Slack now. Raises ``Trouble`` if Slack cannot say, and ``Rejected`` if the token is for another
        workspace or organisation.
        """
        known = installation.read(self._web.call("auth.test"))
        ours, of = self._settings, f"The Slack token is of {known.words}"
        if not installation.serves(self._web, known, ours.team):
            raise Rejected(f"{of}, not of {ours.team}.")
        if ours.enterprise and ours.enterprise != known.enterprise:
            raise Rejected(f"{of}, not of the organisation {ours.enterprise}.")
        teams = sorted(self._named())
        if installation.foreign(self._web, known, teams):
            raise Rejected(f"{of}; the people and groups in the catalog are of {' and '.join(teams)}.")
        self._known, self._wrong = known, ""
        return known

    def learn_in_background(self, first: float = 0.5, longest: float = 30.0) -> threading.Thread:
        """Try until Slack answers or ``stop`` is called; a token for another workspace is never accepted."""
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

    def link(self, channel: str, ts: str) -> str:
        """Return the address of a message, in the form that ``chat.getPermalink`` gives (facts/slack 2.7);
        empty until Slack has said where this workspace is.
        """
        url = self._known.url if self._known else ""
        return f"{url}archives/{channel}/p{ts.replace('.', '')}" if url.endswith("/") and ts else ""

    @property
    def wrong(self) -> str:
        """Why Slack's answer about this token keeps the bot from serving; empty if nothing does."""
        return self._wrong

    def home(self) -> Home:
        """Return the home whose people the gate admits. The home is empty, and admits nobody, until Slack was
        asked or the settings name a team; for an organisation, only Slack says whether all of it is served.
        """
        ours = self._settings
        if self._known is not None:
            return self._known.home(ours.team)
        if self._wrong or ours.team.startswith("E"):
            return Home("")
        return Home(ours.team, ours.enterprise)

    def ours(self, body: Mapping[str, Any]) -> bool:
        """Whether a payload was sent to this app in this workspace or organisation.

        Who acts is another question: an outsider in a shared channel presses a button of *our* workspace, and
        somebody from another workspace of our organisation is told in words that they are not let in.
        """
        home, settings = self.home(), self._settings
        app = str(body.get("api_app_id") or "")
        if settings.app and app != settings.app:
            return False
        team, enterprise = deliveries.team_of(body), deliveries.enterprise_of(body)
        if home.enterprise and enterprise and enterprise != home.enterprise:
            return False
        if team and team in (home.workspace or home.team, self._known.team if self._known else ""):
            return True
        return bool(home.enterprise) and enterprise == home.enterprise

    def _keep_trying(self, wait: float, longest: float) -> None:
        while not self._stopped.is_set():
            try:
                self.learn()
                return
            except (Rejected, Denied) as wrong:
                self._wrong = wrong.sentence
                log.error("Slack refuses this bot's token: %s", wrong.sentence)
            except Trouble as trouble:
                log.warning("not yet known to Slack: %s", trouble.sentence)
            except Exception:
                log.exception("asking Slack who I am broke; trying again")
            self._stopped.wait(wait)
            wait = min(longest, wait * 2)


def check_payload(identity: Identity) -> Callable[..., BoltResponse | None]:
    """Make the first middleware: nothing runs for another team, organisation or app. Bolt never compares
    them.
    """

    def check(req: BoltRequest, next_: Callable[[], BoltResponse]) -> BoltResponse | None:
        body = req.body or {}
        if body.get("type") == "url_verification" or body.get("ssl_check"):
            return next_()
        if not identity.home().team:
            if body.get("command"):
                return BoltResponse(status=200, body=WRONG if identity.wrong else NOT_YET)
            return BoltResponse(status=503, body="")
        if not identity.ours(body):
            team, app = deliveries.team_of(body), body.get("api_app_id")
            log.warning("refused a payload of team %r, app %r: not ours", team, app)
            return BoltResponse(status=403, body="")
        return next_()

    return check
