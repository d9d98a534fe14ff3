"""Every way in which sites write one page's address leads to one canonical URL, and never two pages to one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.urls import (
    absolute_url,
    canonical_url,
    is_own_host,
    load_tracking_rules,
    requestable_url,
    stated_canonical,
)

HOSTS = ("news.example", "www.shafaq.example")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://news.example/a/1?utm_source=x&fbclid=y", "https://news.example/a/1"),
        ("https://NEWS.example:443/a/1/", "https://news.example/a/1"),
        ("https://news.example/a/1#comments", "https://news.example/a/1"),
        ("https://news.example/a/1/amp", "https://news.example/a/1"),
        ("https://news.example/a/1/amp/", "https://news.example/a/1"),
        ("https://news.example/a/1?amp=1", "https://news.example/a/1"),
        ("https://news.example/a/1?outputType=amp", "https://news.example/a/1"),
        ("https://m.news.example/a/1", "https://news.example/a/1"),
        ("https://amp.news.example/a/1", "https://news.example/a/1"),
        ("https://www.news.example/a/1", "https://news.example/a/1"),
        ("https://shafaq.example/a/1", "https://www.shafaq.example/a/1"),
        ("https://m.shafaq.example/a/1", "https://www.shafaq.example/a/1"),
        ("https://news.example/?b=2&a=1", "https://news.example/?a=1&b=2"),
        (
            "https://news.example/أخبار/هجوم",
            "https://news.example/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/%D9%87%D8%AC%D9%88%D9%85",
        ),
        ("https://news.example/%d8%a3", "https://news.example/أ"),
        ("https://news.example/%7Ea", "https://news.example/~a"),
        ("https://news.example//a/./b/../1", "https://news.example/a/1"),
        (" https://news.example/a/1\u200f\n", "https://news.example/a/1"),
        ("https://مثال.example/a", "https://xn--mgbh0fb.example/a"),
    ],
)
def test_two_spellings_are_one_page(one: str, other: str) -> None:
    assert canonical_url(one, HOSTS) == canonical_url(other, HOSTS) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://news.example/?id=1", "https://news.example/?id=2"),
        ("https://news.example/a/1", "https://news.example/A/1"),
        ("https://news.example/a%2Fb", "https://news.example/a/b"),
        ("https://news.example:8080/a", "https://news.example/a"),
        ("http://news.example/a", "https://news.example/a"),
        ("https://m.other.example/a", "https://other.example/a"),
        ("https://news.example/amp", "https://news.example/"),
        ("https://news.example/a?page=1", "https://news.example/a?page=2"),
    ],
)
def test_two_pages_stay_two(one: str, other: str) -> None:
    assert canonical_url(one, HOSTS) != canonical_url(other, HOSTS)


@pytest.mark.parametrize(
    "url",
    ["", "  ", "mailto:a@b", "javascript:void(0)", "ftp://a/b", "https://", "http://[::1", "https://a:99999/b", "x"],
)
def test_what_is_no_web_address_is_none(url: str) -> None:
    assert canonical_url(url) is None


def test_relative_and_protocolless_links_count_from_their_page() -> None:
    base = "https://news.example/section/list.html"
    assert absolute_url("../a/1", base) == "https://news.example/a/1"
    assert absolute_url("//cdn.example/x", base) == "https://cdn.example/x"
    assert absolute_url("?id=5", base) == "https://news.example/section/list.html?id=5"


def test_addresses_are_sent_in_ascii() -> None:
    sent = requestable_url("https://مثال.example/أخبار عاجلة?q=هجوم#x")
    assert sent.isascii()
    assert " " not in sent
    assert "#" not in sent


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60), st.text(alphabet="abc=&%?+ أب", max_size=30))
def test_canonical_twice_is_canonical_once(path: str, query: str) -> None:
    once = canonical_url(f"https://news.example/{path}?{query}", HOSTS)
    if once is not None:
        assert canonical_url(once, HOSTS) == once
        assert once.isascii()


@pytest.mark.parametrize(
    ("stated", "believed"),
    [
        ("https://news.example/2026/full-slug", "https://news.example/2026/full-slug"),
        ("/2026/full-slug", "https://news.example/2026/full-slug"),
        ("https://www.news.example/2026/full-slug", "https://news.example/2026/full-slug"),
        ("https://news.example/", "https://news.example/a?id=1"),
        ("https://news.example/a", "https://news.example/a?id=1"),
        ("https://elsewhere.example/2026/full-slug", "https://news.example/a?id=1"),
        ("not a url at all://", "https://news.example/a?id=1"),
    ],
)
def test_a_stated_canonical_is_believed_only_where_it_names_a_page_of_the_site(stated: str, believed: str) -> None:
    body = f'<html><head><link rel="canonical" href="{stated}"></head></html>'.encode()
    assert stated_canonical(body, "https://news.example/a?id=1", HOSTS) == believed


def test_own_hosts_are_the_listed_ones_their_subdomains_and_twins() -> None:
    hosts = ("www.news.example", "127.0.0.1:8000")
    assert is_own_host("news.example", 443, hosts)
    assert is_own_host("arabic.news.example", 443, hosts)
    assert is_own_host("127.0.0.1", 8000, hosts)
    assert not is_own_host("127.0.0.1", 8001, hosts)
    assert not is_own_host("badnews.example", 443, hosts)
    assert not is_own_host("example", 443, hosts)


def test_every_row_of_the_tracking_table_can_be_read() -> None:
    rules = load_tracking_rules()
    assert all(name == name.lower() for name in rules.parameters)
    assert {"fbclid", "gclid"} <= rules.parameters
    assert "utm_" in rules.parameter_prefixes
    assert not {"id", "p", "page", "article", "news"} & rules.parameters  # these name pages
