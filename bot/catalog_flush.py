"""The row of a catalog file for a cache whose keys people may delete. `docs/catalog.md` shows what each field
says.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator

from bot.catalog_forms import STRICT, Cache, Flag, Text
from policies.cache.writing import miswritten
from policies.service.environment import Flush


class FlushRow(BaseModel):
    """The cache whose keys people may delete by a pattern."""

    model_config = STRICT

    cache: Cache | Literal[""] = ""
    """which of its `caches`. Either this or `url`"""
    url: Text = ""
    """the address of a cache that ElastiCache does not know: `redis://host:6379`, `rediss://…` with TLS,
    `rediss+cluster://…` for the address of a cluster with several primaries"""
    user: Text = ""
    """the cache's own user, as whom the bot signs in: by IAM, with no password at all, which needs TLS; or
    with the password in `secret`. `lamplighter policy` prints the rights that the user needs. Without `user`
    and `secret`, the cache has to ask nobody who they are"""
    secret: Text = ""
    """the ARN of the one secret of Secrets Manager that holds the password, by itself or in JSON as
    `password`; needs `role_arn`. It is read at each use, by a session that may do nothing else"""
    database: Annotated[int, Field(ge=0, le=1023, strict=True)] = Flush.database
    """the logical database, `0` if left out; a cluster has no other"""
    prefixes: list[Text] = []
    """what a pattern has to begin with. Where environments share the cache, each of them needs its
    own, and none may begin one of another in the same logical database; a cache that a production environment
    names too is never touched"""
    least_prefix: Annotated[int, Field(ge=1, le=64, strict=True)] = Flush.least_prefix
    """how many characters stand before a pattern's first wildcard at least: `4` if left out"""
    classes: Flag = False
    """`true` allows character classes such as `[0-9]` in a pattern"""
    most_keys: Annotated[int, Field(ge=1, le=10_000_000, strict=True)] = Flush.most_keys
    """how many keys one flush deletes at most: `100000` if left out; more are refused when they are
    counted"""
    most_seconds: Annotated[int, Field(ge=1, le=3_600, strict=True)] = Flush.most_seconds
    """for how many seconds one flush works at most: `120` if left out"""

    @model_validator(mode="after")
    def one_way_in(self) -> FlushRow:
        if why := miswritten(self.flush()):
            raise ValueError(why)
        return self

    def flush(self) -> Flush:
        return Flush(**{**self.model_dump(), "prefixes": tuple(self.prefixes)})
