"""What the host of the computers has to give."""

from __future__ import annotations

import dataclasses
import os
import re

STORAGE = "/var/lib/containers"


@dataclasses.dataclass(frozen=True)
class HostResources:
    vcpus: int
    memory_mb: int
    disk_gb: int
    disk_free_gb: int


def total_memory_mb(meminfo: str) -> int:
    """Reads /proc/meminfo."""
    found = re.search(r"^MemTotal:\s+(\d+) kB$", meminfo, re.MULTILINE)
    if found is None:
        raise ValueError("/proc/meminfo has no MemTotal")
    return int(found[1]) // 1024


def host_resources() -> HostResources:
    with open("/proc/meminfo", encoding="ascii") as file:
        memory_mb = total_memory_mb(file.read())
    disk = os.statvfs(STORAGE if os.path.isdir(STORAGE) else "/")
    gib = 1024**3
    return HostResources(
        vcpus=os.cpu_count() or 1,
        memory_mb=memory_mb,
        disk_gb=disk.f_blocks * disk.f_frsize // gib,
        disk_free_gb=disk.f_bavail * disk.f_frsize // gib,
    )


def inventory(total: int, reserved: int, allocation_ratio: float) -> dict[str, int | float]:
    """A resource as placement takes it: any whole number of units up to all that there are."""
    return {
        "total": total,
        "reserved": reserved,
        "min_unit": 1,
        "max_unit": total,
        "step_size": 1,
        "allocation_ratio": allocation_ratio,
    }
