"""Turns spoilt and made-up inputs into counts: how many each reader of foreign words was given, and survived.

    python -m bench.fuzz [--seconds N] [--guided] [TARGET …]

Inputs begin as the target's good one or one of its corpus (bench/corpus/TARGET.json) and are cut, doubled and written
over by Hypothesis; --guided lets atheris (group `bench`) find inputs that reach new code and keeps them in the corpus.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from bench.fuzz_targets import TARGETS

ROOT = Path(__file__).parents[1]
CORPUS = Path(__file__).parent / "corpus"
MOST_KEPT = 120  # inputs of a target's corpus, and their bytes
MOST_BYTES = 40_000
CHUNKS = (b"<", b">", b"]]>",
          b"&#x0;", b"&amp", b"\x00", b"\xff\xfe", b"\xd8", "\u202e".encode(), "٣٠".encode(), b"9" * 400,
          b"<![CDATA[", b"<!ENTITY a 'b'>", b'"', b"'", b"{", b"[[", b"= ", b"\n", "لم".encode(), "أمس".encode(), b"-1",
          b"<p>" * 300, b"</", b"\xed\xa0\x80", b"1e309", b"0000-00-00", b"<svg>", b"\r", "،".encode())  # fmt: skip
MARKS = (b"{{", b"}}", b"{%", b"%}", b"|", b"__class__", b"[rules.", b"= [", b"not = {", b"any = [",
         b"{killed_min = 1}", b"words = [", b"&", b"=", b"%00", b"../", b"?", b"action=", b"undo")  # fmt: skip


def read_corpus(name: str) -> list[bytes]:
    """The inputs that a guided run has kept for a target."""
    path = CORPUS / f"{name}.json"
    return [base64.b64decode(line) for line in json.loads(path.read_text("ascii"))] if path.exists() else []


def spoil(goods: list[bytes]) -> st.SearchStrategy[bytes]:
    """Bytes that begin as a good input and are cut, doubled and written over."""
    longest = max(map(len, goods))
    chunk = st.one_of(st.sampled_from(CHUNKS + MARKS), st.binary(max_size=8))
    stroke = st.tuples(st.integers(0, longest), st.integers(0, 60), chunk)

    def paint(good: bytes, strokes: list[tuple[int, int, bytes]]) -> bytes:
        content = good
        for start, length, chunk in strokes:
            place = start % (len(content) + 1)
            content = content[:place] + chunk + content[place + length :]
        return content

    painted = st.builds(paint, st.sampled_from(goods), st.lists(stroke, max_size=12))
    return st.one_of(painted, st.binary(max_size=400))


def fuzz(name: str, seconds: float, start: int) -> dict[str, object]:
    """Give one target its corpus and spoilt inputs for so long; stops at the first that is not survived, made small."""
    whole, target = TARGETS[name]
    corpus = read_corpus(name)
    tried, deadline, fault = 0, time.monotonic() + seconds, None

    def give(body: bytes) -> None:
        nonlocal tried
        tried += 1
        target(body)

    try:
        for body in corpus:
            give(body)
        while time.monotonic() < deadline:

            @seed(start + tried)
            @settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))
            @given(spoil([whole.encode(), *corpus]))
            def run(body: bytes) -> None:
                give(body)

            run()
    except Exception as error:
        fault = f"{type(error).__name__}: {error}"[:300]
        with suppress(AttributeError):
            fault += " | " + " ".join(error.__notes__)[:600]
    return {"target": name, "corpus": len(corpus), "tried": tried, "survived": fault is None, "fault": fault}


def fuzz_guided(name: str, seconds: float, start: int) -> dict[str, object]:
    """Let atheris look for inputs that reach new code, from the target's corpus on, and keep those."""
    with tempfile.TemporaryDirectory(prefix="marsad-fuzz-") as folder:
        found = Path(folder) / "corpus"
        found.mkdir()
        for number, body in enumerate([TARGETS[name][0].encode(), *read_corpus(name)]):
            (found / f"{number:04d}").write_bytes(body)
        line = [sys.executable, "-m", "bench.fuzz_guided", name, f"{seconds:g}", str(start), folder]
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        ended = subprocess.run(line, capture_output=True, text=True, errors="replace", env=environ, check=False)
        counts = re.search(r"number_of_executed_units:\s*(\d+)", ended.stderr)
        reached = re.findall(r"cov: (\d+)", ended.stderr)
        faults = sorted(path for path in Path(folder).iterdir() if path.is_file())
        fault = None
        if faults:  # kept, to be given again
            copy = shutil.copy(faults[0], tempfile.gettempdir())
            said = re.findall(r"^\w*(?:Error|Exception|Timeout)\b.*", ended.stderr, re.M)
            fault = f"{copy}: {said[-1] if said else ended.stderr[-300:]}"
        if fault is None and (ended.returncode or counts is None):
            fault = ended.stderr[-600:]
        kept = keep_corpus(name, sorted(found.iterdir()))
    return {"target": name, "guided": True, "corpus": kept, "tried": int(counts[1]) if counts else 0,
            "reached": int(reached[-1]) if reached else 0, "survived": fault is None, "fault": fault}  # fmt: skip


def keep_corpus(name: str, files: list[Path]) -> int:
    """Write the shortest inputs that were found to the corpus; returns how many it holds now."""
    inputs = sorted({path.read_bytes() for path in files}, key=lambda body: (len(body), body))
    step = max(1, len(inputs) // MOST_KEPT)  # of all lengths, for the long ones reach the most
    kept: list[str] = []
    size = 0
    for body in inputs[::step]:
        if len(kept) < MOST_KEPT and size + len(body) <= MOST_BYTES:
            kept.append(base64.b64encode(body).decode("ascii"))
            size += len(body)
    CORPUS.mkdir(exist_ok=True)
    (CORPUS / f"{name}.json").write_text(json.dumps(kept, indent=0) + "\n", encoding="ascii")
    return len(kept)


def main() -> int:
    """Fuzz the targets asked for and print one JSON object each; 1 where an input was not survived."""
    summary = "Give every reader of foreign words spoilt and made-up inputs, and count them."
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description=summary)
    parser.add_argument("target", nargs="*", choices=[*TARGETS, []], help="default: all")
    parser.add_argument("--seconds", type=float, default=60.0, help="for each target (default 60)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--guided", action="store_true", help="with atheris, which keeps what reaches new code")
    arguments = parser.parse_args()
    run, worst = fuzz_guided if arguments.guided else fuzz, 0
    for name in arguments.target or TARGETS:
        outcome = run(name, arguments.seconds, arguments.seed)
        print(json.dumps(outcome, ensure_ascii=False), flush=True)
        worst |= not outcome["survived"]
    return worst


if __name__ == "__main__":
    sys.exit(main())
