"""Secrets known by the command that takes them: ``mysql -px``, ``curl -u user:x``, ``redis-cli -a x``.

Every repetition has a bound, so the time is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from policies.secrets.harmless import is_harmless
from policies.secrets.shapes import MARK

_REST = r"[^\s\"'|;&<>\\]{0,400}"
_BARE = rf"[^\s\"'|;&<>\\,-]{_REST}"
_WORD = rf"(?:\\{{0,3}}\"(?P<v1>[^\"\\\n]{{1,400}})|\\{{0,3}}'(?P<v2>[^'\\\n]{{1,400}})|(?P<v3>{_BARE}))"
"""An argument, in quotes or not."""
_GAP = r"(?:[ \t]{1,8}|\\{0,3}[\"'],\s{0,4}(?=\\{0,3}[\"'])|,[ \t]|=)"
"""Between two arguments: of a command line, of a list in JSON or of one as Java prints it."""
_NEAR = r"[^\n|;&]{0,300}?(?<=[\s\"',])"
_ARG = r"[\"', ]{1,6}"


def _flag(commands: str, flags: str, *, at_once: bool = False) -> re.Pattern[str]:
    """A flag of one of these commands and its argument, which may follow ``at_once``: *-px*."""
    close = (
        rf"|(?P<v4>[^\s\"'|;&<>\\=,-]{_REST})|[\"'](?P<v5>[^\s\"',\])}}][^\"'\n]{{0,400}})" if at_once else ""
    )
    return re.compile(rf"(?<![\w.-])(?:{commands})(?=[\s\"',:]){_NEAR}(?:{flags})(?:{_GAP}{_WORD}{close})")


def _re(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE)


_LOGIN = (
    r"(?:docker|podman|nerdctl|buildah|skopeo|helm|oras|crane|regctl|az|oc|argocd|ibmcloud|cf|heroku|doctl)"
    rf"(?:{_ARG}(?:acr|registry|auth))?{_ARG}login"
)
_STDIN = r"--password-stdin|--with-token|--stdin|sudo -S|sudo --stdin|chpasswd"
_USER_FLAGS = r"--(?:user|proxy-user|creds|src-creds|dest-creds|auth|basic-auth|credentials|http-auth)"
_WHOLE: Sequence[tuple[str | Sequence[str], re.Pattern[str]]] = (
    (
        "-p",
        _flag(r"mysql\w{0,16}|mariadb[\w-]{0,16}|mongo\w{0,16}|sshpass|7z\w?|unrar|rar", "-p", at_once=True),
    ),
    ("-p", _flag(rf"{_LOGIN}|cqlsh|plink|pscp|ncftp\w{{0,4}}", "-p")),
    ("-a", _flag(r"redis-\w{2,12}|valkey-\w{2,12}|keydb-\w{2,12}", "-a")),
    (
        "login ",
        _re(r"^[ \t]{0,40}login[ \t]{1,8}\S{1,200}\r?\n[ \t]{0,40}password[ \t]{1,8}(?P<v1>\S{1,400})"),
    ),
    ("ldap", _flag(r"ldap\w{3,12}", "-w")),
    ("snmp", _flag(r"snmp\w{3,12}", "-A|-X|-c")),
    ("ssh-keygen", _flag("ssh-keygen", "-N|-P")),
    ("-p", _flag("useradd|usermod", "-p")),
    ("-p", _flag(r"(?i:psexec)\w{0,4}(?:\.exe)?", "-p")),
    ("net use", _re(r"net use +(?:[A-Za-z*]:? +)?\\\\\S{1,200} +(?P<v1>[^\s/*]\S{0,400})(?= +/user:)")),
    (
        "AUTH",
        _re(r"\bAUTH\r?\n(?:\$\d{1,4}\r?\n[^\r\n]{1,80}\r?\n(?=\$))?\$\d{1,4}\r?\n(?P<v1>[^\r\n]{1,400})"),
    ),
    ("put-parameter", _flag(r"put-parameter", "--value")),
    ("wpa_passphrase", _re(r"wpa_passphrase +\S{1,80} +(?P<v1>\S{1,400})")),
    ("net use", _re(r"net use +\S{1,200}[^\n]{0,80}? /user:\S{1,80} +(?P<v1>\S{1,400})")),
    ("-P", _flag(r"sqlcmd|bcp|isql|zip|unzip|ipmitool|mosquitto_\w{3}", "-P", at_once=True)),
    ("-k", _flag(rf"openssl{_ARG}enc", "-k|-K")),
    ("-b", _flag(rf"gh{_ARG}secret", "-b|--body")),
    (
        "/p",
        _re(r"(?<![\w.-])(?:xfreerdp|rdesktop|cmdkey|mstsc)[^\n|;&]{0,300}?\s/p(?:ass)?:(?P<v1>\S{1,400})"),
    ),
    ("vault", _re(rf"(?<![\w.-])vault{_ARG}login{_ARG}(?P<v1>[^\s\"'=-][^\s\"'=]{{2,400}})(?![\w=])")),
    (
        "rabbitmqctl",
        _re(
            rf"rabbitmqctl{_ARG}(?:add_user|change_password|authenticate_user)"
            rf"{_ARG}[^\s\"',]{{1,80}}{_ARG}(?P<v1>[^\s\"',]{{1,400}})"
        ),
    ),
    (
        "htpasswd",
        _re(
            rf"htpasswd{_ARG}-[a-zA-Z]{{0,6}}b[a-zA-Z]{{0,6}}(?:{_ARG}[^\s\"',]{{1,200}}){{1,2}}?"
            rf"{_ARG}(?P<v1>[^\s\"',]{{1,400}})(?=$|[\"';|&])"
        ),
    ),
    (
        "echo",
        _re(
            r"(?<![\w.-])echo(?: -n)? {1,4}[\"']?(?:[\w.-]{1,60}:(?=[^\n|]{1,200}\| {0,4}(?:sudo )?chpass))?"
            rf"(?P<v1>[^\s\"'|$-][^\s\"'|]{{0,400}})[\"']? {{0,4}}\|[^\n|]{{0,200}}(?:{_STDIN})"
        ),
    ),
    (
        "AUTH",
        _re(
            r"(?:^|(?<=[\s>\]]))\"?AUTH\"?[ \t]{1,4}(?:\"?(?:PLAIN|LOGIN|XOAUTH2|default)\"?[ \t]{1,4})?"
            r"(?:\"(?P<v1>[^\"\n]{1,400})\"(?: \"(?P<v2>[^\"\n]{1,400})\")?"
            r"|(?P<v3>(?=[A-Za-z!-/]{0,80}\d)[^\s\"']{4,400}))"
        ),
    ),
    ("auth(", _re(r"\.auth\(\s{0,8}[\"'][^\"'\n]{1,80}[\"'],\s{0,8}[\"'](?P<v1>[^\"'\n]{1,400})")),
    ("SETUSER", _re(r"SETUSER[^\n>]{1,200}?[\s\"']>(?P<v1>[^\s\"']{1,400})")),
    ("LOGIN", _re(r"(?<![\w.-])[A-Za-z]{0,4}\d{1,6} LOGIN \"?[^\s\"]{1,80}\"? \"?(?P<v1>[^\s\"]{1,400})")),
    ("alias set", _re(r"(?<![\w.-])mc alias set \S{1,80} \S{1,200} \S{1,200} (?P<v1>[^\s\"']{1,400})")),
    (
        ("snyk", "ngrok"),
        _re(
            rf"(?<![\w.-])(?:snyk{_ARG}auth|ngrok{_ARG}(?:config{_ARG}add-)?authtoken){_ARG}"
            r"(?P<v1>[\w-]{16,400})"
        ),
    ),
    (
        "redentials",
        _re(
            r"(?<![\w.-])[Cc]redentials?:?(?: are| is)? {1,4}[\w.@-]{1,60}(?::| / )"
            r"(?P<v1>(?=[^\s:/]{0,80}\d)[^\s:/]{4,200})(?=[\s.,;)]|\Z)"
        ),
    ),
    (
        "",
        _re(
            r"(?i:identified)(?: (?i:with) \S{1,80})? (?i:by|as)(?: (?i:password|values))? {1,4}"
            r"(?:'(?P<v1>[^'\n]{1,400})|\"(?P<v2>[^\"\n]{1,400})|(?P<v3>[^\s'\";]{1,400}))"
        ),
    ),
    (
        "@",
        _re(
            r"(?<![\w.:/@%+-])[A-Za-z][\w.+-]{0,40}:(?P<v1>[^\s:/@\"'<>()\[\]{},]{3,200})"
            r"@(?=(?:tcp6?|unix)\(|[\w.-]{1,200}:\d{2,5}\b)"
        ),
    ),
    ("@//", _re(r"(?<![\w/.$#-])[\w.$#-]{1,60}/(?P<v1>[^\s@\"'/]{1,200})@(?=//[\w.-]{1,200}[:/])")),
    (
        "nats",
        _re(r"(?<![\w+.-])nats(?:\+tls)?://(?P<v1>(?=[^\s:/@\"']{0,80}\d)[^\s:/@\"']{8,200})@"),
    ),
    (
        "--from-literal",
        _re(
            r"create secret[^\n|;&]{0,300}?--from-literal[ =][\"']?[\w.-]{1,80}="
            r"(?P<v1>(?!\[redacted\])[^\s\"']{1,400})"
        ),
    ),
    ("/", _re(r"(?::thin:|sqlplus(?: -\w{1,3}){0,3} {1,4})[\w.$#-]{1,60}/(?P<v1>[^\s@\"'/]{1,200})@")),
)
"""A literal that must be present, or several of which one must, and a pattern whose groups are secret."""
_AFTER_USER: Sequence[tuple[str | Sequence[str], re.Pattern[str]]] = (
    (("-u", "-U", "-a", "-A"), _flag(r"curl|https?|xh|wget|ab|hey|siege", "-u|-U|-a|-A", at_once=True)),
    ("curl", _flag("curl", r"-[a-zA-Z]{1,8}[uU]", at_once=True)),
    ("-U", _flag(r"smbclient|rpcclient|winexe|net", "-U")),
    ("lftp", _flag(r"lftp", "-u")),
    ("--", _re(rf"(?<![\w-]){_USER_FLAGS}{_GAP}{_WORD}")),
)
"""The same, where the secret is what follows the name of a user: *user:x*, *user%x*, *user,x*."""
_USER = re.compile(r"[^\s:%,]{0,120}[:%,](?=.)")
_IDS = re.compile(r"\d{1,6}:\d{1,6}\Z")


def hide_arguments(text: str) -> str:
    """Replace the secret arguments of commands; the command and its other arguments stay."""
    for literals, pattern, hidden in _COMMANDS:
        for literal in literals:
            if literal in text:
                text = pattern.sub(hidden, text)
                break
    return text


def _hide_whole(match: re.Match[str]) -> str:
    return _hide(match, lambda _: 0)


def _hide_after_user(match: re.Match[str]) -> str:
    """A user alone is no secret, nor are the numbers of a user and a group (*--user 1000:1000*)."""
    return _hide(match, _after_user)


def _after_user(said: str) -> int | None:
    named = None if _IDS.match(said) else _USER.match(said)
    return named.end() if named else None


def _hide(match: re.Match[str], begin: Callable[[str], int | None]) -> str:
    """The match with each of its groups replaced from where its secret begins."""
    whole = match.group()
    groups = [group for group, said in match.groupdict().items() if said is not None]
    for group in sorted(groups, key=match.start, reverse=True):
        start, end = match.start(group) - match.start(), match.end(group) - match.start()
        first = begin(whole[start:end])
        if first is not None and not is_harmless(whole[start + first : end]):
            whole = f"{whole[: start + first]}{MARK}{whole[end:]}"
    return whole


_COMMANDS = tuple(
    ((literal,) if isinstance(literal, str) else literal, pattern, hidden)
    for patterns, hidden in ((_WHOLE, _hide_whole), (_AFTER_USER, _hide_after_user))
    for literal, pattern in patterns
)
