"""Runs Odoo as long as the container lives: waits for the database, passes on signals, starts Odoo again.

Odoo can't start before the database is there. Left to Kubernetes, a fail-over would be a crash loop with ever longer pauses, on every
replica at once.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg2
import readiness
from database import CONFIGURATION, connect_for_writing, options

COMMAND = [sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "patient_odoo.py"), "--config", CONFIGURATION]
PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)

# So many ends in a row, each this soon after its start and with the database there, are Odoo's own fault: Kubernetes shows it then.
SHORT_LIFE_SECONDS = 60
SHORT_LIVES = 5


class Waiting(BaseHTTPRequestHandler):
    """Answers in Odoo's place while it can't run: alive, but not ready."""

    timeout = 5

    def do_GET(self):
        alive = self.path == "/web/health"
        body = b'{"status": "pass"}' if alive else b"waiting for the database\n"
        self.send_response(200 if alive else 503)
        self.send_header("Content-Type", "application/json" if alive else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if not alive:
            self.send_header("Retry-After", "2")
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_arguments):
        pass


def refusal():
    """Why the database can't be used now; None where it can."""
    try:
        connect_for_writing().close()
    except psycopg2.Error as error:
        return str(error).strip()
    return None


def end_leftovers(group: int) -> None:
    """Ends what is left of a process group: workers that outlive a killed Odoo hold its ports."""
    while True:
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            return
        try:
            os.waitpid(-group, 0)
        except ChildProcessError:
            time.sleep(0.1)


class Server:
    def __init__(self):
        self.odoo = None
        self.stopping = False
        for number in PASSED_ON:
            signal.signal(number, self.on_signal)

    def on_signal(self, number, _frame):
        self.stopping = self.stopping or number in (signal.SIGTERM, signal.SIGINT)
        if self.odoo is not None:
            self.odoo.send_signal(number)

    def await_database(self):
        """Until the database takes writes, or the container is to end."""
        reason = refusal()
        if reason is None:
            return
        page = ThreadingHTTPServer(("0.0.0.0", int(options()["http_port"])), Waiting)
        threading.Thread(target=page.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        said = float("-inf")
        while reason is not None and not self.stopping:
            if time.monotonic() - said > 20:
                print(f"waiting for the database: {reason}", flush=True)
                said = time.monotonic()
            time.sleep(0.5)
            reason = refusal()
        page.shutdown()
        page.server_close()

    def run_odoo(self) -> int:
        """Until it has ended; gives its exit code."""
        self.odoo = subprocess.Popen(COMMAND, start_new_session=True)
        if self.stopping:
            self.odoo.terminate()
        code = self.end_of(self.odoo.pid)
        self.odoo.returncode = code
        end_leftovers(self.odoo.pid)
        self.odoo = None
        return code

    def end_of(self, process: int) -> int:
        # Process 1 of a container is given every orphan, and has to take its exit code.
        while True:
            ended, status = os.wait()
            if ended == process:
                return os.waitstatus_to_exitcode(status)

    def run(self) -> int:
        short_lives = 0
        while True:
            self.await_database()
            if self.stopping:
                return 0
            started = time.monotonic()
            code = self.run_odoo()
            if self.stopping:
                return code
            short_lives = short_lives + 1 if time.monotonic() - started < SHORT_LIFE_SECONDS else 0
            if short_lives == SHORT_LIVES:
                print(f"Odoo ended {SHORT_LIVES} times in a row soon after its start", flush=True)
                return code if code > 0 else 1
            print(f"Odoo ended by itself (exit code {code}) and is started again", flush=True)
            time.sleep(1)


if __name__ == "__main__":
    readiness.serve()
    raise SystemExit(Server().run())
