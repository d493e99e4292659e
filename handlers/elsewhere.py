"""Words that people type here because they mean something in other tools, and what to answer to each.

This is the only table of such words, next to the registry. A word that is an operation's name or alias always
means that operation, so a row becomes harmless once a command of that name exists. ``means`` names the
operation that does the same here: the answer offers it, and never runs it by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handlers.tell import elsewhere as tell

LONGEST = 3
"""The number of words in the longest phrase, *who am i*."""


@dataclass(frozen=True)
class Row:
    """Phrases of other tools with one meaning. ``phrases``: separated by commas. ``means``: an operation, or
    empty if no operation does this here.
    """

    phrases: str
    means: str = ""
    told: str = tell.CALLED

    def sentence(self, word: str) -> str:
        return self.told.format(word=word, means=self.means)


ROWS = (
    # docker, kubectl, heroku, aws, systemctl, and plain English
    Row("unpause, unkeep, unsnooze, unfreeze, unhold, unsuspend, release", "resume"),
    Row("reboot, recycle, cycle, reload, respawn, rollout restart, force-new-deployment", "restart"),
    Row("kill, pkill, killall, signal", "restart", tell.KILL),
    Row(
        "up, boot, launch, wakeup, wake up, turn on, switch on, power on, poweron, spin up, bring up",
        "start",
    ),
    Row("down, halt, shutdown, shut down, poweroff, power off, turn off, switch off, spin down", "stop"),
    Row("suspend, hibernate, nap, tear down, bring down, stand down, take down, put to sleep, shut", "stop"),
    Row("extend, prolong, hold, stay on, keep on, leave on, lengthen, postpone", "keep", tell.EXTEND),
    Row("snooze, skip, not tonight, dont stop, don't stop", "pause", tell.SNOOZE),
    Row("ps, top, info, show, describe, get, inspect, state, check, services, tasks, is-active", "status"),
    Row("envs, apps, fleet, inventory, overview, all", "list"),
    Row("whois, who is, who, contact, who owns", "owner"),
    Row("who am i, id, myself", "whoami"),
    Row("flushdb, flushall, redis, unlink, del, clear cache, flush cache, invalidate, evict", "flush"),
    Row("clear, wipe, wipe cache, empty, reset cache", "flush", tell.CLEAR),
    Row("what changed, what's changed, what happened, history", "changes"),
    Row("feature, features, feature flag, feature flags, toggle, switch", "flag", tell.FLAG),
    Row("override, overrule", "keep", tell.OVERRIDE),
    Row("man, usage, h, --help, -h, what can you do", "help"),
    Row("journal, activity, events, who did", "audit"),
    Row("bill, billing, price, pricing, money, expenses, budget", "cost"),
    Row("unused, waste, leftovers, zombies, abandoned", "orphans"),
    Row("timetable, cron, calendar, hours, opening hours", "schedule"),
    Row("deschedule, unset schedule, clear schedule", "unschedule"),
    Row("predict, projection, savings", "forecast"),
    Row("evidence, artifacts, save logs, attach logs", "download"),
    Row("stdout, journalctl, less, lines", "logs"),
    Row("watch, stream", "follow"),
    Row("undo, undo that, revoke keep", "resume", tell.UNDO),
    Row(
        "deploy, ship, push, update, upgrade, rollout, update-service, pull",
        "redeploy",
        tell.DEPLOY,
    ),
    Row("roll out, roll forward, rollforward", "redeploy", tell.DEPLOY),
    Row("roll back, revert, rollout undo, undeploy, downgrade", "rollback"),
    Row(
        "is, are, how is, how are, how's, what is, what's, what is running, what's running, ping, uptime",
        "status",
    ),
    Row(
        "who restarted, who stopped, who started, who changed, who deployed, who broke",
        "changes",
        tell.WHO,
    ),
    Row("force restart, restart all, hard restart", "restart"),
    Row("retry, try again, again, redo, repeat", "", tell.RETRY),
    Row("hi, hello, hallo, thanks, thank you, thx, good morning, good night, bye", "help", tell.GREETING),
    Row("yes, no, ok, okay, confirm, approve, approved, deny, reject, accept", "", tell.ANSWER),
    Row("lock, unlock, freeze, maintenance, reserve, book", "", tell.FREEZE),
    Row("enable, disable, activate, deactivate, open, close", "", tell.TOGGLE),
    Row("claim, take, own, take over, adopt, mine", "assign", tell.OWN),
    Row("unfollow, stop following", "", tell.UNFOLLOW),
    Row("lower, raise, increase, decrease", "scale"),
    Row("unown, unassign, not mine", "disown"),
    Row("request, request access, apply for", "ask", tell.ASK_FOR),
    Row("version, --version, -v", "", tell.VERSION),
    Row("metrics, graph, graphs, dashboard, chart, charts, cpu, memory", "", tell.METRICS),
    Row("cancel, abort, never mind, nevermind", "", tell.CANCEL),
    Row("resize, autoscale, replicas, desired, scale up, scale down, scale-up, scale-down", "scale"),
    Row("exec, ssh, shell, bash, sh, attach, connect, console", "", tell.SHELL),
    Row("migrate, migration, run task, task, one-off, job, oneoff", "run"),
    Row("delete, destroy, rm, remove, terminate, drop, purge, decommission", "", tell.DELETE),
    Row("create, new, add, provision, init, clone", "", tell.CREATE),
    Row("config, configure, secrets, secret, vars, config:set, set-env, port-forward", "", tell.CONFIG),
    Row("grant, revoke, access, permission, permissions, login, auth", "", tell.ACCESS),
)
TOOLS = frozenset(
    {
        "kubectl",
        "k8s",
        "docker",
        "docker-compose",
        "compose",
        "heroku",
        "aws",
        "ecs",
        "systemctl",
        "sudo",
        "helm",
        "terraform",
        "tf",
        "pm2",
        "nomad",
        "oc",
        "k9s",
        "fly",
        "flyctl",
        "copilot",
        "cdk",
        "gh",
    }
)
"""Names of tools that may stand before a command and say nothing here."""
SHOWING = frozenset({"show", "get", "give", "display", "view", "see", "print", "read", "tell"})
"""Words that may stand before a command for something to look at, and say nothing here."""
OBJECTS = frozenset(
    {"pod", "pods", "deployment", "deployments", "container", "containers", "that", "it", "cache"}
)
"""Kinds of objects that those tools expect before a name; no environment is meant by them here."""
DESCRIBING = frozenset(
    {"is", "are", "was", "so", "not", "doing", "here", "running", "up", "down", "on", "off", "ok", "slow"}
    | {"failing", "failed", "fail", "fails", "broken", "red", "sick", "healthy", "unhealthy"}
)
"""Words that say how something seems. A question means the same without them."""
HAPPENED = frozenset(
    {"did", "does", "do", "has", "have", "had", "were", "be", "being", "been", "still", "again", "always"}
    | {"isn't", "aren't", "wasn't", "doesn't", "don't", "didn't", "won't", "can't", "cannot", "hasn't"}
    | {"keep", "keeps", "start", "starts", "starting", "started", "stop", "stops", "stopping", "stopped"}
    | {"restart", "restarts", "restarting", "restarted", "crash", "crashes", "crashing", "crashed", "come"}
    | {"die", "dies", "dying", "died", "tasks", "a", "loop", "unstable", "flapping", "slowly"}
)
"""Words that say what something did. A question about a service alone means the same without them."""
FLAG = Row("", "flag", tell.FLAG)
FLAGS = frozenset({"flag", "flags", "feature"})
SWITCHING: Mapping[str, str] = {
    **dict.fromkeys(("turn on", "switch on", "enable", "activate"), "on"),
    **dict.fromkeys(("turn off", "switch off", "disable", "deactivate"), "off"),
}
"""Phrases that switch an environment, and a flag where one of ``FLAGS`` follows."""
TABLE: Mapping[str, Row] = {phrase: row for row in ROWS for phrase in row.phrases.split(", ")}


def elsewhere(words: Sequence[str]) -> tuple[str, Row] | None:
    """Return the longest known phrase that these words begin with, and its row."""
    for size in range(min(LONGEST + 1, len(words)), 0, -1):
        phrase = " ".join(words[:size]).lower().rstrip(",;.!?")
        if phrase in TABLE:
            return phrase, TABLE[phrase]
    return None
