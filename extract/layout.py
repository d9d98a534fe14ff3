"""Turns a report's title and body into sentences, the page's debris (related headlines, chrome, tags) set apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise

from extract.lexicon import read_rows, word_set
from extract.text import FoldedText, Token, tokenize

_SENTENCE_END = re.compile(
    r"(?<!\d)\.|\.(?!\d)|[!?\u061f\n]|\u2b50|\u2022|\u25cf|\U0001f53b"  # . ! ? ؟ and bullets
    r"|[;\u061b](?!\s?(?:جراء|اثر|نتيجه|بسبب|مما|ما ادي|حيث|عندما|بينهم|وذلك)\b)"  # ; but not before "owing to", "when"
)
# "in Afghanistan0 And …": the nought that old agency copy puts for a full stop
_NOUGHT = re.compile(r"(?<=[\u0621-\u064a])0{1,2}(?=\s)|(?<=[\u0621-\u064a] )0{1,2}(?= [\u0648/])")
ENDLESS = 160  # words; the longest sentence of real reports has 127
_LETTER = re.compile(r"[^\W\d_]")
# The words with which an article's own text takes up again after a run of related headlines.
_RESTART = re.compile(
    r"(?<!\S)(?:" + "|".join(sorted(word.replace("_", " ") for word in word_set("restarts"))) + r")(?!\S)"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the title or the text: its span in the folded text, its words, and its paragraph's number."""

    source: str  # title | text
    start: int
    end: int
    words: tuple[Token, ...]
    paragraph: int
    debris: bool = False
    heading: bool = False  # a line of its own without an end mark, between paragraphs that have one


class Document:
    """A report prepared for coding: folded title and text, sentences in reading order (the headline first)."""

    def __init__(self, title: str | None, text: str) -> None:
        self.title = FoldedText(title or "")
        self.text = FoldedText(text)
        self.text.folded = _NOUGHT.sub(lambda stop: "." * len(stop.group()), join_wrapped(self.text.folded))

    def folded(self, source: str) -> str:
        return self.title.folded if source == "title" else self.text.folded

    def folded_text(self, source: str) -> FoldedText:
        return self.title if source == "title" else self.text

    @cached_property
    def headline(self) -> tuple[int, int]:
        """The span of the title that is a headline: without the site's name and stray attributes."""
        title = self.title.folded
        end = len(title)
        attribute = title.find("content=")
        if attribute > 0:
            end = attribute
        start = 0
        parts = list(re.finditer(r" - ", title[:end]))
        if attribute > 0 and parts:
            start = parts[-1].end()
        return start, end

    @cached_property
    def debris(self) -> list[tuple[int, int]]:
        """Spans of the text that are not the article's own words, sorted and joined."""
        return find_debris(self.text.folded, self.title.folded[slice(*self.headline)].strip())

    @cached_property
    def sentences(self) -> list[Sentence]:
        headline = self.headline
        found = split_sentences("title", self.title.folded, [(0, headline[0]), (headline[1], len(self.title.folded))])
        text = _drop_repeats(split_sentences("text", self.text.folded, self.debris))
        return found + _mark_headings(text, self.text.folded)


WIDEST, WRAPPED = 100, 8  # letters of a line of a page that wraps its lines, and how many of them stand open
SURELY_OPEN = 3  # lines that end in such a word
_CANNOT_END = re.compile(r"(?:(?<!\S)(?:" + "|".join(sorted(word_set("cannot_end"))) + r")|(?<=\s)\") ?\Z")
_OPEN = re.compile(r"[^.!?\u061f:;\u061b\n]\n(?=[^\s\u2022-])")  # a line's end amid a sentence


def join_wrapped(folded: str) -> str:
    """The text with the line ends of a page that wraps its lines as spaces, at the same offsets; others unchanged.

    Such a page has lines of one width, most of them open (a list's or a poem's differ in length, a paragraph's are
    long), or some that end in a word after which no sentence can end: in, on, that, the town of.
    """
    if folded.count("\n") < SURELY_OPEN:
        return folded
    starts = {match.start() + 1: folded.rfind("\n", 0, match.start()) + 1 for match in _OPEN.finditer(folded)}
    breaks = [at for at, start in starts.items() if "http" not in folded[start:at]]
    sure = sum(_CANNOT_END.search(folded, starts[at], at) is not None for at in breaks)
    if sure < SURELY_OPEN:
        lines = [len(line) for line in folded.split("\n") if line.strip()]
        widest = max(lines, default=0)
        full = sum(at - starts[at] >= 0.6 * widest for at in breaks)
        wrapped = widest <= WIDEST and len(breaks) >= WRAPPED and 2 * len(breaks) >= len(lines)
        if not wrapped or full < 0.75 * len(breaks):
            return folded
    letters = list(folded)
    for at in breaks:
        letters[at] = " "
    return "".join(letters)


def split_sentences(source: str, folded: str, debris: list[tuple[int, int]]) -> list[Sentence]:
    """Cut folded text at sentence ends, line ends and the borders of debris."""
    cuts = {0, len(folded)}
    for match in _SENTENCE_END.finditer(folded) if source == "text" else ():
        cuts.add(match.end())
    for first, last in debris:
        cuts.update((first, last))
    borders = sorted(cuts)
    sentences: list[Sentence] = []
    paragraph = 0
    spans = iter(debris)
    span = next(spans, None)
    for first, last in pairwise(borders):
        while span is not None and span[1] <= first:
            span = next(spans, None)
        is_debris = span is not None and span[0] <= first < span[1]
        if _LETTER.search(folded, first, last) and not is_debris:
            words = tuple(t for t in tokenize(folded, first, last) if t.text[0].isalnum())
            sentences.extend(_part_endless(Sentence(source, first, last, words, paragraph)))
        if last > first and folded[last - 1] == "\n":
            paragraph += 1
    return _join_fragments(sentences)


_PREPOSITIONS = frozenset({"في", "علي", "من", "الي"})  # in, on, from, to


def _join_fragments(sentences: list[Sentence]) -> list[Sentence]:
    """Give a stray "in Syria." back to the sentence that it was cut from."""
    joined: list[Sentence] = []
    for sentence in sentences:
        before = joined[-1] if joined else None
        short = 2 <= len(sentence.words) <= 4 and sentence.words[0].text in _PREPOSITIONS
        if short and before is not None and len(before.words) > 6 and sentence.start - before.end <= 3:
            joined[-1] = replace(before, end=sentence.end, words=before.words + sentence.words)
        else:
            joined.append(sentence)
    return joined


def _part_endless(sentence: Sentence) -> list[Sentence]:
    """A sentence in parts of at most ENDLESS words: the work on one grows with the square of its length."""
    words = sentence.words
    if len(words) <= ENDLESS:
        return [sentence]
    borders = [sentence.start, *(words[at].start for at in range(ENDLESS, len(words), ENDLESS)), sentence.end]
    return [
        Sentence(sentence.source, first, last, words[at : at + ENDLESS], sentence.paragraph)
        for first, last, at in zip(borders, borders[1:], range(0, len(words), ENDLESS), strict=False)
    ]


def _drop_repeats(sentences: list[Sentence]) -> list[Sentence]:
    """Leave out sentences that stood before, word for word (captions, paragraphs pasted twice)."""
    seen: set[tuple[str, ...]] = set()
    kept: list[Sentence] = []
    for sentence in sentences:
        key = tuple(word.text for word in sentence.words)
        if len(key) >= 4 and key in seen:
            continue
        seen.add(key)
        kept.append(sentence)
    return kept


_LONGEST_HEADING = 16  # words
_SHORTEST_HEADING = 4
_END_MARK = re.compile(r"[.!?\u061f:\u061b;،,…)][\"»\u201d]?\s*\Z")
_BULLET = re.compile(r"\s*(?:[-–—•*●▪+#]|\d|[^\w\s(\"«])")


def _mark_headings(sentences: list[Sentence], folded: str) -> list[Sentence]:
    """Mark the lines between paragraphs that head a section or lead to another page; a list's lines are none."""
    whole = [_is_whole_line(sentence, folded) for sentence in sentences]
    ended = [_END_MARK.search(folded[sentence.start : sentence.end]) is not None for sentence in sentences]
    open_lines = [line and not end for line, end in zip(whole, ended, strict=True)]
    if sum(ended) < 3 or sum(ended) < 2 * sum(open_lines):
        return sentences  # a page that ends no paragraph with a mark
    marked = list(sentences)
    for at in range(1, len(sentences) - 1):
        sentence = sentences[at]
        apart = open_lines[at] and not open_lines[at - 1] and not open_lines[at + 1]
        size = _SHORTEST_HEADING <= len(sentence.words) <= _LONGEST_HEADING
        if apart and size and not _BULLET.match(folded, sentence.start):
            marked[at] = replace(sentence, heading=True)
    return marked


def _is_whole_line(sentence: Sentence, folded: str) -> bool:
    """Whether nothing but a sentence stands on its line."""
    before = folded[max(0, sentence.start - 3) : sentence.start].rstrip(" ")
    return folded[sentence.end - 1 : sentence.end] == "\n" and before[-1:] in ("", "\n")


@lru_cache(maxsize=1)
def _debris_rules() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(row["regex"], re.MULTILINE), row["cut"]) for row in read_rows("debris.tsv")]


_LETTERS = re.compile(r"[^\W\d_]{2}")


def find_debris(folded: str, headline: str) -> list[tuple[int, int]]:
    """Spans of a folded text that are page debris, by the rules of debris.tsv and by the repeated headline."""
    spans: list[tuple[int, int]] = []
    for pattern, cut in _debris_rules():
        for match in pattern.finditer(folded):
            if cut == "line" and not _LETTERS.search(folded[: match.start()] + folded[match.end() :]):
                continue  # a post of one line: "video: a rocket falls on …"
            spans.append(_cut_span(folded, match, cut))
            if cut == "before":
                break
    spans.extend(_repeated_headline(folded, headline, max((end for start, end in spans if start == 0), default=0)))
    return _join(spans)


# Lines behind a heading of their own that close with no full stop: headlines of other reports.
_HEADLINES = re.compile(r"(?:\s*\n[^\n]{8,140}[^\n.،:\s][ \t]*(?=\n|\Z))+")


def _cut_span(folded: str, match: re.Match[str], cut: str) -> tuple[int, int]:
    line_end = folded.find("\n", match.end())
    line_end = len(folded) if line_end < 0 else line_end
    if cut == "before":
        return 0, match.end()
    if cut == "line_rest":
        return match.start(), line_end
    if cut == "list":
        alone = not folded[match.end() : line_end].strip(" :")
        headlines = _HEADLINES.match(folded, line_end) if alone else None
        return match.start(), headlines.end() if headlines else line_end
    if cut == "run":
        restart = _RESTART.search(folded, min(match.end() + 8, line_end), line_end)
        return match.start(), restart.start() if restart else line_end
    return match.start(), match.end()


# What stands behind a headline cut short: "… of the capital | Baghdad, last night", "… in his car | during his return".
_RUNS_ON = re.compile(r" (?:(?:[^\W\d_]+ )?[،,] |(?:خلال|اثناء|لدي|عند|عندما|بعدما|بعد ان|مما|ما ادي|اسفر|ادي) )")
_GOES_ON = _PREPOSITIONS | {"ان", "مدينه", "محافظه", "منطقه", "بلده", "التي", "الذي", "بين", "بعد", "خلال"}


_NEXT_WORD = re.compile(r" (\w+)")
_LEAD_GOES_ON = _GOES_ON | word_set("lead_goes_on")


def _repeated_headline(folded: str, headline: str, start: int) -> list[tuple[int, int]]:
    """The headline at the head of the text, with the caption that CNN fuses to it, as far as the end of that line."""
    key = headline.strip(" .\"'")
    while start < len(folded) and folded[start].isspace():
        start += 1
    if len(key) < 12 or not folded.startswith(key, start) or key.rsplit(" ", 1)[-1] in _GOES_ON:
        return []  # a headline that breaks off is the lead's beginning
    end = start + len(key)
    if _RUNS_ON.match(folded, end):
        return []
    line_end = folded.find("\n", end)
    following = _NEXT_WORD.match(folded, end)
    if following is not None and following[1] in _LEAD_GOES_ON:
        return []  # the headline is the lead, cut short
    if 0 <= line_end - end < 120:
        end = line_end
    return [(start, end)]


def _join(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(span for span in spans if span[1] > span[0]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
