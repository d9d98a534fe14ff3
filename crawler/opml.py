"""Turns OPML lists of feeds into outlet entries, and outlets into an OPML list that feed readers take."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from lxml import etree

from crawler.catalogue import hosts_of
from crawler.propose import name_outlet, settle_place
from store.records import Outlet

LARGEST_FILE = 20_000_000


def read_opml(body: bytes, *, every_seconds: int, known: Iterable[Outlet] = ()) -> tuple[Outlet, ...]:
    """Return an entry for each feed of an OPML file that no known outlet has; ValueError where it is no OPML.

    Ids and countries are guessed from the addresses, names are the file's; a person should look them over.
    """
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    root = etree.fromstring(body[:LARGEST_FILE], parser) if body.strip() else None
    if root is None or str(root.tag).lower() != "opml":
        raise ValueError("this is no OPML file: its first element is not <opml>")
    polled = {url for outlet in known for url in outlet.urls}
    taken = {outlet.id for outlet in known}
    found: list[Outlet] = []
    for outline in root.iter("outline"):
        url = (outline.get("xmlUrl") or outline.get("xmlurl") or "").strip()
        if urlsplit(url).scheme not in ("http", "https") or url in polled:
            continue
        polled.add(url)
        title = (outline.get("title") or outline.get("text") or "").strip()
        found.append(to_entry(url, title, (outline.get("htmlUrl") or "").strip(), taken, every_seconds))
        taken.add(found[-1].id)
    return tuple(found)


def to_entry(url: str, title: str, home: str, taken: set[str], every_seconds: int) -> Outlet:
    """Make an entry of one line of the list."""
    if urlsplit(home).scheme not in ("http", "https"):
        home = f"{urlsplit(url).scheme}://{urlsplit(url).netloc}/"
    host = (urlsplit(home).hostname or "").removeprefix("www.")
    country, zone = settle_place(host)
    return Outlet(
        id=name_outlet(host, taken),
        name_ar=title or host,
        name_en=title or host,
        home=home,
        publisher=name_outlet(host, set()),
        ownership="unknown",
        country=country,
        time_zone=zone,
        kind="feed",
        urls=(url,),
        every_seconds=every_seconds,
        allowed_hosts=hosts_of(home, url),
        known_from="an OPML file of the user's",
    )


def write_opml(outlets: Iterable[Outlet], *, title: str) -> bytes:
    """Return the outlets that are polled by feed as OPML 2.0, an outline a feed."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    for outlet in outlets:
        for url in outlet.urls if outlet.kind == "feed" else ():
            names = {"text": outlet.name_ar, "title": outlet.name_en, "type": "rss"}
            etree.SubElement(body, "outline", **names, xmlUrl=url, htmlUrl=outlet.home)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))
