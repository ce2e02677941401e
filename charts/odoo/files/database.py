"""The database, as Odoo's configuration names it, and what stands in it."""

import configparser
import os
import time

import psycopg2

# Odoo itself looks there, too.
CONFIGURATION = os.environ["ODOO_RC"]


def options() -> dict:
    # Raw: a percent sign in a password is a percent sign.
    parser = configparser.RawConfigParser()
    parser.read(CONFIGURATION)
    return dict(parser.items("options"))


def connect():
    o = options()
    connection = psycopg2.connect(
        host=o["db_host"],
        port=o["db_port"],
        user=o["db_user"],
        password=o["db_password"],
        dbname=o["db_name"],
        connect_timeout=5,
        # A machine that is gone closes no connection.
        tcp_user_timeout=5000,
    )
    connection.autocommit = True
    return connection


def takes_writes(connection) -> bool:
    """A standby that is about to take over answers, too, but takes none."""
    return run(connection, "SELECT pg_is_in_recovery()") == [(False,)]


def connect_for_writing():
    connection = connect()
    if takes_writes(connection):
        return connection
    connection.close()
    raise psycopg2.OperationalError("it takes no writes yet")


def await_database(seconds: int):
    deadline = time.monotonic() + seconds
    while True:
        try:
            return connect_for_writing()
        except psycopg2.OperationalError as error:
            if time.monotonic() > deadline:
                raise SystemExit(f"no database after {seconds} seconds: {error}")
            time.sleep(2)


def run(connection, statement: str, *parameters):
    """The rows that a statement gives, if any."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def rows(connection, table: str, query: str, *parameters):
    """The rows of a query; none where the table isn't there yet."""
    if run(connection, "SELECT to_regclass(%s)", table) == [(None,)]:
        return []
    return run(connection, query, *parameters)


def installed_modules(connection) -> dict:
    """Name to version of every installed module."""
    query = "SELECT name, latest_version FROM ir_module_module WHERE state = 'installed'"
    return dict(rows(connection, "ir_module_module", query))


def parameter(connection, key: str):
    found = rows(connection, "ir_config_parameter", "SELECT value FROM ir_config_parameter WHERE key = %s", key)
    return found[0][0] if found else None
