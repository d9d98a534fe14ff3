"""Runs atheris on one target of bench.fuzz in a process of its own, for the fuzzer ends the process that it runs in."""

from __future__ import annotations

import sys
from pathlib import Path

ROOMS = ["crawler", "extract", "alerts", "intake", "review", "store"]


def main() -> None:
    """Fuzz `TARGET SECONDS SEED FOLDER`: FOLDER/corpus grows, what is not survived is written beside it; no return."""
    import atheris

    name, seconds, start, folder = sys.argv[1:5]
    with atheris.instrument_imports(include=ROOMS):
        from bench.fuzz_targets import TARGETS
    whole, target = TARGETS[name]
    target(whole.encode())  # load every list before the clock counts
    flags = [
        f"-max_total_time={round(float(seconds))}", f"-seed={start}", "-max_len=6000", "-timeout=60",
        "-rss_limit_mb=4096", "-print_final_stats=1", f"-artifact_prefix={Path(folder)}/",
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *flags, str(Path(folder) / "corpus")], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
