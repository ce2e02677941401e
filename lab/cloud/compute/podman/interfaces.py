"""An instance's network interfaces, and the commands that make them: pure, no process is run here."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any


@dataclasses.dataclass(frozen=True)
class Interface:
    """A pair of virtual ends: `tap` in Neutron's bridge on the host, `inner` in the instance."""

    port_id: str
    tap: str
    bridge: str
    inner: str
    mac: str
    mtu: int


# Neutron's default for a network that says nothing: an Ethernet of 1500 less VXLAN's header.
_DEFAULT_MTU = 1450


def interface_of(vif: Mapping[str, Any], index: int) -> Interface:
    """Reads nova's VIF model of a port bound by the Linux bridge mechanism; `index` n makes it `eth<n>`."""
    if vif["type"] != "bridge":
        raise ValueError(
            f"port {vif['id']} is bound as {vif['type']!r}: only Neutron's Linux bridge mechanism is supported"
        )
    network = vif["network"]
    return Interface(
        port_id=vif["id"],
        tap=vif.get("devname") or f"tap{vif['id'][:11]}",
        bridge=network.get("bridge") or f"brq{network['id'][:11]}",
        inner=f"eth{index}",
        mac=vif["address"],
        mtu=int((network.get("meta") or {}).get("mtu") or _DEFAULT_MTU),
    )


def interfaces_of(vifs: Iterable[Mapping[str, Any]]) -> list[Interface]:
    return [interface_of(vif, index) for index, vif in enumerate(vifs)]


def bridge_commands(bridge: str) -> list[str]:
    """Lines for `ip -batch`: a bridge as Neutron's agent would make it."""
    return [
        f"link add name {bridge} type bridge forward_delay 0 stp_state 0",
        f"link set dev {bridge} up",
    ]


def plug_commands(interface: Interface, netns: str) -> list[str]:
    """Lines for `ip -batch`. The inner end stays down: the instance brings it up as it boots."""
    mtu = interface.mtu
    return [
        f"link add name {interface.tap} mtu {mtu} type veth"
        f" peer name {interface.inner} address {interface.mac} mtu {mtu} netns {netns}",
        f"link set dev {interface.tap} master {interface.bridge} up",
    ]
