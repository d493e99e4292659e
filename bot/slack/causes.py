"""Why Slack rejects a token or does not answer, and what to do next (facts/slack 1.4)."""

from __future__ import annotations

from urllib.parse import urlsplit

from slack_sdk.errors import SlackApiError

from bot.causes import Cause, http_words, network

BOT = "LAMPLIGHTER_SLACK_BOT_TOKEN"
APP = "LAMPLIGHTER_SLACK_APP_TOKEN"
SECRET = "LAMPLIGHTER_SLACK_SIGNING_SECRET"
COPY_BOT = f"copy the Bot User OAuth Token of the installed app (xoxb-…) into {BOT}"
COPY_APP = f"make an app-level token with connections:write (docs/connect.md) and put it (xapp-…) into {APP}"
INSTALL = "install the app in the workspace again, and copy the token that Slack then shows"
AGAIN = "wait a little and run `lamplighter doctor` again; https://slack-status.com says if Slack is down"
CODES = {
    "invalid_auth": ("Slack knows no such token (invalid_auth)", ""),
    "not_authed": ("no token reached Slack (not_authed)", ""),
    "not_allowed_token_type": ("it is a token of another kind (not_allowed_token_type)", ""),
    "account_inactive": ("the app was taken out of the workspace (account_inactive)", INSTALL),
    "token_revoked": ("the token was revoked (token_revoked)", INSTALL),
    "token_expired": (
        "the token has expired (token_expired)",
        "turn token rotation off in the app's settings and install the app again",
    ),
    "org_login_required": ("the workspace is being moved into an organisation (org_login_required)", AGAIN),
    "team_added_to_org": ("the workspace is being moved into an organisation (team_added_to_org)", AGAIN),
    "access_denied": ("an administrator of the workspace has not approved the app (access_denied)", INSTALL),
    "missing_scope": (
        "the token lacks a scope (missing_scope)",
        "apply the output of `lamplighter manifest` to the app and install it again",
    ),
    "ekm_access_denied": (
        "an administrator has suspended what the app may read (ekm_access_denied)",
        "ask an administrator of the organisation",
    ),
    "socket_mode_not_enabled": (
        "Socket Mode is off (socket_mode_not_enabled)",
        "turn Socket Mode on in the app's settings",
    ),
    "ratelimited": ("Slack is asked too often just now (ratelimited)", AGAIN),
    "internal_error": ("Slack had a failure of its own (internal_error)", AGAIN),
    "fatal_error": ("Slack had a failure of its own (fatal_error)", AGAIN),
    "service_unavailable": ("Slack is down for the moment (service_unavailable)", AGAIN),
    "request_timeout": ("the request took too long to arrive (request_timeout)", AGAIN),
}
KINDS = {
    "xoxb-": "a bot token",
    "xoxp-": "a person's token",
    "xapp-": "an app-level token",
    "xoxe": "a token that is rotated",
    "xoxs-": "a browser's token",
    "xoxc-": "a browser's token",
}


def misplaced(bot: str, app: str, secret: str) -> list[tuple[str, Cause]]:
    """Find the misplaced values that can be recognised without asking Slack, each with the setting it
    concerns. No value is repeated in the result. Empty values are skipped.
    """
    if bot.startswith("xapp-") and app.startswith("xoxb-"):
        both = Cause(
            "the bot token and the app-level token are swapped",
            f"put xoxb-… into {BOT} and xapp-… into {APP}",
        )
        return [(BOT, both)]
    found = [
        (BOT, _wrong(bot, "xoxb-", "a bot token", COPY_BOT)),
        (APP, _wrong(app, "xapp-", "an app-level token", COPY_APP)),
        (SECRET, _no_secret(secret)),
    ]
    return [(setting, cause) for setting, cause in found if cause]


def _wrong(token: str, begins: str, right: str, todo: str) -> Cause | None:
    if not token or token.startswith(begins):
        return None
    if token[0] in "\"'" or token != token.strip():
        return Cause("it has quotes or blanks around it", f"take them away: it begins with {begins}")
    kind = next((what for start, what in KINDS.items() if token.startswith(start)), "no token of Slack's")
    return Cause(f"it is {kind} and not {right}, which begins with {begins}", todo)


def _no_secret(secret: str) -> Cause | None:
    if secret.startswith(tuple(KINDS)):
        todo = f"copy the Signing Secret from the app's Basic Information into {SECRET}"
        return Cause("it is a token and not the signing secret", todo)
    return None


def why(error: BaseException, api_url: str, *, todo: str = COPY_BOT) -> Cause:
    """Explain an error. ``todo`` is the next step where only the token itself can be wrong."""
    if isinstance(error, SlackApiError):
        return _answered(error, todo)
    host = urlsplit(api_url).hostname or "slack.com"
    found = network(error, "Slack", host)
    if found is not None:
        return Cause(f"Slack cannot be reached: {found.said}", found.todo)
    return Cause(f"Slack did not answer ({type(error).__name__})", AGAIN)


def _answered(error: SlackApiError, todo: str) -> Cause:
    response = error.response
    data = getattr(response, "data", None)
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    if code in CODES:
        said, then = CODES[code]
        return Cause(said, then or todo)
    status = int(getattr(response, "status_code", 0) or 0)
    if not code or status >= 400:
        later = status >= 500 or status in (408, 429)
        return Cause(
            f"Slack cannot be used: {http_words(status)}",
            AGAIN if later else "check the address of Slack and any proxy",
        )
    return Cause(f"Slack refused it ({code})", todo)
