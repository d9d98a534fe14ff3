"""Turns placeholders for days into the words of an Arabic report, so that the newsroom's articles are always fresh.

`{when}` and its kin name the moment of the article's first incident, `{when:2}` of its second, and `{when:-72}` the
moment 72 hours before the article's publication; words are chosen as an outlet would on the day of publication:

    {when}      اليوم الثلاثاء · أمس الإثنين · الأحد الماضي (2 to 6 days) · 3 آذار 2026 (older)
    {part}      فجر (0-5 h) · صباح (6-11) · ظهر (12-14) · عصر (15-17) · مساء (18-23): always before {when}
    {weekday}   الثلاثاء                     {day}       10
    {month}     آذار (Levantine)             {month_eg}  مارس (Egyptian and Gulf)
    {month2}    آذار/مارس                    {year}      2026
    {clock}     09:40                        {hijri}     21 رمضان 1447
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hijridate import Gregorian

WEEKDAYS = ("الإثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")  # Monday first
LEVANTINE = (
    "كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران",
    "تموز", "آب", "أيلول", "تشرين الأول", "تشرين الثاني", "كانون الأول",
)  # fmt: skip
EGYPTIAN = (
    "يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر",
)  # fmt: skip
HIJRI = (
    "محرم", "صفر", "ربيع الأول", "ربيع الآخر", "جمادى الأولى", "جمادى الآخرة",
    "رجب", "شعبان", "رمضان", "شوال", "ذو القعدة", "ذو الحجة",
)  # fmt: skip
PARTS = ((6, "فجر"), (12, "صباح"), (15, "ظهر"), (18, "عصر"), (24, "مساء"))  # dawn … evening, by the hour they end at
_PLACEHOLDER = re.compile(r"\{(\w+)(?::(-?\d+))?\}")


def fill_in(text: str, *, published: datetime, moments: Sequence[datetime], zone: ZoneInfo) -> str:
    """Replace the placeholders of `text`; `moments` are those of the article's incidents, in their order.

    Raises KeyError for an unknown placeholder and IndexError for a number without an incident: faults of the data.
    """
    home = published.astimezone(zone)

    def replace(match: re.Match[str]) -> str:
        name, number = match.group(1), int(match.group(2) or 1)
        if number < 0:
            moment = home + timedelta(hours=number)
        else:
            moment = moments[number - 1].astimezone(zone) if moments or match.group(2) else home
        return _word(name, moment, home)

    return _PLACEHOLDER.sub(replace, text)


def _word(name: str, moment: datetime, home: datetime) -> str:
    if name == "when":
        return _when(moment, home)
    if name == "part":
        return next(part for end, part in PARTS if moment.hour < end)
    if name == "hijri":
        day = Gregorian(moment.year, moment.month, moment.day).to_hijri()
        return f"{day.day} {HIJRI[day.month - 1]} {day.year}"
    words = {
        "weekday": WEEKDAYS[moment.weekday()],
        "day": str(moment.day),
        "month": LEVANTINE[moment.month - 1],
        "month_eg": EGYPTIAN[moment.month - 1],
        "month2": f"{LEVANTINE[moment.month - 1]}/{EGYPTIAN[moment.month - 1]}",
        "year": str(moment.year),
        "clock": f"{moment:%H:%M}",
    }
    return words[name]


def _when(moment: datetime, home: datetime) -> str:
    days = (home.date() - moment.date()).days
    weekday = WEEKDAYS[moment.weekday()]
    if days <= 0:
        return f"اليوم {weekday}"
    if days == 1:
        return f"أمس {weekday}"
    if days < 7:
        return f"{weekday} الماضي"
    return f"{moment.day} {LEVANTINE[moment.month - 1]} {moment.year}"
