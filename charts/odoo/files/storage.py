"""Where attachments are kept: in the database, or in files. Read by the initialisation, before Odoo opens the database."""

import os
from pathlib import Path

from database import options, parameter, run

KEY = "ir_attachment.location"
# What Odoo calls the two: "db" or "file", which is what it does unless told.
LOCATION = os.environ["ATTACHMENTS"]
# A filestore that was used before, whose files are to go into the database.
IS_MOVING = os.environ["MOVE_FILESTORE"] == "true"

IN_FILES = "SELECT store_fname FROM ir_attachment WHERE type = 'binary' AND store_fname IS NOT NULL"
IN_DATABASE = "SELECT id FROM ir_attachment WHERE type = 'binary' AND db_datas IS NOT NULL"


def choose_before_the_first_installation(connection) -> None:
    """Odoo writes the first pictures while it installs, and asks this parameter where to. The rest of the table it makes itself."""
    columns = "id SERIAL PRIMARY KEY, key VARCHAR NOT NULL, value TEXT NOT NULL"
    run(connection, f"CREATE TABLE IF NOT EXISTS ir_config_parameter ({columns})")
    if parameter(connection, KEY) is None:
        run(connection, "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)", KEY, LOCATION)


def refuse_lost_files(connection) -> None:
    """Odoo takes a file that isn't there for an empty one, and would move that."""
    names = [name for (name,) in run(connection, IN_FILES)] if LOCATION == "db" else []
    if not names:
        return
    if not IS_MOVING:
        raise SystemExit(
            f"{len(names)} attachments lie in files of a filestore, which the settings don't have any more. Fix: write `filestore` "
            "again, with the size and the storage class that it had; with `moveToDatabase: true` they move into the database."
        )
    folder = Path(options()["data_dir"], "filestore", options()["db_name"])
    missing = [name for name in names if not (folder / name).exists()]
    if missing:
        raise SystemExit(
            f"{len(missing)} of {len(names)} attachments are not in the filestore, such as {missing[0]}; nothing was moved. Fix: bring "
            "the files back from a backup, or delete these attachments in Odoo while `moveToDatabase` is out."
        )


def prepare(connection, installed: dict) -> None:
    if installed:
        refuse_lost_files(connection)
    elif LOCATION == "db":
        choose_before_the_first_installation(connection)
    if LOCATION == "db":
        run(connection, "CREATE SCHEMA IF NOT EXISTS sessions")


def misplaced(connection) -> int:
    """Attachments that are not where they should be."""
    return len(run(connection, IN_FILES if LOCATION == "db" else IN_DATABASE))
