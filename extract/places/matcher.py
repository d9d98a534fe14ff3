"""Turns folded text into mentions of places: the longest name wins, and the words around it say how it is meant."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace

from extract.places.context import Context, read_context
from extract.places.datelines import Datelines
from extract.places.gazetteer import Entry, Gazetteer, load_gazetteer
from extract.places.records import CUE_KINDS, Manner, Place, PlaceHit
from extract.places.unknown import read_unknown
from extract.places.words import Cue, load_words

# Letters that Arabic writes attached before a name: and, so; in, to, like; and their pairs; with the article.
_PREFIXES = frozenset(("", "و", "ف", "ب", "ل", "ك", "وب", "ول", "وك", "فب", "فل", "ال", "وال", "بال"))
_LOCATIVE_PREFIXES = frozenset(("ب", "وب", "فب", "بال"))
_LONGEST_PREFIX = max(map(len, _PREFIXES))
_SPACES = str.maketrans("\n\r\t\u00a0", "    ")
_IN = re.compile(r"(?:^|\s)في $")
_LIST_GAP = re.compile(r"[\s\"'،,)(]{1,4}")
_QUOTED_LOCATIVE = re.compile(r"(?<![^\W\d_])ب[\"']")
# A noun that an adjective can follow: with article, feminine or plural.
_LAST_WORD = re.compile(r"(?<![^\W\d_])(?P<word>(?P<article>[وفبلك]?ال|لل)\w+|\w+(?:ه|ات|ين)) $")
_LONGEST_WORD = 20


@dataclass(frozen=True, slots=True)
class _Match:
    """A name of the automaton that stands on its own in the text."""

    start: int
    end: int
    prefix: str
    entry: Entry

    @property
    def begin(self) -> int:
        """Where the name's word begins, attached letters included."""
        return self.start - len(self.prefix)


def find_places(folded: str, start: int = 0, end: int | None = None) -> list[PlaceHit]:
    """All mentions of places in `folded[start:end]`, in order; words before `start` are not looked at."""
    stop = len(folded) if end is None else min(end, len(folded))
    text = folded.translate(_SPACES)
    matches = _longest(_scan(text, start, stop, load_gazetteer()), stop)
    return _Finder(folded, text, start, stop).find(matches)


def _scan(text: str, start: int, stop: int, gazetteer: Gazetteer) -> list[_Match]:
    """Every name between word borders; attached prefixes are split off."""
    found = []
    for last, entry in gazetteer.automaton.iter(text, start, stop):
        after = last + 1
        if after < stop and text[after].isalnum() and not (text[after].isascii() and text[after].isalpha()):
            continue  # a Latin letter ends an Arabic word: "أفغانستانquot"
        begin = word_start = after - len(entry.key)
        if entry.key[0].isdigit() and begin > start and text[begin - 1].isdigit():
            continue  # the quarter "9 April" in "19 April"
        while word_start > start and text[word_start - 1].isalpha() and begin - word_start <= _LONGEST_PREFIX:
            word_start -= 1
        prefix = text[word_start:begin]
        if entry.is_mask and entry.key.endswith(_TODAY) and _is_scene(text, word_start, prefix):
            continue  # "in Baghdad today", not the agency Baghdad Today
        if prefix in _PREFIXES and (not prefix.endswith("ال") or _takes_article(entry)):
            found.append(_Match(begin, after, prefix, entry))
    return found


_TODAY = " اليوم"
_SCENE = re.compile(
    r"(?:\bفي|\bوسط|قرب|شرقي?|غربي?|شمالي?|جنوبي?|العاصمه|مدينه|محافظه|مطار)\s$"
)  # in, amid, near, east of …


def _is_scene(text: str, start: int, prefix: str) -> bool:
    """Whether the words before say that a place follows."""
    return prefix in ("ب", "وب") or _SCENE.search(text, max(0, start - 9), start) is not None


def _takes_article(entry: Entry) -> bool:
    """Whether a name listed without article may be written with it: one word, none of its own, no common word."""
    return (
        bool(entry.places)
        and " " not in entry.key
        and not entry.key.startswith("ال")
        and len(entry.key) > 3
        and not any(entry.doubts)
        and all(place.country in ("IQ", "SY") for place in entry.places)
    )


def _without_cut_off(matches: list[_Match]) -> list[_Match]:
    """Leave out names with a cue at the head that end within another name: "منطقة دير الزور" is no region of Dir."""
    cues = load_words().cues
    starts: dict[int, int] = {}  # by where a name begins, the farthest end
    for match in matches:
        starts[match.start] = max(match.end, starts.get(match.start, 0))
    kept = []
    for match in matches:
        head, _, rest = match.entry.key.partition(" ")
        cut = (
            bool(rest)
            and head in cues
            and any(starts.get(at, 0) > match.end for at in range(match.start + len(head), match.end))
        )
        if not cut:
            kept.append(match)
    return kept


def _longest(matches: Iterable[_Match], stop: int) -> list[_Match]:
    """The longest names first, then what does not overlap them; in order of the text."""
    taken: list[_Match] = []
    covered = bytearray(stop)
    known = _without_cut_off(list(matches))
    for match in sorted(known, key=lambda item: (item.start - item.end, item.start)):
        if not any(covered[match.start : match.end]):
            covered[match.start : match.end] = b"\1" * (match.end - match.start)
            taken.append(match)
    return sorted(taken, key=lambda item: item.start)


class _Finder:
    """Reads the matches of one passage in order."""

    def __init__(self, folded: str, text: str, start: int, stop: int) -> None:
        self.folded, self.text, self.start, self.stop = folded, text, start, stop
        self.gazetteer, self.words = load_gazetteer(), load_words()
        self.datelines = Datelines(text, folded, start, self.words.agencies)
        self.hits: list[PlaceHit] = []
        self.doubtful: list[PlaceHit] = []
        self.narrowed: dict[int, PlaceHit] = {}  # hits by start, with the candidates that doubt took from them
        self.cue: Cue | None = None  # of the hit before, for lists

    def find(self, matches: list[_Match]) -> list[PlaceHit]:
        opened: _Match | None = None  # a cue that waits for its name
        for match in matches:
            named = match.entry.cue is None and not match.entry.is_mask and self._read(match)
            if opened is not None and not (named and match.begin - opened.end <= 4):
                self._add_unknown(opened, match.begin if named or match.entry.cue else self.stop)
            opened = match if match.entry.cue is not None else None
        if opened is not None:
            self._add_unknown(opened, self.stop)
        self.hits.sort(key=lambda item: item.start)
        return self._rescue()

    def _read(self, match: _Match) -> bool:
        """Add the hit that a match stands for, if it does."""
        if match.entry.adjective_of is not None:
            context = Context(match.start)
        else:
            context = self._inherit_cue(match, read_context(self.text, self.start, match.begin, self.words))
        hit = self._make_hit(match, context)
        if hit is None:
            return False
        meant = self._meant(hit, match, context)
        if not meant:
            self._keep_doubtful(hit)
            return False
        if len(meant) < len(hit.candidates):
            self.narrowed[hit.start] = hit
        self.hits.append(replace(hit, candidates=meant))
        self.cue = context.cue
        return hit.manner != "adjective"

    def _keep_doubtful(self, hit: PlaceHit) -> None:
        """Keep a name that is no place so far; where it is an adjective too, that is what it is."""
        country = self.gazetteer.countries.get(self.words.adjectives.get(hit.name, ""))
        if country is None:
            self.doubtful.append(hit)
        else:
            self.hits.append(replace(hit, candidates=(country,), manner="adjective"))

    def _add_unknown(self, match: _Match, free_until: int) -> None:
        if match.entry.cue is not None and not match.prefix.endswith("ل"):
            hit = read_unknown(self.text, match.entry.cue, match.start, match.end, free_until, self.words)
            if hit is not None:
                self.hits.append(hit)

    def _follows_in_list(self, begin: int) -> bool:
        """Whether only a comma or white space lies between the hit before and `begin`."""
        if not self.hits or begin - self.hits[-1].end > 4:
            return False
        return bool(_LIST_GAP.fullmatch(self.text[self.hits[-1].end : begin] or " "))

    def _inherit_cue(self, match: _Match, context: Context) -> Context:
        """A cue in the dual or plural (محافظتي, the governorates of …) holds for the names that follow by "and"."""
        if context.cue is not None or self.cue is None or not self.cue.many or not match.prefix.startswith("و"):
            return context
        return replace(context, cue=self.cue, located=True) if self._follows_in_list(match.begin) else context

    def _make_hit(self, match: _Match, context: Context) -> PlaceHit | None:
        entry = match.entry
        manner: Manner = "plain"
        places: tuple[Place, ...] = entry.places
        if entry.adjective_of is not None:
            country = self.gazetteer.countries.get(entry.adjective_of)
            if country is None:
                return None
            places, manner = (country,), "adjective"
        elif self._is_used_as_adjective(match, context):
            places, manner = tuple(place for place in places if place.precision == "country"), "adjective"
        elif context.head == "drop":
            return None
        elif context.head == "hint":
            manner = "organisation"
        elif self.datelines.holds(match.start, match.end, doubtful=any(entry.doubts)):
            manner = "dateline"
        cue = context.cue.kind if context.cue and not _are_parts_of(context.cue, places) else None
        own = self.words.cues.get(entry.key.partition(" ")[0])
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
            phrase_start=min(context.start, match.start),
        )

    def _is_used_as_adjective(self, match: _Match, context: Context) -> bool:
        """Whether a country's name that is also an adjective follows its noun: "القوات السعودية" (the Saudi forces)."""
        if match.prefix or match.entry.key not in self.words.adjectives:
            return False
        if not any(place.precision == "country" for place in match.entry.places):
            return False
        before = _LAST_WORD.search(self.text, max(self.start, match.start - _LONGEST_WORD), match.start)
        if before is None or before["word"] in self.words.locatives:
            return False
        return bool(before["article"]) == match.entry.key.startswith("ال")  # an adjective agrees, a name need not

    def _meant(self, hit: PlaceHit, match: _Match, context: Context) -> tuple[Place, ...]:
        """The candidates that can be meant here, as far as the name is also a common word."""
        doubts = match.entry.doubts
        if not any(doubts):
            return hit.candidates
        if hit.manner == "dateline":
            allowed = {min(doubts, key=("", "soft", "hard").index)}
        else:
            allowed = {"", "soft"} if self._is_located(match, context) else {""}
        return tuple(
            place
            for place, doubt in zip(hit.candidates, doubts, strict=True)
            if doubt in allowed
            or (hit.cue is not None and _fits_cue(place, hit.cue))
            or (context.based and _fits_cue(place, "base"))
        )

    def _is_located(self, match: _Match, context: Context) -> bool:
        """Whether the words say that something is here: "in", "north of", or a list that goes on after a place."""
        if context.located or (match.prefix in _LOCATIVE_PREFIXES and len(match.entry.key) > 3):
            return True
        begin = match.begin
        if _QUOTED_LOCATIVE.match(self.text, max(self.start, begin - 2), begin):
            return True
        # "صعدة وحرض" is a list of towns; after a comma, "وحرض" is rather a verb (and incited).
        comma = "،" in self.text[max(self.start, begin - 3) : begin]
        return match.prefix.startswith("و") != comma and self._follows_in_list(begin)

    def _rescue(self) -> list[PlaceHit]:
        """A common word is a name after all where the place around it follows at once: "بلد، جنوب صلاح الدين"."""
        if self.narrowed:
            self._widen()
        if not self.doubtful or not self.hits:
            return self.hits
        starts = [hit.start for hit in self.hits]
        told = {hit.name: hit.candidates for hit in self.hits if hit.cue is not None and hit.candidates}
        rescued = []
        for hit in self.doubtful:
            index = bisect_left(starts, hit.end)
            inside = _inside(hit, self.hits[index]) if index < len(starts) else ()
            if not inside and hit.name in told and _IN.search(self.text, max(0, hit.start - 4), hit.start):
                inside = told[hit.name]  # "in al-Dawr", where the report has told of "the district of al-Dawr"
            if inside:
                rescued.append(replace(hit, candidates=inside))
        return sorted([*self.hits, *rescued], key=lambda item: item.start)

    def _widen(self) -> None:
        """Take back what doubt took where the governorate that follows says so: "الرياض بمحافظة كركوك"."""
        for index, following in enumerate(self.hits[1:]):
            full = self.narrowed.get(self.hits[index].start)
            inside = _inside(full, following) if full is not None else ()
            if inside:
                self.hits[index] = replace(self.hits[index], candidates=inside)


def _are_parts_of(cue: Cue, places: tuple[Place, ...]) -> bool:
    """Whether "the quarters of" stands before a town, whose parts they are: "in one of the quarters of Aleppo"."""
    return cue.many and cue.kind == "quarter" and all(place.rank >= 3 for place in places)


def _fits_cue(place: Place, cue: str) -> bool:
    return cue == "area" or place.kind in CUE_KINDS.get(cue, ())


def _inside(hit: PlaceHit, other: PlaceHit) -> tuple[Place, ...]:
    """The candidates of `hit` in the governorate that `other`, next to it, names as lying around it."""
    near = other.start if other.phrase_start is None else other.phrase_start
    if not 0 <= near - hit.end <= 4 or other.manner != "plain":
        return ()
    if other.cue not in ("governorate", "countryside", "district", "city") and other.bearing is None:
        return ()
    around = {place.admin1 or place.country for place in other.candidates} - {None}
    return tuple(place for place in hit.candidates if place.admin1 in around or place.country in around)
