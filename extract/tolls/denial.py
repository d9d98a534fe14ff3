"""Reads tolls that are said to be none: without casualties, nobody was hurt, no loss of life."""

from __future__ import annotations

from extract.numbers.lexicon import NOUNS
from extract.scan import WORD_SETS
from extract.tolls.attempts import is_death_alone
from extract.tolls.hit import TollHit
from extract.tolls.lexicon import TollWord, find_noun
from extract.tolls.walk import CLAUSE_ENDS, SENTENCE_ENDS, Walk

_REACH = 14  # parts after the negation in which what is denied may stand
_GAP = 8  # parts between the negation and what it denies
_SHORT_GAP = 4  # the same after "he denied", which more often denies something else
_BOTH = frozenset(("killed", "wounded"))
# What stands between a negation and a toll that is merely not known: no word of losses is not a word of no losses.
_UNTOLD = WORD_SETS["untold"]
_MATERIAL = WORD_SETS["material"]
_LIVES = WORD_SETS["lives"]
_EXCEPT = WORD_SETS["except"]
_BOUNDS = WORD_SETS["bounds"]
_DENYING = WORD_SETS["denying"]


def read_denial(walk: Walk, word: TollWord) -> int | None:
    """دون إصابات, لم يصب أحد: keeps a count of none for each toll that is denied."""
    texts, at = walk.scan.texts, walk.index
    if texts[at] == "غير" and not _is_without(walk, at):
        return None
    if texts[at + 1 : at + 2] and texts[at + 1] in _BOUNDS:
        return None  # ما لا يقل عن خمسة قتلى: no fewer than five dead
    kinds: set[str] = set()
    results = "".join(texts[at + 1 : at + 2]) in _RESULTS
    last, gap = at, _SHORT_GAP if texts[at] in _DENYING else 2 * _GAP if results else _GAP
    for index in range(at + 1, min(at + (_REACH + _GAP if results else _REACH), walk.stop)):
        text = texts[index]
        if results and text in ("عن", "الي"):
            last, gap = index, _GAP  # did not result, long-winded as its subject may be, in casualties
        if text in _UNTOLD and not kinds:
            return _skip_untold(walk, index)
        if text in SENTENCE_ENDS or text in _EXCEPT or (kinds and (text in CLAUSE_ENDS or text in _UNTOLD)):
            break
        found = _read_denied(walk, index)
        if found and not kinds and texts[index + 1 : index + 2] in _MORE and not is_death_alone(walk, at):
            return index + 2
        if not found and (denied := walk.word_at(index)) is not None and denied.role == "damage":
            last = index  # no damage to the buildings, or casualties
        if found:
            kinds |= found
            last = index
        elif index - last > gap or (kinds and text[0].isdecimal()):
            break
    if not kinds:
        return None
    for kind in sorted(kinds):
        walk.hits.append(
            TollHit(start=walk.scan.starts[at], end=walk.scan.ends[last], kind=kind, count=0, negated=True)
        )
    return last + 1


_RESULTS = frozenset({"يسفر", "تسفر", "يود", "تود", "يودي", "تودي"})  # resulted in, led to
_MORE = [("اخري",), ("اخرين",), ("اضافيه",)]  # no other casualties: some have been told
_ANYBODY = frozenset({"احد", "احدا"})
_LIMITED = frozenset({"الخساير", "الاضرار", "اضراره", "اضرارها", "خسايره", "خسايرها", "اضرار", "خساير"})


def _is_without(walk: Walk, at: int) -> bool:
    """Whether غير is that of "without" (من غير أن, من غير خسائر)."""
    if at == walk.low or walk.scan.texts[at - 1] != "من":
        return False
    word = walk.word_at(at + 1)
    return walk.scan.texts[at + 1 : at + 2] == ("ان",) or (word is not None and word.role in ("losses", "noun_plural"))


def read_limited(walk: Walk, word: TollWord) -> int | None:
    """اقتصرت الخسائر على الماديات: the damage was to things alone."""
    texts, at = walk.scan.texts, walk.index
    ahead = texts[at + 1 : at + 12]
    if not ahead or ahead[0] not in _LIMITED or "علي" not in ahead:
        return None
    if not any(text.removeprefix("ال").startswith("مادي") for text in ahead):
        return None
    for kind in sorted(_BOTH):
        walk.hits.append(
            TollHit(start=walk.scan.starts[at], end=walk.scan.ends[at + 1], kind=kind, count=0, negated=True)
        )
    return at + 2


def _read_denied(walk: Walk, index: int) -> frozenset[str]:
    """Which tolls the word at `index` would deny."""
    texts = walk.scan.texts
    word = walk.word_at(index)
    ahead = texts[index + 1 : index + 3]
    if word is not None:
        if word.role == "losses":
            return _BOTH if _LIVES & set(ahead) or not _MATERIAL & set(ahead) else frozenset()
        if word.role == "noun_plural" or (word.role == "noun" and word.kind == "wounded"):
            return _BOTH
        if word.role == "damage" and _LIVES & set(ahead):
            return _BOTH
        before = texts[max(walk.sentence, index - 7) : index]
        nobody = _ANYBODY & {*texts[index + 1 : index + 5], *before} or _is_anybody(ahead) or _is_theirs(ahead)
        if word.role == "suffer" and nobody:
            return _BOTH
        if word.role == "active" and word.kind == "killed" and ("احد" in ahead or _is_anybody(ahead)):
            return frozenset(("killed",))
        return frozenset()
    noun = NOUNS.get(texts[index])
    if noun is None or noun.cls != "status" or not _is_deniable(texts[index - 1], noun.number):
        return frozenset()
    return {"victims": _BOTH, "killed": frozenset(("killed",)), "wounded": frozenset(("wounded",))}.get(
        noun.group, frozenset()
    )


def _is_deniable(before: str, number: str) -> bool:
    """A plural, or a single one after "any": he did not die a martyr denies nothing."""
    return number == "plural" or (number == "singular" and before in ("اي", "ايه", "وقوع", "سقوط"))


def _is_theirs(words: tuple[str, ...]) -> bool:
    """سائقوهما, ركابها: their drivers, its passengers."""
    noun = find_noun(words[0]) if words else None
    return noun is not None and noun.cls == "person" and words[0].endswith(("هما", "هم", "ها", "ه"))


def _is_anybody(words: tuple[str, ...]) -> bool:
    """أي جندي, أي من الجنود: any of those people."""
    if len(words) < 2 or words[0] != "اي":
        return False
    noun = NOUNS.get(words[1])
    return words[1] == "من" or (noun is not None and noun.cls == "person")


def _skip_untold(walk: Walk, index: int) -> int | None:
    """The index after the losses of which nothing is known, so that they are read as no telling."""
    for at in range(index, min(index + _GAP, walk.stop)):
        if walk.scan.texts[at] in SENTENCE_ENDS:
            return None
        if _read_denied(walk, at):
            return at + 1
    return None
