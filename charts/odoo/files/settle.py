"""What the values say of the database's contents. Runs inside `odoo shell`, which gives the environment."""

import hashlib
import os
from pathlib import Path

from company import refuse_another_country
from point_of_sale import point_of_sale
from till_page import till_page


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


def attachments(env) -> None:
    """In the database or in files; those that are elsewhere go there."""
    location = os.environ["ATTACHMENTS"]
    parameters = env["ir.config_parameter"]
    if parameters.get_param("ir_attachment.location", "file") != location:
        parameters.set_param("ir_attachment.location", location)
        env["ir.attachment"].force_storage()


def pages(env) -> None:
    """Scripts and style sheets, put together once: else each pod would at its first page, which takes a Raspberry Pi a minute."""
    views = env["ir.qweb"]
    scripts, styles = views._get_bundles_to_pregenarate()
    for name in sorted(scripts | styles):
        if "test" not in name:
            bundle = views._get_asset_bundle(name, css=name in styles, js=name in scripts)
            _ = name in scripts and bundle.js(), name in styles and bundle.css()


def sessions() -> None:
    """Their table is made here: made by several pods at once, some of them fail."""
    from odoo import http

    _ = http.root.session_store


def settle(env) -> None:
    refuse_another_country(env)
    attachments(env)
    till_page(env)
    pages(env)
    if "SESSION_DB_URI" in os.environ:
        sessions()
    administrator(env)
    addresses(env)
    point_of_sale(env)
    env["ir.config_parameter"].set_param("grappe.initialised", os.environ["REVISION"])
    env.cr.commit()
