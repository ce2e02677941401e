"""What podman is told about an instance's container, and what it says of it: pure, no process is run here."""

from __future__ import annotations

import dataclasses
import json
import os
from typing import Any, Final

LABEL_UUID: Final = "dev.grappe.cloud.instance"
LABEL_NAME: Final = "dev.grappe.cloud.name"
NETNS_FOLDER: Final = "/run/netns"
VOLUME_FOLDER: Final = "/var/lib"

# How a container ends tells what its process 1 did: the kernel signals it on the reboot system call (man 2 reboot).
EXIT_REBOOT: Final = 128 + 1


@dataclasses.dataclass(frozen=True)
class Limits:
    """What a flavor grants."""

    vcpus: int
    memory_mb: int


@dataclasses.dataclass(frozen=True)
class Computer:
    """An instance as podman makes it."""

    uuid: str
    # Nova's own, such as instance-0000002a.
    name: str
    hostname: str
    image_id: str
    limits: Limits


@dataclasses.dataclass(frozen=True)
class Standing:
    """A container as podman describes it."""

    uuid: str
    name: str
    # podman's word: created, running, paused, exited …
    status: str
    exit_code: int
    log_path: str

    @property
    def is_running(self) -> bool:
        return self.status in ("running", "stopping")

    @property
    def is_paused(self) -> bool:
        return self.status == "paused"


@dataclasses.dataclass(frozen=True)
class Ending:
    """That a computer's process 1 ended."""

    uuid: str
    is_reboot: bool


_NAME_PREFIX: Final = "instance-"


def container_name(uuid: str) -> str:
    return f"{_NAME_PREFIX}{uuid}"


def volume_name(uuid: str) -> str:
    """The volume under /var/lib: a real file system, on which container engines inside keep their overlays."""
    return f"instance-{uuid}-var-lib"


def netns_name(uuid: str) -> str:
    return f"instance-{uuid}"


def image_name(image_id: str) -> str:
    return f"localhost/glance:{image_id}"


def limit_arguments(limits: Limits, host_cpus: int | None = None) -> list[str]:
    """Limits as podman's create and update take them. More processors than the host has would be refused."""
    available = host_cpus or os.cpu_count() or 1
    memory = f"{limits.memory_mb}m"
    return [f"--cpus={min(limits.vcpus, available)}", f"--memory={memory}", f"--memory-swap={memory}"]


def create_arguments(computer: Computer) -> list[str]:
    """A systemd container with its own cgroup root (else the kubelet finds no kubepods.slice) in a network namespace
    that the driver makes anew for every start."""
    uuid = computer.uuid
    return [
        "create",
        f"--name={container_name(uuid)}",
        f"--hostname={computer.hostname}",
        f"--label={LABEL_UUID}={uuid}",
        f"--label={LABEL_NAME}={computer.name}",
        "--privileged",
        # On cgroup v1 podman's own way mounts the whole host's systemd hierarchy: computers would remove each other's cgroups.
        "--systemd=false",
        "--env=container=podman",
        "--tmpfs=/run:mode=755",
        "--tmpfs=/run/lock",
        "--cgroupns=private",
        f"--network=ns:{NETNS_FOLDER}/{netns_name(uuid)}",
        "--no-hosts",
        "--dns=none",
        "--http-proxy=false",
        "--pids-limit=-1",
        "--ulimit=host",
        "--stop-signal=SIGRTMIN+3",
        "--restart=no",
        # systemd and cloud-init write to the console; podman keeps it for `openstack console log show`.
        "--tty",
        "--log-driver=k8s-file",
        # A virtual machine has DMI; in a container cloud-init's OpenStack source looks at process 1's environment.
        "--env=product_name=OpenStack Nova",
        f"--env=container_uuid={uuid}",
        "--tmpfs=/tmp",
        f"--volume={volume_name(uuid)}:{VOLUME_FOLDER}:nocopy,suid,dev,exec",
        *limit_arguments(computer.limits),
        image_name(computer.image_id),
        "/sbin/init",
    ]


def parse_inspected(inspected: list[dict[str, Any]]) -> list[Standing]:
    """Reads `podman container inspect`."""
    return [
        Standing(
            uuid=container["Config"]["Labels"][LABEL_UUID],
            name=container["Config"]["Labels"][LABEL_NAME],
            status=container["State"]["Status"],
            exit_code=container["State"]["ExitCode"],
            log_path=container["HostConfig"]["LogConfig"]["Path"],
        )
        for container in inspected
    ]


def parse_ending(event_line: str) -> Ending | None:
    """Reads a line of `podman events --format json`; None when no computer of ours ended."""
    event = json.loads(event_line)
    name = event.get("Name", "")
    if event.get("Status") != "died" or not name.startswith(_NAME_PREFIX):
        return None
    return Ending(name.removeprefix(_NAME_PREFIX), is_reboot=event.get("ContainerExitCode") == EXIT_REBOOT)


def console_text(log: str) -> str:
    """What a computer wrote to its console, of podman's k8s-file log: `<time> stdout F|P <text>` per line, P without
    a line's end."""
    parts: list[str] = []
    for line in log.split("\n"):
        fields = line.split(" ", 3)
        if len(fields) == 4:
            _time, _stream, tag, text = fields
            parts.append(text if tag == "P" else text.removesuffix("\r") + "\n")
    return "".join(parts)
