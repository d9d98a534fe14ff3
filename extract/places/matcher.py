"""Turns folded text into mentions of places: the longest name wins, and the words around it say how it is meant."""

from __future__ import annotations

import re
from dataclasses import replace

from extract.places.context import Context, read_context
from extract.places.gazetteer import Entry, Gazetteer, load_gazetteer
from extract.places.records import CUE_KINDS, Manner, Place, PlaceHit
from extract.places.words import Cue, Words, load_words

# Letters that Arabic writes attached before a name: and, so; in, to, like; and their pairs.
_PREFIXES = frozenset(("", "و", "ف", "ب", "ل", "ك", "وب", "ول", "وك", "فب", "فل", "وال", "ال"))
_LOCATIVE_PREFIXES = frozenset(("ب", "وب", "فب"))
_SPACES = str.maketrans("\n\r\t\u00a0", "    ")
_DATELINE_AFTER = re.compile(
    r"\s{0,2}(?:[,،]\s{0,2}[^\W\d_]+(?: [^\W\d_]+){0,3}\s{0,2})?(?:\((?:cnn|سي|رويترز|ا ف ب)|--|-|/|:|\()"
)
_NAME_WORD = re.compile(r"[ \"'(]{1,3}([^\W\d_]{2,})")
_LIST_GAP = re.compile(r"[\s\"'،,)(]{1,4}$")


class _Match:
    """A name of the automaton that stands on its own in the text."""

    __slots__ = ("end", "entry", "prefix", "start")

    def __init__(self, start: int, end: int, prefix: str, entry: Entry) -> None:
        self.start, self.end, self.prefix, self.entry = start, end, prefix, entry


def find_places(folded: str, start: int = 0, end: int | None = None) -> list[PlaceHit]:
    """All mentions of places in `folded[start:end]`, in order; words before `start` are not looked at."""
    gazetteer, words = load_gazetteer(), load_words()
    stop = len(folded) if end is None else min(end, len(folded))
    text = folded.translate(_SPACES)
    hits: list[PlaceHit] = []
    doubtful: list[PlaceHit] = []
    cue: Cue | None = None  # of the hit before, for lists
    opened: _Match | None = None  # a cue whose name has not been found
    for match in _longest(_scan(text, start, stop, gazetteer)):
        if opened is not None and match.entry.places and match.start - opened.end <= 4:
            opened_here = opened
        else:
            opened_here = None
        if opened is not None and opened_here is None:
            _add_unknown(text, opened, match, stop, words, hits)
        opened = None
        if match.entry.is_mask:
            continue
        if match.entry.cue is not None:
            opened = match
            continue
        context = read_context(text, start, match.start - len(match.prefix), words)
        context = _inherit_cue(text, match, context, hits, cue)
        hit = _make_hit(text, start, match, context, gazetteer, words)
        if hit is None:
            continue
        meant = _meant(hit, match, context, text, hits)
        if meant:
            hits.append(replace(hit, candidates=meant))
            cue = context.cue
        else:
            doubtful.append(hit)
            if opened_here is not None:
                _add_unknown(text, opened_here, None, stop, words, hits)
    if opened is not None:
        _add_unknown(text, opened, None, stop, words, hits)
    return _rescue(hits, doubtful)


def _scan(text: str, start: int, stop: int, gazetteer: Gazetteer) -> list[_Match]:
    """Every name between word borders; attached prefixes are split off."""
    found = []
    for last, entry in gazetteer.automaton.iter(text, start, stop):
        after = last + 1
        if after < stop and text[after].isalnum():
            continue
        begin = after - len(entry.key)
        word_start = begin
        while word_start > start and text[word_start - 1].isalpha():
            word_start -= 1
            if begin - word_start > 3:
                break
        prefix = text[word_start:begin]
        if prefix in _PREFIXES and not (prefix.endswith("ال") and not _takes_article(entry)):
            found.append(_Match(begin, after, prefix, entry))
    return found


def _takes_article(entry: Entry) -> bool:
    """Whether a name listed without article may be written with it: one word, none of its own, no common word."""
    return (
        bool(entry.places)
        and " " not in entry.key
        and not entry.key.startswith("ال")
        and all(place.country in ("IQ", "SY") for place in entry.places)
        and not any(entry.doubts)
        and len(entry.key) > 3
    )


def _longest(matches: list[_Match]) -> list[_Match]:
    """The longest names first, then what does not overlap them; in order of the text."""
    taken: list[_Match] = []
    for match in sorted(matches, key=lambda item: (item.start - item.end, item.start)):
        if all(match.end <= other.start or match.start >= other.end for other in taken):
            taken.append(match)
    return sorted(taken, key=lambda item: item.start)


def _inherit_cue(text: str, match: _Match, context: Context, hits: list[PlaceHit], cue: Cue | None) -> Context:
    """A cue in the dual or plural (محافظتي, the governorates of …) holds for the names that follow by "and"."""
    if context.cue is not None or cue is None or not cue.many or not hits or not match.prefix.startswith("و"):
        return context
    if _LIST_GAP.fullmatch(text[hits[-1].end : match.start - len(match.prefix)]):
        return replace(context, cue=cue, located=True)
    return context


def _make_hit(
    text: str, low: int, match: _Match, context: Context, gazetteer: Gazetteer, words: Words
) -> PlaceHit | None:
    entry = match.entry
    manner: Manner = "plain"
    places: tuple[Place, ...] = entry.places
    if entry.adjective_of is not None:
        country = gazetteer.countries.get(entry.adjective_of)
        if country is None:
            return None
        places, manner = (country,), "adjective"
    elif context.head == "drop":
        return None
    elif context.head == "hint":
        manner = "organisation"
    elif _is_dateline(text, low, match):
        manner = "dateline"
    cue = context.cue.kind if context.cue else None
    own = words.cues.get(entry.key.partition(" ")[0])
    if own is not None and " " in entry.key:
        cue = own.kind
    return PlaceHit(
        start=match.start,
        end=match.end,
        name=entry.key,
        candidates=places,
        cue=cue,
        manner=manner,
        bearing=context.bearing,
        distance_km=context.distance_km,
        phrase_start=context.start if context.start < match.start - len(match.prefix) else match.start,
    )


def _is_dateline(text: str, low: int, match: _Match) -> bool:
    """A place at the head of a text or line, before a dash, slash or agency: "بغداد/", "عمان، الأردن (CNN)--"."""
    after = _DATELINE_AFTER.match(text, match.end)
    if after is None:
        return False
    if after.group().endswith(("(cnn", "--")):
        return True
    head = text[max(low, match.start - 3) : match.start].strip()
    return not head and match.start - low <= 3 and not after.group().endswith("(")


def _meant(hit: PlaceHit, match: _Match, context: Context, text: str, hits: list[PlaceHit]) -> tuple[Place, ...]:
    """The candidates that can be meant here, as far as the name is also a common word."""
    doubts = match.entry.doubts
    if not any(doubts) or hit.manner == "dateline":
        return hit.candidates
    allowed = {"", "soft"} if _is_located(match, context, text, hits) else {""}
    return tuple(
        place
        for place, doubt in zip(hit.candidates, doubts, strict=True)
        if doubt in allowed or (hit.cue is not None and _fits_cue(place, hit.cue))
    )


def _fits_cue(place: Place, cue: str) -> bool:
    return cue == "area" or place.kind in CUE_KINDS.get(cue, ())


def _is_located(match: _Match, context: Context, text: str, hits: list[PlaceHit]) -> bool:
    """Whether the words say that something is here: "in", "north of", or a list that goes on after a place."""
    if context.located or (match.prefix in _LOCATIVE_PREFIXES and len(match.entry.key) > 3):
        return True
    begin = match.start - len(match.prefix)
    if begin >= 2 and text[begin - 1] in "\"'" and text[begin - 2] == "ب" and not text[begin - 3 : begin - 2].isalpha():
        return True
    if not hits or not (match.prefix.startswith("و") or "،" in text[max(0, match.start - 3) : match.start]):
        return False
    return bool(_LIST_GAP.fullmatch(text[hits[-1].end : begin] or " "))


def _rescue(hits: list[PlaceHit], doubtful: list[PlaceHit]) -> list[PlaceHit]:
    """A common word is a name after all where the place around it follows at once: "بلد، جنوب صلاح الدين"."""
    if not doubtful:
        return hits
    rescued = []
    for hit in doubtful:
        for other in hits:
            near = other.phrase_start if other.phrase_start is not None else other.start
            if not 0 <= near - hit.end <= 4 or other.manner != "plain":
                continue
            if other.cue not in ("governorate", "district", "city") and other.bearing is None:
                continue
            around = {place.admin1 for place in other.candidates} - {None}
            inside = tuple(place for place in hit.candidates if place.admin1 in around)
            if inside:
                rescued.append(replace(hit, candidates=inside))
                break
    return sorted([*hits, *rescued], key=lambda item: item.start)


def _add_unknown(
    text: str, match: _Match, following: _Match | None, stop: int, words: Words, hits: list[PlaceHit]
) -> None:
    hit = _unknown_name(text, match, following, stop, words)
    if hit is not None:
        hits.append(hit)


def _unknown_name(text: str, match: _Match, following: _Match | None, stop: int, words: Words) -> PlaceHit | None:
    """The name after a cue such as "قرية" (village) that the gazetteer does not know."""
    cue = match.entry.cue
    if cue is None or not cue.names_unknown:
        return None
    first = _NAME_WORD.match(text, match.end, stop)
    if first is None or first.group(1) in words.stops:
        return None
    if following is not None and following.start < first.end(1):
        return None
    word, name_end = first.group(1), first.end(1)
    second = _NAME_WORD.match(text, name_end, stop)
    free = second is not None and (following is None or following.start >= second.end(1))
    if second is not None and free and second.group(1) not in words.stops and text[name_end : second.start(1)] == " ":
        compound = word in words.compound_heads
        idafa = not word.startswith("ال") and second.group(1).startswith("ال")
        if compound or idafa:
            name_end = second.end(1)
    if word.startswith(("ب", "ل")) and word[1:3] == "ال":
        return None
    return PlaceHit(
        start=first.start(1), end=name_end, name=text[first.start(1) : name_end], candidates=(), cue=cue.kind,
        phrase_start=match.start,
    )  # fmt: skip
