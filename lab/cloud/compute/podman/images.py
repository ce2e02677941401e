"""Root file systems from Glance."""

from __future__ import annotations

import os
import tempfile

from nova import context as nova_context
from nova.image import glance
from oslo_concurrency import lockutils
from oslo_log import log as logging

from . import engine
from .host import STORAGE

LOG = logging.getLogger(__name__)


def ensure_image(context: nova_context.RequestContext, image_id: str) -> bool:
    """Has podman keep an image of Glance's archive (a root file system as tar, compressed or not), and says whether it
    had to be fetched. An image of Glance never changes, so it is imported once."""
    with lockutils.lock(f"podman-driver-image-{image_id}"):
        if engine.has_image(image_id):
            return False
        LOG.info("Importing image %s", image_id)
        handle, archive = tempfile.mkstemp(prefix="glance-", suffix=".tar", dir=STORAGE)
        os.close(handle)
        try:
            glance.API().download(context, image_id, dest_path=archive)
            engine.import_image(image_id, archive)
        finally:
            os.unlink(archive)
        return True
