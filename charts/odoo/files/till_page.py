"""Puts a script of ours into the page of every till. Runs inside `odoo shell`, which gives the environment."""

from pathlib import Path

NAME = "send-pending-orders"
URL = f"/grappe/{NAME}.js"


def till_page(env) -> None:
    """An attachment that the till's bundle takes in: in the database, as all is, and the bundle is put together anew with it."""
    if "pos.config" not in env:
        return
    script = Path(__file__).with_name(f"{NAME}.js").read_bytes()
    attachments = env["ir.attachment"]
    values = {"name": f"{NAME}.js", "type": "binary", "url": URL, "mimetype": "text/javascript", "public": True, "raw": script}
    attachment = attachments.search([("url", "=", URL)], limit=1)
    if not attachment:
        attachments.create(values)
    elif attachment.raw != script:
        attachment.write({"raw": script})
    assets = env["ir.asset"].with_context(active_test=False)
    # One that people switched off stays off.
    if not assets.search([("path", "=", URL)], limit=1):
        assets.create({"name": f"grappe: {NAME}", "bundle": "point_of_sale.assets_prod", "directive": "append", "path": URL})
