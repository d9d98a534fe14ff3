"""Turns stories into one message in a channel's languages, format and length."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import FileSystemLoader, StrictUndefined, Template, TemplateError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from alerts.blocks import Block, make_block, make_brief_block, make_several_block, shorten_block
from alerts.digest import make_digest_block
from alerts.health import make_health_block
from alerts.marks import (
    FSI,
    LRM,
    PDI,
    RLM,
    Ready,
    clean_words,
    direct,
    escape_card,
    escape_html,
    escape_markdown,
    escape_mrkdwn,
    escape_text,
    isolate,
    web_link,
)  # fmt: skip
from alerts.names import Names
from alerts.places import map_link
from alerts.sentences import Voice
from alerts.snapshot import shorten
from alerts.stories import Story
from store.alert_settings import AlertSettings, ChannelSettings
from store.errors import AlertError
from store.times import from_iso

TEMPLATES = Path(__file__).parent / "templates"
_ESCAPES = {
    "text": escape_text, "markdown": escape_markdown, "mrkdwn": escape_mrkdwn, "chat": escape_html, "html": escape_html,
    "card": escape_card,
}  # fmt: skip
_FILES = {
    "text": "message.txt.j2", "markdown": "message.md.j2", "mrkdwn": "message.md.j2", "chat": "message.chat.j2",
    "html": "message.html.j2", "card": "message.card.j2",
}  # fmt: skip
SHORT_QUOTE = 120
IMAGE = "chart.png"  # the name by which a mail refers to its attached chart
LONGEST_TITLE = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a service takes: its markup, how long a body and a title (0: it has none) may be."""

    # text | markdown | mrkdwn (Slack's) | card (Teams') | chat (the few HTML tags of chats) | html (a whole mail)
    format: str = "text"
    body_length: int = 30_000
    title_length: int = 0
    counts_escapes: bool = False  # the length is that of the body as ASCII JSON, where an Arabic letter is six

    def measure(self, body: str) -> int:
        """The body's length as the service counts it."""
        return len(json.dumps(body)) if self.counts_escapes else len(body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is handed to a service."""

    title: str
    body: str
    form: Form
    stories: tuple[Story, ...] = ()
    image: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fullness:
    """How much of a story is told; each step of shortening tells less."""

    quote: int = 280
    sources: int = 8
    links: bool = True
    languages: int = 2
    items: int = 1000
    brief: bool = False


# Given up in this order: long quotes, many sources, links, the quote, the second language, then incidents by name.
STEPS = (
    Fullness(), Fullness(quote=SHORT_QUOTE, sources=3), Fullness(quote=SHORT_QUOTE, sources=1),
    Fullness(quote=0, sources=1), Fullness(quote=0, sources=1, links=False),
    Fullness(quote=0, sources=1, links=False, languages=1),
    *(Fullness(quote=0, sources=1, links=False, languages=1, items=items) for items in (40, 20, 10, 5, 3, 1)),
    Fullness(quote=0, sources=1, links=False, languages=1, items=0, brief=True),
    Fullness(quote=0, sources=0, links=False, languages=1, items=0, brief=True),
)  # fmt: skip


def write_message(
    stories: Sequence[Story],
    channel: ChannelSettings,
    settings: AlertSettings,
    form: Form,
    names: Names,
    *,
    reason: str = "",
) -> Message:
    """The fullest message that fits `form`; `reason` says why several stories come together (held, barrage, cap, late).

    Raises AlertError where the channel's own template fails.
    """
    limit = min(form.body_length, channel.max_length or form.body_length)
    form = replace(form, body_length=limit)
    for blocks, context in _try_out(stories, channel, settings, form, names, reason):
        body = _render(channel, form, context)
        if form.measure(body) <= limit:
            return Message(title=_title(blocks[0], form), body=body, form=form, stories=tuple(stories))
    length = limit - 2
    while length > 0:  # escaping can lengthen what fits
        context["blocks"] = [shorten_block(blocks[0], length)]
        body = _render(channel, form, context)
        if form.measure(body) <= limit:
            return Message(title=_title(blocks[0], form), body=body, form=form, stories=tuple(stories))
        length -= max(1, (form.measure(body) - limit) // (6 if form.counts_escapes else 1))
    bare = shorten(blocks[0].headline, limit)
    return Message(title=_title(blocks[0], form), body=bare, form=form, stories=tuple(stories))


def _try_out(
    stories: Sequence[Story], channel: ChannelSettings, settings: AlertSettings, form: Form, names: Names, reason: str
) -> Iterator[tuple[list[Block], dict[str, Any]]]:
    for step in STEPS:
        voices = _voices(channel, names)[: step.languages]
        blocks = [_make(stories, reason, voice, step, settings) for voice in voices]
        yield blocks, _context(blocks, stories, voices, settings, form, step)


def _voices(channel: ChannelSettings, names: Names) -> list[Voice]:
    languages = ("ar", "en") if channel.language == "both" else (channel.language,)
    return [Voice(names=names, language=language, numerals=channel.numerals) for language in languages]


def _make(stories: Sequence[Story], reason: str, voice: Voice, step: Fullness, settings: AlertSettings) -> Block:
    kind = stories[0].kind
    if kind == "digest":
        return make_digest_block(stories, voice, step.items, settings.time_zone)
    if kind in ("health", "heartbeat"):
        return make_health_block(stories, voice, settings.time_zone)
    if len(stories) > 1:
        return make_several_block(stories, reason, voice, step.items)
    story = stories[0]
    if step.brief and story.incident is not None:
        return make_brief_block(story, voice)
    quote = shorten(clean_words(story.quote or ""), step.quote) if step.quote else None
    return make_block(replace(story, quote=quote), voice)


def _context(
    blocks: list[Block],
    stories: Sequence[Story],
    voices: list[Voice],
    settings: AlertSettings,
    form: Form,
    step: Fullness,
) -> dict[str, Any]:
    first, story = voices[0], stories[0]
    alone = len(stories) == 1 and (story.incident is not None or story.notice is not None)
    values = (story.incident or story.notice or {}) if alone else {}
    facts = story.facts or {}
    precision = str(values.get("place_precision") or "")
    if ("place_precision", precision) not in first.names.terms:
        precision = ""
    shown = [block if number == 0 else replace(block, quote="") for number, block in enumerate(blocks)]
    return {
        "blocks": shown,
        "title": blocks[0].headline,
        "language": first.language,
        "direction": blocks[0].direction,
        "labels": {
            "sources": _label(voices, "sources"),
            "map": _label(voices, "map", precision=precision) if precision else _label(voices, "map_plain"),
            "review": _label(voices, "review"),
            "image": _label(voices, "image"),
        },
        "sources": _list_sources(story, first, settings.time_zone)[: step.sources] if alone else [],
        "map_url": map_link(values, settings.map_url) if step.links else None,
        "review_url": _review_link(values, settings.base_url) if step.links else None,
        "image": IMAGE if form.format == "html" and facts.get("chart") and facts["count"] else None,
        "stories": [_plain(item) for item in stories],
    }


def _label(voices: list[Voice], key: str, precision: str = "") -> str:
    parts = [
        voice.say(key, precision=voice.term("place_precision", precision)) if precision else voice.say(key)
        for voice in voices
    ]
    return " / ".join(part.rstrip(":") for part in parts)


def _list_sources(story: Story, voice: Voice, zone: str) -> list[dict[str, str | None]]:
    """Name, hour and link of each report, the publisher's name as a reader of the language knows it."""
    listed = []
    for source in story.sources:
        if not source.get("url"):
            continue  # what our own reviewers say has no page of its own
        words = clean_words(str(source.get(f"name_{voice.language}") or source.get("outlet") or ""))
        name = isolate(words, voice.language)
        published = source.get("published_at")
        if published and source.get("published_precision") != "day":
            local = from_iso(str(published)).astimezone(ZoneInfo(zone))
            stamp = f"{voice.digits(local.strftime('%Y-%m-%d %H:%M'))}{' UTC' if zone == 'UTC' else ''}"
            name = f"{name} {FSI}{stamp}{PDI}"
        listed.append({"name": name, "url": web_link(source.get("url"))})
    return listed


def _review_link(values: Mapping[str, Any], base_url: str | None) -> str | None:
    return f"{base_url.rstrip('/')}/incident/{values['id']}" if base_url and values.get("id") else None


def _plain(story: Story) -> dict[str, Any]:
    """The story as a template of the user's own sees it."""
    return {"kind": story.kind, "incident": story.incident, "source": story.source, "changes": story.changes}


def _title(block: Block, form: Form) -> str:
    return shorten(block.headline, min(form.title_length, LONGEST_TITLE)) if form.title_length else ""


def _render(channel: ChannelSettings, form: Form, context: dict[str, Any]) -> str:
    if form.title_length and form.format != "html":  # the headline stands in the title
        first, *others = context["blocks"]
        context = {**context, "blocks": [replace(first, headline=""), *others]}
    try:
        template = _template(channel.template, form.format)
        return template.render(context).strip("\n")
    except (TemplateError, OSError, ValueError, TypeError, LookupError, ArithmeticError, MemoryError) as error:
        name = channel.template or _FILES[form.format]
        raise AlertError(name, f"the template cannot be filled in: {type(error).__name__}: {error}") from error


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2's sandbox without the arithmetic by which a line of template fills the memory."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: object, operator: str, left: object, right: object) -> object:
        raise SecurityError(f"{operator} is not for templates of alerts")


@cache
def _environment(format_name: str, folder: Path) -> ImmutableSandboxedEnvironment:
    escape = _ESCAPES[format_name]

    def finish(value: object) -> str:
        return value if isinstance(value, Ready) else Ready(escape("" if value is None else str(value)))

    environment = _Sandbox(
        loader=FileSystemLoader(folder), undefined=StrictUndefined, finalize=finish, autoescape=False,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.globals.clear()  # no range, no lipsum: a template lays out, it does not compute
    environment.globals["mark"] = lambda language: Ready(RLM if language == "ar" else LRM)
    environment.filters["line"] = lambda text, language: direct(str(text), language)
    environment.filters["link"] = lambda url: Ready(web_link(url) or "")
    return environment


def _template(own: str | None, format_name: str) -> Template:
    if own is None:
        return _environment(format_name, TEMPLATES).get_template(_FILES[format_name])
    path = Path(own).expanduser()
    return _environment(format_name, path.parent).get_template(path.name)
