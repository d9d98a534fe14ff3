"""Turns a report's speakers into whose word it is: a group's statement, or an army's on its own strike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extract.actors.line import Line, find_verb, is_attack_noun
from extract.actors.table import LOCAL_ARMIES, LOCAL_ARMY, ActorHit, kind_of, load_actors, role_words
from extract.events.frames import Frame
from extract.layout import Document, Sentence
from extract.lexicon import load_lexicon, phrase_set, word_set


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whose statement a report is; `lists_deeds`: its heading says that its operations follow."""

    id: str
    lists_deeds: bool


def find_speaker(document: Document, actors: dict[int, list[ActorHit]]) -> Speaker | None:
    """Whose statement the whole report is: a name on a line of its own, or "statement of …", at the opening."""
    for sentence in document.sentences:
        if sentence.source != "text" or sentence.paragraph > 1:
            continue
        for hit in actors.get(id(sentence), []):
            before = [word.text for word in sentence.words[: hit.first]]
            opening = not before or before[0] in word_set("statement_heads")
            rest = [word.text for word in sentence.words[hit.last :]]
            alone = len(rest) <= 6 and not any(map(find_verb, rest)) and not hit.forced
            speaks = document.folded("text")[hit.end : hit.end + 3].lstrip("\"' ").startswith(":")
            named = hit.id in load_actors() and not (hit.forced and before)
            named = named and not is_attack_noun(sentence.words[hit.first].text)  # "the American aggression on …"
            if opening and hit.first <= 5 and (alone or speaks) and named:
                return Speaker(hit.id, not word_set("deeds_heads").isdisjoint(before))
    return None


def is_told_by(frame: Frame, speaker: Speaker, actors: dict[int, list[ActorHit]]) -> bool:
    """Whether a frame's words speak of the speaker's fighters: in the first person, of its arms, or in its own list."""
    we = role_words("we")
    ward = _WARDING if kind_of(speaker.id) == "state" else ()
    for sentence in {id(candidate.sentence): candidate.sentence for candidate in frame.candidates}.values():
        words = [word.text for word in sentence.words]
        if any(
            (word in we or word.removeprefix("و") in we or (word.endswith("نا") and find_verb(word[:-2]) is not None))
            and not (ward and word.removeprefix("و").startswith(ward))
            for word in words
        ):
            return True
        others = [hit.first for hit in actors.get(id(sentence), []) if hit.id != speaker.id]
        if _OWN_ARMS.search(" ".join(words[: min(others, default=len(words))])):
            return True
        if _goes_on_of_them(words[: min(others, default=len(words))]):
            return True
    return speaker.lists_deeds and frame.lead.candidate.strength >= 2 and _names_nobody(frame, speaker, actors)


# Arms by which a side calls its own forces; "the fiftieth wave of operation …".
_OWN_ARMS = re.compile(rf"\b[وف]?(?:{'|'.join(phrase_set('own_arms'))}|الموجه \S+ من عمليه)\b")


def _goes_on_of_them(words: Sequence[str]) -> bool:
    """Whether a line of a statement goes on with "and at four they struck …": those of whom it told before."""
    if not words or not words[0].startswith("و"):
        return False
    return any(word.endswith("وا") and find_verb(word) is not None for word in words[:6])


def _names_nobody(frame: Frame, speaker: Speaker, actors: dict[int, list[ActorHit]]) -> bool:
    sentences = {id(candidate.sentence) for candidate in frame.candidates}
    return not any(hit.id != speaker.id and hit.kind != "state" for key in sentences for hit in actors.get(key, []))


_WARDING = ("اسقط", "اعترض", "تصدي")  # we shot down, intercepted, repelled: what a state says so of was another's


def names_itself(frame: Frame, speaker: str, actors: dict[int, list[ActorHit]]) -> bool:
    """Whether a group's statement names the group beside its attack: "scenes of X's targeting of a tank"."""
    if kind_of(speaker) == "state":
        return False
    lead = frame.lead.candidate
    words = lead.sentence.words
    if any(word.text.removeprefix("و") in _WE_JUDGE for word in words):
        return False  # "we condemn the targeting of …"
    if any(hit.row["sign"] == "deny" for hit in load_lexicon("claims.tsv").find(words)):
        return False  # "we have nothing to do with …"
    return lead.strength >= 2 and any(hit.id == speaker for hit in actors.get(id(lead.sentence), []))


_WE_JUDGE = word_set("judging") | {"ندين", "نستنكر", "نندد", "نشجب"}  # we condemn, denounce


def goes_on_speaking(frame: Frame, document: Document, actors: dict[int, list[ActorHit]]) -> bool:
    """Whether the frame's sentence goes on with a statement: "it added that it had struck … too", nobody else named."""
    candidate = frame.lead.candidate
    line = Line(candidate.sentence, document.folded(candidate.source))
    if not line.plays(0, "speech") or not line.word(0).startswith("و"):
        return False
    own = role_words("own")
    that = next((at for at in range(1, min(6, len(line.words))) if line.word(at) in own), None)
    if that is None:
        return False
    verb = next((at for at in range(that + 1, min(that + 5, len(line.words))) if find_verb(line.word(at))), None)
    return verb is not None and not any(hit.first < verb for hit in actors.get(id(candidate.sentence), []))


def speaks_for_itself(
    actor: str | None, speaker: str | None, frame: Frame, document: Document, actors: dict[int, list[ActorHit]]
) -> bool:
    """Whether the actor itself tells of the attack: in its own statement, or by its army or government."""
    if actor is None:
        return False
    mouths = {actor, *_ALLIED.get(actor, ())}
    if speaker in mouths:
        return True
    if kind_of(actor) != "state":
        return False
    land = next((place.country for place in frame.spots if place.country), None)
    if LOCAL_ARMIES.get(land or "") in mouths:
        mouths = mouths | {LOCAL_ARMY}
    orders = [fact.candidate.order for fact in frame.facts]
    for order, sentence in enumerate(document.sentences):
        if min(orders) - 1 <= order <= max(orders) + 2 and _is_own_word(sentence, mouths, document, actors):
            return True
    return False


# Who else speaks for it; "the coalition" alone may be either.
_ALLIED = {"coalition": ("us",), "us": ("coalition",), "saudi_coalition": ("coalition", "saudi_arabia")}


def _is_own_word(sentence: Sentence, mouths: set[str], document: Document, actors: dict[int, list[ActorHit]]) -> bool:
    """Whether a sentence is told by an army, a ministry or a spokesman of the actor's, without denying it."""
    line = Line(sentence, document.folded(sentence.source))
    signs = load_lexicon("claims.tsv").find(sentence.words)
    if any(hit.row["sign"] in ("deny", "blame", "attribute", "suspect") for hit in signs):
        return False
    states = load_lexicon("states.tsv").find(sentence.words, overlap=True)
    named = [(hit.first, hit.last) for hit in actors.get(id(sentence), []) if hit.id in mouths]
    named += [
        (hit.first, hit.last)
        for hit in states
        if hit.row["actor"] in mouths and line.word(hit.first - 1) not in _WATCHERS
    ]
    for at in range(len(line.words)):
        if not line.plays(at, "speech"):
            continue
        end = next(
            (
                i
                for i in range(at + 1, min(at + 10, len(line.words)))
                if line.bare(i) in ("ان", "بان", "عن", "انها", "انه")
            ),
            min(at + 8, len(line.words)),
        )
        for first, last in named:
            if at < first < end and (first - at <= 2 or any(_is_body(line, i) for i in range(at + 1, last))):
                return True
    return False


# The observatory, the agency, the channel, the opposition of a land: no word of its state's.
_WATCHERS = frozenset(
    "المرصد الاعلام وكاله وكالات قناه صحيفه موقع شبكه المعارضه مصادر النشطاء الشبكه اذاعه وسايل".split()
)


def _is_body(line: Line, index: int) -> bool:
    bodies = role_words("body")
    for word in (line.word(index), line.bare(index)):
        plain = word.removeprefix("لل").removeprefix("ال").removeprefix("ل").removeprefix("ب")
        if any(form in bodies for form in (word, plain, f"ال{plain}")):
            return True
    return False


__all__ = ["Speaker", "find_speaker", "goes_on_speaking", "is_told_by", "names_itself", "speaks_for_itself"]
