"""Outside words made harmless in every format, without losing a letter that a reader sees."""

from __future__ import annotations

import html
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.marks import (
    FSI,
    PDI,
    clean_words,
    defuse_calls,
    escape_html,
    escape_markdown,
    isolate,
    web_link,
)

OVERRIDE = "\u202e"  # right-to-left override


@given(st.text())
def test_cleaned_words_are_one_line_without_controls(text: str) -> None:
    cleaned = clean_words(text)
    assert clean_words(cleaned) == cleaned
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Co") for char in cleaned)
    assert not set(cleaned) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert not set(cleaned) & set("\u200b\u200e\u200f\u061c\ufeff")


@given(st.text(alphabet=st.characters(exclude_categories=["C"]), max_size=60))
def test_html_escape_loses_nothing(text: str) -> None:
    assert html.unescape(escape_html(text)).replace("\u2060", "") == text.replace("\u2060", "")


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "</b><a href='http://evil.example'>",
        "a & b < c > d \" e ' f",
    ],
)
def test_html_has_no_tag_from_outside(hostile: str) -> None:
    assert not re.search("[<>\"']", escape_html(hostile))


@pytest.mark.parametrize(
    ("hostile", "escaped"),
    [
        ("*bold* _it_ `code`", r"\*bold\* \_it\_ \`code\`"),
        ("[text](http://evil.example)", "\\[text\\](http:\u2060//evil.example)"),
        ("# heading", r"\# heading"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("> quote", r"\> quote"),
        ("<!channel> <@U1>", "\\<!\u2060channel\\> \\<@\u2060U1\\>"),
        ("@everyone @here #general", "@\u2060everyone @\u2060here \\#\u2060general"),
        ("~~struck~~ ||spoiler||", r"\~\~struck\~\~ \|\|spoiler\|\|"),
    ],
)
def test_markdown_has_no_markup_from_outside(hostile: str, escaped: str) -> None:
    assert escape_markdown(hostile) == escaped


def test_bare_addresses_and_commands_are_no_links() -> None:
    assert defuse_calls("see https://evil.example now") == "see https:\u2060//evil.example now"
    assert defuse_calls("www.evil.example") == "www.\u2060evil.example"
    assert defuse_calls("/start now") == "/\u2060start now"
    assert defuse_calls("تشرين الثاني/نوفمبر 20/11") == "تشرين الثاني/نوفمبر 20/11"  # a month's two names stay whole


def test_isolates_only_what_could_disturb_a_line() -> None:
    assert isolate("عين الأسد", "ar") == "عين الأسد"
    assert isolate("Ain al-Asad", "en") == "Ain al-Asad"
    assert isolate("Reuters", "ar") == f"{FSI}Reuters{PDI}"
    assert isolate("النهر 24", "ar") == f"{FSI}النهر 24{PDI}"
    assert isolate("النهر", "en") == f"{FSI}النهر{PDI}"


@pytest.mark.parametrize(
    "bad",
    [
        None, "", "javascript:alert(1)", "data:text/html,x", "ftp://a.example/", "//a.example", "https://",
        "https://user:pass@a.example/", "https://a.example/ x", "https://a.example/\u202ex", "http://[::1", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_no_link_but_to_the_web(bad: str | None) -> None:
    assert web_link(bad) is None


def test_link_cannot_leave_its_brackets() -> None:
    link = web_link("https://a.example/x)\"'<>[](عاجل)?q=1&r=2#top")
    assert link is not None
    assert not re.search(r"[()\[\]<>\"'\s]", link)
    assert link.endswith("?q=1&r=2#top")
    assert link.isascii()


@given(st.text())
def test_any_link_is_plain_or_none(text: str) -> None:
    link = web_link(f"https://a.example/{text}")
    assert link is None or (link.isascii() and not re.search(r"[()\[\]<>\"'\s]", link))
