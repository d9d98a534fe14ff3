"""What a reviewer wants done with an incident, what became of it, and what is worth knowing before: plain records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from store.records import Incident
from store.reviews import Seen

ACTIONS = ("confirm", "reject", "correct", "merge", "split", "note", "undo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a reviewer wants done with one incident."""

    incident_id: str
    action: str  # one of ACTIONS
    reviewer: str
    seen: Seen | None = None  # how far the incident went when it was looked at; None: do it whatever changed since
    reason: str | None = None
    fields: Mapping[str, str | None] = field(default_factory=dict)  # to correct: column → value as text, None: unknown
    other: str | None = None  # to merge with
    mention_ids: tuple[int, ...] = ()  # to split off
    review_id: int | None = None  # to undo


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a judgement: `word` is done, nothing, stale, wrong or gone."""

    word: str
    incident_id: str  # the one to look at next
    review_id: int | None = None
    faults: tuple[str, ...] = ()  # codes of what is wrong with it
    changes: tuple[Mapping[str, Any], ...] = ()  # what the reviewer had not seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What the reports say of a field that a person has set to something else."""

    field: str
    kept: str | None
    told: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Another incident that could be the same one, with how much speaks for it."""

    incident: Incident
    total: float
    reasons: Mapping[str, float]
    apart: bool  # somebody has said that it is another one


class Contrast(Protocol):
    """One field in which publishers contradict each other."""

    @property
    def field(self) -> str: ...

    @property
    def values(self) -> Sequence[tuple[str, Sequence[str]]]: ...  # value → publishers


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight:
    """What is worth knowing of an incident before judging it."""

    contradictions: tuple[Contrast, ...]
    proposals: tuple[Proposal, ...]
    near: tuple[Near, ...]
    fixed: Mapping[str, str | None]
