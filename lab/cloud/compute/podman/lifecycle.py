"""Watches how computers end by themselves: a reboot or a power-off from inside."""

from __future__ import annotations

from collections.abc import Callable

import eventlet
from eventlet.green import subprocess
from oslo_log import log as logging

from .container import Ending, parse_ending

LOG = logging.getLogger(__name__)

_PAUSE_SECONDS = 5


def _watch_once(on_ending: Callable[[Ending], None]) -> None:
    command = ["podman", "events", "--stream", "--filter=event=died", "--format=json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            ending = parse_ending(line)
            if ending is not None:
                eventlet.spawn_n(on_ending, ending)


def watch(on_ending: Callable[[Ending], None]) -> None:
    """Calls back for every computer that ends, for as long as this process lives."""
    while True:
        try:
            _watch_once(on_ending)
        except Exception:
            LOG.exception("podman's events cannot be read")
        eventlet.sleep(_PAUSE_SECONDS)
