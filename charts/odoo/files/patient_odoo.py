"""Odoo's own program, as its command starts it, but for two things: the loss of its database doesn't end it, and a new password of the
database doesn't stop its sales.

With worker processes Odoo starts a worker for each one that has ended, and asks the database first. Where that is away, all of Odoo
ends (19.0, odoo/service/server.py, PreforkServer.process_spawn): each fail-over ends the cron worker, and so the workers that serve, which
take ten seconds to come back. Here the start of a worker waits for the database; those that run answer as soon as it is back.

Each sale tells the other tills by a message in the database `postgres`, to which Odoo connects anew each time (19.0, odoo/sql_db.py,
Cursor._close). After a rotation of the password every sale would fail so, until the pods with the new one are there. Here these
connections are kept as all others are.
"""

import runpy
import shutil
import sys


def keep_connections() -> None:
    try:
        from odoo.sql_db import ConnectionPool

        give_back = ConnectionPool.give_back
    except (ImportError, AttributeError) as error:
        print(f"Odoo connects anew for each message: {error}", flush=True)
        return

    def keep(self, connection, keep_in_pool=True):
        give_back(self, connection, keep_in_pool=keep_in_pool or connection.info.dbname == "postgres")

    ConnectionPool.give_back = keep


def keep_serving() -> None:
    try:
        import psycopg2
        from odoo.service.server import PreforkServer

        spawn = PreforkServer.process_spawn
    except (ImportError, AttributeError) as error:
        print(f"Odoo is run as it is, and ends with its database: {error}", flush=True)
        return

    def process_spawn(self):
        try:
            spawn(self)
        except psycopg2.OperationalError as error:
            # Asked again at the server's next beat, in four seconds.
            print(f"a worker waits for the database: {str(error).strip()}", flush=True)

    PreforkServer.process_spawn = process_spawn


if __name__ == "__main__":
    program = shutil.which("odoo")
    if program is None:
        raise SystemExit("there is no odoo")
    # What Odoo starts itself, such as its server of websockets, is told by this name.
    sys.argv[0] = program
    keep_serving()
    keep_connections()
    runpy.run_path(program, run_name="__main__")
