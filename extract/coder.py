"""Turns a report into its coded incidents, each with confidence and evidence, and into reasons where there is none."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from operator import attrgetter

from extract.actors.attribution import attribute_frames
from extract.actors.names import find_all_actors
from extract.dates import DateHit, find_dates
from extract.events.candidates import Candidate
from extract.events.clauses import Clause, read_clauses
from extract.events.frames import Facts, Frame, read_facts
from extract.events.gathering import gather_frames
from extract.events.grouping import gather_candidates
from extract.events.lending import lend_likeness, lend_means, lend_row
from extract.events.listing import gather_wave
from extract.events.series import find_row
from extract.events.twins import merge_twins
from extract.fields.days import Calendar
from extract.fields.mentions import Reading, make_mention
from extract.fields.recalls import settle_relative_days
from extract.gate import has_trigger
from extract.language import detect_language
from extract.layout import Document, Sentence
from extract.lexicon import Hit, word_set
from extract.places import PlaceChoice, find_places, resolve_places
from extract.places.references import take_up_town
from extract.places.scenery import keep_scenes
from extract.silence.notices import find_notices
from extract.silence.reasons import find_reasons
from extract.silence.retelling import TOLD_AGAIN, leads_with
from extract.text import fold
from extract.tolls.find import find_tolls
from store.records import Coding, Mention, Report

CODER_VERSION = "1"
LONGEST = (
    40_000  # characters of a text that are read; ten times the longest report known, and a bound for hostile pages
)
LONGEST_TITLE = 1_000
_START = attrgetter("start")
SHORTEST_HEADLINE = 3  # words; fewer ("urgent", an outlet's name) say nothing
_NO_LETTER = re.compile(r"[\W\d_]+")
_NOT_ARABIC = re.compile("[^\u0620-\u064a\u06a9\u06cc]+")
_FOREIGN = re.compile(
    "[\u067e\u0686\u0698\u06af\u0695\u06b5\u06c6\u06ce]"
)  # letters of Persian, Urdu and Kurdish alone


def code_report(report: Report) -> Coding:
    """Code one report; an Arabic report without any word of attack is done after one scan of its letters."""
    return read_report(report)[0]


def read_report(report: Report) -> tuple[Coding, Reading | None]:
    """Code one report and hand on what was known of it, for who asks why; None where only the scan was made."""
    language = tell_language(report.text or report.title or "")
    if language != "ar":
        return Coding(language=language, coder_version=CODER_VERSION), None
    if not has_trigger(fold(report.title or "")) and not has_trigger(fold(report.text[:LONGEST])):
        return Coding(language=language, coder_version=CODER_VERSION), None
    coder = _Coder(report)
    return coder.code(), coder.reading


def tell_language(text: str) -> str | None:
    """`ar` where the letters alone say so; else what the language room says (None: cannot be told)."""
    sample = text[:2000]
    letters = len(_NO_LETTER.sub("", sample))
    if not letters:
        return None
    arabic = len(_NOT_ARABIC.sub("", sample))
    foreign = len(_FOREIGN.findall(sample))
    if arabic > 0.4 * letters and foreign <= 0.01 * letters:
        return "ar"
    return detect_language(text).language


_TWO = word_set("two")
# Words of attack in any form: attack, bombing, booby-trapped, suicide, device, targeted, assault, raid, shelling.
_ATTACKS = re.compile(r"(?:هجوم|هجمات|تفجير|مفخخ|انتحاري|ناسفه|استهدف|اعتداء|غاره|قصف)")
# A capital stands for its government unless a word puts the event there: in, the capital, the city, attached "in".
_IN = re.compile(
    r"(?:\b(?:في|العاصمه|مدينه|وسط|قرب|غرب|غربي|شرق|شرقي|شمال|شمالي|جنوب|جنوبي|مشارف|اطراف|ضواحي|محيط|خارج|داخل|شوارع"
    r"|ناحيه|قضاء|بلده|قريه|فوق|باتجاه|تجاه|نحو|صوب|سماء|اجواء|ضاحيه|تفجيري|تفجيرات|هجمات|هجومي|اعتداءات)\s+(?:العاصمه\s+)?|\bب)[^\s]?$"
)


# Raids (a strike, shelling, rockets …) on a capital have the town for their scene, not its government.
_STRUCK = re.compile(r"(?:غارات|غاره|ضربات|ضربه|قصف|هجوم|هجمات|صواريخ|صاروخ|عدوان)(?: [^ .،؛:]+){0,3} علي.?$")
_STRUCK_REACH = 45


def speaks_of_attacks(folded: str) -> bool:
    """Whether a text names attacks often enough that an explosion at a target in it is one of them."""
    return len(_ATTACKS.findall(folded)) >= 3


_HOAXES = frozenset({"hoax", "false_alarm"})
_CAUSES = word_set("causes")
_COINCIDES = frozenset({"تزامن", "وتزامن", "تزامنت", "وتزامنت", "تزامنا", "وتزامنا"})  # coincided with


def _is_untold(title: str | None, facts: list[Facts]) -> bool:
    """Whether a headline, of some words, names neither an attack nor a weapon nor victims, nor tells of a claim."""
    if len((title or "").split()) < SHORTEST_HEADLINE:
        return False
    told = [fact for fact in facts if fact.candidate.source == "title"]
    if any(hit.row["sign"] == "claim" for fact in told for clause in fact.candidate.clauses for hit in clause.claims):
        return False
    return not any(fact.candidate.triggers or fact.tolls for fact in told)


def find_explanation(facts: list[Facts]) -> str | None:
    """Whether a sentence of the report traces the noise to a drill or an accident: the word for it, or None."""
    for fact in facts:
        named = fact.candidate.clause_modality & {"drill", "accident"}
        candidate = fact.candidate
        if not named or fact.exact or candidate.sentence.words[0].text in _COINCIDES:
            continue  # "the shelling coincided with blasts that a drill caused" explains the blasts alone
        lead = candidate.order <= 1 and "blast" in candidate.kinds() and not candidate.has_sign_of_attack
        if lead or any(word.text in _CAUSES for word in fact.candidate.sentence.words):
            return sorted(named)[0]
    return None


def _is_in_date(choice: PlaceChoice, dates: Sequence[DateHit]) -> bool:
    """Whether a quarter named after a day ("17 July") is only that day."""
    return any(
        hit.kind == "absolute" and "name" not in hit.flags and hit.start < choice.hit.end and choice.hit.start < hit.end
        for hit in dates
    )


class _Coder:
    """The state of coding one report."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.document = Document((report.title or "")[:LONGEST_TITLE], report.text[:LONGEST])
        self.pair = "unknown"  # the means of the two attacks that were last counted
        self.means = "unknown"  # of the attack that was last told by its means
        self.row: Hit | None = None  # the word for the row of attacks that the headline or the lead counts
        self.counted: tuple[int, list[Clause]] = (-9, [])  # the sentence that last counted attacks, and its clauses
        self.reading: Reading | None = None  # once the report is coded, for who asks why
        self.actors = find_all_actors(self.document.sentences)
        self.places = {source: self._find_places(source) for source in ("title", "text")}
        self.country = self._main_country()
        self.among_attacks = speaks_of_attacks(self.document.text.folded)
        self.dates = {source: find_dates(self.document.folded(source)) for source in ("title", "text")}
        self.calendar = Calendar(report, self.country, self.dates["text"])

    def code(self) -> Coding:
        sentences = self.document.sentences
        facts: list[Facts] = []
        for order, sentence in enumerate(sentences):
            told = [self._read_facts(candidate) for candidate in self._read_sentence(sentence, order)]
            self.pair = next((fact.method for fact in told if fact.candidate.is_dual), self.pair)
            self.means = next((fact.method for fact in reversed(told) if fact.exact), self.means)
            if order <= 1 and self.row is None:
                self.row = find_row(fact.candidate for fact in told if fact.tolls)
            several = next((f for f in told if f.candidate.is_dual or f.candidate.is_series), None)
            if several is not None and sentence.source == "text":
                self.counted = (order, several.candidate.clauses)
            settle_relative_days(told, facts, self.calendar.today)
            facts.extend(told)
        frames = gather_frames(facts)
        reading = Reading(
            report=self.report,
            document=self.document,
            calendar=self.calendar,
            country=self.country,
            actors=self.actors,
            frames=frames,
            facts=facts,
            attributions=attribute_frames(self.document, self.actors, frames, facts, self.country),
            attacks=sum(bool({"attack", "weapon"} & fact.candidate.kinds()) for fact in facts),
            crime=any(
                "motive" in fact.candidate.clause_modality
                or ("crime" in fact.candidate.clause_modality and fact.candidate.order <= 1)
                for fact in facts
            ),
            trial=leads_with(facts, {"trial"}, anywhere=False),
            tale=leads_with(facts, TOLD_AGAIN),
            drill=leads_with(facts, {"drill", "exercise"}, anywhere=False),
            untold=_is_untold(self.report.title, facts),
            hoaxes=frozenset().union(*(fact.candidate.clause_modality & _HOAXES for fact in facts)),
            sport=len(
                {hit.start for fact in facts for hit in fact.candidate.modality if hit.row["modality"] == "sport"}
            ),
            explained=find_explanation(facts),
        )
        mentions: list[Mention] = []
        kept: list[Frame] = []
        refused: dict[int, str] = {}
        for frame in frames:
            outcome = make_mention(frame, reading)
            if isinstance(outcome, Mention):
                mentions.append(outcome)
                kept.append(frame)
            else:
                refused[id(frame)] = outcome
        if not any(mention.role == "news" for mention in mentions):
            for frame in gather_wave(facts):  # attacks told in the plural alone, their parts too vague by themselves
                outcome = make_mention(frame, reading)
                if isinstance(outcome, Mention) and (not mentions or outcome.role == "news"):
                    mentions, kept = [*mentions, outcome], [*kept, frame]
        mentions = merge_twins(mentions, kept)
        self.reading = reading
        return Coding(
            language="ar",
            mentions=tuple(mentions),
            notices=tuple(find_notices(reading, kept, refused, mentions)),
            reasons=tuple(find_reasons(reading, kept, refused)),
            coder_version=CODER_VERSION,
        )

    def _find_places(self, source: str) -> list[PlaceChoice]:
        """The places of a source, but for those inside an actor's name."""
        folded = self.document.folded(source)
        names = sorted(
            (hit.start, hit.end)
            for hits in self.actors.values()
            for hit in hits
            if hit.sentence.source == source
            and not _IN.search(folded, max(0, hit.start - 12), hit.start + 1)
            and not _STRUCK.search(folded, max(0, hit.start - _STRUCK_REACH), hit.start)
        )
        choices = resolve_places(find_places(folded))
        return [
            choice
            for choice in keep_scenes(choices, folded)
            if not any(start <= choice.hit.start < end for start, end in names)
        ]

    def _main_country(self) -> str | None:
        """The country that the report names most, the headline and the dateline included."""
        votes: Counter[str] = Counter()
        for source, choices in self.places.items():
            for choice in choices:
                if choice.place and choice.place.country:
                    votes[choice.place.country] += 2 if source == "title" else 1
        return votes.most_common(1)[0][0] if votes else None

    def _read_sentence(self, sentence: Sentence, order: int) -> list[Candidate]:
        folded = self.document.folded(sentence.source)
        places = [c for c in self.places[sentence.source] if sentence.start <= c.hit.start < sentence.end]
        if sentence.source == "title" and places and self._is_prefix(places[0], folded):
            places = places[1:]
        found = self.dates[sentence.source]
        first, last = (bisect_left(found, end, key=_START) for end in (sentence.start, sentence.end))
        dates = [hit for hit in found[first:last] if folded[hit.start : hit.end] not in _TWO]
        places = [choice for choice in places if not _is_in_date(choice, dates)]
        if not any(choice.hit.manner == "plain" for choice in places):
            named = [choice for choice in self.places[sentence.source] if choice.hit.start < sentence.end]
            town = take_up_town(sentence.words, named)
            places += [town] if town is not None else []
        tolls = find_tolls(folded, sentence.start, sentence.end)
        counted = self.counted[1] if 0 < order - self.counted[0] <= 2 else []
        clauses = read_clauses(sentence, folded, places, dates, tolls, counted)
        if self.pair not in ("unknown", "ied"):
            lend_means(clauses, self.pair)
        lend_likeness(clauses, self.means)
        if sentence.source == "text":
            lend_row(clauses, self.row)
        candidates = gather_candidates(clauses, self.among_attacks)
        for candidate in candidates:
            candidate.order = order
        return candidates

    def _is_prefix(self, choice: PlaceChoice, folded: str) -> bool:
        """Whether a headline's first word only says what land it is about ("Baghdad: …"); the text names the scene."""
        if choice.hit.start > 1 or not folded[choice.hit.end :].lstrip().startswith((":", "..")):
            return False
        return any(
            other.place is not None
            and other.place.admin1 not in (None, choice.place.admin1 if choice.place else None)
            and other.place.country == (choice.place.country if choice.place else None)
            and other.hit.manner == "plain"
            for other in self.places["text"][:8]
        )

    def _read_facts(self, candidate: Candidate) -> Facts:
        hit, resolved, said = self.calendar.day_of(candidate, self.document.folded(candidate.source))
        return read_facts(candidate, hit, resolved, said=said, today=self.calendar.today)
