"""Makes the database ready: installs the modules that are missing, then sets the administrator. Safe to run again."""

import os
import subprocess
from pathlib import Path

from database import CONFIGURATION, await_database, installed_modules, options, parameter

MODULES = ["base", *os.environ["MODULES"].split()]
LANGUAGE = os.environ["LANGUAGE"]

QUIET = ["--no-http", "--workers=0", "--max-cron-threads=0"]


def series() -> str:
    """Such as 18.0, of the image that runs this."""
    said = subprocess.run(["odoo", "--version"], check=True, capture_output=True, text=True).stdout
    return said.split()[-1].split("-")[0]


def odoo(*arguments: str, stdin=None) -> None:
    database = options()["db_name"]
    command = ["odoo", *arguments, "--config", CONFIGURATION, "--database", database, *QUIET]
    subprocess.run(command, check=True, stdin=stdin)


def refuse_another_series(installed: dict, own: str) -> None:
    version = installed.get("base")
    if version is not None and not version.startswith(f"{own}."):
        raise SystemExit(
            f"the database was made by Odoo {version}, this image is {own}: migrate the database first, or use its own image"
        )


def install(missing: list, own: str) -> None:
    # Series 19 has no demonstration data unless asked, and no such option.
    demonstration = ["--without-demo=all"] if own in ("17.0", "18.0") else []
    language = [] if LANGUAGE == "en_US" else [f"--load-language={LANGUAGE}"]
    odoo("--init", ",".join(missing), "--stop-after-init", *demonstration, *language)


connection = await_database(seconds=900)
own_series = series()
modules = installed_modules(connection)
refuse_another_series(modules, own_series)
missing_modules = [name for name in MODULES if name not in modules]
if missing_modules:
    print(f"installing {', '.join(missing_modules)}", flush=True)
    install(missing_modules, own_series)
    still = [name for name in MODULES if name not in installed_modules(connection)]
    if still:
        raise SystemExit(f"Odoo did not install {', '.join(still)}: is the name right?")

with Path(__file__).with_name("administrator.py").open() as program:
    odoo("shell", stdin=program)
# An error in the shell's program may leave its exit code at 0; what it writes last proves that it came to its end.
if parameter(connection, "grappe.initialised") != os.environ["REVISION"]:
    raise SystemExit("the administrator was not set: see the lines above")
