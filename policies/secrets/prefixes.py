"""Secrets that their issuers begin with letters of their own: they are known wherever they stand."""

from __future__ import annotations

import re
from collections.abc import Sequence

from policies.secrets.shapes import MARK

_LITERAL: Sequence[str] = (
    # code hosts, registries and continuous integration
    *("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "gldt-", "glrt-", "glrtr-", "glcbt-"),
    *("glptt-", "glft-", "glimt-", "glagent-", "glsoat-", "glffct-", "gloas-", "GR1348941", "ATBB", "bkua_"),
    *("npm_", "pypi-", "rubygems_", "CLOJARS_", "dckr_pat_", "dckr_oat_", "oy2", "CCIPAT_", "CCIPRJ_"),
    *("jfrog_", "AKCp", "sqp_", "squ_", "sqa_", "sntrys_", "sntryu_", "tfp_", "pul-", "figd_", "figo_"),
    # clouds and platforms
    *(
        "ya29.",
        "GOCSPX-",
        "1//0",
        "AIza",
        "dop_v1_",
        "doo_v1_",
        "dor_v1_",
        "dapi",
        "dp.pt.",
        "dp.st.",
    ),
    *("dp.sa.", "dp.ct.", "dp.scim.", "dp.audit.", "hvs.", "hvb.", "hvr.", "ops_eyJ", "fo1_", "fm1_", "fm2_"),
    *("fm1r_", "rnd_", "nfp_", "nfc_", "vercel_", "vcp_", "sbp_", "sb_secret_", "pscale_tkn_", "pscale_pw_"),
    *("pscale_oauth_", "LTAI", "tskey-", "HRKU-", "cfut_", "cfat_", "nvapi-", "ABSK", "bedrock-api-key-"),
    # people's tools
    *(
        "xoxe.",
        "xapp-",
        "ATATT3",
        "ATCTT3",
        "ATSTT",
        "lin_api_",
        "lin_oauth_",
        "ntn_",
        "pat-na1-",
        "pat-eu1-",
    ),
    *(
        "PMAK-",
        "PMAT-",
        "CFPAT-",
        "shpat_",
        "shpca_",
        "shppa_",
        "shpss_",
        "phx_",
        "phs_",
        "sl.u.",
        "pat.",
        "dG9rO",
    ),
    # money
    *("sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_", "sq0atp-", "sq0csp-", "sq0idp-", "EAAAE"),
    *("FLWSECK_", "access_token$", "duffel_", "shippo_live_", "shippo_test_", "EZAK", "EZTK", "sk_", "rk_"),
    # mail, telephones, watching
    *(
        "SG.",
        "key-",
        "xkeysib-",
        "xsmtpsib-",
        "mlsn.",
        "re_",
        "NRAK-",
        "NRAA-",
        "NRII-",
        "NRJS-",
        "glsa_",
        "glc_",
    ),
    *("napi_", "AVNS_"),
    *("dd_api_", "md-", "SK", "AC", "EAAG", "EAAC", "hcaik_", "hcbik_", "xaat-", "xaapt-", "ddapp_", "pdus+"),
    # models
    *(
        "sk-",
        "sess-",
        "hf_",
        "api_org_",
        "gsk_",
        "r8_",
        "xai-",
        "pplx-",
        "tvly-",
        "lsv2_pt_",
        "lsv2_sk_",
        "co_",
    ),
    *(
        "fw_",
        "voyage-",
        "jina_",
        "pa-",
        "nvapi-",
        "sk-ant-",
        "sk-proj-",
        "sk-or-",
        "tgp_v1_",
        "csk-",
        "esecret_",
    ),
    # keys of people
    *("AGE-SECRET-KEY-1", "AGE-PLUGIN-", "secret-token:"),
    # tokens of AWS sessions
    *("IQoJb3JpZ2lu", "FwoGZXIvYXdz", "FQoGZXIvYXdz"),
)
"""What a secret begins with; some short ones are taken only with what is in ``_HEX``."""
_HEX = frozenset({"dapi", "key-", "SK", "AC", "pul-", "oy2", "md-", "EZAK", "EZTK"})
"""Followed by 32 or more digits and letters without a sign: the prefix alone begins ordinary words."""
_SHORT = frozenset(
    {
        "re_",
        "co_",
        "fw_",
        "pa-",
        "pat.",
        "sk_",
        "rk_",
        "1//0",
        "jina_",
        "AKCp",
        "ABSK",
        "rnd_",
        "ATBB",
        "sqa_",
    }
)
"""Followed by 20 or more that are mixed as chance mixes them."""

_HEX_TOO = ("sk_", "rk_")
"""Of these, also those that are followed by 40 or more hexadecimal digits."""
_SURE = tuple(
    prefix
    for prefix in _LITERAL
    if prefix.startswith(
        (
            "gh",
            "gl",
            "xapp",
            "xoxe",
            "ya29",
            "GOC",
            "AIza",
            "dop_",
            "doo_",
            "dor_",
            "dp.",
            "hv",
            "shp",
            "sq0",
            "ATATT",
        )
    )
    or prefix.endswith(
        ("_live_", "_test_", "whsec_", "_pat_", "_oat_", "lin_api_", "PMAK-", "NRAK-", "-KEY-1")
    )
)
"""These begin no word: what follows them is a secret however short it is, and whatever it reads like."""
_LEAST = 12
"""Characters after any other; of the surest, six are enough."""
_BODY = re.compile(
    r"(?<![A-Za-z0-9])(?=[\w.$:=~+/-]{8})(?P<prefix>"
    + "|".join(re.escape(p) for p in sorted(set(_LITERAL), key=lambda p: (-len(p), p)))
    + r")(?P<body>[\w.=~+/-]{6,}+)"
)
"""The shortest prefix and body are eight characters together: most words are passed over without a look at
each of the prefixes."""
_WORDS = re.compile(r"[A-Z]?[a-z]{1,13}\d{0,2}|\d{1,4}|v\d{1,3}")
_OTHERS: Sequence[tuple[str, re.Pattern[str]]] = (
    ("xox", re.compile(r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{6,}")),
    ("A", re.compile(r"(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{16}(?![A-Za-z0-9])")),
    (":APA91b", re.compile(r"(?<![\w-])[\w-]{7,40}:APA91b[\w-]{30,}")),
    (":AA", re.compile(r"(?<![A-Za-z0-9])\d{6,12}:AA[\w-]{30,}")),
    (".", re.compile(r"[MNO](?<![\w.-][MNO])[\w-]{22,27}\.[\w-]{6,7}\.[\w-]{27,}")),
    ("s.", re.compile(r"(?<![\w./-])s\.(?=[A-Za-z]{0,23}\d)(?=[a-z0-9]{0,23}[A-Z])[A-Za-z0-9]{24}(?![\w.])")),
    (".atlasv1.", re.compile(r"(?<![\w.])[A-Za-z0-9]{14}\.atlasv1\.[\w-]{40,}")),
    ("Q~", re.compile(r"(?<![\w.~-])[\w.~-]{3}\dQ~[\w.~-]{31,34}(?![\w.~-])")),
    (
        "A3-",
        re.compile(
            r"(?<![A-Za-z0-9-])A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}"
        ),
    ),
    ("-us", re.compile(r"(?<![A-Za-z0-9])[0-9a-f]{32}-us\d{1,2}(?!\d)")),
    ("NR", re.compile(r"(?<![A-Za-z0-9])[0-9a-f]{36}NRAL(?![A-Za-z0-9])")),
    ("pat", re.compile(r"(?<![A-Za-z0-9])pat[A-Za-z0-9]{14}\.[0-9a-f]{64}(?![A-Za-z0-9])")),
    ("secret_", re.compile(r"(?<![A-Za-z0-9_])secret_[A-Za-z0-9]{43}(?![A-Za-z0-9])")),
    ("SSWS ", re.compile(r"(?<=SSWS )[\w-]{20,}")),
    ("sdk-", re.compile(r"(?<![\w-])sdk-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\w-])")),
    ("access_token$", re.compile(r"access_token\$(?:production|sandbox)\$[\w$]{16,}")),
    ("mws", re.compile(r"amzn\.mws\.[0-9a-f-]{36}")),
)
"""Those that are not a prefix and a run: a literal that must be present, and the pattern."""


def hide_issued(text: str) -> str:
    """Replace each secret that has its issuer's form, whole."""
    for literal, pattern in _OTHERS:
        if literal in text:
            text = pattern.sub(MARK, text)
    return _BODY.sub(_issued, text)


def _issued(match: re.Match[str]) -> str:
    """Names of packages and fields begin as some secrets do (*hf_hub_download*): words are left alone."""
    prefix, body = match["prefix"], match["body"].rstrip(".,")
    after = match["body"][len(body) :]
    return MARK + after if _is_chance(prefix, body) else match.group()


def _is_chance(prefix: str, body: str) -> bool:
    if prefix in _SURE:
        return True
    if prefix in _HEX:
        return bool(re.fullmatch(r"[0-9a-f]{32,}(?:-\d{1,2})?|(?=[A-Za-z]{0,99}\d)[A-Za-z0-9]{32,}", body))
    if prefix in _SHORT:
        mixed = any(map(str.isdigit, body)) and any(map(str.isupper, body)) and any(map(str.islower, body))
        drawn = prefix in _HEX_TOO and re.fullmatch(r"[0-9a-f]{40,}", body) is not None
        return drawn or (len(body) >= 20 and mixed and "/" not in body)
    parts = [part for part in re.split(r"[._/~+=-]", body) if part]
    return len(body) >= _LEAST and not all(_WORDS.fullmatch(part) for part in parts)
