"""Plays the newsroom for a person: `python -m newsroom` serves it, with a FOLDER it writes the articles there."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from newsroom.export import write_reports
from newsroom.server import Newsroom


def main(arguments: list[str]) -> int:
    """Serve until Ctrl-C, a round a minute; or write reports.jsonl and gold.jsonl of all rounds into a folder."""
    if arguments:
        with Newsroom() as newsroom:
            while not newsroom.is_over:
                newsroom.advance()
            count = write_reports(newsroom.truth(), Path(arguments[0]))
        print(f"{count} articles written to {arguments[0]}")
        return 0
    with Newsroom(keeps_time=True) as newsroom:
        for outlet in newsroom.outlets():
            print(f"{outlet.id:10} {outlet.kind:9} {outlet.urls[0]}")
        try:
            while True:
                time.sleep(1)
        except KeyboardInterrupt:
            return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
