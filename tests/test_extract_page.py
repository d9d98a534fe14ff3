"""One page in, an article with its coding or a reason out; both ends go through a worker's pipe."""

from __future__ import annotations

import pickle
from datetime import date

from extract.page import PageResult, extract_page
from tests.test_extract_article import OUTLET, make_html, make_page

REPORT = (
    "أفاد مصدر أمني بأن عبوة ناسفة انفجرت صباح اليوم الثلاثاء على رتل شاحنات يعمل لصالح التحالف الدولي قرب الديوانية.",
    "وأضاف المصدر أن الانفجار لم يسفر عن خسائر بشرية أو مادية.",
)


def extract_through_pipe(html: str) -> PageResult:
    page, outlet = pickle.loads(pickle.dumps((make_page(html), OUTLET)))
    result: PageResult = pickle.loads(pickle.dumps(extract_page(page, outlet)))
    return result


def test_a_report_of_an_attack_comes_out_coded() -> None:
    html = make_html(
        body=REPORT,
        title="عبوة ناسفة تستهدف رتلا للتحالف في الديوانية",
        stamp="<time datetime='2026-03-10T11:00:00+03:00'></time>",
    )
    result = extract_through_pipe(html)
    assert result.rejected is None
    assert result.article is not None
    assert result.coding is not None
    (mention,) = result.coding.mentions
    assert (mention.method, mention.target, mention.admin1) == ("ied", "coalition_convoy", "IQ-QA")
    assert mention.date == date(2026, 3, 10)
    for evidence in mention.evidence:
        source = result.article.title if evidence.source == "title" else result.article.text
        assert source is not None
        assert source[evidence.start : evidence.end] == evidence.quote


def test_a_page_that_is_no_article_comes_out_with_its_reason() -> None:
    result = extract_through_pipe("<html><head><title>Just a moment...</title></head></html>")
    assert result.article is None
    assert result.coding is None
    assert result.rejected is not None
    assert result.rejected.reason == "blocked"


def test_two_worlds_do_not_mix() -> None:
    """Extraction remembers nothing: the same page gives the same, whatever went through before."""
    first = extract_page(make_page(make_html(body=REPORT)), OUTLET)
    for number in range(5):
        extract_page(make_page(make_html(body=(REPORT[0], REPORT[1] * number))), OUTLET)
    assert extract_page(make_page(make_html(body=REPORT)), OUTLET) == first
