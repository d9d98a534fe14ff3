"""The newsroom is what the demo is measured by: its pages must hold what its list of truth says, and nothing twice."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from extract.article import extract_article
from newsroom import Newsroom
from newsroom.export import write_reports
from newsroom.script import load_script
from newsroom.truth import ALERTING, judge_alerts
from newsroom.wording import fill_in
from store.records import Article, FeedItem, Outlet, Page

NOW = datetime(2026, 3, 10, 9, 20, tzinfo=UTC)
BAGHDAD = ZoneInfo("Asia/Baghdad")


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    """A newsroom in its last round."""
    with Newsroom(now=NOW) as newsroom:
        while not newsroom.is_over:
            newsroom.advance()
        yield newsroom


def get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


def fetch(newsroom: Newsroom, outlet: Outlet, url: str) -> Page:
    status, headers, body = get(url)
    story = next(article for article in newsroom.truth().articles if article.url == url)
    from_feed = outlet.id in ("barq", "rasd")
    item = FeedItem(url=url, title=story.title, published=story.published, text=story.text if from_feed else None)
    return Page(
        outlet_id=outlet.id,
        url=url,
        requested_url=url,
        status=status,
        content_type=headers.get("Content-Type"),
        body=body,
        fetched_at=NOW + timedelta(hours=1),
        item=item if from_feed or outlet.kind == "feed" else None,
    )


def test_every_article_is_extracted_as_written(newsroom: Newsroom) -> None:
    outlets = {outlet.id: outlet for outlet in newsroom.outlets()}
    seen = 0
    for story in newsroom.truth().articles:
        outlet = outlets[story.outlet]
        found = extract_article(fetch(newsroom, outlet, story.url), outlet)
        if story.language != "ar":
            assert not isinstance(found, Article), story.id
            assert (found.reason, found.detail) == ("not_arabic", story.language)
            continue
        if story.trap == "no_report":
            assert not isinstance(found, Article), story.id
            continue
        assert isinstance(found, Article), (story.id, found)
        assert found.text.split() == story.text.split(), story.id
        assert found.title == (story.title or None), story.id
        assert found.published is not None, story.id
        assert abs(found.published - story.published) < timedelta(minutes=1), story.id
        seen += 1
    assert seen >= 44
    assert newsroom.faults == []


def test_the_script_holds_what_the_demo_needs() -> None:
    script = load_script()
    alerting = [
        event for event in script.events.values()
        if event.fields["role"] == "news" and event.fields["status"] in ALERTING
    ]  # fmt: skip
    assert len(alerting) >= 14
    assert len(script.stories) >= 50
    traps = {story.trap for story in script.stories if story.trap}
    assert traps >= {
        "threat", "anniversary", "foiled", "denial", "far_away_toll", "football", "drill", "gas", "trial", "persian",
        "sorani", "analysis",
    }  # fmt: skip
    assert len({story.id for story in script.stories}) == len(script.stories)
    reported = {key for story in script.stories for key in story.reports}
    assert reported == set(script.events), "an incident that nobody reports, or the other way round"
    for story in script.stories:
        for version in story.versions:
            assert set(version.says) <= set(story.reports), story.id
            for key, says in version.says.items():
                assert set(says) <= set(script.events[key].fields), story.id
        for key in story.reports:
            assert script.events[key].round <= story.round, f"{story.id} tells {key} before it happens"


def test_articles_appear_in_their_rounds_and_edits_change_the_same_page() -> None:
    with Newsroom(now=NOW) as newsroom:
        counts = [len(newsroom.truth().articles)]
        feed = f"{newsroom.base('sham')}/atom.xml"
        before = get(feed)[1]["ETag"]
        while not newsroom.is_over:
            newsroom.advance()
            counts.append(len(newsroom.truth().articles))
        assert counts == sorted(counts)
        assert counts[0] < counts[1] < counts[-1]
        assert get(feed)[1]["ETag"] != before
        edited = [told for told in newsroom.told("sham") if told.revision > 1]
        assert edited
        page = get(newsroom.pages("sham").url(edited[0]))[2].decode()
        assert edited[0].title in page
        assert newsroom.advance() == newsroom.script.rounds - 1


def test_conditional_requests_cost_nothing(newsroom: Newsroom) -> None:
    url = f"{newsroom.base('rafidain')}/feed/"
    headers = get(url)[1]
    status, _, body = get(url, **{"If-None-Match": headers["ETag"]})
    assert (status, body) == (304, b"")
    assert get(url, **{"If-Modified-Since": headers["Last-Modified"]})[0] == 304


def test_sites_behave_as_their_kind(newsroom: Newsroom) -> None:
    assert get(newsroom.pages("barq").url(newsroom.told("barq")[0]))[0] == 403
    old_page = get(newsroom.pages("sada").url(newsroom.told("sada")[0]))
    assert old_page[1]["Content-Type"] == "text/html; charset=utf-8"
    with pytest.raises(UnicodeDecodeError):
        old_page[2].decode("utf-8")
    for outlet in newsroom.outlets():
        assert get(f"{newsroom.base(outlet.id)}/robots.txt")[0] == 200
        assert get(outlet.urls[0])[0] == 200
    assert get(f"{newsroom.base('basra')}/article/999.html")[0] == 200
    assert get(f"{newsroom.base('dijla')}/nothing")[0] == 404
    assert any(visit.path == "/robots.txt" for visit in newsroom.visits)


def test_no_placeholder_is_left_and_days_follow_the_calendar(newsroom: Newsroom) -> None:
    for article in newsroom.truth().articles:
        assert not re.search(r"[{}]", article.title + article.text), article.id
    text = "{part} {when} · {when:-24} · {when:-72} · {day} {month2} {year} · {hijri}"
    just_after_midnight = datetime(2026, 3, 9, 21, 30, tzinfo=UTC)
    words = fill_in(
        text, published=just_after_midnight, moments=[just_after_midnight - timedelta(hours=1)], zone=BAGHDAD
    )
    assert words == "مساء أمس الإثنين · أمس الإثنين · السبت الماضي · 9 آذار/مارس 2026 · 20 رمضان 1447"


@pytest.mark.parametrize("hour", [0, 3, 9, 14, 20, 23])
def test_truth_dates_are_days_at_the_place(hour: int) -> None:
    start = datetime(2026, 3, 10, hour, 30, tzinfo=UTC)
    with Newsroom(now=start) as newsroom:
        expected = {incident.key: incident.fields["date"] for incident in newsroom.truth().incidents}
    assert expected["diwaniyah-convoy"] == (start - timedelta(hours=2.5)).astimezone(BAGHDAD).date()


def test_alerts_are_judged_against_the_truth(newsroom: Newsroom) -> None:
    truth = newsroom.truth()
    right = {incident.key: incident.fields for incident in truth.incidents if incident.alerts}
    perfect = judge_alerts(truth, right)
    assert (perfect.missed, perfect.false, perfect.duplicate) == ((), (), ())
    assert len(perfect.found) == len(right)
    wrong = dict(right)
    del wrong["green-zone-rockets"]
    wrong["again"] = {**right["hilla-convoy"], "target": "unknown"}
    wrong["invented"] = {**right["hilla-convoy"], "admin1": "IQ-NA", "place": "النجف"}
    wrong["silent"] = next(each.fields for each in truth.incidents if each.key == "daquq-launcher")
    judged = judge_alerts(truth, wrong)
    assert judged.missed == ("green-zone-rockets",)
    assert judged.false == ("invented", "silent")
    assert judged.duplicate == ("again",)


def test_articles_are_exported_as_reports_with_gold(newsroom: Newsroom, tmp_path: Path) -> None:
    write_reports(newsroom.truth(), tmp_path)
    reports = [json.loads(line) for line in (tmp_path / "reports.jsonl").read_text(encoding="utf-8").splitlines()]
    gold = [json.loads(line) for line in (tmp_path / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [report["id"] for report in reports] == [line["id"] for line in gold]
    assert [report["published"] for report in reports] == sorted(report["published"] for report in reports)
    assert sum(bool(line["incidents"]) for line in gold) >= 30
    assert {"key", "role", "date", "admin1", "claim"} <= set(gold[0]["incidents"][0]) if gold[0]["incidents"] else True


async def _open_async() -> int:
    async with Newsroom(now=NOW) as newsroom:
        return len(newsroom.outlets())


def test_it_opens_in_an_event_loop_too() -> None:
    import asyncio

    assert asyncio.run(_open_async()) >= 8
