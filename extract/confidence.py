"""Turns what speaks for a coded mention into a confidence between 0 and 1."""

from __future__ import annotations

from dataclasses import replace

from extract.frames import Frame
from store.records import Mention


def rate_mention(mention: Mention, frame: Frame) -> Mention:
    """Rate a mention by how many of its fields rest on words of the report."""
    named = {evidence.field for evidence in mention.evidence}
    score = 0.4
    score += 0.15 if "place" in named and mention.lat is not None else 0.0
    score += 0.1 if "date" in named else 0.0
    score += 0.1 if frame.is_exact else 0.0
    score += 0.1 if frame.in_headline or frame.lead.candidate.order <= 2 else 0.0
    score += 0.1 if {"killed", "wounded"} & named else 0.0
    return replace(mention, confidence=round(min(score, 0.97), 3))
