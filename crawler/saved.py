"""Turns a file that a browser saved (HTML or MHTML) into the page's own bytes and the address that it came from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from crawler.urls import CANONICAL_LINK, HEAD_BYTES, HREF, absolute_url

# How browsers note the address: Chromium and its kin in a comment ("mark of the web"), SingleFile in one of its own.
SAVED_FROM = re.compile(rb"<!--\s*saved from url=\(\d{1,5}\)\s*([^\s>]+)|Page saved with SingleFile\s+url:\s*(\S+)")
OWN_ADDRESS = re.compile(rb"<meta\b[^>]{0,300}\bog:url\b[^>]*>", re.IGNORECASE)
CONTENT = re.compile(rb"\bcontent\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
MHTML_START = re.compile(rb"\A(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?content-type:\s*multipart/related", re.IGNORECASE)
MHTML_HEAD_BYTES = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPage:
    """A saved page: its own HTML, its content type as far as the file says it, its address; None: not named."""

    body: bytes
    content_type: str
    address: str | None


def read_saved_page(data: bytes) -> SavedPage:
    """Read a saved file; what is not MHTML is taken for the page as it stands."""
    if not MHTML_START.match(data[:MHTML_HEAD_BYTES].replace(b"\r\n", b"\n")):
        return SavedPage(body=data, content_type="text/html", address=find_stated_address(data))
    message = message_from_bytes(data)
    page = next((part for part in message.walk() if part.get_content_type() == "text/html"), None)
    if page is None:
        return SavedPage(body=b"", content_type="text/html", address=None)
    payload = page.get_payload(decode=True)
    body = payload if isinstance(payload, bytes) else b""
    charset = page.get_content_charset()
    return SavedPage(
        body=body,
        content_type=f"text/html; charset={charset}" if charset else "text/html",
        address=find_location(message, page) or find_stated_address(body),
    )


def find_location(message: Message, page: Message) -> str | None:
    """Return the address under which an MHTML file holds its page."""
    for value in (message["Snapshot-Content-Location"], page["Content-Location"], message["Content-Location"]):
        address = absolute_url(str(value or ""))
        if address is not None:
            return address
    return None


def find_stated_address(body: bytes) -> str | None:
    """Return the web address that a saved page names as its own, None where it names none.

    What the browser noted counts before what the site says of itself.
    """
    head = body[:HEAD_BYTES]
    link, meta = CANONICAL_LINK.search(head), OWN_ADDRESS.search(head)
    for found in (
        SAVED_FROM.search(head),
        HREF.search(link.group(0)) if link else None,
        CONTENT.search(meta.group(0)) if meta else None,
    ):
        text = next((group for group in found.groups() if group), b"") if found else b""
        address = absolute_url(text.decode("utf-8", "replace").replace("&amp;", "&"))
        if address is not None:
            return address
    return None
