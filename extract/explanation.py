"""Turns a report into why it is coded so: each field with rule, words and what lost; each silence with its reason."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from extract.coder import read_report
from extract.fields.confidence import describe_mention, load_models
from extract.fields.field_reasons import FieldReason, explain_fields
from store.records import Coding, Mention, Report, SentenceReason

if TYPE_CHECKING:
    from extract.events.frames import Frame
    from extract.fields.mentions import Reading

WEIGHTS_SHOWN = 6  # of a confidence's reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentReason:
    """One incident: its fields, each with its reason, and what speaks for and against the coding being right."""

    mention: Mention
    fields: tuple[FieldReason, ...]
    weights: tuple[tuple[str, float], ...]  # by the fitted model, the heaviest first; in log-odds


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A stretch that speaks of attacks and gave no incident."""

    source: str  # title | text
    start: int
    end: int
    quote: str
    reason: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All that can be told of one report's coding; `verdict` sums it up in a sentence."""

    report: Report
    coding: Coding
    verdict: str
    incidents: tuple[IncidentReason, ...]
    silences: tuple[Silence, ...]


@lru_cache(maxsize=1)
def load_meanings() -> dict[str, str]:
    """What each reason of the coder means, by coder_reasons.csv."""
    text = files("extract").joinpath("data", "coder_reasons.csv").read_text(encoding="utf-8")
    return {row["reason"]: row["meaning"] for row in csv.DictReader(text.splitlines())}


def explain_report(report: Report) -> Explanation:
    """Code a report as `code_report` does, and say why."""
    coding, reading = read_report(report)
    incidents = tuple(_explain_mention(mention, reading) for mention in coding.mentions) if reading else ()
    silences = tuple(_explain_silence(reason, report) for reason in coding.reasons)
    return Explanation(
        report=report,
        coding=coding,
        verdict=_sum_up(coding, read=reading is not None),
        incidents=incidents,
        silences=silences,
    )


def _sum_up(coding: Coding, *, read: bool) -> str:
    if coding.language != "ar":
        return f"Not Arabic (language: {coding.language or 'cannot be told'}): not coded."
    if not read:
        return "No word of attack, weapon, explosion or attacker: not read further."
    if not coding.mentions:
        return "No incident." if coding.reasons else "No incident: no sentence asserts an attack."
    return f"{len(coding.mentions)} incident{'s' if len(coding.mentions) > 1 else ''}."


def _explain_mention(mention: Mention, reading: Reading) -> IncidentReason:
    frame = find_frame(mention, reading)
    if frame is None:
        return IncidentReason(mention=mention, fields=(), weights=())
    return IncidentReason(
        mention=mention,
        fields=explain_fields(mention, frame, reading),
        weights=tuple(_weigh(mention, frame, reading)),
    )


def find_frame(mention: Mention, reading: Reading) -> Frame | None:
    """The frame that a mention was made of: its first evidence is the frame's leading clause."""
    first = mention.evidence[0]
    for frame in reading.frames:
        lead = frame.lead.candidate
        if id(frame) in reading.decisions and lead.source == first.source:
            span = reading.document.folded_text(lead.source).to_original(lead.start, lead.end)
            if span == (first.start, first.end):
                return frame
    return None


def _weigh(mention: Mention, frame: Frame, reading: Reading) -> Iterable[tuple[str, float]]:
    """What moved the confidence most, in log-odds; the model's start is `bias`."""
    model = load_models().get("right", {})
    parts = [(name, model.get(name, 0.0) * value) for name, value in describe_mention(mention, frame, reading).items()]
    told = sorted((part for part in parts if part[1]), key=lambda part: -abs(part[1]))[:WEIGHTS_SHOWN]
    return [("bias", model.get("bias", 0.0)), *((name, round(weight, 2)) for name, weight in told)]


def _explain_silence(reason: SentenceReason, report: Report) -> Silence:
    text = (report.title or "") if reason.source == "title" else report.text
    return Silence(
        source=reason.source, start=reason.start, end=reason.end, quote=text[reason.start : reason.end],
        reason=reason.reason, meaning=load_meanings().get(reason.reason, reason.reason),
    )  # fmt: skip


__all__ = ["Explanation", "IncidentReason", "Silence", "explain_report", "find_frame", "load_meanings"]
