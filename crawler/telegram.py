"""Turns the web preview of a public Telegram channel (t.me/s/NAME) into one item a message, with its full text."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from lxml import html as lxml_html
from lxml.html import HtmlElement

from crawler.listing import Listed, Listing, Source, make_listed, settle_time
from crawler.plaintext import element_text, plain_line, plain_text
from crawler.sections import parse_html

# Class names of the preview, read in public scrapers of it; a change shows as `no_items`, never as silence.
MESSAGE = "//*[@data-post and contains(concat(' ', @class, ' '), ' tgme_widget_message ')]"
TEXT = ".//*[contains(concat(' ', @class, ' '), ' tgme_widget_message_text ')]"
QUOTED = "ancestor::*[contains(concat(' ', @class, ' '), ' tgme_widget_message_reply ')]"
FORWARDED = ".//*[contains(@class, 'tgme_widget_message_forwarded_from_name')]"


def read_channel(source: Source) -> Listing:
    """Read a channel's preview; messages without words (pictures, films) are left out."""
    root = parse_html(source)
    if root is None:
        return Listing(problem="malformed" if source.body.strip() else "empty")
    messages = root.xpath(MESSAGE)
    listed = [read_message(message, source) for message in messages]
    items = tuple(item for item in listed if item is not None)
    if not items:
        return Listing(problem="no_items", detail=None if messages else "no message: no such channel, or no preview")
    older = older_messages(messages, source)
    return Listing(items=items, more=(older,) if older else (), beyond_is_older=True)


def read_message(message: HtmlElement, source: Source) -> Listed | None:
    """Read one message; None where it has no words."""
    texts = [text for text in message.xpath(TEXT) if not text.xpath(QUOTED)]
    words = plain_text_of(texts[0]) if texts else None
    if words is None:
        return None
    post = message.get("data-post").strip("/")
    origin = f"{urlsplit(source.url).scheme}://{urlsplit(source.url).netloc}"
    forwarded = message.xpath(FORWARDED)
    return make_listed(
        source,
        f"{origin}/{post}",
        published=settle_time(message_time(message), source.outlet, source.now),
        text=words,
        author=plain_line(element_text(forwarded[0])) if forwarded else None,
        whole=True,
        snippet=lxml_html.tostring(message, encoding="utf-8"),
    )


def plain_text_of(element: HtmlElement) -> str | None:
    """Return a message's words, a line a line break."""
    return plain_text(element_text(element))


def message_time(message: HtmlElement) -> datetime | None:
    """Return when the message was sent; an edited message keeps its first time."""
    for element in message.xpath(".//time[@datetime]"):
        try:
            return datetime.fromisoformat(element.get("datetime").strip())
        except ValueError:
            continue
    return None


def older_messages(messages: list[HtmlElement], source: Source) -> str | None:
    """Return the preview's page of messages before these."""
    numbers = [int(number) for message in messages if (number := message.get("data-post").rpartition("/")[2]).isdigit()]
    if not numbers or min(numbers) <= 1:
        return None
    return f"{source.url.partition('?')[0]}?before={min(numbers)}"
