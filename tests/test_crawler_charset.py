"""Arabic bytes in the encodings that outlets still use, with the right label, none, or a wrong one."""

from __future__ import annotations

from encodings.aliases import aliases

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.charset import STRANGE_ENCODINGS, decode_bytes

# "Security forces announced this morning the foiling of an attack with rockets on a military base."
TEXT = "أعلنت القوات الأمنية صباح اليوم عن إحباط هجوم بالصواريخ على قاعدة عسكرية، ولم تسجل أي إصابات."


@pytest.mark.parametrize("label", [None, "utf-8", "iso-8859-1", "windows-1252", "windows-1256", "x-nonsense"])
@pytest.mark.parametrize("encoding", ["utf-8", "windows-1256", "iso-8859-6"])
def test_arabic_is_read_whatever_the_label_says(encoding: str, label: str | None) -> None:
    body = f"<rss><title>{TEXT}</title></rss>".encode(encoding)
    text, used = decode_bytes(body, f"text/xml; charset={label}" if label else "text/xml")
    assert TEXT in text, used


@pytest.mark.parametrize("inner", ["windows-1256", "utf-8", "iso-8859-1"])
def test_a_wrong_declaration_inside_the_file_does_not_mislead(inner: str) -> None:
    body = f'<?xml version="1.0" encoding="{inner}"?><t>{TEXT}</t>'
    assert TEXT in decode_bytes(body.encode("utf-8"))[0]
    assert TEXT in decode_bytes(body.encode("windows-1256"))[0]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_decides(encoding: str) -> None:
    assert TEXT in decode_bytes(f"<t>{TEXT}</t>".encode(encoding), "text/xml; charset=windows-1256")[0]


def test_utf8_cut_within_a_letter_is_still_utf8() -> None:
    text, used = decode_bytes(TEXT.encode()[:-1])
    assert used == "utf-8"
    assert TEXT[:20] in text


@pytest.mark.parametrize("label", sorted({*aliases.values(), *STRANGE_ENCODINGS, "no_such", "\u0130"}))
def test_no_label_makes_it_fail_or_lose_the_text(label: str) -> None:
    """Python knows encodings that are none of text (hex, zlib, uu): a page may name them all the same."""
    body = f"<t>{TEXT}</t>".encode("windows-1256")
    text, used = decode_bytes(body, f"text/html; charset={label}")
    assert TEXT in text, used
    text, used = decode_bytes(b'<meta charset="' + label.encode() + b'">' + body)
    assert TEXT in text, used


@given(st.binary(max_size=400))
def test_no_bytes_make_it_fail(body: bytes) -> None:
    text, used = decode_bytes(body)
    assert isinstance(text, str)
    assert used
