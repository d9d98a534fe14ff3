"""Runs the `marsad` command as its users do: a process of its own, with its exit code and both streams."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def run_marsad(
    *words: str, cwd: Path, stdin: bytes | None = None, environ: dict[str, str] | None = None, timeout: float = 60
) -> subprocess.CompletedProcess[bytes]:
    """Run `marsad WORDS` in a folder and wait for its end."""
    return subprocess.run(
        [sys.executable, "-m", "cli", *words],
        cwd=cwd,
        input=stdin if stdin is not None else b"",
        capture_output=True,
        timeout=timeout,
        env=marsad_environ() | (environ or {}),
        check=False,
    )


def start_marsad(*words: str, cwd: Path, log: Path) -> subprocess.Popen[bytes]:
    """Start `marsad WORDS` in a folder, standard output and error both into `log`, as the leader of its own group."""
    with log.open("ab") as stream:
        return subprocess.Popen(
            [sys.executable, "-m", "cli", *words],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            env=marsad_environ(),
            start_new_session=True,
        )


def marsad_environ() -> dict[str, str]:
    """The environment in which `python -m cli` finds this checkout from anywhere."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "MARSAD_LOG": "human"}
