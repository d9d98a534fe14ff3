"""Turns what speaks for and against a mention into two probabilities: that it is an incident, and is coded right.

Both are logistic models over a few dozen plain numbers (no words), fitted by bench/train_confidence.py on reports with
gold; the weights stand in data/confidence.json with the hash of what they were fitted on.
"""

from __future__ import annotations

import json
import math
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from store.records import Mention

if TYPE_CHECKING:
    from extract.events.frames import Frame
    from extract.fields.mentions import Reading

Model = dict[str, float]
_WIDE = ("governorate", "region", "country")
_CONTEXTS = (
    "count",
    "combat",
    "arrest",
    "trial",
    "analysis",
    "sighting",
    "drill",
    "accident",
    "crime",
    "denial",
    "future",
    "threat",
)


def describe_mention(mention: Mention, frame: Frame, reading: Reading) -> Model:
    """The numbers by which a mention is judged; names are stable, a missing one is 0."""
    candidates = frame.candidates
    lead = frame.lead.candidate
    rules = {evidence.field: evidence.rule for evidence in mention.evidence}
    own_spots = bool(frame.spots)
    today = reading.calendar.today
    age = (today - mention.date).days if today and mention.date else 0
    modality = {hit.row["modality"] for c in candidates for hit in c.modality}
    length = len(reading.report.text)
    features: Model = {
        "lead": frame is reading.frames[0],
        "headline": frame.in_headline,
        "headline_only": frame.in_headline and len(frame.facts) == 1,
        "no_title": not (reading.report.title or "").strip(),
        "order_1": lead.order <= 1,
        "order_3": lead.order <= 3,
        "order_8": lead.order <= 8,
        "strength_3": frame.strength >= 3,
        "exact": frame.is_exact,
        "facts_2": len(frame.facts) >= 2,
        "facts_4": len(frame.facts) >= 4,
        "own_spot": own_spots,
        "own_governorate": bool(frame.admin1),
        "spot_vague": all(fact.is_vague for fact in frame.facts if fact.spots) and own_spots,
        "spot_wide": mention.place_precision in _WIDE,
        "spot_none": mention.admin1 is None and mention.lat is None and mention.place_precision != "region",
        "spot_raw": any(choice.place is None for fact in frame.facts for choice in fact.places),
        "spots_many": len({place.id for place in frame.spots}) >= 3,
        "date_named": "date" in rules and rules["date"] is None,
        "date_said": rules.get("date") is not None,
        "date_day": mention.date_precision == "day",
        "age_1": age <= 1,
        "age_3": age <= 3,
        "killed": mention.killed is not None and mention.killed > 0,
        "wounded": mention.wounded is not None and mention.wounded > 0,
        "no_toll": mention.killed is None and mention.wounded is None,
        "toll_vague": any(fact.tolls for fact in frame.facts) and mention.killed is None and mention.wounded is None,
        "counted": mention.munitions is not None,
        "actor": mention.actor is not None,
        "claimed": mention.claim == "claimed",
        "target_unknown": mention.target == "unknown",
        "background": mention.role == "background",
        "not_occurred": mention.status != "occurred",
        "definite": lead.is_definite,
        "factive": lead.is_factive,
        "recalled": lead.recalled,
        "series": lead.is_series,
        "turns": lead.turns,
        "another": lead.opens_another,
        "new_trigger": lead.has_new_trigger,
        "earlier": "earlier" in lead.signs,
        "recall_sign": "recall" in lead.signs,
        "frames_2": len(reading.frames) >= 2,
        "frames_4": len(reading.frames) >= 4,
        "long": length > 1200,
        "very_long": length > 2500,
        "short": length < 250,
        "attacks_share": min(reading.attacks / max(len(reading.document.sentences), 1), 1.0),
    }
    features |= {f"method_{mention.method}": 1.0}
    features |= {f"near_{name}": float(name in modality) for name in _CONTEXTS}
    return {name: float(value) for name, value in features.items() if value}


@lru_cache(maxsize=1)
def load_models() -> dict[str, Model]:
    """The fitted weights: `incident`, `right`, `confidence`, each with `bias`; below `decision` a mention is dropped.

    `threshold` is the least chance that it is an incident, `least` that its day, governorate and means are right, as
    they are on the reports that the rules were written on; `confidence` is that chance on reports of any kind.
    """
    models: dict[str, Model] = json.loads(files("extract").joinpath("data", "confidence.json").read_text("utf-8"))[
        "models"
    ]
    return models


def rate(name: str, features: Model) -> float:
    """The probability that model `name` gives."""
    model = load_models().get(name, {})
    total = model.get("bias", 0.0) + sum(model.get(key, 0.0) * value for key, value in features.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
