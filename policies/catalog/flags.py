"""What the field ``flags`` takes: names of flags and of parameters, ids of AppConfig, and what to write
instead of an ARN.

Nothing here asks AWS whether there is such a thing. The naming rules are Parameter Store's (facts/ecs 12.1)
and AppConfig's (facts/ecs 12.2).
"""

from __future__ import annotations

import re

from policies.catalog.forms import Miswritten, shown

LONGEST = 63
LONGEST_PARAMETER = 1_011
"""Characters of a parameter's name, without what AWS adds to it."""
DEEPEST = 15
LONGEST_TEXT = 100
"""Characters of the text by which a flag is on or off: our own limit."""

_FLAG = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?")
_PARAMETER = re.compile(r"[A-Za-z0-9_.-]+|(?:/[A-Za-z0-9_.-]+)+")
_ID = re.compile(r"[a-z0-9]{4,7}")
_KEY = re.compile(r"[a-z][A-Za-z0-9_-]{0,63}")
_STRATEGY = re.compile(r"[a-z0-9]{4,7}|AppConfig\.[A-Za-z0-9]{9,40}")
_APPCONFIG_ARN = re.compile(r"arn:[a-z-]+:appconfig:.*/([a-zA-Z0-9.]+)")
_ARN = re.compile(r"arn:[a-z-]+:ssm:[a-z0-9-]*:[0-9]*:parameter(/.+)")


def flag_name(text: str) -> str:
    if _FLAG.fullmatch(text):
        return text
    plain = re.sub(r"[^a-z0-9._-]+", "-", text.strip().lower())[:LONGEST].strip("-._")
    perhaps = f"; perhaps {plain}" if plain else ""
    raise Miswritten(f"{shown(text)}: a flag's name is of a-z, 0-9, -, . and _{perhaps}")


def parameter(text: str) -> str:
    """An ARN is not taken, so that no other account can be named; nor is a version or a label."""
    if arn := _ARN.fullmatch(text):
        raise Miswritten(f"{shown(text)}: write the parameter's name and not its ARN: {arn[1]}")
    bare = text.lower().lstrip("/")
    if not _PARAMETER.fullmatch(text) or bare.startswith(("aws", "ssm")):
        raise Miswritten(
            f"{shown(text)} is no name that a parameter of yours can have; write one such as "
            "/staging/flags/new-checkout"
        )
    if len(text) > LONGEST_PARAMETER or text.count("/") > DEEPEST:
        raise Miswritten(
            f"{shown(text)}: a parameter's name has at most {LONGEST_PARAMETER} characters and {DEEPEST} "
            "levels"
        )
    return text


def flag_text(text: str) -> str:
    """The text that means *on*, or *off*: what Parameter Store keeps as it is."""
    if not text or text != text.strip() or len(text) > LONGEST_TEXT or "{{" in text:
        raise Miswritten(
            f"{shown(text)}: write the text that the parameter holds, of 1 to {LONGEST_TEXT} characters"
        )
    return text


def appconfig_id(text: str) -> str:
    """The id of an application, of an environment or of a configuration profile. Names are not taken: IAM
    fences every call by ids."""
    if arn := _APPCONFIG_ARN.fullmatch(text):
        raise Miswritten(f"{shown(text)}: write the id and not the ARN: {arn[1]}")
    if not _ID.fullmatch(text):
        raise Miswritten(
            f"{shown(text)} is no id of AppConfig: write the 4 to 7 characters of a-z and 0-9 that AppConfig "
            "shows next to the name"
        )
    return text


def appconfig_strategy(text: str) -> str:
    if arn := _APPCONFIG_ARN.fullmatch(text):
        raise Miswritten(f"{shown(text)}: write the id and not the ARN: {arn[1]}")
    if not _STRATEGY.fullmatch(text):
        raise Miswritten(
            f"{shown(text)} is no deployment strategy: write its id, or a predefined one such as "
            "AppConfig.AllAtOnce"
        )
    return text


def flag_key(text: str) -> str:
    """The key by which a configuration profile holds a flag."""
    if not _KEY.fullmatch(text):
        raise Miswritten(
            f"{shown(text)}: a flag's key in AppConfig begins with a-z and is of at most 64 letters, digits, "
            "- and _"
        )
    return text
