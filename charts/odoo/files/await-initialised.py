"""Waits until the initialisation job of this revision is done: Odoo must not open a half-made database."""

import os
import time

import psycopg2
from database import await_database, parameter

deadline = time.monotonic() + 3600
while True:
    try:
        connection = await_database(seconds=900)
        if parameter(connection, "grappe.initialised") == os.environ["REVISION"]:
            break
        connection.close()
    except psycopg2.Error as error:
        print(error, flush=True)
    if time.monotonic() > deadline:
        raise SystemExit("the database was not initialised within an hour: see the log of the initialisation job")
    time.sleep(3)
