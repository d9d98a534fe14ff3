"""Turns a sentence into clauses, each with the words of attack, modality, target and claim that it holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from extract.dates import DateHit
from extract.events.openers import (
    AFTER,
    COMES,
    LATER,
    MEMORIES,
    opens_comparison,
    opens_since,
    opens_with_rank,
)
from extract.events.readings import settle_means
from extract.events.slots import fill_ellipses, fill_others, fill_slots, find_slots, opens_another_one
from extract.layout import Sentence
from extract.lexicon import Hit, load_lexicon, word_set
from extract.places import PlaceChoice
from extract.text import Token
from extract.tolls.find import TollHit

_FIRES = word_set("fires")
_ANSWERED = frozenset({"رد", "ردت", "ردوا"})  # "they answered with …", "the army answered by shelling …"
_ANSWERING = frozenset("بقصف بغارات بغاره بضربات بضربه بشن باستهداف باطلاق بضرب بهجوم بمهاجمه".split())
_OPENERS = MEMORIES | word_set("connectives") | word_set("in_answer") | word_set("and_attack")
_MAIN_VERBS = word_set("main_verbs")
_LISTED = word_set("listed")
_WHEREAS = frozenset({("في", "حين"), ("بما", "في"), ("بما", "فيها")})  # while, including
# raided, struck, shelled, launched, targeted, announced, renewed …: what happened meanwhile
_VERBS = frozenset("اغارت اغار قصفت قصف شنت شن استهدفت استهدف اعلنت اعلن قتل اصيب قالت قال جددت جدد شهدت واصلت".split())
ALSO = "ايضا"
_ALSO_FOR = (ALSO, "عن")  # (claimed responsibility) also for: another attack follows
_BREAKS = "،,؛:؟!"


@dataclass(slots=True, kw_only=True)
class Clause:
    """A clause: word indexes [first, last) in its sentence, and what was found in it."""

    sentence: Sentence
    first: int
    last: int
    triggers: list[Hit] = field(default_factory=list)
    modality: list[Hit] = field(default_factory=list)
    targets: list[Hit] = field(default_factory=list)
    signs: list[Hit] = field(default_factory=list)
    claims: list[Hit] = field(default_factory=list)
    places: list[PlaceChoice] = field(default_factory=list)
    dates: list[DateHit] = field(default_factory=list)
    tolls: list[TollHit] = field(default_factory=list)
    recalls: bool = False  # it tells of the event of a day that the clause before it names
    slot: int = 0  # "two attacks, the first …, the second …": which of them the clause tells of; 0: none
    pooled: bool = False  # it names such attacks together, each told by itself behind

    @property
    def opener(self) -> str:
        """Its first word, folded."""
        return self.sentence.words[self.first].text

    @property
    def start(self) -> int:
        return self.sentence.words[self.first].start

    @property
    def end(self) -> int:
        return self.sentence.words[self.last - 1].end


def is_listed(clause: Clause) -> bool:
    """Whether the clause goes on in a list of attacks: the first …, the second …, the other …"""
    return bool(clause.slot) or any(
        word.text in _LISTED for word in clause.sentence.words[clause.first : clause.first + 5]
    )


def cut_clauses(
    sentence: Sentence, folded: str, dates: Iterable[DateHit] = (), slots: Sequence[int] = ()
) -> list[tuple[int, int]]:
    """Word index ranges of the clauses of a sentence: cut at commas, colons, connectives, "two days after", slots."""
    words = sentence.words
    relative = {date.start for date in dates if date.kind == "relative_event"}
    cuts = [0]
    comes = bool(words) and words[0].text in COMES  # "the attack comes two days after …": what follows is another event
    comes = comes or opens_with_rank(words)
    resumes = _opens_with_earlier(words, relative)  # "two days after the attack that …, the movement claimed …"
    for index in range(1, len(words)):
        text = words[index].text
        between = folded[words[index - 1].end : words[index].start]
        if _is_break(between) or words[index].start in relative or index in slots or _opens_clause(words, index):
            cuts.append(index)
        elif comes and text in AFTER and words[index - 1].text != "عن":  # "from afar" is no "after"
            cuts.append(index)
            comes = False
        elif 5 < index < 30 and resumes and text in _MAIN_VERBS:
            cuts.append(index)
            resumes = False
        elif (
            text in LATER and index + 1 < len(words) and words[index + 1].text in (*_FIRES, "اخر", "اخري")
        ):  # after shots, an attack …
            cuts.append(index)
        elif opens_since(words, index) or opens_comparison(words, index):
            cuts.append(index)
    cuts.append(len(words))
    return [(first, last) for first, last in pairwise(cuts) if last > first]


def _is_break(between: str) -> bool:
    """Whether what stands between two words parts clauses."""
    return between != " " and (".." in between or any(mark in between for mark in _BREAKS))


def _opens_clause(words: Sequence[Token], index: int) -> bool:
    """Whether the word at `index` begins a clause by itself or with the next: a connective, "while", "in answer to"."""
    text = words[index].text
    following = words[index + 1].text if index + 1 < len(words) else ""
    if text in _OPENERS or (text, following) in _WHEREAS or (text, following) == _ALSO_FOR:
        return True
    if (text, following) == ("في", "وقت"):  # "at a time when aircraft raided …", not "at a late hour"
        after = words[index + 2].text if index + 2 < len(words) else ""
        return after in _VERBS
    if text.startswith("و") and (opens_another_one(words, index) or _fell_elsewhere(words, index)):
        return True
    if text.removeprefix("و") not in _ANSWERED:
        return False
    near = [word.text for word in words[index + 1 : index + 5]]
    return following.startswith("ب") or any(word in _ANSWERING for word in near)


_FELL = frozenset("وقتل وقتلت وقتلوا واصيب واصيبت وجرح ولقي وتوفي".split())  # and was killed, wounded; and died
_OTHERS = frozenset("اخر اخران اخرون اخرين اخري".split())  # another, two others, others
_IN = frozenset({"في", "جراء", "اثر"})  # in, as a result of


def _fell_elsewhere(words: Sequence[Token], index: int) -> bool:
    """Whether "and two others were killed in an explosion" begins at `index`, behind the victims of another attack."""
    if index < 3 or words[index].text not in _FELL:
        return False
    before = [word.text for word in words[max(0, index - 20) : index]]
    last = max((at for at, text in enumerate(before) if f"و{text.removeprefix('و')}" in _FELL), default=0)
    if not any(text.removeprefix("ب").removeprefix("ال") in _FIRES for text in before[last:]):
        return False
    near = [word.text for word in words[index + 1 : index + 8]]
    at = next((at for at, text in enumerate(near[:5]) if text in _OTHERS), None)
    return at is not None and any(
        near[step] in _IN and near[step + 1] in _FIRES for step in range(at + 1, min(at + 3, len(near) - 1))
    )


def _opens_with_earlier(words: Sequence[Token], relative: Iterable[int]) -> bool:
    """Whether a sentence begins with "(and) two days after the attack that …"."""
    return bool(words) and any(words[0].start <= start <= words[0].start + 1 for start in relative)


def _is_victim(hit: Hit, words: Sequence[Token], tolls: Sequence[TollHit]) -> bool:
    """Whether gunmen are named among the dead ("seven of the gunmen"), not as attackers."""
    return (
        hit.row["kind"] == "agent"
        and words[hit.last - 1].text.endswith(("ين", "ا"))
        and any(toll.start <= hit.start < toll.end for toll in tolls)
    )


def _is_struck(hit: Hit, words: Sequence[Token], triggers: Sequence[Hit]) -> bool:
    """Whether gunmen stand behind a verb of striking and who struck, or behind "on": "aircraft shelled gunmen"."""
    if hit.row["kind"] != "agent" or not words[hit.last - 1].text.endswith("ين") or words[hit.first].text[0] in "بلو":
        return False
    if hit.first and words[hit.first - 1].text in _UPON and hit.row["method"] == "gunfire":
        return True  # "carried out a strike on gunmen"
    return any(
        other.row["kind"] == "attack"
        and 1 < hit.first - other.first <= 4
        and words[other.first].text.lstrip("و").startswith(_STRUCK)
        and not any(words[at].text in ("من", "ان") for at in range(other.first, hit.first))
        for other in triggers
    )


_UPON = frozenset({"علي", "ضد"})  # on, against
_STRUCK = ("قصفت", "استهدفت", "استهدف", "ضربت")  # shelled, targeted, hit


def _is_adjective(hit: Hit, words: Sequence[Token]) -> bool:
    """Whether "suicide" only describes: the suicide (operation), as suicide bombers."""
    if hit.row["kind"] != "agent" or hit.row["method"] != "suicide":
        return False
    text = words[hit.last - 1].text
    before = words[hit.first - 1].text if hit.first else ""
    return (text.startswith("ال") and text.endswith("يه")) or before.startswith(("كمفجر", "المفجر"))


_AVENGING = word_set("avenging")
_NEAR = 5  # words of a clause in which it says what it answers
_WHEN = word_set("when")
_WHEREIN = frozenset({"حيث", "اذ"})  # in which; for
_SUPERLATIVES = word_set("superlatives_of_them")


def _lend_dates(clauses: list[Clause]) -> None:
    """Give "when 30 rockets fell on it" the day before it: "not attacked since 27 December, when …"."""
    for number, (before, clause) in enumerate(pairwise(clauses)):
        words = clause.sentence.words
        opener = clause.opener
        near = bool(before.dates) and before.dates[-1].end >= words[clause.first].start - 4
        if near and (opener in _WHEN or opener in _WHEREIN):
            date = before.dates[-1]
            telling = any(other.tolls for other in clauses[: number + 1]) and "since" not in date.flags
            if (
                opener in _WHEN
                and not telling
                and ("since" in date.flags or (date.kind in ("absolute", "month") and not _names_attempt(before)))
            ) or any(word.text in _SUPERLATIVES for word in before.sentence.words[before.first : before.last]):
                clause.dates.append(replace(date, flags=date.flags - {"since"}))
                clause.recalls = True


_ATTEMPTS = frozenset("محاوله المحاوله لمحاوله بمحاوله ومحاوله".split())  # an attempt at


def _names_attempt(clause: Clause) -> bool:
    """Whether "the attempt to kill X on that day" is told, of which "when …" tells how it was made."""
    words = clause.sentence.words
    return any(hit.first and words[hit.first - 1].text in _ATTEMPTS for hit in clause.triggers)


_TELLING = word_set("telling")
_LINKS = word_set("links")


def is_source(words: Sequence[Token], index: int) -> bool:
    """Whether the word at `index` names who is quoted ("an official of the ministry said"), not who was struck."""
    at = index - 1
    steps = 0
    while at >= 0 and steps < 4:
        text = words[at].text
        if text in _TELLING or text.removeprefix("و").removeprefix("ف") in _TELLING:
            return True
        if text not in _LINKS:
            return False
        at, steps = at - 1, steps + 1
    return False


def _is_avenged(clause: Clause, toll: TollHit) -> bool:
    """Whether it counts the dead for whom the attack was an answer, no day or place of theirs being told."""
    words = clause.sentence.words
    near = words[min(clause.first + _NEAR, clause.last) - 1]
    return clause.opener in _AVENGING and toll.start < near.end and not clause.places and not clause.dates


def find_modality(words: Sequence[Token]) -> list[Hit]:
    """The words that turn an attack into something else, but for those inside a phrase that says no such thing."""
    found = load_lexicon("modality.tsv").find(words, overlap=True)
    void = [hit for hit in found if hit.row["modality"] == "none"]
    if not void:
        return found
    return [hit for hit in found if not any(other.first <= hit.first < other.last for other in void)]


def read_clauses(
    sentence: Sentence,
    folded: str,
    places: Iterable[PlaceChoice],
    dates: Sequence[DateHit],
    tolls: Sequence[TollHit],
    counted: Sequence[Clause] = (),
) -> list[Clause]:
    """Cut a sentence and hand each clause its hits; places, dates and tolls are those of the sentence.

    `counted` are the clauses of a sentence shortly before that spoke of several attacks together.
    """
    words = sentence.words
    if not words:
        return []
    triggers = load_lexicon("triggers.tsv").find(words)
    slots = find_slots(words, folded, triggers, counted=bool(counted))
    clauses = [
        Clause(sentence=sentence, first=first, last=last) for first, last in cut_clauses(sentence, folded, dates, slots)
    ]
    ends = [clause.end for clause in clauses]

    def clause_at(offset: int) -> Clause:
        for clause, end in zip(clauses, ends, strict=True):
            if offset < end:
                return clause
        return clauses[-1]

    for hit in triggers:
        if hit.row["kind"] == "none" or _is_victim(hit, words, tolls) or _is_struck(hit, words, triggers):
            continue
        if not _is_adjective(hit, words):
            clause_at(hit.start).triggers.append(settle_means(hit, words))
    for hit in find_modality(words):
        clause_at(hit.start).modality.append(hit)
    for hit in load_lexicon("targets.tsv").find(words, overlap=True):
        if not is_source(words, hit.first):
            clause_at(hit.start).targets.append(hit)
    for hit in load_lexicon("discourse.tsv").find(words, overlap=True):
        clause_at(hit.start).signs.append(hit)
    for hit in load_lexicon("claims.tsv").find(words):
        clause_at(hit.start).claims.append(hit)
    for place in places:
        clause_at(place.hit.start).places.append(place)
    for date in dates:
        clause_at(date.start).dates.append(date)
    for toll in tolls:
        if not _is_avenged(clause_at(toll.start), toll):
            clause_at(toll.start).tolls.append(toll)
    _lend_dates(clauses)
    relative = [date.start for date in dates if date.kind == "relative_event"]
    if len(clauses) > 1 and _opens_with_earlier(words, relative) and clauses[1].opener in _MAIN_VERBS:
        clauses[0].recalls = True
    if slots:
        fill_slots(clauses, slots, counted)
    fill_ellipses(clauses)
    fill_others(clauses)
    return clauses
