"""How the review's pages are served, as `[review]` of settings.toml says."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

from store.secrets import expand_secret

TILES = r"^https?://[A-Za-z0-9.:-]{1,253}/[^\s\"'<>;,]{0,400}$"  # {z}, {x} and {y} stand in it
Secret = Annotated[SecretStr, BeforeValidator(expand_secret)]


class ReviewSettings(BaseModel):
    """Where the pages are served, to whom, and in which language they open."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(default="127.0.0.1", pattern=r"^[A-Za-z0-9.:_-]{1,253}$")  # another one needs people
    port: int = Field(default=8040, ge=0, le=65535)  # 0: any free one
    names: tuple[str, ...] = ()  # host names under which the pages are reached, beside the host itself
    language: Literal["ar", "en"] = "ar"
    people: dict[Annotated[str, Field(min_length=1, max_length=60)], Secret] = Field(default_factory=dict)
    tiles: str | None = Field(default=None, pattern=TILES)  # of an online map, asked by the reader's browser
    tiles_credit: str = Field(default="", max_length=200)  # whom the tiles' licence wants named
    secure: bool = False  # served behind TLS: the session's cookie is never sent without

    @model_validator(mode="after")
    def _must_know_people(self) -> ReviewSettings:
        if not is_loopback(self.host) and not self.people:
            raise ValueError("a host other than this machine's own needs review.people, each with a password")
        return self

    @model_validator(mode="after")
    def _must_place_tiles(self) -> ReviewSettings:
        if self.tiles and not all(mark in self.tiles for mark in ("{z}", "{x}", "{y}")):
            raise ValueError("review.tiles must hold {z}, {x} and {y}, as in https://tiles.example/{z}/{x}/{y}.png")
        return self


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
