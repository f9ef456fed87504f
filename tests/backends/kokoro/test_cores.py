from __future__ import annotations

import os
from pathlib import Path

import pytest

from tts_server.backends.kokoro import cores
from tts_server.backends.kokoro.cores import count_cores, granted_cpus, physical_cores


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", encoding="ascii")


def make_machine(root: Path, threads: dict[int, str], name: str = "thread_siblings_list") -> Path:
    """Write the topology of a machine: for each logical processor the list of its core's threads."""
    for cpu, siblings in threads.items():
        put(root / f"sys/devices/system/cpu/cpu{cpu}/topology" / name, siblings)
    return root


# Four cores of two threads each, numbered as most machines number them: 0 and 4 are one core.
TWO_THREADS = {cpu: f"{cpu % 4},{cpu % 4 + 4}" for cpu in range(8)}


@pytest.mark.parametrize("name", ["thread_siblings_list", "core_cpus_list"])
@pytest.mark.parametrize(
    ("cpus", "n_cores"),
    [(range(8), 4), (range(4), 4), ((0, 4), 1), ((0, 4, 1), 2), ((5,), 1), ((0, 1, 6, 7), 4)],
)
def test_a_core_counts_once_whichever_of_its_threads_may_be_used(
    tmp_path: Path, name: str, cpus: tuple[int, ...], n_cores: int
) -> None:
    assert count_cores(tuple(cpus), make_machine(tmp_path, TWO_THREADS, name)) == n_cores


def test_cores_of_one_thread_all_count(tmp_path: Path) -> None:
    machine = make_machine(tmp_path, {cpu: str(cpu) for cpu in range(6)})
    assert count_cores(range(6), machine) == 6


def test_cores_of_two_packages_with_the_same_number_are_two(tmp_path: Path) -> None:
    for cpu in range(4):
        folder = tmp_path / f"sys/devices/system/cpu/cpu{cpu}/topology"
        put(folder / "physical_package_id", str(cpu % 2))
        put(folder / "core_id", "0")
    assert count_cores(range(4), tmp_path) == 2


def test_processors_that_nothing_is_told_of_are_cores(tmp_path: Path) -> None:
    assert count_cores({1, 5, 9}, tmp_path) == 3


@pytest.mark.parametrize(
    ("limits", "granted"),
    [
        ({}, None),
        ({"": "max 100000"}, None),
        ({"a/b": "100000 100000"}, 1),
        ({"a/b": "max 100000", "a": "350000 100000"}, 3),
        ({"a/b": "800000 100000", "": "200000 100000"}, 2),
        ({"a/b": "20000 100000"}, 1),
        ({"a/b": "what 100000"}, None),
        ({"a/b": "100000 0"}, None),
    ],
)
def test_control_groups_bound_the_processors(
    tmp_path: Path, limits: dict[str, str], granted: int | None
) -> None:
    put(tmp_path / "proc/self/cgroup", "0::/a/b")
    for group, limit in limits.items():
        put(tmp_path / "sys/fs/cgroup" / group / "cpu.max", limit)
    assert granted_cpus(tmp_path) == granted


def test_group_that_is_not_mounted_leaves_the_root_of_the_tree(tmp_path: Path) -> None:
    put(tmp_path / "proc/self/cgroup", "0::/../docker/0123")
    put(tmp_path / "sys/fs/cgroup/cpu.max", "200000 100000")
    assert granted_cpus(tmp_path) == 2


@pytest.mark.parametrize(("quota", "granted"), [("250000", 2), ("-1", None)])
def test_control_groups_of_the_first_version_bound_them_too(
    tmp_path: Path, quota: str, granted: int | None
) -> None:
    put(tmp_path / "proc/self/cgroup", "9:name=systemd:/\n4:memory:/x\n3:cpu,cpuacct:/x\n0::/")
    put(tmp_path / "sys/fs/cgroup/cpu,cpuacct/x/cpu.cfs_quota_us", quota)
    put(tmp_path / "sys/fs/cgroup/cpu,cpuacct/x/cpu.cfs_period_us", "100000")
    assert granted_cpus(tmp_path) == granted


def test_this_process_is_pinned_to_what_it_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0}, raising=False)
    assert physical_cores() == 1


def test_where_the_system_tells_of_no_mask_all_processors_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 10)
    assert cores.physical_cores() == 10
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert cores.physical_cores() == 1
