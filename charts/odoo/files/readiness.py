"""Tells Kubernetes whether this pod can sell: Odoo answers, and the database takes writes, as a connection that is kept sees it.

Odoo's own answer (/web/health?db_server_status=1) opens a new connection each time. While the database's password is rotated that makes
every pod unready at once, although Odoo's connections go on, and the new pods are not there yet.
"""

import os
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg2
from database import connect_for_writing, options, takes_writes

PORT = int(os.environ.get("READINESS_PORT", "8070"))


class KeptConnection:
    def __init__(self):
        self._lock = threading.Lock()
        self._connection = None

    def refusal(self):
        """Why the database can't be used; None where it can."""
        with self._lock:
            if self._connection is not None and self._is_good():
                return None
            try:
                self._connection = connect_for_writing()
            except psycopg2.Error as error:
                return str(error).strip()
            return None

    def _is_good(self) -> bool:
        try:
            if takes_writes(self._connection):
                return True
        except psycopg2.Error:
            pass
        self._connection.close()
        self._connection = None
        return False


def odoo_refusal():
    """Why Odoo can't be used; None where it can. The page that waits in its place answers this path with an error."""
    try:
        address = f"http://127.0.0.1:{options()['http_port']}/web/health?db_server_status="
        urllib.request.urlopen(address, timeout=3).close()
    except (urllib.error.URLError, OSError) as error:
        return str(error)
    return None


def serve() -> None:
    """Until the process ends, beside what it does."""
    database = KeptConnection()

    class Readiness(BaseHTTPRequestHandler):
        timeout = 5

        def do_GET(self):
            reason = odoo_refusal() or database.refusal()
            body = (reason or "ready").encode() + b"\n"
            self.send_response(200 if reason is None else 503)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("0.0.0.0", PORT), Readiness)
    threading.Thread(target=server.serve_forever, daemon=True).start()
