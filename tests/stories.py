"""Turns short stories told in tests into articles taken in: one database, a clock and outlets that report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlite_utils import Database

from intake.articles import Taken, take_article
from store.alert_settings import AlertSettings
from store.database import transaction
from store.incidents import living_id, read_incidents
from store.mentions import read_tellings
from store.records import Article, Coding, Incident, Mention, Notice, Outlet, Telling

# name: Arabic name, governorate, latitude, longitude, precision
PLACES: dict[str, tuple[str, str, float, float, str]] = {
    "diwaniyah": ("الديوانية", "IQ-QA", 31.99, 44.93, "town"),
    "batha": ("البطحاء", "IQ-DQ", 31.12, 45.95, "town"),
    "nasiriyah": ("الناصرية", "IQ-DQ", 31.05, 46.26, "town"),
    "hilla": ("الحلة", "IQ-BB", 32.48, 44.43, "town"),
    "iskandariya": ("الإسكندرية", "IQ-BB", 32.89, 44.35, "town"),
    "ain_al_asad": ("عين الأسد", "IQ-AN", 33.79, 42.44, "site"),
    "erbil_airport": ("مطار أربيل", "IQ-AR", 36.24, 43.96, "site"),
    "erbil": ("أربيل", "IQ-AR", 36.19, 44.01, "town"),
    "baghdad": ("بغداد", "IQ-BG", 33.31, 44.37, "town"),
    "karrada": ("الكرادة", "IQ-BG", 33.30, 44.42, "site"),
    "sadr_city": ("مدينة الصدر", "IQ-BG", 33.39, 44.46, "site"),
    "taji": ("معسكر التاجي", "IQ-BG", 33.52, 44.26, "site"),
}


def moment(text: str) -> datetime:
    """A UTC time from "2020-12-28 10:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def outlet(name: str, publisher: str | None = None) -> Outlet:
    return Outlet(
        id=name, name_ar=name, name_en=name, home="https://x.example", publisher=publisher or name,
        ownership="private", country="IQ", time_zone="Asia/Baghdad", kind="feed", urls=("https://x.example/rss",),
        every_seconds=600, allowed_hosts=("x.example",),
    )  # fmt: skip


def mention(place: str | None, day: str | None, method: str = "ied", **fields: Any) -> Mention:
    """A news mention; `place` is a key of PLACES, a governorate's code, or None."""
    name, admin1, lat, lon, precision = PLACES.get(place or "", (None, place, None, None, None))
    values: dict[str, Any] = {
        "role": "news", "status": "occurred", "method": method, "target": "unknown",
        "date": date.fromisoformat(day) if day else None, "date_precision": "day" if day else "unknown",
        "country": "IQ", "admin1": admin1, "place": name, "lat": lat, "lon": lon, "place_precision": precision,
        "munitions": None, "killed": None, "wounded": None, "actor": None, "claim": "none", "confidence": 0.8,
    }  # fmt: skip
    return Mention(**{**values, **fields})


class Story:
    """A database in which outlets report one after the other; `now` is each report's own time unless told otherwise."""

    def __init__(self, db: Database, settings: AlertSettings | None = None) -> None:
        self.db = db
        self.settings = settings or AlertSettings()
        self.told = 0

    def tell(
        self,
        at: str,
        *mentions: Mention,
        by: str = "a",
        publisher: str | None = None,
        text: str | None = None,
        url: str | None = None,
        notices: Sequence[Notice] = (),
        now: str | None = None,
        published: bool = True,
        silent: bool = False,
    ) -> Taken:
        """Take in one report."""
        self.told += 1
        when = moment(at)
        article = Article(
            outlet_id=by, url=url or f"https://{by}.example/{self.told}", title=f"خبر {self.told}",  # a news item
            text=text or f"نص الخبر رقم {self.told}", published=when if published else None,  # the item's text, number
            published_precision="second" if published else None, published_from="feed", author=None, language="ar",
        )  # fmt: skip
        coding = Coding(language="ar", mentions=mentions, notices=tuple(notices), coder_version="test")
        with transaction(self.db):
            return take_article(
                self.db, article, coding, outlet=outlet(by, publisher), settings=self.settings,
                now=moment(now or at) + timedelta(minutes=5), first_seen_at=moment(now or at), silent=silent,
            )  # fmt: skip

    def incidents(self) -> list[Incident]:
        """The living incidents in the order in which they were first seen."""
        ids = [row[0] for row in self.db.execute("SELECT id FROM incidents WHERE merged_into IS NULL")]
        return sorted(read_incidents(self.db, ids).values(), key=lambda i: (i.first_seen_at, i.id))

    def only(self) -> Incident:
        """The one incident that there is."""
        (found,) = self.incidents()
        return found

    def tellings(self, incident_id: str) -> list[Telling]:
        return read_tellings(self.db, [incident_id])[incident_id]

    def living(self, incident_id: str) -> str:
        return living_id(self.db, incident_id)

    def alerts(self) -> list[tuple[str, str]]:
        """Kind and incident of every queued message, in order."""
        rows = self.db.execute("SELECT kind, incident_id FROM alerts ORDER BY id")
        return [(kind, self.living(incident_id)) for kind, incident_id in rows]

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.alerts()]

    def history(self, field: str) -> list[tuple[str | None, str | None]]:
        """Old and new values of a field over all incidents, in order."""
        rows = self.db.execute("SELECT old, new FROM incident_history WHERE field = ? ORDER BY id", (field,))
        return [(row[0], row[1]) for row in rows]


def with_date(told: Mention, day: str, precision: str = "day") -> Mention:
    """The same mention of another day."""
    return replace(told, date=date.fromisoformat(day), date_precision=precision)
