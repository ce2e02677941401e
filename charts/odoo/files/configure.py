"""Writes Odoo's configuration: the ConfigMap's part and the secrets, together in a file in memory that only Odoo reads."""

import os
from pathlib import Path

SECRETS = Path("/run/secrets")
TARGET = Path(os.environ["ODOO_RC"])


def secret(name: str) -> str:
    value = (SECRETS / name).read_text().strip()
    if not value or "\n" in value:
        raise SystemExit(f"the secret {name} is empty or has several lines")
    return value


lines = [
    Path("/configuration/odoo.conf").read_text().rstrip(),
    f"admin_passwd = {secret('administrator/master-password')}",
    f"db_user = {secret('database/username')}",
    f"db_password = {secret('database/password')}",
]
descriptor = os.open(TARGET, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
with os.fdopen(descriptor, "w") as file:
    file.write("\n".join(lines) + "\n")
