"""Turns clauses of one sentence into a candidate: a stretch of it that tells of one attack, with how real it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from extract.dates import DateHit
from extract.events.clauses import Clause
from extract.events.definite import has_article, is_known, is_of_known, is_pointed_at, is_purpose, refers_back
from extract.events.reach import find_cover, is_factive
from extract.events.series import counts_since, speaks_of_several
from extract.events.strength import weigh_words
from extract.layout import Sentence
from extract.lexicon import Hit, word_readings, word_set
from extract.places.nearness import is_settled
from extract.text import Token

_UNREAL = frozenset(
    {
        "threat",
        "warning",
        "feared",
        "possible",
        "planned",
        "conditional",
        "mourning",
        "tale",
        "purpose",
        "future",
        "wreck",
        "halt",
        "exercise",
        "sighting",
    }
)
_DUAL_ATTACKS = word_set("dual_attacks")
_OTHERS = word_set("others")
_TELLING = word_set("telling")

_SINCE_THEN = "since then until now"

NamedPlace = tuple[str, float | None, float | None, bool]  # name, latitude, longitude, whether it is a settlement


@dataclass(kw_only=True, eq=False)
class Candidate:
    """One or more clauses of a sentence that speak of one event."""

    clauses: list[Clause]
    order: int = 0
    answered: bool = False  # the attack that "X shelled them after shots from there" answers
    recalled: bool = False  # the earlier event of "X, two days after Y" or "X in answer to Y"
    among_attacks: bool = False  # the report speaks of attacks elsewhere, so that an explosion at a target is one

    @property
    def sentence(self) -> Sentence:
        return self.clauses[0].sentence

    @property
    def source(self) -> str:
        return self.sentence.source

    @property
    def start(self) -> int:
        return self.clauses[0].start

    @property
    def end(self) -> int:
        return self.clauses[-1].end

    @cached_property
    def triggers(self) -> list[Hit]:
        return [hit for clause in self.clauses for hit in clause.triggers]

    @cached_property
    def modality(self) -> list[Hit]:
        return [hit for clause in self.clauses for hit in clause.modality]

    @cached_property
    def signs(self) -> set[str]:
        return {hit.row["sign"] for clause in self.clauses for hit in clause.signs}

    @cached_property
    def real(self) -> list[Hit]:
        """Triggers that no threat, fear, plan or condition covers."""
        return [hit for hit in self.triggers if self.cover_of(hit) not in _UNREAL]

    def kinds(self, real: bool = True) -> set[str]:
        return {hit.row["kind"] for hit in (self.real if real else self.triggers)}

    @cached_property
    def has_toll(self) -> bool:
        return any(not toll.aggregate for clause in self.clauses for toll in clause.tolls)

    @cached_property
    def _has_victims(self) -> bool:
        return any(not (toll.aggregate or toll.negated) for clause in self.clauses for toll in clause.tolls)

    @cached_property
    def strength(self) -> int:
        """0 nothing, 1 an explosion or a weapon alone, 2 an attack in general words, 3 an attack by a named means."""
        return weigh_words(self)

    @property
    def own_places(self) -> list[NamedPlace]:
        """Places below the level of a governorate that it names in plain words, unknown names included."""
        found: list[NamedPlace] = []
        for clause in self.clauses:
            for choice in clause.places:
                place = choice.place
                exact = choice.hit.bearing is None or choice.hit.distance_km is not None
                if choice.hit.manner != "plain" or not exact:
                    continue
                if place is None:
                    found.append((choice.hit.name, None, None, False))
                elif place.rank < 5:
                    found.append((place.name, place.lat, place.lon, is_settled(place)))
        return found

    @cached_property
    def is_count(self) -> bool:
        """Whether it counts attacks over a time, or speaks of them as a habit."""
        if self._has_single_weapon and any(clause.tolls for clause in self.clauses):
            return False
        if self.strength >= 3 and self.is_factive and self.has_toll:
            return False
        if all(any(flag in date.flags for date in self.dates) for flag in ("since", "until")):
            return True  # "from the dawn of 23 September 2014 until today"
        real = set(map(id, self.real))
        first = min((hit.first for hit in self.real if hit.row["kind"] != "act"), default=0)
        if any(hit.row["gloss"] == _SINCE_THEN and hit.first < first for hit in self.modality):
            return True  # "since Saturday and until now, the city came under attacks"
        return any(
            any(hit.row["modality"] == "count" and counts_since(clause, hit) for hit in clause.modality)
            and any(id(hit) in real and hit.row["kind"] in ("attack", "blast", "weapon") for hit in clause.triggers)
            for clause in self.clauses
        )

    @cached_property
    def _has_single_weapon(self) -> bool:
        return any(hit.row["kind"] == "weapon" and hit.row["number"] in ("1", "2") for hit in self.real)

    @cached_property
    def has_sign_of_attack(self) -> bool:
        return any(hit.row["kind"] == "attack" for hit in self.real)

    @cached_property
    def covers(self) -> set[str]:
        """Which modalities cover a trigger of attack, weapon or blast."""
        return {cover for hit in self.triggers if hit.row["kind"] != "act" for cover in [self.cover_of(hit)] if cover}

    @cached_property
    def clause_modality(self) -> set[str]:
        return {hit.row["modality"] for hit in self.modality if hit.row["scope"] == "clause"}

    def cover_of(self, trigger: Hit) -> str | None:
        """The modality that reaches a trigger: before it in the sentence without a word that breaks the reach."""
        cover = find_cover(trigger, self.modality, self.sentence.words)
        return None if cover == "wreck" and self._has_victims else cover  # splinters that wounded are no wreck

    @cached_property
    def is_series(self) -> bool:
        """Whether it speaks of attacks in the plural, not of one."""
        return speaks_of_several(self)

    @cached_property
    def is_dual(self) -> bool:
        return any(set(word_readings(self.sentence.words[hit.first].text)) & _DUAL_ATTACKS for hit in self.real)

    @cached_property
    def is_factive(self) -> bool:
        """Whether its attack is told anew in a relative clause: the bombing that struck …"""
        return any(hit.row["kind"] in ("attack", "blast") and is_factive(hit, self.sentence.words) for hit in self.real)

    @cached_property
    def is_definite(self) -> bool:
        """Whether its attack words refer back ("the attack"), so that it goes on with what was told."""
        return refers_back(self)

    @property
    def is_pooled(self) -> bool:
        """Whether it names two attacks or more that the sentence then tells one by one."""
        return any(clause.pooled for clause in self.clauses)

    @property
    def dates(self) -> list[DateHit]:
        return [date for clause in self.clauses for date in clause.dates]

    @cached_property
    def says_again(self) -> bool:
        """Whether it calls the attack told the second (third …) of its kind within a short time."""
        return "again" in self.signs or (self.is_definite and bool({"second", "third"} & self.signs))

    @cached_property
    def has_new_weapon(self) -> bool:
        """Whether it brings in a weapon or an attack without the article, as news are told."""
        words = self.sentence.words
        return any(hit.row["kind"] == "weapon" and not is_known(words, hit) for hit in self.triggers)

    @cached_property
    def has_new_means(self) -> bool:
        """Whether it brings in a weapon, or an attack by a named means ("by gunmen's bullets"), without the article."""
        words = self.sentence.words
        return self.has_new_weapon or any(
            hit.row["kind"] == "attack" and hit.row["method"] not in ("unknown", "ied") and not is_known(words, hit)
            for hit in self.real
        )

    @cached_property
    def has_new_trigger(self) -> bool:
        """Whether it brings in an attack, an explosion or a weapon without the article."""
        words = self.sentence.words
        return any(
            hit.row["kind"] in ("attack", "blast", "weapon", "agent")
            and not is_known(words, hit)
            and not is_pointed_at(words, hit)
            and not is_of_known(words, hit)
            and not (hit.row["kind"] == "attack" and is_purpose(words, hit))
            for hit in self.real
        )

    @cached_property
    def turns(self) -> bool:
        """Whether it opens with "on another matter", "some hours later" …"""
        words = self.sentence.words
        said = bool(words) and _speaks(words, 0)
        return any(
            sign.row["sign"] == "turn"
            and (sign.first <= 1 or (said and sign.first <= _FARTHEST_TURN and sign.last - sign.first > 2))
            and not (words[sign.first].text.endswith("كما") and _speaks(words, sign.last))  # "as the minister said"
            and not (sign.last == sign.first + 1 == 2 and _speaks(words, 0))  # "he also said"
            for clause in self.clauses
            for sign in clause.signs
        )

    @property
    def turns_elsewhere(self) -> bool:
        """Whether it opens with "later", "in another attack", "in another town", and does not only speak later."""
        words = self.sentence.words
        return self.turns and any(
            sign.row["sign"] == "turn" and sign.row["gloss"] in _OTHER_TURNS and not _speaks(words, sign.last)
            for clause in self.clauses
            for sign in clause.signs
        )

    @cached_property
    def opens_another(self) -> bool:
        """Whether "another" or "a second" stands at its attack words."""
        words = self.sentence.words
        kinds = ("attack", "blast", "weapon", "agent") if self.own_places else ("attack", "blast", "weapon")
        own = [hit for hit in self.real if hit.row["kind"] in kinds]
        if any(
            word.text in _OTHERS for hit in own if hit.row["kind"] == "weapon" for word in words[hit.first : hit.last]
        ):
            return True
        return any(
            sign.row["sign"] in ("another", "second", "third")
            and not has_article(words[sign.first].text)
            and any(sign.first == hit.last for hit in own if not _is_of_salvo(hit, sign))
            for clause in self.clauses
            for sign in clause.signs
        )


def _is_of_salvo(hit: Hit, sign: Hit) -> bool:
    """Whether "a third rocket" is one more of the rockets told, not another attack."""
    return (
        hit.row["kind"] == "weapon"
        and hit.row["method"] in ("rocket", "mortar", "missile")
        and sign.row["sign"] in ("second", "third")
    )


_OTHER_TURNS = frozenset(
    {"some hours later", "later on", "in another attack", "in another operation", "in another spot", "in another town"}
)
_FARTHEST_TURN = 8  # "the ministry's spokesman added that, in another attack, …"


def _speaks(words: Sequence[Token], index: int) -> bool:
    """Whether the word at `index` is of speaking: said, announced, reported."""
    return index < len(words) and words[index].text.removeprefix("و") in _TELLING
