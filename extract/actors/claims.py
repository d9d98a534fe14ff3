"""Turns a sentence into claims: the named actor says itself that it did it, or a group that no row knows does."""

from __future__ import annotations

from collections.abc import Sequence

from extract.actors.accusations import Verdict, is_between
from extract.actors.grammar import find_head, is_object
from extract.actors.line import Line, find_verb
from extract.actors.table import ActorHit, role_words
from extract.lexicon import Hit, word_set


def find_claim(line: Line, hit: ActorHit, hits: Sequence[ActorHit], signs: Sequence[Hit]) -> Verdict | None:
    """The actor's own word: it claimed, it announced that its fighters carried it out."""
    none = {index for sign in signs if sign.row["sign"] == "none" for index in range(sign.first, sign.last + 6)}
    for sign in signs:
        if sign.row["sign"] not in ("claim", "avow") or sign.first in none:
            continue
        if line.word(sign.last) in _MANY_OF_THEM or line.word(sign.last + 1) in _MANY_OF_THEM:
            continue  # "bombings many of which … claimed"
        if hit.kind == "umbrella" and any(
            line.bare(at)[:1] in ("ت", "ي") and line.plays(at, "speaks") for at in (sign.first, hit.first - 1)
        ):
            continue  # "operations which militias claim": a habit
        shared = line.bare(sign.first).removeprefix("ب") in ("المسووليه", "مسووليه")
        if shared and any(
            other.row["sign"] in ("hold", "onto", "blame") and 0 <= sign.first - other.last <= 10 for other in signs
        ):
            continue  # somebody else holds them responsible
        if sign.row["sign"] == "avow" and any(
            other.row["sign"] in ("blame", "suspect", "attribute", "hold" if hit.prefix == "ل" else "blame")
            and 0 <= sign.first - other.last <= 12
            for other in signs
        ):
            continue  # "they accuse X of being behind it"
        subject = _subject_of(line, hits, sign)
        if subject is hit:
            return 10.0, "claimed", "claimed responsibility", sign.first
        if subject is not None:
            continue
        after = 0 <= hit.first - sign.last <= 9 and not is_between(line, hits, sign.last, hit.first)
        reach = 14 if sign.row["sign"] == "avow" or line.plays(find_head(line, hit)[0] - 1, "speech") else 5
        before = 0 <= sign.first - hit.last <= reach and not is_between(line, hits, hit.last, sign.first)
        before = before and not _speaks_between(line, hit.last, sign.first)
        if before and sign.row["sign"] == "claim" and is_between(line, hits, sign.last, sign.last + 3):
            continue  # the claim's own subject follows it
        if (after and not _is_victim(line, hit)) or before:
            gap = hit.first - sign.last if after else sign.first - hit.last
            return 10.0 - gap * 0.05, "claimed", "claimed responsibility", sign.first
    if hit.kind != "state" and line.word(hit.first - 1) in ("في", "من") and _is_ours(line.word(hit.first - 2)):
        return 9.0, "claimed", "its own statement", hit.first  # "your men in X struck …"
    spoken = _find_speech(line, hit, hits)
    if spoken is not None:
        return 9.0, "claimed", "its own statement", spoken
    if hit.kind != "state" and _is_source(line, hit, hits):
        return 8.0, "claimed", "its own statement", hit.first
    return None


def _is_source(line: Line, hit: ActorHit, hits: Sequence[ActorHit]) -> bool:
    """Whether the telling is the actor's: "according to a statement of X"."""
    at = next((at for at in range(hit.first - 1, max(-1, hit.first - 4), -1) if line.bare(at) in _ACCORDING), None)
    said = at is not None and not any(line.is_break(index) for index in range(at + 1, hit.first + 1))
    return (
        said and not is_between(line, hits, hit.first - 3, hit.first) and line.word(hit.first - 1) not in ("في", "من")
    )


_ITS_CLAIM = frozenset("تبنيه تبنيها تبنيهم لتبنيه لتبنيها".split())  # its claiming of


def _subject_of(line: Line, hits: Sequence[ActorHit], sign: Hit) -> ActorHit | None:
    """Who "announced … its responsibility", where the verb of speaking and the claim stand apart.

    "hours after its claiming of …": the pronoun takes up whom the sentence is about.
    """
    if line.word(sign.first) in _ITS_CLAIM:
        return next((hit for hit in hits if hit.last <= sign.first and hit.kind != "state" and not hit.prefix), None)
    if sign.row["sign"] != "avow":
        return None
    for hit in hits:
        head = find_head(line, hit)[0]
        speaks = line.plays(head - 1, "speech") and not hit.prefix
        if speaks and 0 <= sign.first - hit.last <= 14 and not _speaks_between(line, hit.last, sign.first):
            return hit
    return None


def _speaks_between(line: Line, start: int, end: int) -> bool:
    """Whether somebody else speaks in between: "Tehran said …, and a group announced its responsibility"."""
    return any(line.word(at).startswith("و") and line.plays(at, "speech") for at in range(start, end))


def _is_victim(line: Line, hit: ActorHit) -> bool:
    """Whether the actor is what the claimed attack struck: "claimed the attack on …"."""
    head, prefix, is_thing = find_head(line, hit)
    return is_thing or (is_object(line, head, prefix) and line.word(head - 1) not in ("عن", "في"))


def _find_speech(line: Line, hit: ActorHit, hits: Sequence[ActorHit]) -> int | None:
    """The verb of attack of which the actor speaks as its own: "the group said that its fighters had ambushed …"."""
    named = any(word in _CALLING for word in line.words[max(0, hit.first - 5) : hit.first])  # "a group called X"
    named = named or (hit.kind != "state" and _has_spokesman(line, hit))
    reach = range(hit.first - 1, max(-1, hit.first - (9 if named else 5)), -1)
    speech = next((at for at in reach if line.plays(at, "speech")), None)
    if (
        speech is None
        and hit.last < len(line.words)
        and (line.plays(hit.last, "speech") or line.plays(hit.last, "speaks"))
    ):
        speech = hit.last
    if (
        speech is None
        or any(speech <= other.first < hit.first and other.id != hit.id for other in hits)
        or line.word(speech - 1) in ("لم", "لا", "ولم", "ولا", "لن")
    ):
        return None
    end = min(len(line.words), hit.last + 18)
    that = next(
        (at for at in range(hit.last, end) if line.bare(at) in ("ان", "بان", "انها", "انه", "بانها", "بانه")), None
    )
    if that is None and hit.kind != "state" and _has_spokesman(line, hit):
        we = next((at for at in range(hit.last, len(line.words)) if _is_ours(line.word(at))), None)
        if we is not None:
            return we
    if that is None:
        shown = _find_shown(line, hit, speech)
        return shown if shown is not None else _find_announced(line, hit, hits, speech)
    own = role_words("own")
    if hit.kind != "state" and any(line.word(at) in role_words("we") for at in range(that + 1, min(that + 4, end))):
        return that + 1  # 'that "our fighters entered …"'
    for at in range(that, min(that + 5, end)):
        if line.word(at) in own or (line.word(at) == "احد" and line.word(at + 1) in own):
            for index in range(at + 1, min(at + 6, end)):
                if hit.kind != "state" and line.word(index) == "داخل":
                    return index  # "its fighters are inside"
                if any(that <= other.first < index and other.id != hit.id for other in hits):
                    break
                if index == at + 1 and line.word(index) == "قصف":
                    return index  # "that it shelled", elsewhere the noun
                if line.bare(index) in _FALLEN:
                    return None  # "said that one of its soldiers was killed …"
                if line.word(index) in _DEFENDING:
                    return None  # "said that it intercepted and destroyed …"
                verb = find_verb(line.word(index))
                if (verb and verb.role != "kill") or line.word(index) in (
                    "مسوول",
                    "مسووله",
                    "تقف",
                    "يقف",
                    "وراء",
                    "خلف",
                    "تمكنوا",
                    "تمكن",
                ):
                    return index
    return None if hit.kind == "state" else _find_avenging(line, that, end)


def _find_shown(line: Line, hit: ActorHit, speech: int) -> int | None:
    """The strikes whose pictures an army shows, "which it carried out": nobody else is named between."""
    if speech != hit.first - 1 or not line.bare(speech).startswith(_SHOWING):
        return None
    for at in range(hit.last + 1, min(hit.last + 9, len(line.words))):
        verb = find_verb(line.word(at))
        if verb is not None and verb.has_object and line.word(at - 1) in ("التي", "الذي"):
            return at
    return None


_SHOWING = ("بث", "نشر", "عرض", "وزع")  # broadcast, published, showed


def _has_spokesman(line: Line, hit: ActorHit) -> bool:
    """Whether its spokesman speaks: "the spokesman for the military operations of X"."""
    return any(line.bare(at).removeprefix("ال") in _MOUTHS for at in range(max(0, hit.first - 7), hit.first))


_MOUTHS = frozenset({"باسم", "بلسان", "متحدث", "ناطق", "حربي"})  # in the name of, spokesman, "war media of"


def speaks_on(line: Line, hit: ActorHit) -> bool:
    """Whether the group goes on to speak: "X shelled the base …, and said in its statement that …"."""
    for at in range(hit.last + 1, len(line.words) - 1):
        if line.word(at).startswith("و") and line.word(at)[1:] in _SAYS and line.word(at + 1) in _THAT:
            return True
    return False


_SAYS = frozenset("قال قالت اكد اكدت اضاف اضافت اعلن اعلنت ذكر ذكرت".split())
_THAT = frozenset("في ان انها انه بانها بانه عبر".split())


def _is_ours(word: str) -> bool:
    """Whether a spokesman speaks of his side's deed: "we shot down", "our fighters"."""
    return word in role_words("we") or (word.endswith("نا") and find_verb(word[:-2]) is not None)


_FALLEN = frozenset("قتل قتلت اصيب اصيبت جرح لقي سقط توفي قضي استشهد".split())
_VENGEANCE = frozenset("انتقام انتقاما ردا رد ثار ثارا جاء جاءت ياتي تاتي رساله".split())  # revenge, answer, came as


def _find_avenging(line: Line, that: int, end: int) -> int | None:
    """The attack that a group's mouth says why it was done: "the spokesman said that the attack was in revenge"."""
    noun = next((at for at in range(that + 1, min(that + 3, end)) if line.word(at).startswith("ال")), None)
    if noun is None or not (line.plays(noun, "noun") or line.word(noun).removeprefix("ال") in role_words("noun")):
        return None
    return noun if any(line.bare(at) in _VENGEANCE for at in range(noun + 1, min(noun + 5, end))) else None


def find_unknown_blame(line: Line, signs: Sequence[Hit], hits: Sequence[ActorHit]) -> Hit | None:
    """The charge against a group that no row knows: "accused the movement … of assassinating him"."""
    for sign in signs:
        if sign.row["sign"] != "blame" or line.bare(sign.first)[:1] in ("ي", "ت"):
            continue
        for at in range(sign.last, min(sign.last + 5, line.reach(sign.last, sign.last + 5))):
            if line.word(at) in _OWN_NAMES and not any(at <= hit.first <= at + 3 for hit in hits):
                of = range(at + 2, min(at + 7, len(line.words)))
                return sign if any(_is_of_deed(line.word(index)) for index in of) else None
    return None


def _is_of_deed(word: str) -> bool:
    """Whether a word goes on with what somebody is accused of: of the responsibility, of assassinating him."""
    if word in word_set("guilt"):
        return True
    return word.startswith("ب") and any(word[1:].startswith(noun) for noun in ("اغتيال", "قتل", "تنفيذ", "تفجير"))


def find_unknown_claim(line: Line, signs: Sequence[Hit], hits: Sequence[ActorHit]) -> Hit | None:
    """The claim by a group that no row knows: "a faction that calls itself …", "the … brigades claimed"."""
    none = {index for sign in signs if sign.row["sign"] == "none" for index in range(sign.first, sign.last + 6)}
    for sign in signs:
        if sign.row["sign"] not in ("claim", "avow") or sign.first in none:
            continue
        window = [*line.words[max(0, sign.first - 8) : sign.first], *line.words[sign.last : sign.last + 6]]
        called = any(word in _CALLING for word in window) and any(word in _GROUPS for word in window)
        if (called and not hits) or _is_claimed_by_name(line, sign, hits, signs):
            return sign
    return None


def _is_claimed_by_name(line: Line, sign: Hit, hits: Sequence[ActorHit], signs: Sequence[Hit]) -> bool:
    """Whether a group with a name of its own, which no row knows, is the subject of the claim."""
    if any(other.row["sign"] in ("hold", "onto", "blame", "deny") for other in signs):
        return False
    announced = next((at for at in range(sign.first, max(-1, sign.first - 9), -1) if line.plays(at, "speech")), None)
    for start in (sign.last, announced + 1 if announced is not None else sign.last):
        noun = line.word(start)
        if noun in _OWN_NAMES and not line.word(start + 1).startswith("مجهول") and not line.is_break(start):
            return not any(start <= hit.first <= start + 3 for hit in hits)
    return False


# What the name of a group begins with: movement, group, brigades, army, front, faction, cell.
_OWN_NAMES = frozenset("جماعه حركه سرايا كتايب كتاءب كتيبه لواء الويه جيش جبهه فصيل تشكيل تنظيم مجموعه منظمه".split())


_MANY_OF_THEM = frozenset(
    "العديد بعض عدد عده بعضها معظمها اغلبها الكثير عددا كثيرا غالبيتها".split()
)  # many, some, a number of, most of them
_DEFENDING = frozenset("اعترض اعترضت اعترضوا اسقط اسقطت اسقطوا تصدي تصدت احبط احبطت صد صدت".split())
# Announced, claims, affirms, shows.
_ANNOUNCING = tuple("اعلن تعلن يعلن تبن تتبن يتبن اكد توكد يوكد نشر تنشر ينشر بثت تبث يبث يعرض".split())
# What a speaker announces and did not do to anybody: shooting down, repelling, foiling, deaths of its own.
_NOT_ITS_DEED = frozenset(
    "اسقاط اعتراض التصدي تصدي صد احباط افشال ضبط تفكيك ابطال مقتل اصابه تعرض وقوع سقوط انفجار رصد تدمير "
    "استشهاد ارتقاء فقدان وفاه جرح".split()
)
_ITS_OWN = frozenset(
    "قواته قواتها جنوده جنودها قواعده قواعدها قاعدته قاعدتها مقره مقرها مقراته مقراتها مقاره مقارها معسكره معسكرها "
    "مواقعه مواقعها عناصره عناصرها مقاتليه مقاتليها".split()
)
_DOING = frozenset("استهداف قصف تنفيذ مهاجمه تفجير اغتيال ضرب شن اطلاق استهدافها استهدافه تنفيذها تحييد".split())
# Its own strike, where an army tells of the death of armed men in one: the killing of, the elimination of.
_DEATHS = frozenset("مقتل قتل القضاء تصفيه".split())
_CAMPAIGNS = frozenset({"عمليه", "عمليات", "حمله", "العمليه"})  # an operation, a campaign
# Of security, of search, of raids, in pursuit of, combing.
_SEARCHING = frozenset("امنيه تفتيش دهم مداهمه مداهمات لملاحقه ملاحقه لتعقب تعقب تمشيط للبحث بحث لتطهير تطهير".split())


def _is_of_search(line: Line, at: int) -> bool:
    """Whether what is launched is a search by the security forces: "the launch of a wide security operation"."""
    return line.word(at + 1) in _CAMPAIGNS and any(line.word(at + ahead) in _SEARCHING for ahead in (2, 3, 4))


_STRIKES = ("غار", "ضرب", "قصف", "بغار", "بضرب", "بقصف", "الغار", "الضرب")


def _is_of_militants(line: Line, at: int, hits: Sequence[ActorHit]) -> bool:
    """Whether the dead are an armed group's and a strike killed them: "the killing of a leader of X in a raid"."""
    group = any(at < other.first <= at + 8 and other.kind != "state" for other in hits)
    return group and any(word.startswith(_STRIKES) for word in line.words[at : at + 14])


_BELLIGERENTS = frozenset({"iran", "israel"})  # whose "X announces the targeting of …" is of its own deed


def _find_announced(line: Line, hit: ActorHit, hits: Sequence[ActorHit], speech: int) -> int | None:
    """The attack that the actor announces as its own doing: "the group announced the targeting of …"."""
    if not line.bare(speech).startswith(_ANNOUNCING) or (
        speech > hit.first and hit.kind == "state" and hit.id not in _BELLIGERENTS
    ):
        return None
    start = max(hit.last, speech + 1)
    for at in range(start, min(start + 9, len(line.words))):
        if line.word(at) in _DOING:
            return None if line.word(at + 1) in _ITS_OWN or _is_of_search(line, at) else at
        if line.word(at) in _DEATHS and hit.kind == "state" and _is_of_militants(line, at, hits):
            return at
        if line.word(at) in _NOT_ITS_DEED:
            return None
        if line.bare(at) in ("ان", "بان", "انه", "انها") or line.plays(at, "speech"):
            return None
    return None


_CALLING = frozenset("تطلق يطلق تسمي يسمي تدعي يدعي اسمها اسمه باسم عرفت تعرف يعرف سمت سمي".split())
_GROUPS = frozenset("جماعه فصيل تشكيل مجموعه تنظيم كتيبه سريه لواء حركه خليه جهه فصائل فصايل".split())

_ACCORDING = frozenset("وفق وفقا بحسب حسب اعلنته اعلنتها ذكرته نشرته اعلنه بثته نشره".split())


__all__ = ["find_claim", "find_unknown_blame", "find_unknown_claim", "speaks_on"]
