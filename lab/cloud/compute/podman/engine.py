"""Runs podman."""

from __future__ import annotations

import json
import os

from oslo_concurrency import processutils

from . import container
from .container import Computer, Limits, Standing

# podman's own exit code for "no such container", "no such volume" and the like.
_FAILED = 125


def _podman(*arguments: str, allowed: tuple[int, ...] = (0,)) -> str:
    out, _err = processutils.execute("podman", *arguments, check_exit_code=list(allowed))
    return out


def _exists(kind: str, name: str) -> bool:
    """Whether podman has it; any other failure than "no such thing" is raised."""
    try:
        _podman(kind, "exists", name)
    except processutils.ProcessExecutionError as error:
        if error.exit_code == 1:
            return False
        raise
    return True


def standing(uuid: str) -> Standing | None:
    """A computer as it is now; None when there is none."""
    if not exists(uuid):
        return None
    out = _podman("container", "inspect", container.container_name(uuid), allowed=(0, _FAILED))
    found = container.parse_inspected(json.loads(out or "[]"))
    return found[0] if found else None


def exists(uuid: str) -> bool:
    return _exists("container", container.container_name(uuid))


def names_by_uuid() -> dict[str, str]:
    """Nova's names of all computers, by instance."""
    pattern = f'{{{{index .Labels "{container.LABEL_UUID}"}}}} {{{{index .Labels "{container.LABEL_NAME}"}}}}'
    out = _podman("ps", "--all", f"--filter=label={container.LABEL_UUID}", f"--format={pattern}")
    return dict(line.split(" ", 1) for line in out.splitlines() if line)


def has_image(image_id: str) -> bool:
    return _exists("image", container.image_name(image_id))


def import_image(image_id: str, archive: str) -> None:
    _podman("import", "--quiet", archive, container.image_name(image_id))


def remove_image(image_id: str) -> None:
    _podman("rmi", container.image_name(image_id), allowed=(0, 1, 2))


def create(computer: Computer) -> None:
    _make_volume(computer)
    _podman(*container.create_arguments(computer))


def _make_volume(computer: Computer) -> None:
    """What the image has in the volume's folder. podman would copy it, too, at the first start, and take ten times as long."""
    name, image = container.volume_name(computer.uuid), container.image_name(computer.image_id)
    _podman("volume", "create", name)
    target = _podman("volume", "inspect", "--format={{.Mountpoint}}", name).strip()
    root = _podman("image", "mount", image).strip()
    try:
        processutils.execute("cp", "--archive", f"{root}{container.VOLUME_FOLDER}/.", target)
    finally:
        _podman("image", "unmount", image)


def start(uuid: str, limits: Limits) -> None:
    """Switches a computer on, with the limits that its flavor has now."""
    name = container.container_name(uuid)
    _podman("start", name)
    _podman("update", *container.limit_arguments(limits), name)


def stop(uuid: str, seconds: int) -> None:
    """Has systemd stop its units; after `seconds` the power is cut. No seconds: it is cut at once."""
    name = container.container_name(uuid)
    if seconds > 0:
        _podman("stop", f"--time={seconds}", name)
    else:
        # Not `stop --time=0` nor `rm --force`: podman 4.3 fails on a container that ends while it waits.
        _podman("kill", "--signal=KILL", name, allowed=(0, _FAILED))
        _podman("wait", name, allowed=(0, _FAILED))


def pause(uuid: str) -> None:
    _podman("pause", container.container_name(uuid))


def unpause(uuid: str) -> None:
    _podman("unpause", container.container_name(uuid))


def remove(uuid: str) -> None:
    """Removes a computer that is switched off, and its disk."""
    _podman("rm", "--force", "--volumes", container.container_name(uuid), allowed=(0, 1))
    _podman("volume", "rm", "--force", container.volume_name(uuid), allowed=(0, 1))


def console(log_path: str, most_bytes: int) -> str:
    """The end of what a computer wrote to its console."""
    if not os.path.exists(log_path):
        return ""
    with open(log_path, "rb") as file:
        file.seek(max(0, os.path.getsize(log_path) - most_bytes))
        return container.console_text(file.read().decode(errors="replace"))
