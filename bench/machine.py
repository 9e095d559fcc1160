"""What a bench ran on, what ran beside it, and how much CPU each process used."""

import os
import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class _Stat:
    """A line of /proc/<pid>/stat."""

    parent: int
    cpu_seconds: float
    """Its own, and that of its children that have ended."""


def describe() -> dict[str, Any]:
    """The machine, and its load before anything was started."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "cpu": _cpu_model(),
        "memory_gb": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgresql": _version("postgres"),
        "redis": _version("redis-server"),
        "load_before": [round(load, 2) for load in os.getloadavg()],
        "busiest_beside": _busiest(),
    }


def cpu_seconds(*roots: int) -> float:
    """CPU that these processes and all below them have used so far."""
    stats = _stats()
    return sum(stats[pid].cpu_seconds for root in roots for pid in _tree(stats, root))


def resident_mb(*roots: int) -> float:
    """Memory that these processes and all below them hold alone or share, in MB (proportional set size)."""
    stats = _stats()
    return sum(_pss_mb(pid) for root in roots for pid in _tree(stats, root))


def others_cpu_seconds(ours: int) -> float:
    """CPU that all other processes of this machine have used so far: what ran beside."""
    stats = _stats()
    mine = set(_tree(stats, ours))
    return sum(stat.cpu_seconds for pid, stat in stats.items() if pid not in mine)


def _tree(stats: dict[int, _Stat], root: int) -> list[int]:
    found, wanted = [], [root]
    while wanted:
        pid = wanted.pop()
        if pid in stats:
            found.append(pid)
            wanted += [child for child, stat in stats.items() if stat.parent == pid]
    return found


def _stats() -> dict[int, _Stat]:
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        found[int(path.parent.name)] = _Stat(int(fields[1]), sum(map(int, fields[11:15])) / _TICKS)
    return found


def _pss_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _cpu_model() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown"
    )


def _version(name: str) -> str:
    from bench.servers import binary

    answer = subprocess.run([binary(name), "--version"], capture_output=True, text=True, check=True)
    return answer.stdout.strip()


def _busiest() -> list[str]:
    """The names of the processes that used most CPU just before."""
    answer = subprocess.run(
        ["ps", "-eo", "pcpu,comm", "--sort=-pcpu", "--no-headers"], capture_output=True, text=True, check=True
    )
    lines = [line.split(None, 1) for line in answer.stdout.splitlines()]
    return [f"{name.strip()} {percent}%" for percent, name in lines[:5] if float(percent) >= 5]
