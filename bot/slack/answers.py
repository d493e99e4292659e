"""Delivers a reply to the person who asked, where only that person sees it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from bot.slack import deliveries
from bot.slack.blocks import Drawn, context, draw, draw_sentence
from bot.slack.edge import Body, Edge
from bot.slack.escaping import clip, escape
from bot.slack.files import send
from bot.slack.messages import NotShown, Shown
from bot.slack.picker import loading, notice, shown
from bot.slack.versions import give
from bot.slack.web import NETWORK, Json
from handlers.tell import typed
from handlers.tell.reply import message
from handlers.words.errors import Rejected, Trouble
from handlers.words.message import Log, Message, Text, without_logs
from handlers.words.result import Answer, Failure, Missing, NotUnderstood, Refusal, Reply, Report
from policies.record.lifecycle import State

log = logging.getLogger(__name__)
IN_A_MODAL = ("section", "context", "rich_text", "actions", "divider", "header")
ELSEWHERE = "The answer has a table, so it is in your direct messages with Lamplighter."
WITHHELD = (
    "Log lines are not shown in a channel that another company can read. Ask in a channel of your own "
    "company, or in a direct message with Lamplighter."
)


@dataclass(frozen=True)
class Asker:
    """Where one answer goes. ``response_url`` is good for 30 minutes and 5 uses; the bot uses it once, or
    twice where Slack does not accept a chart.
    """

    user: str
    channel: str
    response_url: str = ""
    in_ephemeral: bool = False
    """Whether the person pressed a button of a message that only they see; that message may be replaced."""
    pressed: bool = False
    """Whether the person pressed a button of a message that everybody sees."""
    view: str = ""
    """The id of the modal that shows the answer, for a press in a modal or in Home."""
    here: str = ""
    """The environment asked about, if it was not typed but is the channel's own. The answer names it."""


def asker(body: Body) -> Asker:
    return Asker(
        user=deliveries.person(body).user,
        channel=deliveries.channel(body),
        response_url=str(body.get("response_url") or ""),
        in_ephemeral=deliveries.in_ephemeral(body),
        pressed=body.get("type") == "block_actions" and not deliveries.in_ephemeral(body),
    )


def answer(edge: Edge, who: Asker, reply: Reply) -> None:
    """Tell the person the reply, unless the operation's own message in this very channel already does, or the
    message whose button was pressed is about to.
    """
    if isinstance(reply, Answer) and reply.shown and who.pressed:
        return
    said = message(reply)
    if who.here and who.here not in said.headline:
        said = _with(said, typed.here(who.here))
    if edge.places.shared(who.channel) and any(isinstance(block, Log) for block in said.blocks):
        said = _withheld(reply, said)
    if isinstance(reply, Answer) and reply.file is not None:
        said = _with(said, send(edge.web, who.user, reply.file))
    operation = _operation(reply)
    found = edge.messages.where(operation) if operation else None
    if found is None and isinstance(reply, Refusal) and reply.told_by:
        found = edge.messages.standing(reply.told_by)
    if isinstance(found, Shown):
        _point(edge, who, reply, found)
        return
    if isinstance(found, NotShown) and isinstance(reply, Report):  # in a refusal, it is somebody else's
        said = _with(said, f"Not shown in a channel: {found.reason}")
    tell(edge, who, draw(said), instead=_settled(reply))


def tell(edge: Edge, who: Asker, message: Drawn, *, instead: bool = False) -> None:
    """Send an ephemeral answer: by the response address, else in the channel, else as a direct message. With
    ``instead``, the answer replaces the ephemeral message whose button was pressed.
    """
    if who.view and _in_view(edge, who.view, message):
        return
    replaces = instead and who.in_ephemeral
    if who.response_url and _respond(edge, who.response_url, {**message, "replace_original": replaces}):
        return
    direct: tuple[str, Json] = ("chat.postMessage", {"channel": who.user, "unfurl_links": False})
    near: tuple[str, Json] = ("chat.postEphemeral", {"channel": who.channel, "user": who.user})
    for method, where in (near, direct) if who.channel else (direct,):
        try:
            edge.web.call(method, **message, **where)
            return
        except Trouble as trouble:
            log.warning("%s could not be answered by %s: %s", who.user, method, trouble.sentence)


def in_a_new_modal(edge: Edge, body: Body, who: Asker) -> Asker:
    """Open a modal for the answer to whoever asked outside a channel. It opens at once, because a trigger
    lives three seconds; if Slack does not open it, the answer goes out as a direct message.
    """
    try:
        opened = edge.web.call("views.open", trigger_id=body.get("trigger_id", ""), view=loading(who.channel))
    except Trouble as trouble:
        log.warning("answered in a direct message: %s", trouble.sentence)
        return who
    return replace(who, view=str((opened.get("view") or {}).get("id") or ""))


def _in_view(edge: Edge, view: str, message: Drawn) -> bool:
    """Show the answer in the modal; return False if it is not there, because the person closed the modal or
    the answer has a table. A modal takes no table (facts/slack 2.1), so it then says where the answer is.
    """
    tabled = any(block["type"] not in IN_A_MODAL for block in message["blocks"])
    try:
        drawn = notice(ELSEWHERE) if tabled else shown(message["blocks"])
        edge.web.call("views.update", view_id=view, view=drawn)
        return not tabled
    except Trouble as trouble:
        log.warning("not answered in a modal: %s", trouble.sentence)
        return False


def say(edge: Edge, who: Asker, sentence: str) -> None:
    tell(edge, who, draw_sentence(sentence))


def _operation(reply: Reply) -> str:
    """Return the operation whose message says more, or an empty string."""
    match reply:
        case Report(operation_id=operation) | Refusal(in_the_way=operation):
            return operation
    return ""


def _withheld(reply: Reply, said: Message) -> Message:
    """Return the message without logs, and say so: in its place, if it is about those lines alone."""
    rest = without_logs(said.blocks)
    lines_alone = isinstance(reply, Answer) and all(
        isinstance(block, Text) for block in without_logs(reply.blocks)
    )
    if lines_alone:
        return replace(said, headline=WITHHELD, blocks=rest)
    return _with(replace(said, blocks=rest), WITHHELD)


def _with(said: Message, line: str) -> Message:
    return replace(said, blocks=(*said.blocks, Text((line,))))


def _point(edge: Edge, who: Asker, reply: Reply, shown: Shown) -> None:
    here = shown.channel == who.channel
    seen = here and (who.pressed or not shown.stood)
    if seen and isinstance(reply, Report):  # another operation's message does not show a refusal
        if who.in_ephemeral and who.response_url:
            _respond(edge, who.response_url, {"delete_original": True})
        return
    said = message(reply)
    drawn = draw(replace(said, blocks=tuple(block for block in said.blocks if isinstance(block, Text))))
    place = f"in <#{shown.channel}>" if not here else "in this channel"
    link = f"<{shown.permalink}|its message>" if shown.permalink else "its message"
    line = f"Follow it {place}: {link}"
    drawn["blocks"].append(context(line))
    drawn["text"] = clip(f"{drawn['text']} {escape(shown.permalink)}", 3_900)
    tell(edge, who, drawn, instead=_settled(reply))


def _settled(reply: Reply) -> bool:
    """Whether the request went as asked. A refusal must be told, and leaves the buttons that were there."""
    match reply:
        case Refusal() | Failure() | Missing() | NotUnderstood() | Report(state=State.REFUSED | State.FAILED):
            return False
    return True


def _respond(edge: Edge, url: str, body: Json) -> bool:
    """Send the answer to the response address; a refused chart goes out as a table. Return whether Slack took
    it.
    """

    def send(version: Json) -> bool:
        answer = edge.web.webhook(url).send_dict(version)
        if "invalid_blocks" in (answer.body or ""):
            raise Rejected("Slack refused an answer.", code="invalid_blocks")
        return answer.status_code == 200

    try:
        return give(body, send)
    except Rejected as refusal:
        log.warning("a response address refused an answer (%s)", refusal.code)
    except NETWORK as error:
        log.warning("a response address did not take an answer (%s)", type(error).__name__)
    except Exception:  # the SDK's own checks may raise anything; there are other ways to answer
        log.exception("a response address did not take an answer")
    return False
