"""Turns lengths of time in scanned text into date hits: two days ago, a day after the attack, within 24 hours."""

from __future__ import annotations

from extract.dates_hit import DateHit
from extract.dates_lexicon import DEFINITE_UNITS, STRETCH
from extract.dates_read import match_word, read_amount, read_side
from extract.numbers import read_cardinal
from extract.scan import Scan


def read_stretch(scan: Scan, index: int, stop: int) -> tuple[DateHit, int] | None:
    """Lengths of time: ago, after an event, within; and anniversaries."""
    texts = scan.texts
    text = texts[index]
    if text in ("قبل", "منذ", "وقبل", "ومنذ"):
        return _read_ago(scan, index, stop, text.endswith("منذ"))
    if text in ("بعد", "وبعد", "عقب", "غداه"):
        return _read_after(scan, index, stop, text == "غداه")
    if text in STRETCH:
        begin = index + 1
        amount = read_amount(scan, begin + 1 if texts[begin : begin + 1] == ("من",) else begin, stop)
        if amount is not None and amount.unit.number == 1 and amount.after < stop and texts[amount.after].isdecimal():
            return None  # خلال عام 2020: during a named year
        if amount is not None and (texts[begin] != "من" or text == "اقل"):
            return _span(scan, index, amount.after, amount.unit.name, amount.quantity), amount.after
        return None
    if text in DEFINITE_UNITS:
        for at in range(index + 1, min(index + 6, stop)):
            side, after = read_side(scan, at, stop)
            if side in ("past", "next"):
                return _span(scan, index, after, DEFINITE_UNITS[text], None, side), after
        return None
    if text == "الذكري":
        at = index + 2 if texts[index + 1 : index + 2] == ("السنويه",) else index + 1
        read = read_cardinal(scan, at, stop) if at < stop else None
        if read is not None and read.ordinal and read.value is not None:
            hit = DateHit(start=scan.starts[index], end=scan.ends[read.after - 1], kind="anniversary",
                          offset=-read.value, unit="year", flags=frozenset({"anniversary"}))  # fmt: skip
            return hit, read.after
        return None
    found = match_word(scan, index, stop, ("next_day",))
    if found is not None:
        hit = DateHit(start=scan.starts[index], end=scan.ends[found[1] - 1], kind="relative_event", offset=1, unit="day",
                      flags=frozenset({"anaphoric"}))  # fmt: skip
        return hit, found[1]
    return None


def _span(scan: Scan, index: int, after: int, unit: str, count: int | None, side: str | None = None) -> DateHit:
    flags = frozenset({"future"}) if side == "next" else frozenset()
    return DateHit(start=scan.starts[index], end=scan.ends[after - 1], kind="span", offset=count, unit=unit, side=side,
                   flags=flags)  # fmt: skip


def _read_ago(scan: Scan, index: int, stop: int, since: bool) -> tuple[DateHit, int] | None:
    amount = read_amount(scan, index + 1, stop)
    if amount is None:
        return None
    texts, after = scan.texts, amount.after
    flags = {"since"} if since else set()
    kind = "ago"
    if (
        not since
        and after + 1 < stop
        and texts[after] in ("من", "علي", "عن")
        and texts[after + 1] not in ("الان", "اليوم")
    ):
        kind, after = "relative_event", after + 1
    if amount.quantity is None:
        flags.add("vague")
    offset = None if amount.quantity is None else -amount.quantity
    if kind == "relative_event" and offset is not None:
        offset *= amount.unit.days
    return DateHit(start=scan.starts[index], end=scan.ends[after - 1], kind=kind, offset=offset, unit=amount.unit.name,
                   flags=frozenset(flags)), after  # fmt: skip


def _read_after(scan: Scan, index: int, stop: int, next_day: bool) -> tuple[DateHit, int] | None:
    texts = scan.texts
    if next_day:
        return DateHit(
            start=scan.starts[index], end=scan.ends[index], kind="relative_event", offset=1, unit="day"
        ), index + 1
    amount = read_amount(scan, index + 1, stop)
    if amount is None or amount.after >= stop or texts[amount.after] not in ("من", "علي", "عن"):
        return None
    offset = None if amount.quantity is None else amount.quantity * amount.unit.days
    flags = frozenset({"vague"}) if amount.quantity is None else frozenset()
    return DateHit(start=scan.starts[index], end=scan.ends[amount.after], kind="relative_event", offset=offset,
                   unit=amount.unit.name, flags=flags), amount.after + 1  # fmt: skip
