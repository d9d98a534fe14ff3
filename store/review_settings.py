"""How the review's pages are served, as `[review]` of settings.toml says."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

from store.secrets import expand_secret

Secret = Annotated[SecretStr, BeforeValidator(expand_secret)]


class ReviewSettings(BaseModel):
    """Where the pages are served, to whom, and in which language they open."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(default="127.0.0.1", pattern=r"^[A-Za-z0-9.:_-]{1,253}$")  # another one needs people
    port: int = Field(default=8040, ge=0, le=65535)  # 0: any free one
    names: tuple[str, ...] = ()  # host names under which the pages are reached, beside the host itself
    language: Literal["ar", "en"] = "ar"
    people: dict[Annotated[str, Field(min_length=1, max_length=60)], Secret] = Field(default_factory=dict)
    secure: bool = False  # served behind TLS: the session's cookie is never sent without

    @model_validator(mode="after")
    def _must_know_people(self) -> ReviewSettings:
        if not is_loopback(self.host) and not self.people:
            raise ValueError("a host other than this machine's own needs review.people, each with a password")
        return self


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
