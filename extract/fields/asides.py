"""Turns the words around a named target into the reason why it only stands by: who struck, who spoke, where it was."""

from __future__ import annotations

from functools import lru_cache

from extract.actors.line import Line
from extract.events.candidates import Candidate
from extract.fields.target_classes import FROM_AFAR, NEED_AIM, TargetContext
from extract.lexicon import Hit, expand_pattern, read_rows


@lru_cache(maxsize=16)
def aim_words(role: str) -> frozenset[str]:
    """The folded words of aims.tsv that play a role."""
    return frozenset(
        text for row in read_rows("aims.tsv") if row["role"] == role for text in expand_pattern(row["pattern"])
    )


def is_aside(line: Line, hit: Hit, candidate: Candidate, context: TargetContext) -> bool:
    """Whether the words name the attacker, a speaker, who holds the land, a road's end, or damage denied."""
    if any(source == candidate.source and start < hit.end and hit.start < end for source, start, end in context.blamed):
        return True
    if _is_speaker(line, hit, context) or _is_attacker(line, hit):
        return True
    if line.word(hit.first) in ("اليها", "اليهم", "اليهما"):
        return True  # "to it", which looks like "a vehicle of …"
    if line.word(hit.first - 1).removeprefix("ال").startswith(_INQUIRERS):
        return True  # "experts of counter-terrorism came to the place"
    if "طوقا" in (line.word(hit.last), line.word(hit.last + 1)):
        return True  # "the police threw a cordon around the place", whose verb is also "struck"
    if hit.row["target"] in NEED_AIM and _fights_there(line, hit):
        return True
    if hit.row["target"] in _HOUSED and _is_housed(line, hit):
        return True
    if hit.row["target"] == "civilians" and (_helps(line, hit) or _is_taken_there(line, hit)):
        return True
    if hit.row["target"] == "armed_group" and line.word(hit.first - 2) in ("الجناح", "الذراع"):
        return True  # "its military wing"
    if hit.row["target"] == "armed_group" and _is_fought(line, hit):
        return True
    if _employs(line, hit) or _is_threatened(candidate, hit):
        return True
    if line.word(hit.first - 1) == "عن" and line.word(hit.first - 2).startswith("بعيد"):
        return True  # "far from inhabited places"
    if line.word(hit.last - 1).endswith(("مسوول", "المسوول")) and line.word(hit.last) == "عن":
        return True  # "responsible for"
    before = [line.word(at) for at in range(max(0, hit.first - 3), hit.first)]
    if before and (
        before[-1] in aim_words("whereabouts")
        or (before[-1] in ("الي", "علي", "ل", "من") and len(before) > 1 and before[-2] in aim_words("whereabouts"))
    ):
        return hit.row["target"] != "armed_group" or context.method not in FROM_AFAR
    wide = [line.word(at) for at in range(max(0, hit.first - 4), hit.first)]
    return any(word in aim_words("without") for word in wide) and any(word in aim_words("harm") for word in wide)


_INQUIRERS = ("خبراء", "خبير", "محقق", "نياب", "فرق")  # experts, inquirers, the prosecution, teams
_FIGHTING = ("معارك", "المعارك", "اشتباكات", "الاشتباكات", "مواجهات", "المواجهات", "قتال", "القتال")


def _fights_there(line: Line, hit: Hit) -> bool:
    """Whether it is one of the two sides of a battle: "in fighting between the rebels and the government forces"."""
    between = next((at for at in range(hit.first - 1, max(-1, hit.first - 14), -1) if line.word(at) == "بين"), None)
    if between is None or any(line.is_break(at) for at in range(between + 1, hit.first + 1)):
        return False
    return any(line.word(at).removeprefix("ب") in _FIGHTING for at in range(max(0, between - 6), between))


_HELPING = frozenset("انتشلوا نقلوا اسعفوا هرعوا شاهدوا قالوا سارعوا تجمعوا ابلغوا سمعوا عثروا".split())
_HELPED = frozenset("انتشل اسعف شاهد سارع هرع عثر سمع".split())
_TAKING = ("نقل", "اسعف", "ادخل", "استقبل")  # took to, treated, admitted to, received


def _helps(line: Line, hit: Hit) -> bool:
    """Whether these civilians only found, saw or helped: "civilians of the place pulled out the bodies"."""
    if line.bare(hit.first - 1) in _HELPED:
        return True
    return any(line.bare(at) in _HELPING for at in range(hit.last, line.reach(hit.last - 1, hit.last + 4)))


def _is_taken_there(line: Line, hit: Hit) -> bool:
    """Whether it is the hospital to which the victims were taken."""
    return line.word(hit.first - 1) == "الي" and line.bare(hit.first - 2).startswith(_TAKING)


_CAMPAIGNS = frozenset("عمليه العمليه عمليات العمليات حمله الحمله حملات معركه المعركه معارك الحرب قتال القتال".split())


def _is_fought(line: Line, hit: Hit) -> bool:
    """Whether only a campaign against it is told: "while the army's great operation against the movement goes on"."""
    if "ضد" not in (line.word(hit.first - 1), line.word(hit.first - 2)):
        return False
    return any(line.word(at).lstrip("وبل") in _CAMPAIGNS for at in range(max(0, hit.first - 8), hit.first - 1))


_WORKS = frozenset({"يعمل", "يعملون", "يعملان", "عمل", "عملوا", "العامل", "العاملين"})  # who works


def _employs(line: Line, hit: Hit) -> bool:
    """Whether the words only name somebody's employer: "a doctor who works for the army"."""
    return line.word(hit.first - 1) in ("لدي", "مع", "في") and line.word(hit.first - 2) in _WORKS


_FEARED = frozenset({"threat", "warning", "feared", "possible", "future", "conditional"})


def _is_threatened(candidate: Candidate, hit: Hit) -> bool:
    """Whether the attack named next before is only threatened or feared, and the candidate tells a real one too."""
    before = [trigger for trigger in candidate.triggers if hit.first - 4 <= trigger.first and trigger.last <= hit.first]
    if not before or not candidate.real:
        return False
    return candidate.cover_of(max(before, key=lambda trigger: trigger.first)) in _FEARED


_DISTANCES = frozenset({"بعد", "مسافه", "تبعد", "يبعد", "وتبعد", "ويبعد", "بعده"})  # at a distance of, lies … away
_LENGTHS = frozenset({"متر", "مترا", "امتار", "كم", "كيلومتر", "كيلومترا", "كيلومترات", "كيلو", "ميل", "ميلا", "اميال"})


def is_measured(line: Line, hit: Hit) -> bool:
    """Whether a distance from it is told, so that something else was struck: "500 metres from the embassy"."""
    if line.word(hit.first - 1) not in ("من", "عن"):
        return False
    before = {line.word(at) for at in range(max(0, hit.first - 7), hit.first - 1)}
    return bool(before & _DISTANCES and before & _LENGTHS)


# What "which houses …" tells of a quarter says nothing of what was struck in it.
_HOUSED = frozenset({"us_diplomatic", "diplomatic", "government"})


def _is_housed(line: Line, hit: Hit) -> bool:
    """Whether "which houses" stands within eight words before, in the same clause: the Green Zone, which houses …"""
    for at in range(hit.first - 1, max(0, hit.first - 9), -1):
        if line.is_break(at + 1):
            return False
        if line.word(at) in ("تضم", "يضم") and line.word(at - 1) in ("التي", "الذي"):
            return True
    return False


def _is_speaker(line: Line, hit: Hit, context: TargetContext) -> bool:
    """Whether the words open a statement: "the army: …", or stand with a name before a verb of saying."""
    folded = context.document.folded(line.sentence.source)
    colon = folded.find(":", hit.end, hit.end + 14)
    before = line.word(hit.first - 1).removeprefix("و")
    if hit.row["target"] in NEED_AIM and (before in _JUDGED or line.plays(hit.first - 1, "speech")):
        return True
    if hit.row["target"] in NEED_AIM and _is_title_of_speaker(line, hit):
        return True
    if hit.first <= 2 and colon >= 0 and folded.count(" ", hit.end, colon) <= 1:
        return not any(word.startswith(("شهداء", "شهيد", "استشهاد", "تعرضنا")) for word in line.words)
    for at in range(hit.last, min(hit.last + 14, len(line.words))):
        if line.is_break(at):
            return False
        if line.word(at) in _SAID:
            return hit.row["target"] in NEED_AIM and hit.row["target"] != "armed_group"
        if line.word(at) in _HALTS:
            return False
    return False


_TITLES = frozenset(
    "نايب رييس وزير وكيل جهاز هييه مساعد مدير قايد امين عضو مجلس مسوول المتحدث متحدث ناطق الناطق باسم بلسان".split()
)


_SPEAKING = frozenset(
    "توعد حذر هدد ادان دان ندد وصف دعا طالب تعهد اعتبر رحب شدد استنكر عزي".split()
)  # threatened, warned …


def _is_title_of_speaker(line: Line, hit: Hit) -> bool:
    """Whether only titles stand between a verb of saying and the words: "said the deputy head of the ministers"."""
    for at in range(hit.first - 1, max(-1, hit.first - 5), -1):
        if (line.plays(at, "speech") and line.word(at) not in ("بيان", "بيانا")) or line.bare(at) in _SPEAKING:
            return True
        if line.word(at) not in _TITLES or line.is_break(at + 1):
            return False
    return False


_JUDGED = frozenset("رجح رجحت اتهم اتهمت حمل حملت نفي نفت".split())  # thought likely, accused, blamed, denied
_SAID = frozenset(
    "اعلن اعلنت قال قالت اكد اكدت افاد افادت ذكر ذكرت صرح صرحت ابلغ ابلغت كشف كشفت افادوا قالوا تحدث تحدثت".split()
)


_HALTS = frozenset("استهدف استهدفت تعرض تعرضت قتل قتلت علي بعد عندما حين انفجار بانفجار اثر جراء".split())


_UNKNOWN_MEN = frozenset({"مجهولون", "مجهولين", "ملثمون"})  # unknown, masked
_MEN = ("مسلح", "عناصر", "ارهابي", "مقاتل", "متشدد", "متمرد", "تنظيم", "داعش")  # gunmen, members, fighters …
_SOME_OF = frozenset({"عدد", "من", "مجموعه", "عناصر", "افراد", "عشرات"})  # a number of, a group of, members of


def _opens_as_doer(line: Line, hit: Hit) -> bool:
    """Whether a group stands right behind a verb of striking, as who does it: "gunmen of … attacked a post"."""
    at = hit.first - 1
    while at > 0 and line.word(at) in _SOME_OF:
        at -= 1
    verb = line.verb(at)
    if line.bare(at)[:1] in "يت" or not line.word(hit.first).startswith(_MEN):
        return False
    return verb is not None and verb.role == "strike" and not verb.has_object and not line.is_break(at + 1)


def _is_attacker(line: Line, hit: Hit) -> bool:
    """Whether the words stand as the attacker: "terrorist elements planted", "planted by …"."""
    if hit.row["target"] == "civilians":
        return False
    if hit.row["target"] == "armed_group" and (
        line.word(hit.last) in _UNKNOWN_MEN or line.word(hit.last - 1) in _UNKNOWN_MEN or _opens_as_doer(line, hit)
    ):
        return True
    had = hit.row["target"] == "armed_group" and line.word(hit.last) == "قد"
    next_word = hit.last + 1 if had else hit.last
    before, after = line.bare(hit.first - 1), line.verb(next_word)
    if next_word > hit.last and after is not None and not after.has_object:
        return True  # "the organisation had attacked …"
    if before in ("بواسطه", "قبل", "يد", "ايدي") or (before in ("بيد",)):
        return True
    verb = line.verb(hit.first - 1)
    if (
        verb is not None
        and (verb.has_object or verb.role == "deed")
        and line.bare(hit.first - 1) not in ("فجر", "فجرت", "فجروا")
    ):
        return True
    return after is not None and after.role == "deed" and not line.is_break(hit.last)


__all__ = ["aim_words", "is_aside", "is_measured"]
