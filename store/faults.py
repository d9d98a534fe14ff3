"""Turns what SQLite or the system raises when disk, lock or file fail into one plain line with what to do about it."""

from __future__ import annotations

import errno
import sqlite3

# By SQLite's primary result code (sqlite.org/rescode.html). None of these is the fault of what was being written.
_ADVICE = {
    sqlite3.SQLITE_FULL: "the disk is full: free some space; the work goes on by itself then",
    sqlite3.SQLITE_BUSY: "another program holds the database's write lock: end it; the work goes on by itself then",
    sqlite3.SQLITE_LOCKED: "another connection holds a table; the work is tried again",
    sqlite3.SQLITE_READONLY: "the database cannot be written to: see its owner, its folder and how the disk is mounted",
    sqlite3.SQLITE_PERM: "the database may not be used by this user: see its owner and its folder",
    sqlite3.SQLITE_IOERR: "the disk is full or fails: see `df`, and the kernel's log",
    sqlite3.SQLITE_CORRUPT: "the database is damaged: stop the daemon and run `marsad restore`",
    sqlite3.SQLITE_NOTADB: "the file is no SQLite database, or is damaged: `marsad restore` brings a backup back",
    sqlite3.SQLITE_CANTOPEN: "the database's files cannot be opened: see their owner, and how many files may be open",
    sqlite3.SQLITE_NOMEM: "memory is short",
}
# By the extended code, which tells a full disk behind an "I/O error": the file that connections share could not grow.
_EXTENDED_ADVICE = dict.fromkeys(
    (sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_SHMOPEN), _ADVICE[sqlite3.SQLITE_FULL]
)
# By the system's own number (errno(3)); every other is for those to judge who called.
_SYSTEM_ADVICE = {
    errno.EMFILE: "let this process open more (`ulimit -n 4096`, LimitNOFILE=4096); the work goes on by itself",
    errno.ENFILE: "other programs hold all that this machine may open; the work goes on by itself once some are closed",
    errno.ENOSPC: _ADVICE[sqlite3.SQLITE_FULL],
    errno.EDQUOT: "this user's share of the disk is full: free some space; the work goes on by itself then",
    errno.EROFS: "see how the disk is mounted",
}


def explain_fault(error: BaseException) -> str | None:
    """What a person can do about a fault of disk, lock or file; None for every other error."""
    if isinstance(error, OSError):
        advice = _SYSTEM_ADVICE.get(error.errno or 0)
        return None if advice is None else f"{error.strerror or error}: {advice}"
    if not isinstance(error, sqlite3.Error):
        return None
    code = getattr(error, "sqlite_errorcode", None)
    advice = None if code is None else _EXTENDED_ADVICE.get(code, _ADVICE.get(code & 0xFF))
    return None if advice is None else f"{error}: {advice}"
