"""Turns the `[alerts]` tables of settings.toml into frozen settings: rules, channels, quiet hours, pace."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

from store.durations import Duration
from store.secrets import expand_secret

Role = Literal["news", "background"]
Status = Literal["occurred", "intercepted", "foiled", "disputed"]
Standing = Literal["reported", "corroborated", "confirmed", "disputed", "retracted"]
Method = Literal[
    "ied", "vehicle_bomb", "suicide", "rocket", "mortar", "missile", "drone", "airstrike", "gunfire", "grenade",
    "arson", "mine", "stabbing", "abduction", "other", "unknown",
]  # fmt: skip
Target = Literal[
    "coalition_convoy", "coalition_base", "us_diplomatic", "diplomatic", "iraqi_forces", "popular_mobilization",
    "kurdish_forces", "state_forces", "armed_group", "government", "infrastructure", "civilians", "other", "unknown",
]  # fmt: skip
Ownership = Literal["state", "party", "militia", "private", "public", "unknown"]
NoticeKind = Literal["threat", "warning", "explosion", "drill", "sighting"]
Claim = Literal["claimed", "attributed", "none"]
IncidentKind = Literal["new", "update", "correction", "retraction", "dispute", "confirmation"]
Kind = Literal[
    "new", "update", "correction", "retraction", "dispute", "confirmation", "notice", "digest", "health", "heartbeat"
]
UpdateField = Literal[
    "killed", "wounded", "munitions", "status", "standing", "actor", "claim", "country", "admin1", "place", "date",
    "method", "target",
]  # fmt: skip
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Admin1 = Annotated[str, Field(pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}$")]
ServiceUrl = Annotated[SecretStr, BeforeValidator(expand_secret)]  # "${ENV_NAME}" or "file:/path", unless it is open
Count = Annotated[int, Field(ge=0, le=100_000)]


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError('an IANA time zone such as "Asia/Baghdad"')
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Near(_Table):
    """A circle: incidents whose place lies within `km` of the point."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    km: float = Field(gt=0, le=20_000)


class Rule(_Table):
    """One condition on an incident: every key given must hold, a list is met by any of its values.

    `all`, `any` and `not` hold conditions themselves. A rule that nowhere names `role`, `status` or `standing` asks for
    news, for occurred or intercepted, for neither disputed nor retracted. An unknown value meets no condition.
    """

    all: tuple[Rule, ...] | None = Field(default=None, min_length=1)
    any: tuple[Rule, ...] | None = Field(default=None, min_length=1)
    not_: Rule | None = Field(default=None, alias="not")
    role: tuple[Role, ...] | None = None
    status: tuple[Status, ...] | None = None
    standing: tuple[Standing, ...] | None = None
    country: tuple[Country, ...] | None = None
    admin1: tuple[Admin1, ...] | None = None  # ISO 3166-2
    place: tuple[str, ...] | None = None  # names as the gazetteer spells them, compared folded
    near: tuple[Near, ...] | None = None
    method: tuple[Method, ...] | None = None
    target: tuple[Target, ...] | None = None
    actor: tuple[str, ...] | None = None  # group ids; a parent meets its facades too
    claim: tuple[Claim, ...] | None = None
    killed_min: Count | None = None
    wounded_min: Count | None = None
    casualties_min: Count | None = None  # killed and wounded together
    munitions_min: Count | None = None
    confidence_min: float | None = Field(default=None, ge=0, le=1)
    publishers_min: Count | None = None  # independent ones
    ownership: tuple[Ownership, ...] | None = None  # of the outlet of the report at hand
    outlet: tuple[str, ...] | None = None
    kind: tuple[Kind, ...] | None = None
    notice: tuple[NoticeKind, ...] | None = None
    words: tuple[str, ...] | None = None  # compared folded, at a word's start
    words_in: tuple[Literal["title", "text", "quotes"], ...] = ("title", "text", "quotes")

    @model_validator(mode="after")
    def _says_something(self) -> Rule:
        if not (self.model_fields_set - {"words_in"}):
            raise ValueError("at least one condition")
        for name in self.model_fields_set:
            if getattr(self, name) == ():
                raise ValueError(f"at least one value for {name}")
        return self


class QuietHours(_Table):
    """Hours in which messages wait; they are delivered as one when the hours end."""

    start: time = Field(alias="from")
    end: time = Field(alias="to")
    time_zone: TimeZone | None = None  # None: the time zone of [alerts]
    days: tuple[Weekday, ...] | None = None  # on which the hours begin; None: every day

    @model_validator(mode="after")
    def _has_length(self) -> QuietHours:
        if self.start == self.end:
            raise ValueError("`from` and `to` that differ")
        return self


class Barrage(_Table):
    """Several incidents in one governorate within minutes: the first ones go out, the rest as one message."""

    after: int = Field(default=1, ge=1, le=100)  # so many go out at once
    within: Duration = timedelta(minutes=10)
    ebb: Duration = timedelta(minutes=5)  # it is over when nothing came for so long
    at_latest: Duration = timedelta(minutes=20)  # counted from the first that was held


class Urgent(_Table):
    """A toll from which a message passes quiet hours, barrage and cap; None: that toll never does."""

    killed: Count | None = 10
    wounded: Count | None = 50


class Digest(_Table):
    """A regular summary: every hour, every day at `at`, or every week on `day` at `at`."""

    every: Literal["hour", "day", "week"] = "day"
    at: time = time(7, 0)
    day: Weekday = "sun"
    chart: bool = True  # a small image where the service takes one
    even_if_empty: bool = False


class ChannelSettings(_Table):
    """One recipient: where to, which rules and kinds, in which language and form, at which pace."""

    url: ServiceUrl | None = None  # an Apprise service URL, or "terminal://"; None: the terminal
    enabled: bool = True
    rules: tuple[str, ...] = ()  # met when any is met; empty: every new attack
    kinds: tuple[Kind, ...] = ("new", "update", "correction", "retraction", "dispute", "confirmation", "health")
    update_on: tuple[UpdateField, ...] = (
        "killed", "wounded", "status", "standing", "actor", "claim", "country", "admin1", "place", "date",
    )  # fmt: skip
    confirm_at: int | None = Field(default=None, ge=2, le=100)  # independent publishers
    language: Literal["ar", "en", "both"] = "both"
    numerals: Literal["western", "arabic"] = "western"
    format: Literal["text", "markdown", "html"] | None = None  # None: what suits the service
    template: str | None = None  # a Jinja2 file in place of the shipped template of the kind `new`
    max_length: int | None = Field(default=None, ge=80)
    quiet_hours: QuietHours | None = None
    barrage: Barrage | None = None
    urgent: Urgent = Urgent()
    per_hour: int | None = Field(default=None, ge=1)  # more than that waits for the next digest or the hour's end
    digest: Digest | None = None
    timeout: Duration = timedelta(seconds=20)


class AlertSettings(_Table):
    """What is told to whom, and how it is delivered."""

    max_age: Duration = timedelta(hours=36)  # older reports are stored silently
    time_zone: TimeZone = "UTC"
    base_url: str | None = Field(default=None, pattern=r"^https?://")  # of the review pages
    map_url: str = "https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=12/{lat}/{lon}"
    rules: dict[str, Rule] = Field(default_factory=dict)
    channels: dict[str, ChannelSettings] = Field(default_factory=dict)
    retry_first: Duration = timedelta(seconds=30)
    retry_most: Duration = timedelta(hours=1)
    give_up_after: Duration = timedelta(days=3)
    breaker_failures: int = Field(default=5, ge=1)  # in a row, then the channel rests
    breaker_rest: Duration = timedelta(minutes=10)
    heartbeat: Duration | None = None
    outlet_failures: int = Field(default=5, ge=1)  # polls in a row before an outlet's failure is told
    outlet_quiet: Duration = timedelta(days=3)  # without a new article before that is told
    health_repeat: Duration = timedelta(days=1)  # until it is mended

    @model_validator(mode="after")
    def _channels_fit(self) -> AlertSettings:
        for name, channel in self.channels.items():
            for rule in channel.rules:
                if rule not in self.rules:
                    known = ", ".join(sorted(self.rules)) or "none is written"
                    raise ValueError(f'channels.{name}.rules: "{rule}" is no rule of [alerts.rules] ({known})')
        return self

    def active_channels(self) -> dict[str, ChannelSettings]:
        """The channels that are switched on; the terminal where none is configured."""
        if not self.channels:
            return {"terminal": ChannelSettings()}
        return {name: channel for name, channel in self.channels.items() if channel.enabled}
