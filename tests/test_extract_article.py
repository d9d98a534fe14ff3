"""What a reader of the database would miss: title, body, time of publication, and a named reason for none."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.article import extract_article
from extract.pages.encoding import decode_page
from extract.pages.published import read_stamp
from extract.pages.words import fold_line, load_page_words
from store.records import Article, FeedItem, Outlet, Page, Rejected

SHARED_PAGES = Path(__file__).parents[2] / "shared" / "pages"
NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
BODY = (
    "أفاد مصدر أمني في محافظة الأنبار، اليوم الثلاثاء، بانفجار عبوة ناسفة قرب دورية للجيش شمالي قضاء الرطبة.",
    "وأوضح المصدر أن الانفجار أسفر عن إصابة جنديين بجروح طفيفة، ونقل المصابان إلى مستشفى القضاء لتلقي العلاج.",
)
OUTLET = Outlet(
    id="test",
    name_ar="وكالة الاختبار",
    name_en="Test Agency",
    home="https://news.example/",
    publisher="test",
    ownership="private",
    country="IQ",
    time_zone="Asia/Baghdad",
    kind="feed",
    urls=(),
    every_seconds=300,
    allowed_hosts=("news.example",),
)


def make_page(body: bytes | str | None, **changes: object) -> Page:
    page = Page(
        outlet_id="test",
        url="https://news.example/news/4711",
        requested_url="https://news.example/news/4711",
        status=200,
        content_type="text/html; charset=utf-8",
        body=body.encode() if isinstance(body, str) else body,
        fetched_at=NOW,
    )
    return replace(page, **changes)  # type: ignore[arg-type]


def make_html(
    *, head: str = "", stamp: str = "", body: tuple[str, ...] = BODY, title: str = "إصابة جنديين بعبوة ناسفة في الرطبة"
) -> str:
    paragraphs = "".join(f"<p>{line}</p>" for line in body)
    return (
        f"<html lang=ar dir=rtl><head><title>{title} - وكالة الاختبار</title>{head}</head><body>"
        "<header><div class='today'>الخميس 5 آذار 2026</div><nav><a href='/'>الرئيسية</a></nav></header>"
        f"<main><article><h1>{title}</h1>{stamp}<div class='content'>{paragraphs}</div></article>"
        "<div class='related'><h3>أخبار ذات صلة</h3><ul><li><a href='/1'>مقتل ثلاثة مدنيين بقصف على سوق</a>"
        "<span class='date'>1 شباط 2026</span></li></ul></div></main>"
        "<footer>جميع الحقوق محفوظة 2026</footer></body></html>"
    )


def extract(body: bytes | str | None, outlet: Outlet = OUTLET, **changes: object) -> Article:
    found = extract_article(make_page(body, **changes), outlet)
    assert isinstance(found, Article), found
    return found


def reject(body: bytes | str | None, **changes: object) -> Rejected:
    found = extract_article(make_page(body, **changes), OUTLET)
    assert isinstance(found, Rejected), found
    return found


def test_body_and_title_are_the_articles_own() -> None:
    article = extract(make_html())
    assert article.title == "إصابة جنديين بعبوة ناسفة في الرطبة"
    assert article.text == "\n".join(BODY)
    assert article.text_from == "page"


@pytest.mark.parametrize("name", ["وكالة الاختبار", "أخبار الفرات اليوم"])  # the name as we have it, and another
def test_the_sites_name_in_the_pages_head_is_no_title(name: str) -> None:
    page = make_html().replace("- وكالة الاختبار</title>", f"- {name}</title>")
    article = extract(page.replace("<header>", f"<header><h1>{name}</h1>"))
    assert article.title == "إصابة جنديين بعبوة ناسفة في الرطبة"
    assert article.text == "\n".join(BODY)


@pytest.mark.parametrize(
    ("stamp", "expected", "precision"),
    [
        ("<span class='date'>الثلاثاء 10 آذار 2026 - 11:40 ص</span>", "2026-03-10T08:40:00+00:00", "second"),
        ("<div>نشر في: 10 آذار/مارس 2026 الساعة 1:05 مساءً</div>", "2026-03-10T10:05:00+00:00", "second"),
        ("<p class='meta'>تم النشر ٩ مارس ٢٠٢٦</p>", "2026-03-09T12:00:00+00:00", "day"),
        ("<time datetime='2026-03-10T09:15:00+03:00'>قبل ساعات</time>", "2026-03-10T06:15:00+00:00", "second"),
        ("<small>09/03/2026 22:10 بتوقيت غرينتش</small>", "2026-03-09T22:10:00+00:00", "second"),
        ("<span class='date'>الإثنين 9 مارت 2026</span>", "2026-03-09T12:00:00+00:00", "day"),
    ],
)
def test_visible_times_are_read_in_the_outlets_zone(stamp: str, expected: str, precision: str) -> None:
    article = extract(make_html(stamp=stamp))
    assert article.published == datetime.fromisoformat(expected)
    assert article.published_precision == precision


@pytest.mark.parametrize(
    "stamp",
    [
        "",
        "<span class='date'>آذار 2026</span>",
        "<span class='date'>قبل ساعتين</span>",
        "<span class='date'>2026</span>",
        "<span class='date'>10 آذار 2027</span>",
        "<span class='date'>21 رمضان 1447</span>",
    ],
)
def test_an_unreadable_or_future_time_is_unknown(stamp: str) -> None:
    assert extract(make_html(stamp=stamp)).published is None


def test_the_feeds_time_serves_where_the_page_has_only_todays_date_in_its_header() -> None:
    item = FeedItem(url="https://news.example/news/4711", published=datetime(2026, 3, 10, 7, tzinfo=UTC))
    article = extract(make_html(), item=item)
    assert (article.published, article.published_from) == (item.published, "feed")


def test_jsonld_time_comes_first_and_its_day_is_sharpened_by_the_feed() -> None:
    ld = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"x","datePublished":"%s"}</script>'
    item = FeedItem(url="u", published=datetime(2026, 3, 10, 7, tzinfo=UTC))
    exact = extract(make_html(head=ld % "2026-03-10T09:30:00+03:00"), item=item)
    assert (exact.published, exact.published_from) == (datetime(2026, 3, 10, 6, 30, tzinfo=UTC), "jsonld")
    day_only = extract(make_html(head=ld % "2026-03-10"), item=item)
    assert (day_only.published, day_only.published_from) == (item.published, "feed")


def test_local_time_labelled_as_utc_is_set_right_by_what_readers_see() -> None:
    head = "<meta property='article:published_time' content='2026-03-10T11:40:31Z'>"
    stamp = "<span class='date'>الثلاثاء 10 آذار 2026 - 11:40 ص</span>"
    assert extract(make_html(head=head, stamp=stamp)).published == datetime(2026, 3, 10, 8, 40, tzinfo=UTC)
    feed = FeedItem(url="u", published=datetime(2026, 3, 10, 11, 40, 31, tzinfo=UTC))
    assert extract(make_html(head=head, stamp=stamp), item=feed).published == feed.published


def test_a_page_of_jsonld_only_gives_its_articlebody() -> None:
    news = {
        "@type": ["NewsArticle"],
        "headline": "عبوة ناسفة في الرطبة",
        "datePublished": "2026-03-10T10:00:00",
        "author": [{"name": "كاتب"}],
        "articleBody": f"<p>{BODY[0]}</p><p>{BODY[1]}</p>",
    }
    script = json.dumps({"@context": "https://schema.org", "@graph": [news]})
    head = f"<head><script type='application/ld+json'>{script}</script></head>"
    article = extract(f"<html>{head}<body><div id=app></div></body></html>")
    assert article.text == "\n".join(BODY)
    assert article.title == "عبوة ناسفة في الرطبة"
    assert article.author == "كاتب"
    assert article.published == datetime(2026, 3, 10, 7, tzinfo=UTC)


@pytest.mark.parametrize("encoding", ["cp1256", "iso8859-6", "utf-8"])
@pytest.mark.parametrize("label", ["utf-8", "windows-1256", "iso-8859-1", "iso-8859-6", None])
def test_arabic_is_read_whatever_header_and_meta_tag_claim(encoding: str, label: str | None) -> None:
    html = make_html(head=f"<meta charset='{label}'>" if label else "")
    header = f"text/html; charset={label}" if label else "text/html"
    article = extract(html.encode(encoding, errors="ignore"), content_type=header)
    assert article.text == "\n".join(BODY)


def test_doubly_encoded_text_is_repaired() -> None:
    twice = make_html().encode().decode("cp1256", errors="ignore").encode()
    assert "عبوة ناسفة" in decode_page(twice).text


def test_css_hints_win() -> None:
    outlet = replace(OUTLET, body_css="div.story", title_css="h2.t", date_css="b.when")
    html = (
        "<html><body><h1>قسم الأخبار المحلية</h1><h2 class=t>عنوان الخبر الصحيح</h2><b class=when>10/03/2026 08:00</b>"
        f"<div class=story><p>{BODY[0]}</p><p>{BODY[1]}</p></div><p>{'نص آخر لا يخص الخبر ' * 20}</p></body></html>"
    )
    article = extract(html, outlet)
    assert (article.title, article.text) == ("عنوان الخبر الصحيح", "\n".join(BODY))
    assert article.published == datetime(2026, 3, 10, 5, tzinfo=UTC)
    assert extract(make_html(), replace(OUTLET, body_css="][")).text == "\n".join(BODY)


def test_a_blocked_page_gives_the_feeds_text() -> None:
    item = FeedItem(
        url="u", title="عنوان من الخلاصة", published=datetime(2026, 3, 10, 7, tzinfo=UTC), text="\n".join(BODY)
    )
    for page in ({"problem": "blocked", "body": None}, {"status": 403, "body": b"<html>Forbidden</html>"}):
        article = extract(page.pop("body"), item=item, **page)  # type: ignore[arg-type]
        assert (article.text_from, article.title, article.text) == ("feed", "عنوان من الخلاصة", "\n".join(BODY))
    teaser = replace(item, text=None, summary=BODY[0])
    assert extract(None, problem="blocked", item=teaser).text == BODY[0]


def test_links_to_other_stories_leave_the_body() -> None:
    html = make_html(
        body=(BODY[0], "<strong>اقرأ أيضاً:</strong> <a href='/9'>تفجير انتحاري يهز مدينة الصدر</a>", BODY[1])
    )
    assert extract(html).text == "\n".join(BODY)


def test_a_lead_with_a_box_of_its_own_is_kept() -> None:
    html = make_html(
        stamp=f"<div class='article-lead lead'><p>{BODY[0]}</p></div>",
        body=(BODY[1], BODY[1] + " وتابع أن التحقيق مستمر."),
    )
    assert extract(html).text.startswith(BODY[0])


FOREIGN = {
    "fa": "دولت ایران اعلام کرد که حمله موشکی به پایگاه آمریکا در عین‌الاسد انجام شده است و هیچ تلفاتی نداشته است.",
    "ckb": "وەزارەتی بەرگری عێراق ڕایگەیاند کە هێرشێکی درۆنی کرایە سەر بنکەی عەین ئەلئەسەد و زیانی نەبوو.",
    "ur": "عراقی وزارت دفاع نے کہا ہے کہ صوبہ انبار میں امریکی اڈے پر ڈرون حملہ کیا گیا جس میں نقصان نہیں ہوا۔",
    "en": "Rockets hit the Green Zone in Baghdad on Monday, the Iraqi military said, adding that nobody was hurt.",
}


@pytest.mark.parametrize("language", FOREIGN)
def test_other_languages_are_rejected_by_name(language: str) -> None:
    rejected = reject(make_html(body=(FOREIGN[language], FOREIGN[language]), title="AP"))
    assert (rejected.reason, rejected.detail) == ("not_arabic", language)


WALL = "<html><head><title>Just a moment...</title></head><body>Checking</body></html>"
MISSING = (
    "<html><head><title>الصفحة غير موجودة - وكالة</title></head>"
    "<body><p>عذرا، الصفحة غير موجودة أو تم نقلها إلى عنوان آخر.</p></body></html>"
)
SECTION = "".join(f"<h3><a href='/{n}'>عنوان خبر رقم {n} عن مباراة في كرة القدم اليوم</a></h3>" for n in range(30))


@pytest.mark.parametrize(
    ("reason", "body", "changes"),
    [
        ("too_short", make_html(body=("خبر عاجل جدا",)), {}),
        ("blocked", WALL, {}),
        ("blocked", "<html>no</html>", {"status": 403}),
        ("not_found", "<html>no</html>", {"status": 404}),
        ("http_error", "<html>no</html>", {"status": 500}),
        ("soft_404", MISSING, {}),
        ("not_html", "%PDF-1.7", {"content_type": "application/pdf"}),
        ("not_html", b"%PDF-1.7 rest", {}),
        ("no_text", "", {}),
        ("timeout", None, {"problem": "timeout"}),
        ("section_page", f"<html><body>{SECTION}</body></html>", {}),
    ],
)
def test_rejections_name_their_reason(reason: str, body: bytes | str | None, changes: dict[str, object]) -> None:
    assert reject(body, **changes).reason == reason


@pytest.mark.parametrize(
    "body",
    [
        b"\x00" * 1000,
        b"<div>" * 30_000 + "نص".encode(),
        b"<p>" + "ا".encode() * 3_000_000,
        b"<a" * 50_000,
        bytes(range(256)) * 400,
        b"<script type='application/ld+json'>" + b"[" * 100_000,
        "<html><head><title>\ud800</title>".encode("utf-8", errors="surrogatepass"),
        b"<!DOCTYPE html [<!ENTITY a 'b'><!ENTITY c '&a;&a;'>]><html>&c;</html>",
        b"<?xml version='1.0' encoding='x-nonsense'?><html><body>x</body></html>",
        "<html><body><h3>اقرأ أيضا</h3>\x01 tail &#1; &#x1f; \ufffe<p>نص</p></body></html>".encode(),
    ],
)
def test_hostile_pages_end_in_a_value(body: bytes) -> None:
    assert isinstance(extract_article(make_page(body), OUTLET), Article | Rejected)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_page_never_raises(data: st.DataObject) -> None:
    page = bytearray(make_html(stamp="<time datetime='2026-03-10T09:15:00+03:00'></time>").encode())
    for _ in range(data.draw(st.integers(1, 12))):
        place = data.draw(st.integers(0, len(page)))
        length = data.draw(st.integers(0, 200))
        page[place : place + length] = data.draw(st.binary(max_size=40))
    assert isinstance(extract_article(make_page(bytes(page)), OUTLET), Article | Rejected)


def test_slips_of_machine_stamps() -> None:
    zone = ZoneInfo("Asia/Baghdad")
    for value, expected in {
        "2020-06-03T03:01+0400": "2020-06-02T23:01:00+00:00",
        "2020-03-15 20:18:45 GST": "2020-03-15T16:18:45+00:00",
        "Tue, 17 Mar 2020 17:49:09 GMT": "2020-03-17T17:49:09+00:00",
        "2020-03-17 05:27 PM": "2020-03-17T14:27:00+00:00",
    }.items():
        stamp = read_stamp(value, zone=zone, source="meta")
        assert stamp is not None
        assert stamp.at.isoformat() == expected
    for value in ("0000-00-00 00:00", "2020-13-01", "2020-03-17 10:00 XYZ", "yesterday", "2020-01"):
        assert read_stamp(value, zone=zone, source="meta") is None


def test_every_word_of_the_page_is_folded_and_listed_once() -> None:
    data = tomllib.loads((files("extract") / "data" / "page_words.toml").read_text(encoding="utf-8"))
    for section, lists in data.items():
        for key, words in lists.items():
            entries = words if isinstance(words, list) else [key]
            assert all(entry == entry.strip() and fold_line(entry) for entry in entries), (section, key)
    words = load_page_words()
    assert words.labels
    assert words.closes
    assert words.missing
    assert words.zones["gmt"] == 0


def read_golden() -> list[dict[str, str | None]]:
    if not SHARED_PAGES.exists():
        return []
    return [json.loads(line) for line in (SHARED_PAGES / "gold.jsonl").read_text(encoding="utf-8").splitlines()]


ZONES = {"sputniknews": "Europe/Moscow", "almadenah": "Asia/Amman", "albayan": "Asia/Dubai", "youm7": "Africa/Cairo"}


@pytest.mark.skipif(not SHARED_PAGES.exists(), reason="the folder of real pages is not beside the project")
@pytest.mark.parametrize("gold", read_golden(), ids=lambda gold: gold["file"])
def test_real_pages(gold: dict[str, str | None]) -> None:
    url = gold["url"] or "https://news.example/"
    zone = next((zone for host, zone in ZONES.items() if host in url), "UTC")
    outlet = replace(OUTLET, time_zone=zone, name_ar="المدينة نيوز" if "almadenah" in url else OUTLET.name_ar)
    article = extract((SHARED_PAGES / str(gold["file"])).read_bytes(), outlet, url=url)
    assert article.title == " ".join(str(gold["title"]).split())
    if gold["text"]:
        assert article.text.split() == gold["text"].split()
    assert article.published is None or (article.published.month, article.published.day) != (1, 1)
    if gold["date"]:
        assert article.published is not None
        assert article.published.astimezone(ZoneInfo(zone)).date().isoformat() == gold["date"]
