"""What the finder says of one date expression, before it becomes a calendar day."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DateHit:
    """A date expression in folded text, as told; `resolve_date` makes a day of it.

    kind: absolute (a day of a month) · month · year · weekday · day (today, yesterday) · ago (two days ago) · period
    (last week, this month) · relative_event (five days after the first attack) · shift
    (two days before that, the same day: counted from what was told last) · anniversary · span (within 24 hours).
    `offset` counts days for `day`, units for `ago`, `period`, `anniversary`, and days for `relative_event` and
    `shift`.
    flags: since, until, between, during, before, after (what leads to the date), future, anniversary, name (part of a
    name, no date), update (when the page was last changed), day_word (today or the like stands in it), after_midnight,
    vague (several days ago), anaphoric (the next day).
    """

    start: int
    end: int
    kind: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    calendar: str = "gregorian"
    weekday: int | None = None  # Monday is 0
    weekday_to: int | None = None  # the night from one weekday to the next
    offset: int | None = None
    year_offset: int | None = None
    unit: str | None = None  # hour | day | week | month | year
    side: str | None = None  # past | this | next | same
    part: str | None = None  # dawn | morning | noon | afternoon | evening | night | daytime
    edge: str | None = None  # start | middle | end
    flags: frozenset[str] = frozenset()

    @property
    def is_point(self) -> bool:
        """Whether it can date an event: not a stretch of time, a name, an anniversary or the future."""
        return self.kind not in ("span", "shift", "anniversary") and not self.flags & {"name", "future", "anniversary"}
