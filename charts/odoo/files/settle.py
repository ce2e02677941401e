"""What the values say of the database's contents. Runs inside `odoo shell`, which gives the environment."""

import hashlib
import os
from pathlib import Path


def administrator(env) -> None:
    """Login and password, once for each pair that the Secret holds: a password changed in Odoo stays until the Secret changes."""
    login = os.environ["ADMINISTRATOR_LOGIN"]
    password = Path("/run/secrets/administrator/password").read_text().strip()
    stamp = hashlib.sha256(f"{login}:{password}".encode()).hexdigest()
    parameters = env["ir.config_parameter"]
    if parameters.get_param("grappe.administrator") == stamp:
        return
    user = env.ref("base.user_admin")
    user.with_context(no_reset_password=True).write({"login": login, "password": password})
    parameters.set_param("grappe.administrator", stamp)


def addresses(env) -> None:
    parameters = env["ir.config_parameter"]
    # What Odoo prints it asks of itself; its own pod is nearest, and no policy or certificate stands in between.
    parameters.set_param("report.url", "http://127.0.0.1:8069")
    url = os.environ["URL"]
    if url:
        # Links in receipts and mails. Frozen, or the next administrator's log-in would write the address that he came by.
        parameters.set_param("web.base.url", url)
        parameters.set_param("web.base.url.freeze", "True")
        parameters.set_param("grappe.url", url)
    elif parameters.get_param("grappe.url"):
        parameters.set_param("web.base.url.freeze", False)
        parameters.set_param("grappe.url", False)


def settle(env) -> None:
    administrator(env)
    addresses(env)
    env["ir.config_parameter"].set_param("grappe.initialised", os.environ["REVISION"])
    env.cr.commit()
