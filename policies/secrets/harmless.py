"""Which values give nothing away although their name says that they might."""

from __future__ import annotations

import re

from policies.secrets.names import Kind, kind_of
from policies.secrets.shapes import MARK

_TRAIL = r"[.,:;!?)\]}>|\"'`\\]*\Z"
_LITERAL = re.compile(
    r"(?:null|none|nil|true|false|undefined|empty|missing|required|invalid|expired|yes|no|not|n/?a|denied|failed"
    r"|unset|optional|include|omit|same-origin|enabled|disabled|present|absent|valid|granted|revoked|rotated|refreshed|loaded|found|available"
    r"|unavailable|accepted|rejected|skipped|updated|deleted|created|ignored|removed|generated|supplied|provided|unknown|redacted|hidden|masked|filtered|protected|default|edit|setup|ok|done|-?[01]|\?+|[*x•#.-]{2,}"
    r"|string|str|text|varchar\(?\d*|char|bytes?|int|integer|bool|boolean|object|secretstr|token|option<string"
    r"|\w*(?:Exception|Error)|Test\w+)" + _TRAIL,
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"(?:\$\{[^}]*\}?|\{\{[^}]*\}*|\$\(.*|%\([^)]*\)s|%[sdvq]|%\w+%|\$\d+|@p\d+|<[^<>\s]{0,40}>|\{[A-Za-z_.]*\}"
    r"|/?(?:[\w.-]+/)+[\w.-]+\.(?:pem|key|crt|cer|jks|p12|pfx|json|env|txt|ya?ml|ini|conf)|alias/[\w/-]+"
    r"|arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:\d{0,12}:[^\s\"']+|(?:file|ssm|asm|secretsmanager|vault)://?\S+)"
    + _TRAIL,
    re.DOTALL,
)
_PART = r"(?:[A-Za-z][A-Za-z_.-]{0,23}(?:(?<=-)\d{1,6})?|v?\d{1,4})"
_GLOB = re.compile(
    rf"(?:(?:{_PART}[:/|])*[A-Za-z0-9_-]{{0,4}}\*{{1,3}}|(?:{_PART}[:|])+[A-Za-z0-9_-]{{0,4}}[*?]{{1,3}})"
    + _TRAIL
)
"""A pattern of keys: *session:* followed by *user:\\**. Words, and numbers by themselves, because a password
may end with a question mark.
"""
_VARIABLE = re.compile(r"\$[A-Z_][A-Z0-9_]*" + _TRAIL)
_SAID = re.compile(
    r"[\[(<{][\W_]{0,3}(?:protected|hidden|filtered|redacted|masked|sensitive|known|removed|omitted|null|none|nil"
    r"|empty|unset|not|undefined|default|from|required|optional|unchanged|see)\b[^\])>}]{0,24}[\])>}]"
    + _TRAIL,
    re.IGNORECASE,
)
_EMPTY = re.compile(r"[\[({][\s,]*[\])}]" + _TRAIL)
_OTHER_BLOCK = re.compile(
    r"\{\w*[=:]\s?\"?arn:aws[^,}]*\}|\{\s*\\?[\"']?type\\?[\"']?\s*:|[^=:]*[{\[][^{}]*?\bvalueFrom\b",
    re.DOTALL,
)
"""A schema, or references to where secrets are kept."""
_STATE = re.compile(
    r"(?:ok|on|off|new|old|success(?:ful)?|fail(?:ure)?|pending|idle|active|inactive|open|live|start|stop|end|basic|bearer"
    r"|digest|negotiate|ntlm|oauth2?|oidc|saml2?|ldaps?|kerberos|gssapi|sspi|iam|sso|mfa|jwt|api[_-]?key|md5|sha\d+"
    r"|scram(?:-sha-\d+)?(?:-plus)?|plain|login|cram-md5|hmac(?:-sha\d+)?|anonymous|public|private|trust|peer|ident"
    r"|cert|radius|pam|password|token|session|cookie|local|internal|external|user|admin|guest|service|auto|v\d|aws4?"
    r"|reject(?:ed)?|sufficient|valid|verify|unverified|SIG[A-Z]+\d?|-?\d{1,5}(?:\.\d+)?(?:%|[mnuµ]?s|min|[mhd]|[kmg]i?b?)?"
    r"|0x[0-9a-f]+|[a-z]{3,}(?:ed|ing|able|ible))" + _TRAIL,
    re.IGNORECASE,
)
_PROSE = re.compile(
    r"(?:[a-z]{2,}(?:ed|ing|able|ible|ly)|an?|the|this|that|it|its|is|was|are|were|be|been|will|would|must|should|shall|can"
    r"|cannot|could|may|might|has|have|had|does|did|do|too|only|also|still|already|never|always|now|then|at|on|in|of"
    r"|off|by|for|from|to|via|with|without|within|as|if|when|while|because|and|or|but|so|than|older|newer|longer"
    r"|shorter|different|same|wrong|incorrect|right|weak|strong|ok|safe|unsafe|stale|old|new|user|users|field|header"
    r"|headers|permission|permissions|access|error|errors|policy|policies|check|value|values|type|types|length|more"
    r"|less|least|most|part|null|nil|you|your|we|our|they|he|she|i|please|use|see|try|set|get|read|up|out|there"
    r"|available|present|absent|kept|sent|set|found|lost|good|bad|fine|case|about|over|under|hard|easy|known|fresh|forbidden|broken|hidden|unknown|shown|given|taken|written|gone|done|not"
    r"|due|back|again|both|either|neither|all|any|some|every|each|one|two|malformed|deprecated|mandatory|insecure)"
    r"[.,:;!?)\"'`]*\Z",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)?" + _TRAIL)
_NEXT_WORD = re.compile(r"[ \t]+[\"'`(]?[a-z]+(?![\w.-]*[=:])")
_ROOTS = (
    r"(?:os|process|env|environ|settings|config|conf|cfg|self|this|cls|req|request|args|kwargs|params|ctx|context|opts"
    r"|options|props|state|var|local|data|module|each|System|Environment|ENV|Rails|app|flask|secrets|creds|user|input)"
)
_CODE = re.compile(
    rf"(?:{_ROOTS}[.\[]\w?[^\s]*|(?:new |await )?[A-Za-z_][\w.]*\((?:[\w., ]*)\)?[;,:)]*)(?:\s|\Z)"
)
_SURELY_CODE = re.compile(
    r"(?:os\.(?:environ|getenv)|process\.env|self|this|settings|args|kwargs|request|req|params|ctx)[.\[(]"
)
_FALLBACK = re.compile(r"[\w.]{1,40}\( ?[\"'][\w./-]{1,80}[\"'] ?, ?(?=[\"'])")
"""A call that names where a value is, and what it is if it is not there: *getenv("X", "…")*."""
_SEGMENT = re.compile(r"[A-Za-z]{1,20}|\d+|[A-Za-z]{1,12}\d{1,5}|[0-9a-f]{7,12}")
_WORDLIKE = re.compile(r"[A-Za-z]?[a-z]*|[A-Z]+|[-+]?\d+(?:\.\d+)?[a-z%]{0,3}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DIGEST = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}")


def is_harmless(value: str) -> bool:
    """A literal, a reference to a variable, an ARN, an error's name, or what somebody hid already."""
    value = value.strip()
    return value in ("", MARK) or any(
        p.match(value) for p in (_LITERAL, _REFERENCE, _GLOB, _VARIABLE, _SAID, _EMPTY)
    )


def is_shown(value: str, kind: Kind) -> bool:
    """May a value of this kind be shown? More is harmless where the name is less sure."""
    value = value.strip()
    if is_harmless(value):
        return True
    match kind:
        case Kind.STATE:
            return bool(_STATE.match(value))
        case Kind.KEY:
            return is_structured(value)
        case Kind.CODE:
            return not (len(value) >= 4 and any(map(str.isdigit, value)))
        case Kind.LINK:
            return "://" not in value and "%3a%2f" not in value.lower()
        case Kind.RANDOM:
            return not is_random(value)
    return False


def is_block_shown(block: str, kind: Kind) -> bool:
    """Only a block of a sure kind is hidden whole; what stands in others is judged by its own names."""
    if _EMPTY.match(block) or _SAID.match(block) or _OTHER_BLOCK.match(block):
        return True
    if kind in (Kind.SECRET, Kind.HEADER):
        return False
    inner = block[1:-1].strip().strip("\"'")
    return block[:1] == "{" or (not re.search(r"[\s,]", inner) and is_shown(inner, kind))


def is_structured(value: str) -> bool:
    """*orders:42*, *by_date*, *users/42/name*: words and numbers, as records are called; not chance."""
    value = value.strip("\"'`.,;)]}>")
    if _WORDLIKE.fullmatch(value):
        return True
    parts = re.split(r"[._:/#|@ -]", value)
    return (
        len(parts) > 1
        and all(not part or _SEGMENT.fullmatch(part) for part in parts)
        and not _UUID.search(value)
    )


def is_random(value: str, *, least: int = 16) -> bool:
    """Letters and digits mixed as chance mixes them; not a UUID, a digest, or words and numbers."""
    value = value.strip("\"'`.,;)]}>")
    if (
        len(value) < least
        or "/" in value
        or ":" in value
        or " " in value
        or _UUID.search(value)
        or _DIGEST.fullmatch(value)
    ):
        return False
    mixed = any(map(str.isdigit, value)) and any(map(str.isalpha, value))
    return mixed and not is_structured(value)


def is_prose(text: str, start: int, end: int, *, kind: Kind) -> bool:
    """After *password:* or *password is*: does a sentence go on? Decided by the word and the one after it."""
    word = text[start:end]
    if not _LETTERS.match(word):
        return word.rstrip(".,:;").isdigit() and bool(_NEXT_WORD.match(text, end))
    if _PROSE.match(word) or kind in (Kind.STATE, Kind.KEY):
        return True
    goes_on = bool(_NEXT_WORD.match(text, end))
    return goes_on and kind_of(word.strip(".,:;\"'`")) is not None


def is_code(text: str, start: int, *, spaced: bool) -> bool:
    """An expression, not a value: *settings.API_KEY*; of more forms where the sign has spaces around it."""
    said = text[start : start + 120]
    return bool((_CODE if spaced else _SURELY_CODE).match(said)) and not _FALLBACK.match(said)
