"""Turns the sentences of one event into its status: occurred, intercepted, foiled, disputed, or no event at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extract.events.candidates import Candidate
from extract.events.scenes import FLYING
from extract.fields.interception import is_held_off, is_of_some, tells_of_all_shot_down
from extract.fields.stopping import blew_himself_up, exploded, has_fallen, has_victims, went_off, were_fired
from extract.lexicon import Hit, word_set

_RELATION = word_set("relation")
_LAUNCHERS = word_set("launchers")
_DEFENCES = word_set("air_defences")
_DOWNED = word_set("downed")
_REPELLED = word_set("repelled")
_DENS = frozenset("مضافه مضافات وكر وكرا اوكار مخبا مخابي كدس اكداس نفق انفاق".split())  # dens, hide-outs, stores
_OLD = word_set("old")
_WORLD_WAR = frozenset({"الحرب", "للحرب", "بالحرب"})  # the (World) War
_FELL = frozenset("وقع وقعا وقعت وقعوا تسقط يسقط تساقطت اصاب اصابت".split())  # fell, fall, hit


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The status, or None with the reason why there is no event; `hit` decided it."""

    status: str | None
    reason: str = ""
    hit: Hit | None = None
    source: str = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evidence:
    """The sentences of one event, their words, and what covers each word of attack in them."""

    candidates: Sequence[Candidate]
    words: set[str]
    covers: list[tuple[str, Hit, Candidate]]
    hurt: bool  # people were: something happened then, whoever denies its part

    def first(self, *kinds: str) -> tuple[Hit, Candidate] | None:
        """The first word of attack that is covered so."""
        return next(((hit, candidate) for cover, hit, candidate in self.covers if cover in kinds), None)

    def methods(self) -> set[str]:
        return {hit.row["method"] for candidate in self.candidates for hit in candidate.real}


def judge_status(candidates: Sequence[Candidate]) -> Status:
    """Weigh what the sentences of one event say of its outcome."""
    evidence = _Evidence(
        candidates=candidates,
        words={word.text for candidate in candidates for word in candidate.sentence.words},
        covers=list(_find_covers(candidates)),
        hurt=any(map(has_victims, candidates)),
    )
    for judge in (_judge_remains, _judge_denial, _judge_interception, _judge_stopped, _judge_clauses):
        status = judge(evidence)
        if status is not None:
            return status
    return Status(status="occurred")


def _find_covers(candidates: Sequence[Candidate]) -> Iterator[tuple[str, Hit, Candidate]]:
    """The words of attack that are told as stopped, shot down, denied or cleared away."""
    for candidate in candidates:
        for hit in candidate.triggers:
            cover = "" if hit.row["kind"] == "act" else candidate.cover_of(hit)
            if cover in ("foiled", "seized", "intercepted", "denial", "cleared"):
                yield cover, hit, candidate


def _judge_remains(evidence: _Evidence) -> Status | None:
    """No event where the ammunition of an old war is found, or mines are cleared."""
    if "العالميه" in evidence.words and evidence.words & _WORLD_WAR and not evidence.hurt:
        return Status(status=None, reason="a cache or old ammunition")
    cleared = evidence.first("cleared")
    if cleared is not None and _leads(evidence.candidates, cleared[1]):
        return Status(status=None, reason="cleared", hit=evidence.covers[0][1])
    return None


def _judge_denial(evidence: _Evidence) -> Status | None:
    """Disputed, no event, or shot down, where an authority denies an attack in which nobody was hurt."""
    denial = evidence.first("denial")
    if denial is None or evidence.hurt:
        return None
    hit, candidate = denial
    if _denies_any(candidate, hit) and not any(map(_names_scene, evidence.candidates)):
        return Status(status=None, reason="denial", hit=hit)
    if any(map(tells_of_all_shot_down, evidence.candidates)):
        return _shot_down(hit, candidate)
    if not _denies_only_a_part(candidate, hit):
        return Status(status="disputed", hit=hit, source=candidate.source, reason="denied by an authority")
    return None


def _shot_down(hit: Hit, candidate: Candidate) -> Status:
    return Status(status="intercepted", hit=hit, source=candidate.source, reason="shot down or fallen short")


def _judge_interception(evidence: _Evidence) -> Status | None:
    """Intercepted, where all of it was shot down and nothing struck."""
    intercepted = evidence.first("intercepted")
    shot = [
        (hit, candidate)
        for candidate in evidence.candidates
        for hit in candidate.modality
        if hit.row["modality"] == "intercepted" and hit.row["scope"] == "clause"
    ]
    if (intercepted is None and not shot) or not is_held_off(evidence.candidates):
        return None
    if intercepted is not None:
        hit, candidate = intercepted
        aloft = evidence.words & _DOWNED or not evidence.words & _REPELLED
        if hit.row["kind"] in ("weapon", "attack") and aloft and not is_of_some(candidate, hit):
            return _shot_down(hit, candidate)
    return _shot_down(*shot[0]) if shot and evidence.methods() & FLYING else None


def _judge_stopped(evidence: _Evidence) -> Status | None:
    """Foiled or found before it began, unless some of it was fired or went off all the same."""
    stopped = evidence.first("foiled", "seized")
    if stopped is None:
        return None
    hit, candidate = stopped
    words = evidence.words
    if _happened(evidence, candidate):
        return Status(status="occurred")
    if words & _OLD:
        return Status(status=None, reason="a cache or old ammunition", hit=hit)
    kinds = {cover for cover, _, _ in evidence.covers}
    if "foiled" not in kinds and words & _DENS:
        return Status(status=None, reason="a cache or old ammunition", hit=hit)
    flying = any(hit.row["method"] in FLYING for cover, hit, _ in evidence.covers if cover == "foiled")
    if flying and words & _DEFENCES and not words & _LAUNCHERS:
        return _shot_down(hit, candidate)
    defused = any(found.row["modality"] == "foiled" for found in candidate.modality)  # "was found and made safe"
    if "foiled" in kinds or defused or words & _LAUNCHERS:
        return Status(status="foiled", hit=hit, source=candidate.source, reason="stopped before it began")
    return Status(status=None, reason="weapons found or seized", hit=hit)


def _happened(evidence: _Evidence, candidate: Candidate) -> bool:
    """Whether what one sentence tells as stopped was an attack all the same: fired, told elsewhere, or gone off."""
    candidates = evidence.candidates
    others = [one for one in candidates if not one.covers & {"foiled", "seized"}]
    return (
        any(map(were_fired, candidates))  # some were launched before the rest were found
        or (_fell(evidence) and any(map(has_fallen, candidates)))
        or (not _leads(candidates, candidate) and any(one.strength >= 3 for one in others))
        or any(map(blew_himself_up, candidates))
        or any(map(has_victims, others))
        or (has_victims(candidate) and (went_off(candidate) or exploded(candidate)))
        # an assault on a post that was beaten back was made
        or all("تعرض" in one.sentence.words[hit.first].text for _, hit, one in evidence.covers)
    )


def _fell(evidence: _Evidence) -> bool:
    """Whether what flies is told, and that something fell or hit."""
    return bool(evidence.methods() & FLYING) and any(
        text in _FELL or text.removeprefix("و").startswith("سقط") for text in evidence.words
    )


def _judge_clauses(evidence: _Evidence) -> Status | None:
    """Disputed or foiled, where the denial or the foiling covers a clause and not a word of attack."""
    if evidence.hurt:
        return None
    denied = [one for one in evidence.candidates if "denial" in one.clause_modality and one.strength >= 2]
    if any(not any(clause.tolls for clause in one.clauses) for one in denied):
        return Status(status="disputed", reason="denied by an authority")
    if not _fell(evidence) and any("foiled" in one.clause_modality for one in evidence.candidates):
        return Status(status="foiled", reason="stopped before it began")
    return None


def _leads(candidates: Sequence[Candidate], candidate: Candidate) -> bool:
    """Whether a candidate is the headline's or the first of the text in its event."""
    first = [c for c in candidates if c.source == "title"][:1] + [c for c in candidates if c.source == "text"][:1]
    return any(candidate is other for other in first)


def _denies_any(candidate: Candidate, trigger: Hit) -> bool:
    """Whether "any" attack is denied: "denied having flown any raid in Iraq"."""
    words = candidate.sentence.words
    return any(word.text == "اي" for word in words[max(0, trigger.first - 2) : trigger.first])


def _names_scene(candidate: Candidate) -> bool:
    """Whether it names a governorate or a narrower place."""
    return any(choice.place is not None and choice.place.rank <= 5 for c in candidate.clauses for choice in c.places)


_HAPPENING = frozenset({"سقوط", "وقوع", "تسجيل", "حدوث", "وجود"})  # the fall of, that there were
_VICTIMS = frozenset("قتلي ضحايا اصابات خساير جرحي شهداء اضرار مصابين".split())
_KNOWN = ("ال", "بال", "لل")
_CIVILIANS = frozenset("المدنيين مدنيين المدنيون اهداف منشات مستشفيات مستشفي".split())  # aims denied


def _names_toll(between: Sequence[str], attack: str) -> bool:
    """Whether what is denied is "that anybody was killed in the shelling": victims, and an attack that is known."""
    told = any(word in _HAPPENING and set(between[at + 1 : at + 3]) & _VICTIMS for at, word in enumerate(between))
    return told and attack.startswith(_KNOWN)


def _denies_only_a_part(candidate: Candidate, trigger: Hit) -> bool:
    """Whether the denial is of who did it or of the toll, not of the event."""
    words = candidate.sentence.words
    for modality in candidate.modality:
        if modality.row["modality"] == "denial" and modality.last <= trigger.first:
            between = [word.text for word in words[modality.last : trigger.first]]
            aim = words[trigger.last].text if trigger.last < len(words) else ""
            if _RELATION.intersection(between) or aim in _CIVILIANS:
                return True
            if _names_toll(between, words[trigger.first].text):
                return True
    return False


__all__ = ["Status", "judge_status"]
