"""Makes and removes instances' network namespaces and the interfaces between them and Neutron's bridges."""

from __future__ import annotations

import os
from collections.abc import Iterable

from oslo_concurrency import lockutils
from oslo_concurrency import processutils

from .container import NETNS_FOLDER
from .interfaces import Interface, bridge_commands, plug_commands


def _ip_batch(lines: Iterable[str]) -> None:
    processutils.execute("ip", "-batch", "-", process_input="".join(f"{line}\n" for line in lines).encode())


def _exists(device: str) -> bool:
    return os.path.exists(f"/sys/class/net/{device}")


def remove_device(device: str) -> None:
    if _exists(device):
        # Gone meanwhile is as good: the other end's namespace takes both ends with it.
        processutils.execute("ip", "link", "delete", "dev", device, check_exit_code=[0, 1])


def _without_ipv6(device: str) -> None:
    setting = f"/proc/sys/net/ipv6/conf/{device}/disable_ipv6"
    if os.path.exists(setting):
        with open(setting, "w", encoding="ascii") as file:
            file.write("1")


@lockutils.synchronized("podman-driver-bridges")
def _ensure_bridge(bridge: str) -> None:
    if _exists(bridge):
        return
    try:
        _ip_batch(bridge_commands(bridge))
    except processutils.ProcessExecutionError:
        # Neutron's agents make the same bridge when they need it first.
        if not _exists(bridge):
            raise
    _without_ipv6(bridge)


def plug(interface: Interface, netns: str) -> None:
    """Puts an interface into a namespace and its other end into the bridge; what was there of that name goes."""
    _ensure_bridge(interface.bridge)
    remove_device(interface.tap)
    _ip_batch(plug_commands(interface, netns))
    _without_ipv6(interface.tap)


def has_namespace(netns: str) -> bool:
    return os.path.exists(f"{NETNS_FOLDER}/{netns}")


def remove_namespace(netns: str) -> None:
    if has_namespace(netns):
        processutils.execute("ip", "netns", "delete", netns)


def renew_namespace(netns: str) -> None:
    """A namespace as a booting kernel has it: nothing of the last run, and no forwarding, whatever the host does."""
    remove_namespace(netns)
    processutils.execute("ip", "netns", "add", netns)
    processutils.execute("ip", "netns", "exec", netns, "sysctl", "-qw", "net.ipv4.ip_forward=0")


def inner_interfaces(netns: str) -> set[str]:
    """Names of the interfaces that a namespace has."""
    out, _err = processutils.execute("ip", "-netns", netns, "-oneline", "link", "show")
    return {line.split(":")[1].strip().split("@")[0] for line in out.splitlines()}
