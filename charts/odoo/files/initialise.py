"""Makes the database ready: installs the modules that are missing, then sets what the values say. Safe to run again."""

import os
import subprocess
from pathlib import Path

import storage
from database import await_database, installed_modules, parameter, run
from odoo_command import odoo

MODULES = ["base", *os.environ["MODULES"].split()]
LANGUAGE = os.environ["LANGUAGE"]
COUNTRY = os.environ["COUNTRY"]


def series() -> str:
    """Such as 18.0, of the image that runs this."""
    # Its standard error is left alone: should it fail, that says why.
    said = subprocess.run(["odoo", "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return said.split()[-1].split("-")[0]


def shell(module: str) -> None:
    """Calls the function of a module of ours that has the module's name, with Odoo's environment."""
    folder = str(Path(__file__).parent)
    odoo("shell", program=f"import sys\nsys.path.insert(0, {folder!r})\nfrom {module} import {module}\n{module}(env)\n")


def refuse_another_series(installed: dict, own: str) -> None:
    version = installed.get("base")
    if version is not None and not version.startswith(f"{own}."):
        raise SystemExit(
            f"the database was made by Odoo {version}, this image is {own}: migrate the database first, or use its own image"
        )


def prepare_searches(connection, installed: dict) -> None:
    """Odoo makes this extension only where it makes the database itself; without it, it leaves out indexes for searches in texts."""
    if run(connection, "SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'"):
        return
    run(connection, "CREATE EXTENSION pg_trgm")
    if installed:
        shell("index")


def install(missing: list, own: str, *also: str) -> None:
    # Series 19 has no demonstration data unless asked, and no such option.
    demonstration = ["--without-demo=all"] if own in ("17.0", "18.0") else []
    odoo("--init", ",".join(missing), "--stop-after-init", *demonstration, *also)


def install_all(installed: dict, missing: list, own: str) -> None:
    """A country is given between the bare database and accounting, which takes the country's accounts when it is installed."""
    if COUNTRY and "account" not in installed:
        if "base" in missing:
            install(["base"], own)
        shell("company")
        missing = [name for name in missing if name != "base"] or ["base"]
    install(missing, own, *([] if LANGUAGE == "en_US" else [f"--load-language={LANGUAGE}"]))


connection = await_database(seconds=900)
own_series = series()
modules = installed_modules(connection)
refuse_another_series(modules, own_series)
prepare_searches(connection, modules)
storage.prepare(connection, modules)
missing_modules = [name for name in MODULES if name not in modules]
if missing_modules:
    print(f"installing {', '.join(missing_modules)}", flush=True)
    install_all(modules, missing_modules, own_series)
    still = [name for name in MODULES if name not in installed_modules(connection)]
    if still:
        raise SystemExit(f"Odoo did not install {', '.join(still)}: is the name right?")

shell("settle")
# An error in the shell's program may leave its exit code at 0; what it writes last proves that it came to its end.
if parameter(connection, "grappe.initialised") != os.environ["REVISION"]:
    raise SystemExit("the administrator, the addresses or the till were not set: see the lines above")
misplaced = storage.misplaced(connection)
if misplaced:
    raise SystemExit(f"{misplaced} attachments are not where they should be: see the lines above")
