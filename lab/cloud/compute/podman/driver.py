"""The virt driver: what nova asks of a hypervisor, done with podman and `ip`."""

from __future__ import annotations

from typing import Any

import eventlet
import nova.conf
import os_resource_classes as orc
from nova import context as nova_context
from nova import exception
from nova import objects
from nova.compute import power_state
from nova.network import model as network_model
from nova.objects import fields
from nova.virt import event as virt_event
from nova.virt import hardware
from oslo_log import log as logging
from oslo_serialization import jsonutils

from . import engine, host, images, lifecycle, network
from .container import Computer, Ending, Limits, Standing, netns_name
from .interfaces import interface_of, interfaces_of
from .resize import ResizeInPlace

CONF = nova.conf.CONF
LOG = logging.getLogger(__name__)

_CONSOLE_BYTES = 100 * 1024
# podman's version is of no concern to the scheduler, which asks for a whole number.
_HYPERVISOR_VERSION = 4003001


def _limits(flavor: objects.Flavor) -> Limits:
    return Limits(vcpus=flavor.vcpus, memory_mb=flavor.memory_mb)


def _power_state(standing: Standing) -> int:
    if standing.is_paused:
        return power_state.PAUSED
    return power_state.RUNNING if standing.is_running else power_state.SHUTDOWN


class PodmanDriver(ResizeInPlace):
    """Every instance is a container with systemd as process 1, an interface per port in Neutron's bridges, its root
    file system from the image, everything else from cloud-init. It keeps its disk until it is deleted or rebuilt."""

    capabilities = {
        **ResizeInPlace.capabilities,
        "has_imagecache": True,
        "supports_attach_interface": True,
        "supports_image_type_raw": True,
        "supports_image_type_vhd": False,
    }

    def init_host(self, host: str) -> None:
        """Computers that run go on running while nova-compute is away: nothing is taken over but their endings."""
        self._node = host
        eventlet.spawn_n(lifecycle.watch, self._on_ending)

    # What there is.

    def list_instances(self) -> list[str]:
        return list(engine.names_by_uuid().values())

    def list_instance_uuids(self) -> list[str]:
        return list(engine.names_by_uuid())

    def get_info(self, instance: objects.Instance, use_cache: bool = True) -> hardware.InstanceInfo:
        standing = self._standing(instance)
        return hardware.InstanceInfo(state=_power_state(standing), internal_id=standing.name)

    def instance_on_disk(self, instance: objects.Instance) -> bool:
        return engine.exists(instance.uuid)

    def _standing(self, instance: objects.Instance) -> Standing:
        standing = engine.standing(instance.uuid)
        if standing is None:
            raise exception.InstanceNotFound(instance_id=instance.uuid)
        return standing

    # From nothing to running, and back.

    def spawn(
        self,
        context: nova_context.RequestContext,
        instance: objects.Instance,
        image_meta: objects.ImageMeta,
        injected_files: Any,
        admin_password: Any,
        allocations: Any,
        network_info: network_model.NetworkInfo | None = None,
        block_device_info: Any = None,
        power_on: bool = True,
        accel_info: Any = None,
    ) -> None:
        images.ensure_image(context, image_meta.id)
        # podman looks for the namespace when it makes the container, too.
        network.renew_namespace(netns_name(instance.uuid))
        engine.create(
            Computer(
                uuid=instance.uuid,
                name=instance.name,
                hostname=instance.hostname,
                image_id=image_meta.id,
                limits=_limits(instance.flavor),
            )
        )
        if not power_on:
            return
        try:
            self._plug_and_wait(instance, network_info or network_model.NetworkInfo())
            engine.start(instance.uuid, _limits(instance.flavor))
        except BaseException:
            self.destroy(context, instance, network_info)
            raise

    def _plug_and_wait(self, instance: objects.Instance, network_info: network_model.NetworkInfo) -> None:
        """Plugs, and lets Neutron apply its security groups before anything runs, as nova does with libvirt."""
        timeout = CONF.vif_plugging_timeout
        awaited = [("network-vif-plugged", vif["id"]) for vif in network_info if vif.get("active", True) is False]
        try:
            with self.virtapi.wait_for_instance_event(instance, awaited if timeout else [], deadline=timeout):
                self.plug_vifs(instance, network_info)
        except eventlet.timeout.Timeout:
            LOG.warning("Neutron did not say in %s s that the ports are plugged", timeout, instance=instance)
            if CONF.vif_plugging_is_fatal:
                raise exception.VirtualInterfaceCreateException() from None

    def destroy(
        self,
        context: nova_context.RequestContext,
        instance: objects.Instance,
        network_info: network_model.NetworkInfo | None,
        block_device_info: Any = None,
        destroy_disks: bool = True,
        destroy_secrets: bool = True,
    ) -> None:
        if engine.exists(instance.uuid):
            engine.stop(instance.uuid, seconds=0)
        self.cleanup(context, instance, network_info, block_device_info, destroy_disks)

    def cleanup(
        self,
        context: nova_context.RequestContext,
        instance: objects.Instance,
        network_info: network_model.NetworkInfo | None,
        block_device_info: Any = None,
        destroy_disks: bool = True,
        migrate_data: Any = None,
        destroy_vifs: bool = True,
        destroy_secrets: bool = True,
    ) -> None:
        if destroy_vifs:
            self.unplug_vifs(instance, network_info)
        if destroy_disks:
            engine.remove(instance.uuid)

    # Power.

    def power_on(
        self,
        context: nova_context.RequestContext,
        instance: objects.Instance,
        network_info: network_model.NetworkInfo,
        block_device_info: Any = None,
        accel_info: Any = None,
    ) -> None:
        if self._standing(instance).is_running:
            return
        self.plug_vifs(instance, network_info)
        engine.start(instance.uuid, _limits(instance.flavor))

    def power_off(self, instance: objects.Instance, timeout: int = 0, retry_interval: int = 0) -> None:
        if self._standing(instance).is_paused:
            engine.unpause(instance.uuid)
        engine.stop(instance.uuid, seconds=timeout)
        self.unplug_vifs(instance, instance.get_network_info())

    def reboot(
        self,
        context: nova_context.RequestContext,
        instance: objects.Instance,
        network_info: network_model.NetworkInfo,
        reboot_type: str,
        block_device_info: Any = None,
        bad_volumes_callback: Any = None,
        accel_info: Any = None,
    ) -> None:
        self.power_off(instance, timeout=CONF.shutdown_timeout if reboot_type == "SOFT" else 0)
        self.power_on(context, instance, network_info)

    def resume_state_on_host_boot(
        self,
        context: nova_context.RequestContext,
        instance: objects.Instance,
        network_info: network_model.NetworkInfo,
        block_device_info: Any = None,
    ) -> None:
        self.power_on(context, instance, network_info)

    def pause(self, instance: objects.Instance) -> None:
        engine.pause(instance.uuid)

    def unpause(self, instance: objects.Instance) -> None:
        engine.unpause(instance.uuid)

    def _on_ending(self, ending: Ending) -> None:
        """A reboot from inside is done as firmware would; of any other ending nova is told, which knows its own."""
        if ending.is_reboot:
            context = nova_context.get_admin_context()
            instance = objects.Instance.get_by_uuid(context, ending.uuid, expected_attrs=["info_cache", "flavor"])
            if instance.task_state is None:
                LOG.info("Rebooted from inside", instance=instance)
                self.power_on(context, instance, instance.get_network_info())
        else:
            self.emit_event(virt_event.LifecycleEvent(ending.uuid, virt_event.EVENT_LIFECYCLE_STOPPED))

    # Network.

    def plug_vifs(self, instance: objects.Instance, network_info: network_model.NetworkInfo) -> None:
        """Connects a computer that is switched off; one that runs is connected already."""
        standing = engine.standing(instance.uuid)
        if standing is not None and (standing.is_running or standing.is_paused):
            return
        netns = netns_name(instance.uuid)
        network.renew_namespace(netns)
        for interface in interfaces_of(network_info):
            network.plug(interface, netns)

    def unplug_vifs(self, instance: objects.Instance, network_info: network_model.NetworkInfo | None) -> None:
        for interface in interfaces_of(network_info or ()):
            network.remove_device(interface.tap)
        network.remove_namespace(netns_name(instance.uuid))

    def attach_interface(
        self,
        context: nova_context.RequestContext,
        instance: objects.Instance,
        image_meta: objects.ImageMeta,
        vif: network_model.VIF,
    ) -> None:
        netns = netns_name(instance.uuid)
        # A computer that is switched off gets all its interfaces when it is switched on.
        if network.has_namespace(netns):
            taken = network.inner_interfaces(netns)
            index = next(index for index in range(len(taken) + 1) if f"eth{index}" not in taken)
            network.plug(interface_of(vif, index), netns)

    def detach_interface(
        self, context: nova_context.RequestContext, instance: objects.Instance, vif: network_model.VIF
    ) -> None:
        network.remove_device(interface_of(vif, 0).tap)

    # What is said of computers and of the host.

    def cache_image(self, context: nova_context.RequestContext, image_id: str) -> bool:
        return images.ensure_image(context, image_id)

    def get_console_output(self, context: nova_context.RequestContext, instance: objects.Instance) -> bytes:
        """As bytes: nova encodes a string as latin-1, which systemd's status lines are not."""
        return engine.console(self._standing(instance).log_path, _CONSOLE_BYTES).encode()

    def get_host_ip_addr(self) -> str:
        return CONF.my_ip

    def get_available_nodes(self, refresh: bool = False) -> list[str]:
        return [self._node]

    def get_available_resource(self, nodename: str) -> dict[str, Any]:
        resources = host.host_resources()
        architecture = fields.Architecture.from_host()
        return {
            "vcpus": resources.vcpus,
            "memory_mb": resources.memory_mb,
            "local_gb": resources.disk_gb,
            "vcpus_used": 0,
            "memory_mb_used": 0,
            "local_gb_used": resources.disk_gb - resources.disk_free_gb,
            "disk_available_least": resources.disk_free_gb,
            "hypervisor_type": "podman",
            "hypervisor_version": _HYPERVISOR_VERSION,
            "hypervisor_hostname": nodename,
            "cpu_info": jsonutils.dumps({"arch": architecture}),
            "supported_instances": [(architecture, fields.HVType.LXC, fields.VMMode.EXE)],
            "numa_topology": None,
        }

    def update_provider_tree(self, provider_tree: Any, nodename: str, allocations: Any = None) -> None:
        resources = host.host_resources()
        ratios = self._get_allocation_ratios(provider_tree.data(nodename).inventory)
        totals = {
            orc.VCPU: (resources.vcpus, CONF.reserved_host_cpus),
            orc.MEMORY_MB: (resources.memory_mb, CONF.reserved_host_memory_mb),
            orc.DISK_GB: (resources.disk_gb, self._get_reserved_host_disk_gb_from_config()),
        }
        inventory = {name: host.inventory(*amounts, ratios[name]) for name, amounts in totals.items()}
        provider_tree.update_inventory(nodename, inventory)
