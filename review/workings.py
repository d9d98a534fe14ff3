"""What the review borrows from other rooms: names of codes, the search's words, and the deeds of judging."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from store.judgements import Insight, Judgement, Verdict

if TYPE_CHECKING:
    from store.database import Database

Words = Mapping[str, str]


class Names(Protocol):
    """What codes are called in Arabic and English; each table is keyed by the code."""

    @property
    def terms(self) -> Mapping[tuple[str, str], Words]: ...
    @property
    def methods(self) -> Mapping[str, Words]: ...
    @property
    def targets(self) -> Mapping[str, Words]: ...
    @property
    def countries(self) -> Mapping[str, Words]: ...
    @property
    def governorates(self) -> Mapping[str, Words]: ...
    @property
    def actors(self) -> Mapping[str, Words]: ...
    @property
    def places(self) -> Mapping[tuple[str, str], str]: ...

    def term(self, group: str, code: str, language: str) -> str: ...
    def country(self, code: str, language: str) -> str: ...
    def governorate(self, code: str, language: str) -> str | None: ...
    def actor(self, code: str, language: str) -> str: ...
    def place(self, name: str, admin1: str | None, country: str | None, language: str) -> str: ...


class Look(Protocol):
    """Finds what is worth knowing of an incident before judging it."""

    def __call__(self, db: Database, incident_id: str, *, now: datetime) -> Insight: ...


class Judge(Protocol):
    """Does what a reviewer wants, in one transaction, or says why not."""

    def __call__(self, db: Database, judgement: Judgement, *, now: datetime) -> Verdict: ...


class Recode(Protocol):
    """Lets a later coder's proposal for an article count, or drops it; accepted, declined, stale or gone."""

    def __call__(self, db: Database, article_id: str, accepted: bool, *, now: datetime, by: str) -> str: ...


class Unrecode(Protocol):
    """Lets a proposal wait again that was decided on; undone, stale or gone."""

    def __call__(self, db: Database, article_id: str, *, now: datetime) -> str: ...


class Spot(Protocol):
    """A place of the gazetteer."""

    @property
    def name(self) -> str: ...
    @property
    def name_en(self) -> str: ...
    @property
    def lat(self) -> float | None: ...
    @property
    def lon(self) -> float | None: ...
    @property
    def country(self) -> str | None: ...
    @property
    def admin1(self) -> str | None: ...
    @property
    def precision(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Workings:
    """Everything that the pages need beside the database."""

    names: Names
    read_words: Callable[[str], list[tuple[str, int, int]]]  # words as search compares them, with their spans
    index_words: Callable[..., str]
    look: Look
    judge: Judge
    recode: Recode
    unrecode: Unrecode
    allowed: Mapping[str, Sequence[str]]  # field → its values
    find_places: Callable[[str], Sequence[Spot]]
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewConfig:
    """Where the pages are served and to whom."""

    database: Path
    reviewer: str  # who judges where nobody signs in
    people: Mapping[str, str]  # name → password; empty: nobody signs in, which loopback alone allows
    hosts: tuple[str, ...]  # values of the Host header that are answered, without port
    secure: bool = False  # behind TLS: cookies are marked so
    language: str = "ar"
    tiles: str | None = None  # address of an online map's tiles with {z}, {x} and {y}; None: nothing is asked outside
    tiles_credit: str = ""
