"""Turns folded Arabic text into dates as told: which parts stand together, and what leads to them."""

from __future__ import annotations

from dataclasses import replace

from extract.dates.draft import YEAR_WORDS, Draft
from extract.dates.hit import DateHit
from extract.dates.lexicon import DEFINITE_UNITS, STRETCH, TIME_WORDS
from extract.dates.stretch import SHIFTS, read_stretch
from extract.numbers.lexicon import WORDS
from extract.scan import WORD_SETS, Scan, read_rows, scan_text
from extract.text import fold

_CONTEXTS = {fold(row["form"]): row["flag"] for row in read_rows("date_contexts.csv")}
_WHEN = WORD_SETS["when"]
_BETWEEN = frozenset({"بين", "وبين"})
_MEMORY = WORD_SETS["memory"]
_UPDATED = WORD_SETS["updated"]
_MEMORY_REACH = 7  # parts between "the anniversary" and the date
# An ordinal, or a number with the article, may be the day of a month.
_DAY_WORDS = frozenset(
    form
    for form, word in WORDS.items()
    if (word.kind.startswith("ordinal") and word.prefix in ("", "ال", "لل", "بال", "وال"))
    or (word.kind in ("ten", "unit") and word.prefix in ("ال", "لل", "بال", "وال"))
)
_STARTS = (
    frozenset(TIME_WORDS)
    | frozenset(DEFINITE_UNITS)
    | YEAR_WORDS
    | WORD_SETS["date_filler"]
    | STRETCH
    | SHIFTS.keys()
    | _DAY_WORDS
    | {"غداه", "وغداه", "الذكري", "لل", "ال"}  # the morrow of, the anniversary, the orphan article before a figure
)


def find_dates(folded: str, start: int = 0, end: int | None = None) -> list[DateHit]:
    """Every date in `folded[start:end]`, in order; spans are of `folded` and do not overlap."""
    scan = scan_text(folded)
    low, stop = scan.window(start, end)
    texts = scan.texts
    hits: list[DateHit] = []
    index = low
    while index < stop:
        text = texts[index]
        if text in _STARTS or text[0].isdecimal():
            found = read_stretch(scan, index, stop) or _read_date(scan, index, low, stop)
            if found is not None:
                hit, index = found
                if hits and "between" in hits[-1].flags and folded[hits[-1].end : hit.start].strip() in ("", "و"):
                    hit = replace(hit, flags=hit.flags | {"until"})  # "between the 29th of April and the first of June"
                hits.append(hit)
                continue
        index += 1
    return hits


def _read_date(scan: Scan, index: int, low: int, stop: int) -> tuple[DateHit, int] | None:
    draft = Draft(scan, low, stop)
    after = draft.read_all(index)
    return None if after is None else (_finish(draft, index, after), after)


def _finish(draft: Draft, index: int, after: int) -> DateHit:
    told = draft.told
    side = (told.side if told is not None else None) or draft.side
    kind, offset, unit = _classify(draft)
    if kind == "day" and offset == 0 and _is_same(draft.scan.texts, index, after):
        kind = "shift"
    return DateHit(
        start=draft.scan.starts[index],
        end=draft.scan.ends[after - 1],
        kind=kind,
        year=draft.year if told is None else told.year,
        month=None if told is None else told.month,
        day=None if told is None else told.day,
        calendar="gregorian" if told is None else told.calendar,
        weekday=draft.weekday,
        weekday_to=draft.weekday_to,
        offset=offset,
        year_offset=None if told is None else told.year_offset,
        unit=unit,
        side=side,
        part=draft.part,
        edge=draft.edge,
        flags=_read_flags(draft, index, after, side),
    )


_SAME = frozenset({"نفسه", "ذاته", "عينه"})  # the very
_THE_SAME = frozenset({"نفس", "بنفس", "ذات"})


def _is_same(texts: tuple[str, ...], index: int, after: int) -> bool:
    """Whether "the same day" is told, which is that of the event told last."""
    near = texts[after - 1 : after + 1]
    return not _SAME.isdisjoint(near) or (index > 0 and texts[index - 1] in _THE_SAME)


def _classify(draft: Draft) -> tuple[str, int | None, str | None]:
    """The kind of date, with the offset and the unit that it counts in."""
    told = draft.told
    if told is not None:
        kind = "month" if told.day is None else "absolute"
        return (kind, told.month_offset, "month") if told.month is None else (kind, draft.day, None)
    if draft.day is not None:
        return "day", draft.day, "day"
    if draft.weekday is not None:
        return ("weekday", None, None) if draft.period is None else ("weekday", draft.period[1], "week")
    if draft.year is not None:
        return "year", None, None
    unit, offset = draft.period or ("week", 0)
    return "period", offset, unit


def _read_flags(draft: Draft, index: int, after: int, side: str | None) -> frozenset[str]:
    texts, low = draft.scan.texts, draft.low
    flags: set[str] = set()
    before = texts[index - 1] if index > low else ""
    flag = _CONTEXTS.get(before, "")
    if flag.startswith("name_"):
        if _is_named(draft, index, after, flag):
            flags.add("name")
    elif flag:
        flags.add(flag)
    if before in _BETWEEN:
        flags |= {"between", "since"}
    if before == "date":
        flags.add("name")  # the stamp that an archive puts before a text
    if draft.day is not None:
        flags.add("day_word")
    if draft.told is not None and not _UPDATED.isdisjoint(texts[max(low, index - 3) : index]):
        flags.add("update")
    if draft.part is not None and "بعد" in texts[max(low, index - 2) : index]:
        flags.discard("after")  # بعد ظهر اليوم: the afternoon
        if "منتصف" in texts[max(low, index - 1) : index + 1]:
            flags.add("after_midnight")
    if side == "next" or (draft.day or 0) > 0 or (draft.period is not None and draft.period[1] > 0):
        flags.add("future")
    if "since" in flags and any(text in _WHEN for text in texts[after : after + 2]):
        flags.discard("since")  # منذ 27 ديسمبر، حين سقط: the day of that event itself
    if "مثل" in texts[max(low, index - 2) : index + 1]:
        flags.add("anniversary")  # في مثل هذا اليوم: on this day in another year
    for at in range(index - 1, max(low, index - _MEMORY_REACH) - 1, -1):
        if texts[at] in (".", "\n"):
            break
        if texts[at] in _MEMORY:
            flags.add("anniversary")
    return frozenset(flags)


def _is_named(draft: Draft, index: int, after: int, flag: str) -> bool:
    """Whether the word before makes it part of a name: Russia Today, Friday prayers, the 25 January revolution."""
    if flag == "name_today":
        return after - index == 1 and draft.day == 0
    if flag == "name_weekday":
        return draft.weekday is not None and after - index == 1
    return draft.told is not None and draft.told.year is None
