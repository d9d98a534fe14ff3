"""Turns OPML lists of feeds into outlet entries, and outlets into an OPML list that feed readers take."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from lxml import etree

from crawler.catalogue import hosts_of, source_key
from crawler.plaintext import plain_line
from crawler.propose import blank_outlet, join_family, name_outlet, settle_place
from crawler.urls import absolute_url, is_telegram
from store.records import Outlet

LARGEST_FILE = 20_000_000
ARABIC = re.compile("[\u0600-\u06ff]")


def read_opml(body: bytes, *, every_seconds: int, known: Iterable[Outlet] = ()) -> tuple[Outlet, ...]:
    """Return an entry for each feed of an OPML file that no known outlet has; ValueError where it is no OPML.

    Ids and countries are guessed from the addresses, names are the file's; a person should look them over.
    """
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    root = etree.fromstring(body[:LARGEST_FILE], parser) if body.strip() else None
    if root is None or str(root.tag).lower() != "opml":
        raise ValueError("this is no OPML file: its first element is not <opml>")
    known = tuple(known)
    polled = {source_key(url) for outlet in known for url in outlet.urls}
    taken = {outlet.id for outlet in known}
    found: list[Outlet] = []
    for outline in root.iter("outline", "OUTLINE", "Outline"):
        said = {str(name).lower(): str(value) for name, value in outline.attrib.items()}
        url = absolute_url(said.get("xmlurl", ""))
        if url is None or source_key(url) in polled:
            continue
        polled.add(source_key(url))
        entry, _ = join_family(to_entry(url, said, frozenset(taken), every_seconds), known)
        found.append(entry)
        taken.add(found[-1].id)
    return tuple(found)


def to_entry(url: str, said: Mapping[str, str], taken: frozenset[str], every_seconds: int) -> Outlet:
    """Make an entry of one line of the list; `said` holds its attributes by their names in lower case."""
    if is_telegram(url):
        blank = blank_outlet(url, every_seconds, taken)
        name_ar, name_en = find_names(said, blank.id)
        return replace(blank, allow_private_hosts=False, name_ar=name_ar, name_en=name_en)
    start = urlsplit(url)
    home = absolute_url(said.get("htmlurl", "")) or f"{start.scheme}://{start.netloc}/"
    host = (urlsplit(home).hostname or "").removeprefix("www.")
    country, zone = settle_place(host)
    name_ar, name_en = find_names(said, host)
    return Outlet(
        id=name_outlet(host, taken),
        name_ar=name_ar,
        name_en=name_en,
        home=home,
        publisher=name_outlet(host, frozenset()),
        ownership="unknown",
        country=country,
        time_zone=zone,
        kind="feed",
        urls=(url,),
        every_seconds=every_seconds,
        allowed_hosts=hosts_of(home, url),
        known_from="an OPML file of the user's",
    )


def find_names(said: Mapping[str, str], otherwise: str) -> tuple[str, str]:
    """Return an outlet's Arabic and other name as a line gives them: its text and its title, in whichever order."""
    names = [name for name in (plain_line(said.get("text")), plain_line(said.get("title"))) if name]
    arabic = [name for name in names if ARABIC.search(name)]
    others = [name for name in names if not ARABIC.search(name)]
    return [*arabic, *others, otherwise][0], [*others, *arabic, otherwise][0]


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
