"""Writes Odoo's configuration: the ConfigMap's part and the secrets, together in a file in memory that only Odoo reads."""

import os
import zipfile
from pathlib import Path

SECRETS = Path("/run/secrets")
TARGET = Path(os.environ["ODOO_RC"])
SESSION_MODULE = Path("/session-module/session_db.whl")


def secret(name: str) -> str:
    value = (SECRETS / name).read_text().strip()
    if not value or "\n" in value:
        raise SystemExit(f"the secret {name} is empty or has several lines")
    return value


def write(target: Path, lines: list) -> None:
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("\n".join(lines) + "\n")


def unpack_session_module() -> None:
    with zipfile.ZipFile(SESSION_MODULE) as wheel:
        for name in wheel.namelist():
            if name.startswith("odoo/addons/session_db/") and name.endswith((".py", ".pot", ".po")):
                target = TARGET.parent / "addons" / Path(name).relative_to("odoo/addons")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(wheel.read(name))


configuration = Path("/configuration/odoo.conf").read_text().rstrip()
user, password = secret("database/username"), secret("database/password")
write(
    TARGET,
    [
        configuration,
        f"admin_passwd = {secret('administrator/master-password')}",
        f"db_user = {user}",
        f"db_password = {password}",
    ],
)
# For PostgreSQL's library: how Odoo's connections notice that the other end is gone, and all of those for sessions.
service = Path("/configuration/pg_service.conf").read_text().rstrip()
write(TARGET.with_name("pg_service.conf"), [service, f"user={user}", f"password={password}"])
if SESSION_MODULE.exists():
    unpack_session_module()
