"""Turns incidents into the XML that maps and feed readers take: KML and Atom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from review.exports import Item, Stamp
from review.marking import plain
from review.wording import Wording
from store.times import to_iso

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def _text(value: object) -> str:
    return escape(plain(value))


def _describe(item: Item, words: Wording) -> str:
    row = item.row
    parts = [
        words.day(row),
        f"{words.field('killed')} / {words.field('wounded')}: {words.toll(row)}",
        words.value("standing", row["standing"]),
    ]
    if row["actor"]:
        parts.append(f"{words.value('actor', row['actor'])} ({words.value('claim', row['claim'])})")
    return " · ".join(parts)


def write_kml(items: Iterable[Item], stamp: Stamp, words: Wording) -> Iterator[str]:
    """Placemarks (KML 2.2) with their day; incidents without a point are left out."""
    about = f"{words.say('cut_off', at=to_iso(stamp.cut_off))}. {words.say('coder_version', version=stamp.version)}"
    yield (
        f'{_HEAD}<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>{_text(words.say("marsad"))}</name>'
        f"<description>{_text(about)}</description>\n"
    )
    for item in items:
        row = item.row
        if row["lat"] is None:
            continue
        when = f"<TimeStamp><when>{escape(row['date'])}</when></TimeStamp>" if row["date"] else ""
        yield (
            f"<Placemark id={quoteattr('i-' + row['id'])}><name>{_text(words.headline(row))}</name>"
            f"<description>{_text(_describe(item, words))}</description>{when}"
            f"<Point><coordinates>{row['lon']},{row['lat']}</coordinates></Point></Placemark>\n"
        )
    yield "</Document></kml>\n"


def write_atom(items: Iterable[Item], stamp: Stamp, words: Wording) -> Iterator[str]:
    """A feed (RFC 4287) of incidents; an entry's id never changes, its time of update does."""
    title = f"{words.say('marsad')} · {words.say('incidents')}"
    yield (
        f'{_HEAD}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{words.language}">'
        f"<id>tag:marsad,2026:incidents</id>"
        f"<title>{_text(title)}</title><updated>{to_iso(stamp.cut_off)}</updated>"
        f"<generator>{_text(f'Marsad, coder {stamp.version}')}</generator><author><name>Marsad</name></author>\n"
    )
    for item in items:
        row = item.row
        links = "".join(
            f'<link rel="related" href={quoteattr(plain(carrier["url"]))}/>'
            for carrier in item.carriers
            if carrier["url"].startswith(("http://", "https://"))
        )
        yield (
            f"<entry><id>tag:marsad,2026:incident/{escape(row['id'])}</id><title>{_text(words.headline(row))}</title>"
            f"<published>{escape(row['first_seen_at'])}</published><updated>{escape(row['updated_at'])}</updated>"
            f"<summary>{_text(_describe(item, words))}</summary>{links}</entry>\n"
        )
    yield "</feed>\n"
