"""Turns a sentence's clauses into candidates: stretches of it that each tell of one attack, with how real it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from extract.clauses import AFTER, COMES, Clause
from extract.dates import DateHit
from extract.layout import Sentence
from extract.lexicon import Hit, word_readings, word_set
from extract.text import Token

_BREAKERS = word_set("breakers")
_RELATIVES = word_set("relatives")
_FALLS = ("سقط", "سقوط", "تسقط", "يسقط", "تنفيذ", "وقع", "وضع")  # fell, carrying out …
_MAY = word_set("may")
_REACH = 14  # words that a modality before a trigger covers
_FLYING = frozenset({"drone", "rocket", "missile", "mortar", "airstrike", "unknown"})
_NEVER_FOUND = frozenset({"gunfire", "airstrike", "unknown", "stabbing", "abduction", "arson"})
_STATUS = frozenset({"foiled", "seized", "intercepted", "denial", "cleared"})
_UNREAL = frozenset(
    {
        "threat",
        "warning",
        "feared",
        "possible",
        "planned",
        "conditional",
        "purpose",
        "future",
        "wreck",
        "halt",
        "exercise",
    }
)
_PLURAL_ATTACKS = word_set("plural_attacks")
_SUPERLATIVES = word_set("superlatives")
_MANY = word_set("many")
_DUAL_ATTACKS = word_set("dual_attacks")


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
    def strength(self) -> int:
        """0 nothing, 1 an explosion or a weapon alone, 2 an attack in general words, 3 an attack by a named means."""
        kinds = self.kinds()
        methods = {hit.row["method"] for hit in self.real if hit.row["kind"] == "attack"}
        if methods - {"unknown"}:
            return 3
        if "weapon" in kinds and self._only_falls:
            return 1
        if "weapon" in kinds and (
            {"act", "attack", "blast", "agent"} & kinds or self.has_toll or self.covers & _STATUS
        ):
            return 3
        if "agent" in kinds and ({"act", "attack", "blast"} & kinds or self.has_toll):
            return 3
        if "weapon" in kinds and self._aims_weapon:
            return 3
        if methods:
            return 2
        if self._explodes and (self.has_toll or (self.among_attacks and _own_places(self))):
            return 2
        if (
            "act" in kinds
            and self.clauses[0].first > 0
            and _is_listed(self.clauses[0])
            and any(c.targets for c in self.clauses)
        ):
            return 2
        if self._claims_killing:
            return 2
        if "blast" in kinds:
            if self.has_toll or self.has_sign_of_attack or self._undergoes:
                return 2
            told_on = (
                any(clause.targets for clause in self.clauses)
                or self.opens_another
                or self.turns
                or bool(_own_places(self))
            )
            return 2 if self.among_attacks and told_on else 1
        return 1 if "weapon" in kinds else 0

    @cached_property
    def _explodes(self) -> bool:
        """Whether something "exploded", whatever it was."""
        words = self.sentence.words
        return any(hit.row["kind"] == "act" and "نفجر" in words[hit.first].text for hit in self.real)

    @cached_property
    def _undergoes(self) -> bool:
        """Whether a target "came under" an explosion."""
        words = self.sentence.words
        return any(
            any(
                word.text.lstrip("ويتب").startswith("تعرض") or word.text.startswith("تعرض")
                for word in words[hit.first : hit.last]
            )
            for hit in self.real
            if hit.row["kind"] == "act"
        )

    @cached_property
    def _claims_killing(self) -> bool:
        """Whether a group claims to have killed: an attack, though no word of attack is said."""
        claims = any(hit.row["sign"] == "claim" for clause in self.clauses for hit in clause.claims)
        return claims and any(
            toll.kind == "killed" and not toll.aggregate for clause in self.clauses for toll in clause.tolls
        )

    @cached_property
    def _only_falls(self) -> bool:
        """Whether all that is told is an aircraft that came down: a drone that falls on no target struck nothing."""
        weapons = {hit.row["method"] for hit in self.real if hit.row["kind"] == "weapon"}
        others = [hit for hit in self.real if hit.row["kind"] != "weapon"]
        if not weapons or weapons - {"drone", "airstrike"} or self.has_toll or self._aims_weapon:
            return False
        words = self.sentence.words
        return (
            bool(others)
            and all(
                hit.row["kind"] == "act"
                and any(w.text.startswith(_FALLS) or w.text[1:].startswith(_FALLS) for w in words[hit.first : hit.last])
                for hit in others
            )
            and "intercepted" not in self.covers
        )

    @cached_property
    def _aims_weapon(self) -> bool:
        """Whether a weapon stands before "on" or "near" and a target: three rockets on the base."""
        words = self.sentence.words
        return any(
            any(word.text in ("علي", "قرب", "باتجاه") for word in words[hit.last : hit.last + 3])
            for hit in self.real
            if hit.row["kind"] == "weapon" and any(clause.targets for clause in self.clauses)
        )

    @cached_property
    def is_count(self) -> bool:
        """Whether it counts attacks over a time, or speaks of them as a habit."""
        if self._has_single_weapon and any(clause.tolls for clause in self.clauses):
            return False
        if self.strength >= 3 and self.is_factive and self.has_toll:
            return False
        real = set(map(id, self.real))
        return any(
            any(hit.row["modality"] == "count" for hit in clause.modality)
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
        if self._is_factive(trigger):
            return None
        words = self.sentence.words
        nearest: tuple[int, str] | None = None
        for hit in self.modality:
            scope, modality = hit.row["scope"], hit.row["modality"]
            if scope == "near" and (0 <= hit.first - trigger.last <= 1 or 0 <= trigger.first - hit.last <= 0):
                return modality
            if scope == "verb":
                following = words[hit.last].text if hit.last < len(words) else ""
                if hit.last <= trigger.first <= hit.last + 6 and _is_present(following):
                    return modality
                continue
            reach = 25 if modality == "denial" else _REACH
            if scope != "after" or not hit.last <= trigger.first <= hit.last + reach:
                continue
            if modality == "intercepted" and trigger.row["method"] not in _FLYING:
                continue
            if modality in ("seized", "cleared") and trigger.row["method"] in _NEVER_FOUND:
                continue
            between = [
                word
                for word, after in zip(words[hit.last : trigger.first], words[hit.last + 1 :], strict=False)
                if not _is_midnight(word, after)
            ]
            if any(reading in _BREAKERS for word in between for reading in word_readings(word.text)):
                continue
            if nearest is None or hit.last > nearest[0]:
                nearest = (hit.last, modality)
        return nearest[1] if nearest else None

    def _is_factive(self, trigger: Hit) -> bool:
        """Whether a relative clause in the past says that it happened: the attack *that struck* …"""
        words = self.sentence.words[trigger.last : trigger.last + 4]
        for index, word in enumerate(words):
            if word.text in _RELATIVES:
                following = words[index + 1].text if index + 1 < len(words) else ""
                return following not in _MAY and not following.startswith(("ي", "س"))
        return False

    @cached_property
    def is_series(self) -> bool:
        """Whether it speaks of attacks in the plural, not of one."""
        words = self.sentence.words
        plural = single = False
        for hit in self.real:
            text = words[hit.first].text
            readings = set(word_readings(text))
            if hit.row["kind"] in ("attack", "blast"):
                if hit.first and words[hit.first - 1].text in _SUPERLATIVES:
                    single = True
                elif readings & _PLURAL_ATTACKS or self._is_counted(hit):
                    plural = plural or not self._is_raid(hit)
                elif (text[:1] in "يت" and "فجير" not in text) or hit.row["method"] == "unknown":
                    continue
                else:
                    single = True
            elif (hit.row["kind"] == "weapon" and hit.row["number"] in ("1", "2")) or (
                hit.row["kind"] == "agent" and hit.row["method"] == "suicide"
            ):
                single = True
        return plural and not single

    def _is_raid(self, hit: Hit) -> bool:
        """Whether air raids in the plural are one incident: flown on one day or at one spot."""
        named = bool(self.dates) or bool(_own_places(self))
        return hit.row["method"] == "airstrike" and named and not self._is_counted(hit)

    def _is_counted(self, hit: Hit) -> bool:
        """Whether a number above two stands before an attack noun: thirty attacks, a thousand attacks."""
        if hit.first == 0:
            return False
        before = self.sentence.words[hit.first - 1].text
        return (before.isdecimal() and int(before) > 2) or before in _MANY

    @cached_property
    def is_dual(self) -> bool:
        return any(set(word_readings(self.sentence.words[hit.first].text)) & _DUAL_ATTACKS for hit in self.real)

    @cached_property
    def is_factive(self) -> bool:
        """Whether its attack is told anew in a relative clause: the bombing that struck …"""
        return any(hit.row["kind"] in ("attack", "blast") and self._is_factive(hit) for hit in self.real)

    @cached_property
    def is_definite(self) -> bool:
        """Whether its attack words refer back ("the attack"), so that it goes on with what was told."""
        words = self.sentence.words
        own = [hit for hit in self.real if hit.row["kind"] in ("attack", "blast", "weapon", "agent")]
        nouns = [
            hit
            for hit in own
            if hit.row["kind"] in ("attack", "blast") and words[hit.first].text.lstrip("وف")[:1] in "البلك"
        ]
        plural = _PLURAL_ATTACKS
        singular = [hit for hit in nouns if not set(word_readings(words[hit.first].text)) & plural]
        if any(_has_article(words[hit.first].text) for hit in singular if hit.row["kind"] != "agent"):
            return True
        return bool(own) and all(_has_article(words[hit.first].text) for hit in own)

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
        return any(hit.row["kind"] == "weapon" and not _has_article(words[hit.first].text) for hit in self.triggers)

    @cached_property
    def has_new_trigger(self) -> bool:
        """Whether it brings in an attack, an explosion or a weapon without the article."""
        words = self.sentence.words
        return any(
            hit.row["kind"] in ("attack", "blast", "weapon", "agent") and not _has_article(words[hit.first].text)
            for hit in self.real
        )

    @cached_property
    def turns(self) -> bool:
        """Whether it opens with "on another matter", "some hours later" …"""
        return any(sign.row["sign"] == "turn" and sign.first <= 1 for clause in self.clauses for sign in clause.signs)

    @cached_property
    def opens_another(self) -> bool:
        """Whether "another" or "a second" stands at its attack words."""
        words = self.sentence.words
        own = [hit for hit in self.real if hit.row["kind"] in ("attack", "blast", "weapon")]
        if any(
            word.text in _OTHERS for hit in own if hit.row["kind"] == "weapon" for word in words[hit.first : hit.last]
        ):
            return True
        return any(
            sign.row["sign"] in ("another", "second", "third")
            and not _has_article(words[sign.first].text)
            and any(sign.first == hit.last for hit in own if not _is_of_salvo(hit, sign))
            for clause in self.clauses
            for sign in clause.signs
        )


def _is_midnight(word: Token, after: Token) -> bool:
    """Whether "after" belongs to "after midnight", "after noon"."""
    return word.text == "بعد" and after.text in ("منتصف", "ظهر", "الظهر", "عصر")


def _is_of_salvo(hit: Hit, sign: Hit) -> bool:
    """Whether "a third rocket" is one more of the rockets told, not another attack."""
    return (
        hit.row["kind"] == "weapon"
        and hit.row["method"] in ("rocket", "mortar", "missile")
        and sign.row["sign"] in ("second", "third")
    )


_OTHERS = word_set("others")
_PAST_IN_TA = word_set("past_in_ta")


def _is_present(word: str) -> bool:
    """Whether a folded verb after قد is in the present, so that it says "may"."""
    return len(word) > 3 and word[0] in "يتن" and word not in _PAST_IN_TA


def _has_article(word: str) -> bool:
    return word.startswith(("ال", "وال", "بال", "لل", "فال", "كال"))


def gather_candidates(clauses: list[Clause], among_attacks: bool = False) -> list[Candidate]:
    """Join a sentence's clauses into candidates; one with its own event and its own place or day stands alone."""
    groups: list[list[Clause]] = []
    recalled: list[bool] = []
    for clause in clauses:
        recalls = clause.recalls if not groups else _is_recalled(clause) or _is_answered(groups[-1], clause)
        if recalls and not clause.recalls and _is_placed_by(groups[-1], clause):
            recalls = False
        if (
            groups
            and not recalls
            and not (len(groups) == 1 and recalled[0])
            and not _opens_own(groups[-1], clause, among_attacks)
        ):
            groups[-1].append(clause)
        else:
            groups.append([clause])
            recalled.append(recalls)
    return [
        Candidate(
            clauses=group,
            recalled=recalls,
            answered=recalls and not _is_recalled(group[0]),
            among_attacks=among_attacks,
        )
        for group, recalls in zip(groups, recalled, strict=True)
    ]


def _is_placed_by(group: list[Clause], clause: Clause) -> bool:
    """Whether "another attack, five days after the first, in Salah ad-Din" only goes on: the clause names its place."""
    before, after = Candidate(clauses=group), Candidate(clauses=[clause])
    return before.opens_another and not _own_places(before) and bool(after.clauses[0].places) and after.is_definite


def _opens_own(group: list[Clause], clause: Clause, among_attacks: bool) -> bool:
    """Whether `clause` tells of another event than the clauses before it in its sentence."""
    before = Candidate(clauses=group, among_attacks=among_attacks)
    after = Candidate(clauses=[clause], among_attacks=among_attacks)
    if before.strength < 2 or after.strength < 2:
        return False
    if before.is_series and after.strength >= 3 and not after.is_series and _own_places(after):
        return True
    if (after.opens_another or after.turns) and not after.is_definite:
        return True
    if _is_listed(clause):
        return True
    if (
        clause.sentence.source == "title"
        and before.has_toll
        and after.has_toll
        and after.has_new_trigger
        and not after.is_definite
    ):
        return True
    if (
        clause.sentence.words[clause.first].text in _BESIDES
        and after.has_new_trigger
        and after.has_toll
        and before.has_toll
    ):
        return True
    if clause.sentence.words[clause.first].text in ("وكان", "وكانت") and after.has_new_weapon and after.has_toll:
        return True
    first_places, second_places = _own_places(before), _own_places(after)
    both = bool(first_places and second_places)
    return both and not any(_is_near(a, b) for a in first_places for b in second_places)


def _is_recalled(clause: Clause) -> bool:
    """Whether the clause is the earlier event of "this attack comes two days after …"."""
    words = clause.sentence.words
    if clause.recalls:
        return True
    if clause.first == 0:
        return False
    if words[clause.first].text in ("ردا", "غداه"):  # in answer to, the day after
        return True
    if words[clause.first].text not in AFTER:
        return False
    return words[0].text in COMES or any(
        date.kind == "relative_event" and date.start == clause.start for date in clause.dates
    )


def _is_answered(group: list[Clause], clause: Clause) -> bool:
    """Whether the clause is the attack that the one before it answers: "shelled their sites after shots from there"."""
    if clause.sentence.words[clause.first].text not in AFTER:
        return False
    before, after = Candidate(clauses=group), Candidate(clauses=[clause])
    methods = [
        {hit.row["method"] for hit in c.real if hit.row["kind"] in ("attack", "weapon")} for c in (before, after)
    ]
    return (
        before.strength >= 2
        and after.strength >= 2
        and after.has_new_trigger
        and bool(methods[1] - {"unknown"})
        and not methods[0] & methods[1]
    )


_BESIDES = word_set("besides")
_LISTED = word_set("listed")


def _is_listed(clause: Clause) -> bool:
    """Whether the clause goes on in a list of attacks: the first …, the second …, the other …"""
    return any(word.text in _LISTED for word in clause.sentence.words[clause.first : clause.first + 5])


def _own_places(candidate: Candidate) -> list[tuple[str, float | None, float | None]]:
    """Places below the level of a governorate that the candidate names in plain words, unknown names included."""
    found: list[tuple[str, float | None, float | None]] = []
    for clause in candidate.clauses:
        for choice in clause.places:
            place = choice.place
            exact = choice.hit.bearing is None or choice.hit.distance_km is not None
            if choice.hit.manner != "plain" or not exact:
                continue
            if place is None:
                found.append((choice.hit.name, None, None))
            elif place.rank < 5:
                found.append((place.name, place.lat, place.lon))
    return found


def _is_near(a: tuple[str, float | None, float | None], b: tuple[str, float | None, float | None]) -> bool:
    if a[1] is None or a[2] is None or b[1] is None or b[2] is None:
        return a[0] == b[0]
    return abs(a[1] - b[1]) < 0.12 and abs(a[2] - b[2]) < 0.12
