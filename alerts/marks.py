"""Turns words that came from outside into words that are safe in each format, and lines into lines of one direction."""

from __future__ import annotations

import re
import unicodedata
from html import escape
from urllib.parse import quote, urlsplit

RLM, LRM = "\u200f", "\u200e"  # right-to-left and left-to-right mark
FSI, PDI = "\u2068", "\u2069"  # first strong isolate and its end
_RUNS = {"L": "L", "R": "R", "AL": "R"}  # Unicode's classes of letters
_KEPT_FORMAT = {"\u200c", "\u200d"}  # zero-width non-joiner and joiner shape letters
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~])")  # round brackets alone make no link
_BULLET = re.compile(r"^(\s*\d*)([-+=.)])(?=\s|$)")
# What chat services read as a call to people or channels, or as a command of theirs.
_CALL = re.compile(r"[@#](?=\w)|(?<![^\s<])[!/](?=\w)|(?<=\w):(?=//)|(?<=www)\.", re.IGNORECASE)


def clean_words(text: str) -> str:
    """One line of outside words: no control characters, no direction overrides, no invisible letters."""
    kept = []
    for char in text:
        category = unicodedata.category(char)
        if char in "\n\r\t\u2028\u2029\x0b\x0c" or category == "Zs":
            kept.append(" ")
        elif char in _KEPT_FORMAT or category not in ("Cc", "Cf", "Cs", "Co", "Cn"):
            kept.append(char)
    return " ".join("".join(kept).split())


def isolate(text: str, language: str) -> str:
    """Outside words within a sentence of `language`: their direction stays their own.

    Words that run as the sentence does, from the first character to the last, need no marks.
    """
    own, other = ("R", "L") if language == "ar" else ("L", "R")
    runs = [_RUNS.get(unicodedata.bidirectional(char), "") for char in text]
    if not text or (other not in runs and runs[0] == runs[-1] == own):
        return text
    return f"{FSI}{text}{PDI}"


def defuse_calls(text: str) -> str:
    """Break @everyone, #channel, /command and bare addresses with a word joiner, which no reader sees."""
    return _CALL.sub("\\g<0>\u2060", text)


def direct(line: str, language: str) -> str:
    """A line that services lay out in the language's direction, whatever letter it begins with."""
    return f"{RLM if language == 'ar' else LRM}{line}" if line else line


class Ready(str):
    """Text that is written as it stands: an address, or what a template's own filter has made safe."""

    __slots__ = ()


def escape_text(text: str) -> str:
    return defuse_calls(text)


def escape_markdown(text: str) -> str:
    """Outside words as literal text in CommonMark and the dialects of chat services."""
    text = _MARKDOWN.sub(r"\\\1", defuse_calls(text))
    return _BULLET.sub(r"\1\\\2", text)


# Slack, Google Chat and Teams know no escape for these, so that outside words carry signs that only look the same.
_LOOKALIKES = str.maketrans({"*": "\u2217", "_": "\uff3f", "~": "\u223c", "`": "\u02cb"})


def escape_mrkdwn(text: str) -> str:
    """Outside words as literal text in the markup of Slack and Google Chat, which Apprise makes from CommonMark."""
    return escape_markdown(text.translate(_LOOKALIKES))


def escape_card(text: str) -> str:
    """Outside words as literal text in the cards of Teams, whose programs do not agree on backslashes."""
    return defuse_calls(text.translate(_LOOKALIKES)).replace("](", "]\u2060(").replace("<", "<\u2060")


def escape_html(text: str) -> str:
    return escape(defuse_calls(text), quote=True)


def web_link(url: str | None) -> str | None:
    """An http(s) address as plain ASCII without white space, quotes or brackets; None where it is none."""
    if not url or any(char.isspace() or unicodedata.category(char) in ("Cc", "Cf") for char in url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        return None
    return quote(url, safe=":/?#@!$&*+,;=%~-._").replace("'", "%27")
