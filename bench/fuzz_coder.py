"""Turns minutes of a coverage-guided fuzzer into texts on which the coder fails, is slow, or quotes what is not there.

    python -m bench.fuzz_coder [--minutes N] [--folder FOLDER] [TEXT_FILE …]

Inputs are words of the coder's own lists, glued with marks and noise as the fuzzer's bytes choose. A finding ends the
run with exit code 1 and is kept in FOLDER (default: a new temporary one) as a text to be given again as TEXT_FILE.
Needs atheris (group `bench`).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import multiprocessing
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from store.records import Report

MOMENT = datetime(2026, 11, 20, 9, tzinfo=UTC)
SLOW_SECONDS_A_KILOBYTE = 0.5  # of CPU; some fifty times what dense reports take, instrumentation included
LONGEST = 3_000
# Glue between words: spaces, ends, quotes, digits, marks of direction and of no width, attached letters.
GLUE = (
    " ", " ", " ", "، ", ".\n", "\n", " \"", "\" ", "«", "»", ": ", " - ", "(", ")", "", "و", "ال", "ب", "ل",
    "\u0640", "\u064e", "\u202e", "\u200f", "\u200c", "\x00", "\u2028", "\ud800",
    "3", " 12 ", "٤٥", "/", "2021", "%", "ﷲ", "a", "😀",
)  # fmt: skip


def main() -> None:
    """Run the fuzzer in a process of its own for some minutes, or code texts that were found before."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz_coder", description=__doc__.splitlines()[0])
    parser.add_argument("texts", nargs="*", type=Path, help="texts of earlier findings to code again")
    parser.add_argument("--minutes", type=float, default=5.0, help="how long (default 5)")
    parser.add_argument("--folder", type=Path, help="where findings are kept")
    arguments = parser.parse_args()
    if arguments.texts:
        for path in arguments.texts:
            check_text(json.loads(path.read_text(encoding="ascii")))
        print(f"{len(arguments.texts)} texts are coded")
        return
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="marsad-fuzz-"))
    folder.mkdir(parents=True, exist_ok=True)
    process = multiprocessing.get_context("spawn").Process(target=fuzz, args=(arguments.minutes, folder))
    process.start()
    process.join()
    found = sorted(folder.glob("finding-*.json"))
    print(f"{len(found)} findings in {folder}" if found else f"nothing found in {arguments.minutes:g} minutes")
    sys.exit(1 if found or process.exitcode else 0)


def fuzz(minutes: float, folder: Path) -> None:
    """Fuzz until the time is over or something is found; never returns."""
    import atheris

    with atheris.instrument_imports(include=["extract"]):
        import extract.coder
    words = load_words()
    extract.coder.code_report(make_report("", " ".join(words[:50])))  # load every list before the clock counts

    def one_input(data: bytes) -> None:
        text = build_text(atheris.FuzzedDataProvider(data), words)
        try:
            check_text(text)
        except Exception:
            number = len(list(folder.glob("finding-*.json")))
            (folder / f"finding-{number}.json").write_text(json.dumps(text), encoding="ascii")
            raise

    corpus = folder / "corpus"
    corpus.mkdir(exist_ok=True)
    flags = ["-max_len=800", "-len_control=0", "-timeout=60", "-rss_limit_mb=2048", f"-artifact_prefix={folder}/"]
    atheris.Setup([sys.argv[0], f"-max_total_time={round(minutes * 60)}", *flags, str(corpus)], one_input)
    with contextlib.suppress(SystemExit):
        atheris.Fuzz()


def load_words() -> list[str]:
    """First words and phrases of the coder's lists, places and days among them, in a stable order."""
    from extract.lexicon import expand_pattern, read_rows

    names = ("triggers.tsv", "modality.tsv", "targets.tsv", "discourse.tsv", "claims.tsv")
    phrases = {phrase for name in names for row in read_rows(name) for phrase in expand_pattern(row["pattern"])}
    phrases.discard("")
    others = (  # places, words of a toll, days, groups, joints
        "بغداد كركوك الموصل عين الأسد ديالى حلب دمشق محافظة الأنبار قضاء ناحية شمالي كم "
        "مقتل إصابة ثلاثة جنود قتيلان جرحى دون خسائر "
        "أمس اليوم الثلاثاء فجر الماضي آذار رمضان الجاري داعش حزب الله الجيش العراقي الأمريكي الذي بعد قبل منذ"
    )
    return sorted(phrases) + others.split()


def build_text(provider: object, words: list[str]) -> str:
    """A text of listed words and glue as the fuzzer's bytes choose, with some bytes taken as they are."""
    from atheris import FuzzedDataProvider

    assert isinstance(provider, FuzzedDataProvider)
    parts: list[str] = []
    size = 0
    while provider.remaining_bytes() and size < LONGEST:
        kind = provider.ConsumeIntInRange(0, 15)
        if kind == 0:
            parts.append(provider.ConsumeUnicode(4))
        else:
            parts.append(words[provider.ConsumeIntInRange(0, len(words) - 1)])
        parts.append(GLUE[provider.ConsumeIntInRange(0, len(GLUE) - 1)])
        size += len(parts[-1]) + len(parts[-2])
    return "".join(parts)


def make_report(title: str, text: str) -> Report:
    """The report that a text is coded as."""
    return Report(id="x", title=title, text=text, published=MOMENT)


def check_text(text: str) -> None:
    """Code a text, as body and its head as title; raises where the coder fails, quotes wrongly or takes too long."""
    from extract.coder import code_report
    from extract.reports import coding_json, dump_line

    report = make_report(text[:60], text)
    began = time.process_time()
    coding = code_report(report)
    seconds = time.process_time() - began
    sources = {"title": text[:60], "text": text}
    spans = [item for mention in coding.mentions for item in mention.evidence] + list(coding.notices)
    for item in spans:
        assert sources[item.source][item.start : item.end] == item.quote, item
    for reason in coding.reasons:
        assert 0 <= reason.start <= reason.end <= len(sources[reason.source]), reason
    json.loads(dump_line(coding_json("x", coding)))
    allowed = SLOW_SECONDS_A_KILOBYTE * max(len(text) / 1000, 1)
    assert seconds <= allowed, f"{seconds:.2f} s for {len(text)} characters"


if __name__ == "__main__":
    main()
