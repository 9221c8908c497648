"""What a process costs, by what the system counts."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from pathlib import Path

import psutil


def resident_mb(pid: int) -> float:
    """Resident memory in MB (10^6 bytes), shared pages included."""
    rollup = Path(f"/proc/{pid}/smaps_rollup")
    if rollup.exists():
        line = next(line for line in rollup.read_text().splitlines() if line.startswith("Rss:"))
        return int(line.split()[1]) * 1024 / 1e6
    return float(psutil.Process(pid).memory_info().rss) / 1e6


def core_share(pid: int, seconds: float) -> float:
    """Per cent of one core over so many seconds."""
    process = psutil.Process(pid)
    before, start = process.cpu_times(), time.monotonic()
    time.sleep(seconds)
    after, elapsed = process.cpu_times(), time.monotonic() - start
    return 100 * (after.user + after.system - before.user - before.system) / elapsed


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that so large a share of the values does not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
