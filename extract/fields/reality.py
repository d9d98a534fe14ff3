"""Turns the sentences of one event into its status: occurred, intercepted, foiled, disputed, or no event at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from extract.events.candidates import Candidate
from extract.lexicon import Hit, word_set
from extract.numbers.lexicon import WORDS

_IMPACTS = word_set("impacts")
_RELATION = word_set("relation")
_LAUNCHERS = word_set("launchers")
_DEFENCES = word_set("air_defences")
_AIRBORNE = frozenset({"drone", "rocket", "missile"})
_DOWNED = word_set("downed")
_REPELLED = word_set("repelled")
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


def judge_status(candidates: Sequence[Candidate]) -> Status:
    """Weigh what the sentences of one event say of its outcome."""
    words = {word.text for candidate in candidates for word in candidate.sentence.words}
    covers: list[tuple[str, Hit, Candidate]] = []
    for candidate in candidates:
        for hit in candidate.triggers:
            if hit.row["kind"] == "act":
                continue
            cover = candidate.cover_of(hit)
            if cover in ("foiled", "seized", "intercepted", "denial", "cleared"):
                covers.append((cover, hit, candidate))
    kinds = [cover for cover, _, _ in covers]
    if "العالميه" in words and words & _WORLD_WAR and not any(map(_has_victims, candidates)):
        return Status(status=None, reason="a cache or old ammunition")
    if "cleared" in kinds and _leads(candidates, covers[kinds.index("cleared")][2]):
        return Status(status=None, reason="cleared", hit=covers[0][1])
    hurt = any(map(_has_victims, candidates))  # where people were hurt something happened, whoever denies its part
    if "denial" in kinds and not hurt:
        hit, candidate = next((hit, candidate) for cover, hit, candidate in covers if cover == "denial")
        if _denies_any(candidate, hit) and not any(map(_names_scene, candidates)):
            return Status(status=None, reason="denial", hit=hit)
        if any(map(_tells_of_all_shot_down, candidates)):
            return Status(status="intercepted", hit=hit, source=candidate.source, reason="shot down or fallen short")
        if not _denies_only_a_part(candidate, hit):
            return Status(status="disputed", hit=hit, source=candidate.source, reason="denied by an authority")
    held_off = not (_got_through(candidates) or any(_doubts_interception(c) or _tells_most(c) for c in candidates))
    if "intercepted" in kinds and held_off:
        hit, candidate = next((hit, candidate) for cover, hit, candidate in covers if cover == "intercepted")
        all_of_them = not _is_of_some(candidate, hit)
        if all_of_them and hit.row["kind"] in ("weapon", "attack") and (words & _DOWNED or not words & _REPELLED):
            return Status(status="intercepted", hit=hit, source=candidate.source, reason="shot down or fallen short")
    shot = [
        (hit, c)
        for c in candidates
        for hit in c.modality
        if hit.row["modality"] == "intercepted" and hit.row["scope"] == "clause"
    ]
    flying = any(hit.row["method"] in ("drone", "missile", "rocket") for c in candidates for hit in c.real)
    if shot and flying and held_off:
        return Status(
            status="intercepted", hit=shot[0][0], source=shot[0][1].source, reason="shot down or fallen short"
        )
    fell = flying and any(
        w.text in _FELL or w.text.removeprefix("و").startswith("سقط") for c in candidates for w in c.sentence.words
    )
    flying_kinds = any(hit.row["method"] in _AIRBORNE for cover, hit, _ in covers if cover == "foiled")
    if {"foiled", "seized"} & set(kinds):
        if any(_were_fired(c) for c in candidates) or (fell and any(_has_fallen(c) for c in candidates)):
            return Status(status="occurred")  # some were launched before the rest were found
        hit, candidate = next((hit, candidate) for cover, hit, candidate in covers if cover in ("foiled", "seized"))
        if not _leads(candidates, candidate) and any(
            not c.covers & {"foiled", "seized"} and c.strength >= 3 for c in candidates
        ):
            return Status(status="occurred")
        if any(map(_blew_himself_up, candidates)):
            return Status(status="occurred")
        if any(_has_victims(c) for c in candidates if not c.covers & {"foiled", "seized"}):
            return Status(status="occurred")
        if _has_victims(candidate) and (_went_off(candidate) or _exploded(candidate)):
            return Status(status="occurred")
        if all("تعرض" in c.sentence.words[h.first].text for _, h, c in covers):
            return Status(status="occurred")  # an assault on a post that was beaten back was made
        if words & _OLD:
            return Status(status=None, reason="a cache or old ammunition", hit=hit)
        defused = any(m.row["modality"] == "foiled" for m in candidate.modality)  # "was found and made safe"
        if flying_kinds and words & _DEFENCES and not words & _LAUNCHERS:
            return Status(status="intercepted", hit=hit, source=candidate.source, reason="shot down or fallen short")
        if "foiled" in kinds or defused or words & _LAUNCHERS:
            return Status(status="foiled", hit=hit, source=candidate.source, reason="stopped before it began")
        return Status(status=None, reason="weapons found or seized", hit=hit)
    denied = [c for c in candidates if "denial" in c.clause_modality and c.strength >= 2]
    if not hurt and any(not any(clause.tolls for clause in c.clauses) for c in denied):
        return Status(status="disputed", reason="denied by an authority")
    if not fell and any("foiled" in c.clause_modality for c in candidates) and not any(map(_has_victims, candidates)):
        return Status(status="foiled", reason="stopped before it began")
    return Status(status="occurred")


_ALL = frozenset({"جميع", "كل", "كافه"})  # all (of them)


def _tells_of_all_shot_down(candidate: Candidate) -> bool:
    """Whether "all the rockets were intercepted" stands beside the denial that any had come down."""
    words = [word.text.removeprefix("و") for word in candidate.sentence.words]
    return bool(_ALL & set(words)) and any(word.startswith(_INTERCEPTED) for word in words)


_INTERCEPTED = ("اعترض", "اعتراض", "اسقط", "اسقاط")  # intercepted, interception, shot down, downing


_NONE = frozenset({"دون", "عدم", "لم", "لا", "ولا", "ولم", "قبل", "اي"})  # without, not, before, any
_FLYING = ("صاروخ", "صواريخ", "مسير", "طاير")  # missile, missiles, drone, aircraft
_ATTACKERS = frozenset({"attackers", "militants"})


def _has_fallen(candidate: Candidate) -> bool:
    """Whether rockets or shells are told to have come down, in a sentence that does not deny it."""
    words = [word.text.removeprefix("و").removeprefix("ف") for word in candidate.sentence.words]
    return any(
        word.startswith("سقط") and not _NONE & set(words[max(0, at - 2) : at]) and "اسقط" not in word
        for at, word in enumerate(words)
    )


_LAUNCHED = frozenset({"انطلقت", "انطلق", "اطلقت", "اطلق"})  # were launched


def _were_fired(candidate: Candidate) -> bool:
    """Whether a launcher is found from which rockets were launched: "from it" follows."""
    return any(
        word.text in _LAUNCHED and after.text in ("منها", "منه") for word, after in pairwise(candidate.sentence.words)
    )


def _has_victims(candidate: Candidate) -> bool:
    """Whether a sentence counts dead or wounded other than the attackers: what was stopped before it began has none."""
    return any(
        (toll.count or 0) > 0 and not (toll.negated or toll.aggregate) and toll.group not in _ATTACKERS
        for clause in candidate.clauses
        for toll in clause.tolls
    )


_WHILE = frozenset({"اثناء", "خلال", "لدي", "عند"})  # while, during, upon


def _went_off(candidate: Candidate) -> bool:
    """Whether it went off while it was being taken apart."""
    words = candidate.sentence.words
    return any(
        hit.first and words[hit.first - 1].text in _WHILE
        for hit in candidate.modality
        if hit.row["modality"] == "foiled"
    )


def _blew_himself_up(candidate: Candidate) -> bool:
    """Whether the bomber who was stopped "blew himself up (at the door)" all the same."""
    texts = [word.text.removeprefix("و") for word in candidate.sentence.words]
    return any(
        word == "فجر" and "نفسه" in texts[at + 1 : at + 3] and not _NONE & set(texts[max(0, at - 3) : at])
        for at, word in enumerate(texts)
    )


_WENT_OFF = frozenset({"انفجرت", "انفجر", "فانفجرت", "فانفجر", "انفجار", "انفجارها", "انفجاره"})


def _exploded(candidate: Candidate) -> bool:
    """Whether the sentence on what was to be stopped goes on to say that it exploded, or that he blew himself up."""
    words = [word.text.removeprefix("و") for word in candidate.sentence.words]
    for at, word in enumerate(words):
        himself = word == "فجر" and "نفسه" in words[at + 1 : at + 4]
        if (himself or word in _WENT_OFF) and not _NONE & set(words[max(0, at - 3) : at]):
            return True
    return False


def _leads(candidates: Sequence[Candidate], candidate: Candidate) -> bool:
    """Whether a candidate is the headline's or the first of the text in its event."""
    first = [c for c in candidates if c.source == "title"][:1] + [c for c in candidates if c.source == "text"][:1]
    return any(candidate is other for other in first)


# One of, some of, most of, a number of, another.
_SOME = frozenset("اغلب احد احدي بعض معظم غالبيه عدد عددا اثنين بعضها احدها احداها".split())


_UNCLEAR = frozenset("يتضح تتضح يتبين يعرف معروفا واضحا يتاكد".split())  # (it is not) clear, known, certain


def _doubts_interception(candidate: Candidate) -> bool:
    """Whether "it is not yet clear whether the defences brought it down" is told."""
    texts = [word.text for word in candidate.sentence.words]
    return any(
        word in _UNCLEAR
        and {"لم", "ليس", "لا", "غير"} & set(texts[max(0, at - 2) : at])
        and any(after.startswith(_INTERCEPTING) or after in _BROUGHT_DOWN for after in texts[at + 1 : at + 9])
        for at, word in enumerate(texts)
    )


_BROUGHT_DOWN = frozenset("اسقطت اسقط اعترضت اعترض دمرت دمر اسقاط اعتراض تدمير اسقطوا".split())
_PART = _SOME | frozenset("غالب معظمها احداهما احدهما اغلبها غالبيتها".split())


def _is_of_some(candidate: Candidate, trigger: Hit) -> bool:
    """Whether only some of them were shot down: "the defences brought down one of the rockets"."""
    words = [word.text for word in candidate.sentence.words]
    if any(word in _SOME for word in words[max(0, trigger.first - 3) : trigger.first]):
        return True
    return any(word.removeprefix("و") in _BROUGHT_DOWN and after in _PART for word, after in pairwise(words))


_MOST = frozenset("معظم معظمها اغلب اغلبها غالبيه غالبيتها".split())  # most, most of them


def _tells_most(candidate: Candidate) -> bool:
    """Whether it counts what was shot down as less than all: "brought down most of them", "seven of ten"."""
    texts = [word.text.removeprefix("و") for word in candidate.sentence.words]
    for at, text in enumerate(texts):
        if text not in _BROUGHT_DOWN:
            continue
        ahead = texts[at + 1 : at + 7]
        if not _MOST.isdisjoint(ahead[:3]):
            return True
        for number, of, whole in zip(ahead, ahead[1:], [*ahead[2:], ""], strict=False):
            if _is_number(number) and (of == "منها" or (of == "من" and (whole == "اصل" or _is_number(whole)))):
                return True
    return False


def _is_number(text: str) -> bool:
    return text.isdecimal() or text in WORDS


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


_HARM = ("اضرار", "ضرر", "خساير", "دمار")  # damage, losses
_DEBRIS = ("حطام", "شظايا", "شظيه", "بقايا", "اجزاء")  # wreckage, splinters, remains, parts
_INTERCEPTING = ("اعتراض", "اسقاط", "تصدي")  # intercepting, bringing down, repelling
_FALLING = frozenset("سقطت سقط سقوط وقعت اصاب اصابت اصيب احترقت اندلع اندلعت اضرار اضرارا انفجار الحقت الحق".split())
_DOWN = frozenset("سقطت سقط سقوط سقطا سقطتا وقعت".split())  # fell
_OPEN_GROUND = frozenset("خاليه مفتوحه زراعيه صحراويه ناييه ماهوله".split())  # empty, open, farmed, desert, (un)peopled
_OWING = frozenset({"اثر", "جراء", "نتيجه", "بسبب", "عن", "بعد"})  # owing to, resulting from
_WRECKED = 12  # words from the splinters to what they did
_BEFORE, _BEHIND = 4, 6  # words around an impact that say whose it is


def _is_of_interception(texts: Sequence[str], index: int) -> bool:
    """Whether what came down, burnt or was heard is of what was shot down: its splinters, the noise of the defences."""
    if texts[index] not in _FALLING:
        return False
    if texts[index] == "انفجار" and any(
        word in _OWING and after.startswith(_INTERCEPTING) for word, after in pairwise(texts[index:])
    ):
        return True  # "a blast was heard north of the capital owing to the interception of …"
    if texts[index] in _DOWN and _OPEN_GROUND & set(texts[index : index + _BEHIND + 2]):
        return True
    if any(word.startswith(_DEBRIS[:3]) for word in texts[max(0, index - _WRECKED) : index]):
        return True  # "its splinters fell on a house and damaged it"
    around = texts[max(0, index - _BEFORE) : index + _BEHIND]
    return any(word.lstrip("بل").removeprefix("ال").startswith(_DEBRIS + _INTERCEPTING) for word in around)


def _got_through(candidates: Sequence[Candidate]) -> bool:
    """Whether anything of a repelled attack struck: an impact that is not the wreck's fall, or a toll above none."""
    for candidate in candidates:
        recalls = "recall" in candidate.signs and candidate.clauses[0].first == 0
        if candidate.order and (candidate.is_count or recalls):
            continue  # "it comes in a series of attacks, as drones fell on …"
        words = candidate.sentence.words
        for clause in candidate.clauses:
            size = clause.last - clause.first  # "in places | not peopled": the next clause tells what ground it was
            texts = [word.text.removeprefix("و").removeprefix("ف") for word in words[clause.first : clause.last + 3]]
            hurt = any(toll.count for toll in clause.tolls if not toll.negated)
            if hurt and not any(text.removeprefix("ال").startswith(_DEBRIS[:3]) for text in texts[:size]):
                return True  # whom the splinters of what was shot down hurt, it did not hit
            for index, text in enumerate(texts[:size]):
                if (
                    text in _IMPACTS
                    and "دون" not in texts[max(0, index - 4) : index]
                    and "لم" not in texts[max(0, index - 3) : index]
                ):
                    if _is_of_interception(texts, index):
                        continue
                    if text in ("ادي", "ادت", "اسفر", "اسفرت", "اضرار", "اضرارا", "خلفت") and any(
                        w in _NONE for w in texts[max(0, index - 5) : index]
                    ):
                        continue
                    if text in ("ادي", "ادت", "وقعت"):
                        continue
                    if text == "الحق" and not any(w.startswith(_HARM) for w in texts[index + 1 : index + 5]):
                        continue  # a name: "the brigades of the true promise"
                    behind = texts[index + 1 : index + 3]
                    if text == "دمرت" and any(w.removeprefix("ال").startswith(_FLYING) for w in behind):
                        continue  # "destroyed the missile"
                    return True
    return False
