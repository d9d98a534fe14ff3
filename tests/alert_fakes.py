"""Incidents, reports and changes for the tests of alerts, each made with the few values that a test is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from store.records import Article, Change, Evidence, Incident, Mention, Outlet

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
BASE = Incident(
    id="inc1", role="news", status="occurred", standing="reported", method="rocket", target="coalition_base",
    date=date(2026, 11, 20), date_precision="day", country="IQ", admin1="IQ-AN", place="عين الأسد",  # Ain al-Asad
    lat=33.79, lon=42.44, place_precision="site", munitions=3, killed=None, killed_low=None, killed_high=None,
    wounded=None, wounded_low=None, wounded_high=None, actor=None, claim="none", confidence=0.9, reports=1,
    publishers=1, first_published_at=NOON, first_seen_at=NOON, updated_at=NOON, title=None,
)  # fmt: skip
OUTLET = Outlet(
    id="alnahr", name_ar="النهر", name_en="Al-Nahr", home="https://alnahr.example/", publisher="alnahr",
    ownership="private", country="IQ", time_zone="Asia/Baghdad", kind="feed",
    urls=("https://alnahr.example/feed",), every_seconds=300, allowed_hosts=("alnahr.example",),
)  # fmt: skip
TITLE = "ثلاثة صواريخ تستهدف قاعدة عين الأسد"  # three rockets target Ain al-Asad base
TEXT = "قال مصدر أمني إن ثلاثة صواريخ سقطت في محيط قاعدة عين الأسد. ولم ترد أنباء عن ضحايا."


def make_incident(**values: object) -> Incident:
    return replace(BASE, **values)  # type: ignore[arg-type]


def make_article(**values: object) -> Article:
    article = Article(
        outlet_id="alnahr", url="https://alnahr.example/1", title=TITLE, text=TEXT, published=NOON,
        published_precision="second", published_from="feed", author=None, language="ar",
    )  # fmt: skip
    return replace(article, **values)  # type: ignore[arg-type]


def make_mention(incident: Incident, **values: object) -> Mention:
    start = TEXT.index("صواريخ")  # rockets
    mention = Mention(
        role=incident.role, status=incident.status, method=incident.method, target=incident.target,
        date=incident.date, date_precision=incident.date_precision, country=incident.country, admin1=incident.admin1,
        place=incident.place, lat=incident.lat, lon=incident.lon, munitions=incident.munitions,
        killed=incident.killed, wounded=incident.wounded, actor=incident.actor, claim=incident.claim,
        confidence=incident.confidence,
        evidence=(Evidence(field="method", source="text", quote="صواريخ", start=start, end=start + 6),),
    )  # fmt: skip
    return replace(mention, **values)  # type: ignore[arg-type]


def make_change(
    incident: Incident = BASE,
    before: Incident | None = None,
    *,
    changed: tuple[str, ...] | None = None,
    mention: Mention | None = None,
    article: Article | None = None,
    article_id: str = "a1",
    outlet: Outlet = OUTLET,
) -> Change:
    if changed is None:
        names = ("killed", "wounded", "status", "standing", "actor", "claim", "place", "admin1", "country", "date")
        changed = tuple(n for n in names if before is not None and getattr(before, n) != getattr(incident, n))
    return Change(
        incident=incident, before=before, mention=mention or make_mention(incident), article=article or make_article(),
        article_id=article_id, outlet=outlet, changed=changed,
    )  # fmt: skip
