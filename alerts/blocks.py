"""Turns stories into blocks of sentences, one a language, that the templates lay out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.marks import clean_words
from alerts.places import name_place
from alerts.sentences import (
    Voice,
    begin_small,
    say_brief,
    say_changes,
    say_headline,
    say_source,
    say_summary,
    say_sureness,
    say_toll,
)  # fmt: skip
from alerts.snapshot import shorten
from alerts.stories import Story

FOLLOW_UPS = ("update", "correction", "retraction", "dispute", "confirmation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One incident within a message on several."""

    headline: str
    brief: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One language's part of a message, as plain sentences."""

    language: str
    headline: str
    notes: tuple[str, ...] = ()  # what is special: what changed, that it was withdrawn
    lines: tuple[str, ...] = ()
    quote: str = ""
    table: tuple[tuple[str, ...], ...] = ()  # the first row is the head
    items: tuple[Item, ...] = ()
    tail: tuple[str, ...] = ()  # after the items

    @property
    def direction(self) -> str:
        return "rtl" if self.language == "ar" else "ltr"


def make_block(story: Story, voice: Voice) -> Block:
    """The block of one incident or notice."""
    source = say_source(story.source, voice)
    if story.notice is not None:
        place = name_place(story.notice, voice.names, voice.language)
        headline = voice.say("notice", notice=voice.term("notice", str(story.notice["kind"])), place=place)
        return Block(
            language=voice.language, headline=headline, lines=(voice.say("notice_note", source=source),),
            quote=say_quote(story, voice),
        )  # fmt: skip
    assert story.incident is not None
    return Block(
        language=voice.language,
        headline=say_titled(story, voice),
        notes=tuple(_say_notes(story, source, voice)),
        lines=tuple(_say_lines(story, source, voice)),
        quote=say_quote(story, voice),
    )


def _say_lines(story: Story, source: str, voice: Voice) -> list[str]:
    assert story.incident is not None
    if story.kind == "retraction":
        return []  # what is withdrawn is not told once more
    lines = [say_summary(story.incident, source if story.blames else None, voice)]
    if story.kind != "dispute":
        lines.append(say_sureness(story.incident, source, voice))
    return [say_headline(story.incident, voice), *lines] if story.kind == "sample" else lines


def say_titled(story: Story, voice: Voice) -> str:
    """The headline, with the kind in front of it where it is no first alert."""
    assert story.incident is not None
    headline = say_headline(story.incident, voice, with_status=story.kind not in ("dispute", "retraction"))
    if story.kind == "sample":
        return voice.say("sample")
    if story.kind not in FOLLOW_UPS:
        return headline
    if voice.language == "en":
        headline = begin_small(headline)
    return voice.say(f"kind_{story.kind}", headline=headline)


def say_quote(story: Story, voice: Voice) -> str:
    quote = "" if story.kind == "retraction" else clean_words(story.quote or "").strip('«»"“” ')
    return voice.say("quote", quote=quote) if quote else ""


def _say_notes(story: Story, source: str, voice: Voice) -> list[str]:
    assert story.incident is not None
    changes = say_changes(story.changes, story.incident, voice)
    if story.kind == "sample":
        return [voice.say("sample_note")]
    if story.kind == "retraction":
        return [voice.say("retracted")]
    if story.kind == "dispute":
        return [voice.say("denied", source=source)]
    if story.kind == "confirmation":
        if story.incident.get("standing") == "confirmed":
            return [voice.say("confirmed_officially", source=source)]
        count = voice.count(int(story.incident["publishers"]), "publisher")
        return [voice.say("confirmed_by", publishers=count)]
    return [voice.say("corrected"), *changes] if story.kind == "correction" else changes


def make_several_block(stories: Sequence[Story], reason: str, voice: Voice, shown: int) -> Block:
    """The block of a message on several incidents; `shown` of them by name, the others as a number."""
    items = make_items(stories[:shown], voice)
    rest = len(stories) - len(items)
    place = ""
    if reason == "barrage" and stories[0].incident is not None:
        area = {name: stories[0].incident.get(name) for name in ("admin1", "country")}
        place = name_place(area, voice.names, voice.language, country=not area["admin1"])
    every_new = all(story.kind == "new" for story in stories)
    noun = "attack" if every_new else "item"
    count = voice.count(len(stories), noun)
    return Block(
        language=voice.language,
        headline=voice.say(f"several_{reason}" if reason else "several", count=count, place=place),
        items=items,
        tail=(voice.say("more", count=voice.count(rest, noun)),) if rest else (),
    )


def make_items(stories: Sequence[Story], voice: Voice) -> tuple[Item, ...]:
    """The stories, numbered, each in two lines."""
    return tuple(_make_item(story, number, voice) for number, story in enumerate(stories, 1))


def _make_item(story: Story, number: int, voice: Voice) -> Item:
    source = say_source(story.source, voice)
    if story.incident is None:
        block = make_block(story, voice)
        return Item(headline=f"{voice.digits(number)}. {block.headline}", brief=source, url=_link(story))
    stop = "؛ " if voice.language == "ar" else "; "  # Arabic semicolon
    if story.kind in ("retraction", "dispute", "confirmation"):
        brief = stop.join(_say_notes(story, source, voice))
    elif story.changes:
        brief = f"{stop.join(say_changes(story.changes, story.incident, voice))}. {source}"
    else:
        brief = say_brief(story.incident, source, voice, blames=story.blames)
    headline = voice.say("item_number", number=voice.digits(number), headline=say_titled(story, voice))
    return Item(headline=headline, brief=brief, url=_link(story))


def _link(story: Story) -> str | None:
    url = (story.source or {}).get("url")
    return str(url) if url else None


def make_brief_block(story: Story, voice: Voice) -> Block:
    """The block of one incident where room is scarce: what and where, the toll, and who says so."""
    assert story.incident is not None
    brief = f"{say_toll(story.incident, voice)}. {say_source(story.source, voice)}"
    return Block(language=voice.language, headline=say_titled(story, voice), lines=(brief,))


def shorten_block(block: Block, length: int) -> Block:
    """The block's headline alone, in at most `length` code points."""
    return Block(language=block.language, headline=shorten(block.headline, length))
