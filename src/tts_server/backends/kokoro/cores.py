"""How many processor cores this process may compute on.

The model's programs gain nothing from the second thread of a core, and lose where they are given more threads
than time: so a core counts once, whichever of its threads the process may run on, and a container's share of
processor time is a bound.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

_ROOT = Path("/")


def physical_cores() -> int:
    """Return how many cores this process may use, at least 1, each counted once.

    On Linux those of the process's affinity mask, and no more than its control groups grant time for.
    Elsewhere all that the system names.
    """
    try:
        cpus = os.sched_getaffinity(0)
    except (AttributeError, OSError):
        return os.cpu_count() or 1
    return max(1, min(count_cores(cpus), granted_cpus() or len(cpus)))


def count_cores(cpus: Collection[int], root: Path = _ROOT) -> int:
    """Return how many different cores ``cpus`` are threads of, as Linux tells it.

    Args:
        cpus: Numbers of logical processors. One that nothing is told of counts as a core.
        root: Folder that holds ``sys``.
    """
    return len({_core_of(cpu, root) for cpu in cpus})


def _core_of(cpu: int, root: Path) -> str:
    """Return what all threads of a core have in common: the list of them, else package and number."""
    folder = root / f"sys/devices/system/cpu/cpu{cpu}/topology"
    for names in (("core_cpus_list",), ("thread_siblings_list",), ("physical_package_id", "core_id")):
        told = [_read(folder / name) for name in names]
        if all(told):
            return ":".join(told)
    return f"cpu {cpu}"


def granted_cpus(root: Path = _ROOT) -> int | None:
    """Return for how many processors the control groups of this process grant time; None if for all.

    The least of the process's own group and those above it counts; a part of a processor is left out, beyond
    the first. A container often sees its own group as the root of the tree.

    Args:
        root: Folder that holds ``proc`` and ``sys``.
    """
    quotas = [_quota(folder) for folder in _groups(root)]
    granted = [quota for quota in quotas if quota is not None]
    return max(1, int(min(granted))) if granted else None


def _groups(root: Path) -> Iterator[Path]:
    """Yield the folders of the process's groups that may bound its processor time, of both versions."""
    for line in _read(root / "proc/self/cgroup").splitlines():
        _, controllers, path = (*line.split(":", 2), "", "")[:3]
        if not controllers:
            tree = root / "sys/fs/cgroup"
        elif "cpu" in controllers.split(","):
            tree = root / "sys/fs/cgroup" / controllers
        else:
            continue
        inner = Path(path.lstrip("/"))
        yield from (tree / group for group in (inner, *inner.parents))


def _quota(group: Path) -> float | None:
    quota, period = (*_read(group / "cpu.max").split(), "", "")[:2]
    if not quota:
        quota, period = _read(group / "cpu.cfs_quota_us"), _read(group / "cpu.cfs_period_us")
    try:
        share = int(quota) / int(period)
    except (ValueError, ZeroDivisionError):
        return None
    return share if share > 0 else None


def _read(path: Path) -> str:
    """Return what a file of the kernel's says; "" if it is not there or may not be read."""
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
