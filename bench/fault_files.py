"""Cuts a WAL at any byte and spoils pages of a database, as power cuts and bad disks do; counts what came of it."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from store.backups import back_up, verify_database
from store.database import open_database, transaction
from store.errors import StoreError
from store.restore import restore_database

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TRANSACTIONS = 40


def cut_wal(folder: Path, runs: int, chance: random.Random) -> dict[str, int | str]:
    """Cut a WAL of 40 transactions at `runs` random bytes: what opens must be whole, and the first so many of them."""
    source = folder / "source.db"
    db = open_database(source)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    db.execute("PRAGMA wal_autocheckpoint=0")
    for number in range(TRANSACTIONS):
        with transaction(db):
            for part in ("a", "b"):
                db.execute(
                    "INSERT INTO rejected (outlet_id, url, reason, detail, at) VALUES ('o', ?, 'too_short', ?, '')",
                    (f"{number:03d}{part}", "x" * chance.randrange(2_000)),
                )
    wal = Path(f"{source}-wal").read_bytes()
    main = source.read_bytes()
    seen: Counter[str] = Counter()
    kept: set[int] = set()
    target = folder / "cut.db"
    for _ in range(runs):
        for suffix in ("-wal", "-shm"):
            Path(f"{target}{suffix}").unlink(missing_ok=True)
        target.write_bytes(main)
        Path(f"{target}-wal").write_bytes(wal[: chance.randrange(len(wal) + 1)])
        copy = open_database(target)
        names = [row[0] for row in copy.execute("SELECT url FROM rejected ORDER BY url")]
        whole = copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        copy.close()
        first = [f"{number:03d}{part}" for number in range(len(names) // 2) for part in ("a", "b")]
        seen["whole" if whole and names == first else "wrong"] += 1
        kept.add(len(names) // 2)
    db.close()
    return {"cuts": runs, "wal_bytes": len(wal), "different_states": len(kept),
            "whole_first_transactions": seen["whole"], "wrong": seen["wrong"]}  # fmt: skip


def spoil_pages(folder: Path, runs: int, chance: random.Random) -> dict[str, int]:
    """Overwrite random stretches of a database: found by the check or of no consequence; a restore mends each."""
    source = folder / "whole.db"
    db = open_database(source)
    with transaction(db):
        for number in range(2_000):
            db.execute(
                "INSERT INTO rejected (outlet_id, url, reason, detail, at) VALUES ('o', ?, 'too_short', ?, '')",
                (f"u{number}", "x" * 200),
            )
    backup = back_up(source, folder / "backups", now=NOW, keep=1).path
    db.close()
    content = source.read_bytes()
    seen: Counter[str] = Counter()
    for _ in range(runs):
        shutil.rmtree(folder / "spoilt", ignore_errors=True)
        (folder / "spoilt").mkdir()
        target = folder / "spoilt" / "marsad.db"
        start, length = chance.randrange(len(content)), chance.choice((1, 512, 4_096, 65_536))
        target.write_bytes(content[:start] + chance.randbytes(length) + content[start + length :])
        try:
            verify_database(target)
            seen["without_consequence"] += 1  # inside a value, or in space that is not used
        except StoreError:
            seen["found"] += 1
        restore_database(target, backup, now=NOW)
        mended = verify_database(target)
        seen["restored"] += mended.counts == verify_database(backup).counts
    return {"spoilt": runs, **seen}
