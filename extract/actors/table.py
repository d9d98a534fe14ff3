"""Turns actors.csv and the words about actors into tables, and holds what is known of an actor that is named."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from extract.layout import Sentence
from extract.lexicon import expand_pattern, read_rows

LOCAL_ARMY = "~army"  # "the army", which the country of the attack settles
LOCAL_ARMIES = {
    "IQ": "iraqi_forces",
    "SY": "syrian_government",
    "TR": "turkey",
    "IL": "israel",
    "PS": "israel",
    "IR": "iran",
    "AF": "afghan_government",
    "PK": "pakistan",
    "IN": "india",
    "SA": "saudi_arabia",
    "EG": "egypt",
    "JO": "jordan",
    "RU": "russia",
    "SD": "sudanese_army",
    "UA": "ukraine",
    "ET": "ethiopia",
}
LOCAL_REGIME = "~regime"  # "the regime", which is Syria's there
LOCAL_REGIMES = {"SY": "syrian_government"}
LOCAL_RESISTANCE = "~resistance"  # "the Islamic Resistance", likewise
LOCAL_RESISTANCES = {
    "IQ": "islamic_resistance_in_iraq",
    "SY": "islamic_resistance_in_iraq",
    "JO": "islamic_resistance_in_iraq",
    "LB": "hizballah",
    "IL": "hizballah",
}


@dataclass(frozen=True, slots=True)
class ActorHit:
    """An actor named: its id, and where."""

    id: str
    kind: str
    sentence: Sentence
    first: int
    last: int
    forced: bool = False  # a state named by an adjective beside a word of force
    prefix: str = ""  # a preposition written together with the name
    joined: bool = False  # "and" is written together with the name
    pronoun: str = ""  # a noun that takes up a group named before ("the organisation")

    @property
    def start(self) -> int:
        return self.sentence.words[self.first].start

    @property
    def end(self) -> int:
        return self.sentence.words[self.last - 1].end


@lru_cache(maxsize=1)
def load_actors() -> dict[str, dict[str, str]]:
    """The rows of actors.csv by id."""
    text = files("extract").joinpath("data", "actors.csv").read_text(encoding="utf-8")
    return {row["id"]: row for row in csv.DictReader(text.splitlines())}


@lru_cache(maxsize=64)
def role_words(role: str) -> frozenset[str]:
    """The folded words of agents.tsv that play a role (phrases of several words joined by spaces)."""
    return frozenset(
        text for row in read_rows("agents.tsv") if row["role"] == role for text in expand_pattern(row["pattern"])
    )


def kind_of(actor: str) -> str:
    """The kind of an actor by its row; the land's own army is a state."""
    if actor == LOCAL_RESISTANCE:
        return "umbrella"
    row = load_actors().get(actor)
    return row["kind"] if row else "state"


def strip_joined(word: str) -> str:
    """A word without a joined "and", "so", "of" or "with"."""
    for prefix in ("و", "ف", "ل", "ب"):
        if word.startswith(prefix) and len(word) > 4:
            return word[1:]
    return word
