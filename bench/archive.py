"""Makes a WARC of a news crawl: pages in several languages, some of them Arabic, a few of these on incidents.

    python -m bench.archive FILE.warc.gz [--records N] [--seed N]

Of 100 records 10 are Arabic news, one of them tells of an incident; one in 50 is a capture that was seen before and one
in 1,000 is broken. The incidents are the reports of `tests/gold`, all else is made of a few sentences. The same seed
makes the same file.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.warc import info_record, page_records
from store.records import Page

GOLD = Path(__file__).parents[1] / "tests" / "gold"
PAGE_BYTES = 107_000  # as in the figures of the library comparison
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
# Daily news without any word of attack: a council, a harvest, a school, prices, weather, a road.
QUIET = (
    "عقد مجلس المحافظة جلسته الاعتيادية لمناقشة موازنة العام المقبل ومشاريع الماء والكهرباء.",
    "أعلنت مديرية الزراعة أن محصول القمح هذا الموسم تجاوز توقعات المزارعين بعد أمطار وفيرة.",
    "زار الوزير مدرسة جديدة في مركز المدينة والتقى المعلمين والتلاميذ وأولياء الأمور.",
    "ارتفعت أسعار الخضار في الأسواق المحلية قليلا مع اقتراب شهر رمضان.",
    "توقعت هيئة الأنواء الجوية طقسا صحوا مع ارتفاع طفيف في درجات الحرارة خلال اليومين المقبلين.",
    "بدأت الملاكات الهندسية تبليط الشارع الرابط بين الجسر القديم والجامعة.",
)
# "The council met on Tuesday to discuss the budget" in other tongues; the third and fourth share the Arabic script.
OTHER = (
    ("en", "The council met on Tuesday to discuss next year's budget and the works on the old bridge over the river."),
    ("fr", "Le conseil s'est réuni mardi pour débattre du budget de l'année prochaine et des travaux du vieux pont."),
    ("fa", "شورای شهر روز سه‌شنبه برای گفتگو درباره بودجه سال آینده و کارهای پل قدیمی گرد هم آمد و گزارش داد."),
    ("ur", "کونسل کا اجلاس منگل کو ہوا جس میں اگلے سال کے بجٹ اور پرانے پل کے کام پر بات چیت کی گئی۔"),
    ("es", "El consejo se reunió el martes para debatir el presupuesto del próximo año y las obras del puente."),
    ("ru", "Совет собрался во вторник, чтобы обсудить бюджет следующего года и работы на старом мосту."),
)
MENU = '<li class="item menu-item-{0}"><a href="/section/{0}/" title="{1}"><span class="icon"></span>{1}</a></li>\n'
HEAD = (
    '<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>'
    '<meta property="og:type" content="article"><meta property="og:title" content="{title}">'
    '<meta property="article:published_time" content="{published}"></head><body>'
)
FRONT = '<div class="menu"><ul>{menu}</ul></div><article><h1>{title}</h1><time datetime="{published}"></time>{body}'
BACK = '</article><div class="widget"><ul>{menu}</ul></div></body></html>'
LINKS = 80  # of each menu; the rest of a page are scripts, as on real ones
SCRIPT = "window.dataLayer.push(['k', 1, 'abcdefgh']);"
LABELS = {"ar": ("اقتصاد", "رياضة", "ثقافة"), "fa": ("اقتصاد", "ورزش", "فرهنگ"), "ur": ("معیشت", "کھیل", "ثقافت")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What a page is made of."""

    language: str
    title: str
    paragraphs: tuple[str, ...]
    published: datetime


def make_page(story: Story, url: str, *, size: int = PAGE_BYTES) -> Page:
    """A page of about `size` bytes: head, menus and the article."""
    labels = LABELS.get(story.language, ("Economy", "Sport", "Culture"))
    fields: dict[str, Any] = {
        "lang": story.language, "title": story.title, "published": story.published.isoformat(),
        "body": "".join(f"<p>{paragraph}</p>\n" for paragraph in story.paragraphs),
    }  # fmt: skip
    bare = len((HEAD + FRONT + BACK).format(**fields, menu="").encode())
    item = len(MENU.format(1000, labels[0]).encode())
    count = min(LINKS, max(0, (size - bare) // item // 2))
    menu = "".join(MENU.format(1000 + number, labels[number % 3]) for number in range(count))
    room = max(0, size - bare - 2 * count * item) // len(SCRIPT)
    body = (HEAD + f"<script>{SCRIPT * room}</script>" + FRONT + BACK).format(**fields, menu=menu).encode()
    return Page(
        outlet_id="bench", url=url, requested_url=url, status=200, content_type="text/html; charset=utf-8", body=body,
        fetched_at=story.published + timedelta(hours=1),
    )  # fmt: skip


def read_gold() -> list[dict[str, Any]]:
    """The project's own reports on incidents."""
    lines = (GOLD / "reports.jsonl").read_text(encoding="utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row.get("published")]


def tell_incident(row: dict[str, Any], chance: random.Random) -> Story:
    """A gold report, with some daily news after it so that no two pages are the same."""
    paragraphs = (*row["text"].split("\n"), chance.choice(QUIET))
    published = datetime.fromisoformat(row["published"])
    moment = published if published.tzinfo else published.replace(tzinfo=UTC)
    return Story(language="ar", title=row["title"] or "خبر", paragraphs=paragraphs, published=moment)  # "news"


def tell_daily_news(number: int, chance: random.Random) -> Story:
    """An Arabic article on nothing that counts."""
    paragraphs = tuple(f"{chance.choice(QUIET)} {chance.choice(QUIET)} ({number}-{n})" for n in range(12))
    return Story(language="ar", title=QUIET[number % 6][:60], paragraphs=paragraphs, published=day_of(number))


def tell_elsewhere(number: int, chance: random.Random) -> Story:
    """An article in another language."""
    language, sentence = chance.choice(OTHER)
    paragraphs = tuple(f"{sentence} {sentence} ({number}-{n})" for n in range(12))
    return Story(language=language, title=sentence[:60], paragraphs=paragraphs, published=day_of(number))


def day_of(number: int) -> datetime:
    return FIRST + timedelta(minutes=7 * number)


def make_pages(records: int, seed: int = 7, *, size: int = PAGE_BYTES) -> Iterator[Page]:
    """The pages of the archive in their order."""
    chance, gold = random.Random(seed), read_gold()
    for number in range(records):
        told = number - 1 if number % 50 == 6 else number  # a capture seen before
        own = random.Random(seed * 1_000_003 + told)
        if told % 100 == 5:
            story = tell_incident(gold[told // 100 % len(gold)], own)
        elif told % 10 == 5:
            story = tell_daily_news(told, own)
        else:
            story = tell_elsewhere(told, own)
        host = f"outlet{told % 40:02}.example"
        yield make_page(story, f"https://{host}/news/{told}", size=chance.randrange(size // 2, size * 3 // 2))


def write_archive(path: Path, records: int, seed: int = 7, *, size: int = PAGE_BYTES) -> None:
    """Write the archive, a gzip member a record; one record in 1,000 has its bytes damaged."""
    with path.open("wb") as stream:
        stream.write(gzip.compress(info_record("bench", FIRST), mtime=0))
        for number, page in enumerate(make_pages(records, seed, size=size)):
            for record in page_records(page):
                member = gzip.compress(record, 4, mtime=0)
                if number % 1000 == 500:
                    member = member[:200] + bytes(100) + member[300:]
                stream.write(member)


def main() -> None:
    """Write the file named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    write_archive(arguments.file, arguments.records, arguments.seed)


if __name__ == "__main__":
    main()
