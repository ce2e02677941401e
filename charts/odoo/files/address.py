"""Tells a running Odoo the address at which people reach it, where only the load balancer chose it: links on receipts begin with it."""

import sys

from database import await_database, parameter
from odoo_command import odoo

KEYS = ("web.base.url", "web.base.url.freeze")

# Frozen, or the next administrator's log-in would write the address that he came by. The signal reaches the other processes and
# pods, which have what they read in their caches.
PROGRAM = """
for key, value in {values!r}.items():
    env["ir.config_parameter"].set_param(key, value)
env.cr.commit()
env.registry.signal_changes()
"""

wanted = dict(zip(KEYS, (sys.stdin.read().strip(), "True")))


def known() -> dict:
    connection = await_database(seconds=60)
    return {key: parameter(connection, key) for key in KEYS}


if known() != wanted:
    odoo("shell", program=PROGRAM.format(values=wanted))
    if known() != wanted:
        raise SystemExit("the address was not set: see the lines above")
