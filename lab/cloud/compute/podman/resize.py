"""A flavor is changed by nova's migration, from a host to itself: the disk stays where it is."""

from __future__ import annotations

from typing import Any

import nova.conf
from nova import context as nova_context
from nova import exception
from nova import objects
from nova.network import model as network_model
from nova.virt import driver

from . import engine

CONF = nova.conf.CONF


class ResizeInPlace(driver.ComputeDriver):
    """The part of a driver that gives a computer another flavor: off, and on with what nova then says its flavor is."""

    capabilities = {**driver.ComputeDriver.capabilities, "supports_migrate_to_same_host": True}

    def migrate_disk_and_power_off(
        self,
        context: nova_context.RequestContext,
        instance: objects.Instance,
        dest: str,
        flavor: objects.Flavor,
        network_info: network_model.NetworkInfo,
        block_device_info: Any = None,
        timeout: int = 0,
        retry_interval: int = 0,
    ) -> str:
        if dest != CONF.my_ip:
            reason = f"a computer in a container cannot move to another host ({dest})"
            raise exception.InstanceFaultRollback(exception.MigrationPreCheckError(reason=reason))
        if flavor.root_gb < instance.flavor.root_gb:
            raise exception.InstanceFaultRollback(exception.ResizeError(reason="a disk cannot shrink"))
        self.power_off(instance, timeout, retry_interval)
        return ""

    def finish_migration(
        self,
        context: nova_context.RequestContext,
        migration: objects.Migration,
        instance: objects.Instance,
        disk_info: str,
        network_info: network_model.NetworkInfo,
        image_meta: objects.ImageMeta,
        resize_instance: bool,
        allocations: Any,
        block_device_info: Any = None,
        power_on: bool = True,
    ) -> None:
        if power_on:
            self.power_on(context, instance, network_info)

    def confirm_migration(
        self,
        context: nova_context.RequestContext,
        migration: objects.Migration,
        instance: objects.Instance,
        network_info: network_model.NetworkInfo,
    ) -> None:
        """Nothing was kept for a way back but the flavor, which nova keeps."""

    def finish_revert_migration(
        self,
        context: nova_context.RequestContext,
        instance: objects.Instance,
        network_info: network_model.NetworkInfo,
        migration: objects.Migration,
        block_device_info: Any = None,
        power_on: bool = True,
    ) -> None:
        if power_on:
            self.power_on(context, instance, network_info)

    def check_instance_shared_storage_local(
        self, context: nova_context.RequestContext, instance: objects.Instance
    ) -> dict[str, str]:
        """Says, asked before a resize is undone, that the disk is the original's too and must stay."""
        return {"uuid": instance.uuid}

    def check_instance_shared_storage_remote(self, context: nova_context.RequestContext, data: dict[str, str]) -> bool:
        return engine.exists(data["uuid"])

    def check_instance_shared_storage_cleanup(self, context: nova_context.RequestContext, data: dict[str, str]) -> None:
        """Nothing was made to find out."""
