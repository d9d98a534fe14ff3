"""Files that browsers saved: the page inside, and the address that it came from."""

from __future__ import annotations

import quopri

import pytest

from crawler.saved import find_stated_address, read_saved_page
from tests.crawling import article

PAGE = article("عنوان الخبر")  # "the news item's title"
ADDRESS = "https://outlet.example/news/12"


@pytest.mark.parametrize(
    "mark",
    [
        f"<!-- saved from url=(0030){ADDRESS} -->",
        f"<!--\n Page saved with SingleFile \n url: {ADDRESS} \n saved date: Sat Nov 21 2026\n-->",
        f"<link rel='canonical' href='{ADDRESS}'>",
        f'<meta property="og:url" content="{ADDRESS}">',
        f"<meta content={ADDRESS} property=og:url>",
    ],
)
def test_a_saved_page_tells_its_address_in_every_browsers_way(mark: str) -> None:
    saved = read_saved_page(PAGE.replace("<head>", f"<head>{mark}").encode())
    assert saved.address == ADDRESS
    assert "عنوان الخبر".encode() in saved.body  # "the news item's title"


def test_what_the_browser_noted_counts_before_what_the_site_says() -> None:
    own = f"<!-- saved from url=(0030){ADDRESS} --><link rel=canonical href='https://outlet.example/'>"
    assert find_stated_address(own.encode()) == ADDRESS
    assert find_stated_address(b"<!-- saved from url=(0014)about:internet --><p>") is None
    assert find_stated_address(PAGE.encode()) is None


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_page_is_found_inside_mhtml(end: str) -> None:
    html = quopri.encodestring(PAGE.encode("cp1256", "ignore")).decode()
    lines = (
        "From: <Saved by a browser>", f"Snapshot-Content-Location: {ADDRESS}", "Subject: =?utf-8?Q?=D8=A7?=",
        "MIME-Version: 1.0", "Content-Type: multipart/related;", '\ttype="text/html";', '\tboundary="--x--"', "", "",
        "----x--", "Content-Type: image/png", "Content-Transfer-Encoding: base64", "", "AAAA", "",
        "----x--", "Content-Type: text/html; charset=windows-1256", "Content-Transfer-Encoding: quoted-printable",
        "Content-Location: cid:frame@mhtml", "", html, "", "----x----", "",
    )  # fmt: skip
    saved = read_saved_page(end.join(lines).encode())
    assert saved.address == ADDRESS
    assert saved.content_type == "text/html; charset=windows-1256"
    assert "عنوان الخبر" in saved.body.decode("cp1256")  # "the news item's title"


@pytest.mark.parametrize("data", [b"", b"Content-Type: multipart/related\n", b"\x00" * 50, b"Content-Type: " * 10_000])
def test_no_file_makes_it_fail(data: bytes) -> None:
    assert read_saved_page(data).address is None
