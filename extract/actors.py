"""Turns the words of an event into who did it and how that is known: claimed, attributed or nobody named."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files

from extract.candidates import Candidate
from extract.layout import Sentence
from extract.lexicon import Hit, Lexicon, Row, load_lexicon
from extract.text import Token

# Verbs that take their attacker next to them: launched, carried out, attacked, fired, bombed, blew up, assassinated …
_ATTACK_VERBS = frozenset(
    "شن شنت شنه شنها شنته شنتها نفذ نفذت نفذه نفذته نفذها نفذتها هاجم هاجمت هاجمه يهاجم تهاجم قصف قصفت يقصف تقصف استهدف "
    "استهدفت يستهدف تستهدف اطلق اطلقت اطلقه اطلقته اطلقها اطلقتها يطلق فجر فجرت يفجر تفجر اغتال اغتالت يغتال دك دكت يدك "
    "امطرت امطر قتل قتلت يقتل تقتل اقدم اقدمت خطف اختطف اختطفت احتجز احتجزت ارتكب ارتكبت ارتكبه ارتكبها سير القت القي "
    "زرع زرعت زرعها زرعته زرعوا نصب نصبت فتح فتحت اغار اغارت ضرب ضربت احرق احرقت يشن ينفذ نفذوا شنوا".split()
)
# Nouns of attack whose genitive is the attacker: the attacks of …, the bombing by …
_ATTACK_NOUNS = frozenset(
    "هجوم هجمات الهجمات هجومات قصف غاره غارات ضربه ضربات عدوان نيران صواريخ صاروخ قذائف قذايف مسيرات مسيره هجوما قصفا اعتداءات".split()
)
_MEMBERS = frozenset(
    "مسلحو مسلحون مسلحي مسلحين مسلح عناصر عنصر عنصرا مقاتلو مقاتلي مقاتلون متمردو متمردي متمردون متشددو متشددي متشددون متشددين انتحاري انتحاريان "
    "انتحاريه ارهابيو ارهابيون ميليشيا ميليشيات مليشيا مليشيات جماعه تنظيم حركه خلايا خليه قوات مجموعه الموالون الموالين".split()
)
_BY = (("علي", "يد"), ("من", "قبل"), ("من", "تنفيذ"), ("بيد",), ("علي", "ايدي"), ("من", "جانب"), ("من", "طرف"), ("بواسطه",))
_OBJECT_OF = frozenset("ضد علي استهداف باستهداف مواقع موقع مقر مقرات معاقل تجمعات اهداف بحق مع مكافحه لمكافحه يقاتل محاربه حاربت سيطره بين".split())
_OFFICIAL = frozenset("بيان اعلن اعلنت قال قالت ذكر ذكرت اكد اكدت افاد افادت المتحدث الناطق صرح صرحت اوضح اوضحت وجاء جاء نفذت كشف كشفت".split())


@dataclass(frozen=True, slots=True)
class ActorHit:
    """An actor named: its id, and where."""

    id: str
    kind: str
    sentence: Sentence
    first: int
    last: int
    forced: bool = False  # a state named by an adjective beside a word of force

    @property
    def start(self) -> int:
        return self.sentence.words[self.first].start

    @property
    def end(self) -> int:
        return self.sentence.words[self.last - 1].end


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Who did it: `claim` is claimed, attributed or none; `actor` is None with none."""

    actor: str | None
    claim: str
    weight: float = 0.0
    hit: ActorHit | None = None
    rule: str = ""


@lru_cache(maxsize=1)
def load_actors() -> dict[str, dict[str, str]]:
    """The rows of actors.csv by id."""
    text = files("extract").joinpath("data", "actors.csv").read_text(encoding="utf-8")
    return {row["id"]: row for row in csv.DictReader(text.splitlines())}


@lru_cache(maxsize=1)
def _names() -> Lexicon:
    rows = []
    for line, (actor, columns) in enumerate(load_actors().items(), 2):
        for name in [columns["name_ar"], *columns["aliases_ar"].split(";")]:
            if name:
                rows.append(Row(line, {"pattern": name, "id": actor, "kind": columns["kind"]}))
    return Lexicon(rows)


# Names that are also common words: they count as actors only behind a word that says so.
_AMBIGUOUS = frozenset({"القاعده", "قاعده", "الاحتلال", "احتلال", "الوحدات", "الكيان", "طهران", "موسكو", "انقره", "واشنطن",
                        "الرياض", "اميركا", "امريكا", "ايران", "تركيا", "اسراييل", "روسيا", "الهند", "باكستان", "السعوديه",
                        "مصر", "الاردن", "الحشد", "العصايب", "النصره", "البعث"})  # fmt: skip


def find_actors(sentence: Sentence) -> list[ActorHit]:
    """Actors that a sentence names, states included where an adjective stands beside a word of force."""
    words = sentence.words
    found = [
        ActorHit(hit.row["id"], hit.row["kind"], sentence, hit.first, hit.last)
        for hit in _names().find(words)
        if not _is_common(words, hit)
    ]
    taken = {index for hit in found for index in range(hit.first, hit.last)}
    forces = {hit.last: hit for hit in load_lexicon("forces.tsv").find(words, overlap=True)}
    for hit in load_lexicon("states.tsv").find(words, overlap=True):
        force = forces.get(hit.first)
        if force and not taken & set(range(force.first, hit.last)):
            found.append(ActorHit(hit.row["actor"], "state", sentence, force.first, hit.last, forced=True))
    return sorted(found, key=lambda hit: hit.first)


def _is_common(words: Sequence[Token], hit: Hit) -> bool:
    """Whether an ambiguous name stands here as a common word (the base, the occupation, a capital)."""
    if hit.last - hit.first > 1 or words[hit.first].text.lstrip("وبلف") not in _AMBIGUOUS:
        return False
    name = words[hit.first].text
    if name.endswith("قاعده"):  # "the base" against al-Qaeda
        before = words[hit.first - 1].text if hit.first else ""
        after = words[hit.last].text if hit.last < len(words) else ""
        return not (before in ("تنظيم", "لتنظيم", "عناصر", "مسلحي", "شبكه") or after in ("في", "ببلاد")) or after in ("العسكريه", "الجويه")
    return False


def attribute_event(candidates: Sequence[Candidate], actors: dict[int, list[ActorHit]], victims: set[tuple[int, int]]) -> Attribution:
    """Who did it, from the sentences of one event; `victims` are spans that name the struck side."""
    best = Attribution(actor=None, claim="none")
    seen: set[int] = set()
    for rank, candidate in enumerate(candidates):
        key = id(candidate.sentence)
        first, last = candidate.clauses[0].first, candidate.clauses[-1].last
        for hit in actors.get(key, ()):
            if any(start < hit.end and hit.start < end for start, end in victims):
                continue
            inside = first <= hit.first < last
            attribution = _judge(candidate, hit, inside)
            weight = attribution.weight - 0.01 * rank - (0 if inside else 1.0)
            if attribution.actor and weight > best.weight:
                best = Attribution(actor=attribution.actor, claim=attribution.claim, weight=weight, hit=hit, rule=attribution.rule)
        seen.add(key)
    if best.actor and best.claim == "attributed" and _speaks_for_itself(best.actor, candidates, actors):
        return replace(best, claim="claimed", rule="the actor's own statement")
    return best


_BODIES = frozenset("الجيش القياده القيادة وزاره الدفاع البنتاغون البنتاجون اركان الاركان الوزراء الحكومه المتحدث الناطق العسكري خليه قايد الشرطه مكتب المكتب القوه الحرس".split())


def _speaks_for_itself(actor: str, candidates: Sequence[Candidate], actors: dict[int, list[ActorHit]]) -> bool:
    """Whether the report is the actor's own statement, or quotes its army or government on its own strike."""
    state = load_actors()[actor]["kind"] == "state"
    mouths = {actor, "us"} if actor == "coalition" else {actor}
    for hits in actors.values():
        for hit in hits:
            if hit.id == actor and not state and _is_speaker(hit):
                return True
    if not state:
        return False
    for candidate in candidates:
        words = candidate.sentence.words
        for index, word in enumerate(words):
            if word.text.removeprefix("و") not in _OFFICIAL:
                continue
            window = words[index + 1 : index + 9]
            cut = next((i for i, other in enumerate(window) if other.text in ("ان", "بان", "عن")), len(window))
            window = window[:cut]
            if not any(other.text.removeprefix("ل").removeprefix("ال") in _BARE_BODIES for other in window[:6]):
                continue
            for hit in load_lexicon("states.tsv").find(words, index + 1, index + 1 + len(window), overlap=True):
                if hit.row["actor"] in mouths:
                    return True
            if actor in ("us", "coalition") and any(other.text in ("البنتاغون", "البنتاجون", "المركزيه") for other in window):
                return True
    return any(
        hit.id in mouths and hit.first <= 1 and hit.sentence.paragraph == 0 and hit.sentence.source == "text" and len(hit.sentence.words) <= 6
        for hits in actors.values()
        for hit in hits
    )


def _is_speaker(hit: ActorHit) -> bool:
    """Whether the report opens with the actor's name as its speaker: a line of its own, "statement of …"."""
    before = [word.text for word in hit.sentence.words[: hit.first]]
    opening = not before or before[0] == "بيان"
    return opening and hit.sentence.paragraph <= 1 and len(hit.sentence.words) - hit.last <= 4 and hit.sentence.source == "text"


_BARE_BODIES = frozenset(word.removeprefix("ال") for word in _BODIES)


def _judge(candidate: Candidate, hit: ActorHit, inside: bool) -> Attribution:
    """How one named actor stands to the event of its sentence."""
    words = candidate.sentence.words
    signs = load_lexicon("claims.tsv").find(words)
    near = [sign for sign in signs if -12 <= sign.first - hit.last <= 8 or 0 <= hit.first - sign.last <= 12]
    kinds = {sign.row["sign"] for sign in near}
    for sign in near:
        kind, gap = sign.row["sign"], min(abs(sign.first - hit.last), abs(hit.first - sign.last))
        if kind == "deny" and gap <= 6:
            return Attribution(actor=None, claim="none", rule="denied")
        if kind == "claim" and gap <= 9 and "none" not in kinds:
            return Attribution(actor=hit.id, claim="claimed", weight=10 - gap * 0.1, rule="claimed responsibility")
    if "none" in kinds and not _is_agent(words, hit):
        return Attribution(actor=None, claim="none", rule="nobody claimed")
    if _is_agent(words, hit):
        return Attribution(actor=hit.id, claim="attributed", weight=7 + 0.5 * (hit.kind != "state"), rule="named as attacker")
    if _is_object(words, hit):
        return Attribution(actor=None, claim="none", rule="named as target")
    for sign in near:
        kind, gap = sign.row["sign"], min(abs(sign.first - hit.last), abs(hit.first - sign.last))
        if kind in ("attribute", "behind", "blame") and gap <= 6:
            return Attribution(actor=hit.id, claim="attributed", weight=6 - gap * 0.1, rule=f"{kind}: held responsible")
        if kind == "suspect" and gap <= 4:
            return Attribution(actor=hit.id, claim="attributed", weight=4, rule="suspected")
    return Attribution(actor=None, claim="none")


def _is_agent(words: Sequence[Token], hit: ActorHit) -> bool:
    """Whether the actor stands as the attacker: beside an attack verb, behind "members of", as genitive of the attack."""
    before = [word.text.removeprefix("و").removeprefix("ف") for word in words[max(0, hit.first - 4) : hit.first]]
    after = [word.text for word in words[hit.last : hit.last + 3]]
    if hit.last < len(words) and words[hit.last].start - words[hit.last - 1].end > 2:
        after = []  # a comma or a bracket parts them
    if before and before[-1] in _OBJECT_OF:
        return False
    if before and before[-1] in _ATTACK_VERBS:
        return before[-1] not in _TARGETING or _has_object(words, hit)
    if len(before) >= 2 and before[-2] in _ATTACK_VERBS and (before[-1] in _MEMBERS or before[-1] in ("ثلاث", "خمس", "اربع", "ست", "ما")):
        return True
    if any(tuple(before[-len(by) :]) == by for by in _BY if len(before) >= len(by)):
        return True
    if before and before[-1] in ("من", "ل", "تابعون", "تابعين", "ينتمون") and any(word in _MEMBERS for word in before[:-1]):
        return any(word in _ATTACK_VERBS for word in before) or bool(set(after) & _ATTACK_VERBS) or "انتحاري" in before
    if after and after[0] in _ATTACK_VERBS and not after[0].endswith(("ته", "ه")):
        return not any(word in _OBJECT_OF for word in before[-1:])
    if before and before[-1] in _ATTACK_NOUNS:
        return True
    if hit.forced:
        first = words[hit.first].text.removeprefix("و").removeprefix("ل").removeprefix("ب").removeprefix("ال")
        return first in _ATTACK_NOUNS or first in ("قصف", "غارات", "غاره", "ضربات", "ضربه", "عدوان", "نيران", "استهداف")
    return False


_TARGETING = frozenset("استهدف استهدفت يستهدف تستهدف قتل قتلت يقتل تقتل ضرب ضربت هاجم هاجمت يهاجم تهاجم".split())


def _has_object(words: Sequence[Token], hit: ActorHit) -> bool:
    """Whether something struck follows the actor, so that the actor before it is the subject of "targeted"."""
    following = [word.text for word in words[hit.last : hit.last + 4]]
    return any(
        word in ("مواقع", "موقع", "موقعا", "مقر", "مقرا", "مقرات", "قاعده", "قاعدة", "مناطق", "منطقه", "قريه", "قري", "منزل", "منزلا", "سياره",
                 "رتل", "رتلا", "دوريه", "نقطه", "حاجزا", "حاجز", "اهداف", "اهدافا", "مدينه", "مطار", "سوق", "سوقا", "المدنيين", "مدنيين", "عناصر")
        for word in following
    )  # fmt: skip


def _is_object(words: Sequence[Token], hit: ActorHit) -> bool:
    before = [word.text for word in words[max(0, hit.first - 2) : hit.first]]
    return bool(before) and before[-1].removeprefix("ل") in _OBJECT_OF
