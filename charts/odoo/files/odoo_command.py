"""Odoo's own program on the database of the configuration, without a server: to install modules, or to run a program of ours."""

import subprocess

from database import CONFIGURATION, options

QUIET = ["--no-http", "--workers=0", "--max-cron-threads=0"]


def odoo(*arguments: str, program=None) -> None:
    database = options()["db_name"]
    command = ["odoo", *arguments, "--config", CONFIGURATION, "--database", database, *QUIET]
    subprocess.run(command, check=True, input=program, stdin=subprocess.DEVNULL if program is None else None, text=True)
