"""Answers in Odoo's place, by way of the ingress: while Odoo is away, with a page that waits, and opens what was asked for again; at any time,
with the till's service worker."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

WORKER = Path(__file__).with_name("till-worker.js").read_bytes()

# It asks by a request that isn't for a page, and so gets Odoo's own answer. `replace` and not `reload`: a form isn't sent twice.
PAGE = b"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>One moment</title>
<noscript><meta http-equiv="refresh" content="5"></noscript>
<style>
body { margin: 20vh auto; max-width: 30rem; padding: 0 1rem; font: 1.2rem/1.5 system-ui, sans-serif; text-align: center; color: #333 }
p + p { color: #777; font-size: 1rem }
</style>
<p>The shop's server is away for a moment.
<p>This page waits for it and goes on by itself. What was sold is kept in this browser: don't clear its data.
<script>
const ask = async () => {
  try {
    const answer = await fetch("/web/health?db_server_status=1", { cache: "no-store", headers: { Accept: "application/json" } });
    if (answer.ok) return location.replace(location.pathname + location.search);
  } catch {}
  setTimeout(ask, 1500 + 1000 * Math.random());
};
ask();
</script>
</html>
"""


class WaitingPage(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10

    def do_GET(self):
        if self.path == "/pos/service-worker.js":
            self.answer(WORKER, {"Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "no-cache", "Service-Worker-Allowed": "/pos"})
        else:
            # No browser may keep it in the place of what was asked for.
            self.answer(PAGE, {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Retry-After": "2"})

    def answer(self, body, headers):
        self.send_response(200)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *_arguments):
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("0.0.0.0", 8080), WaitingPage).serve_forever()
