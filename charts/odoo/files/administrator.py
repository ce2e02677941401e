# Runs inside `odoo shell`, which gives it `env`. Sets the administrator's login and password, once for each pair that the
# Secret holds: a password that the administrator changed in Odoo is left alone until the Secret changes.
import hashlib
import os
from pathlib import Path

login = os.environ["ADMINISTRATOR_LOGIN"]
password = Path("/run/secrets/administrator/password").read_text().strip()
stamp = hashlib.sha256(f"{login}:{password}".encode()).hexdigest()
parameters = env["ir.config_parameter"].sudo()  # noqa: F821
if parameters.get_param("grappe.administrator") != stamp:
    administrator = env.ref("base.user_admin")  # noqa: F821
    administrator.with_context(no_reset_password=True).write({"login": login, "password": password})
    parameters.set_param("grappe.administrator", stamp)
parameters.set_param("grappe.initialised", os.environ["REVISION"])
env.cr.commit()  # noqa: F821
