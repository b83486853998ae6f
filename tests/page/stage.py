"""Pages for a browser without the service: rendered by build/page_sample or by certmend
itself, and handed out on loopback with the headers that the service gives."""
import html.parser
import http.server
import json
import os
import subprocess
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.abspath(os.environ.get("BUILD", "build"))
SAMPLE = os.path.join(BUILD, "page_sample")
POLICY = ("default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
          "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
FILES = {"/page.css": "text/css", "/page.js": "text/javascript", "/favicon.svg": "image/svg+xml"}


def rendered(requests):
    """{name: HTML} of {name: (template, served, data)}."""
    with tempfile.TemporaryDirectory() as folder:
        asked = [{"file": name.replace("/", "_"), "name": template, "title": "certmend: " + name, "served": served, "data": data}
                 for name, (template, served, data) in requests.items()]
        done = subprocess.run([SAMPLE, folder], input=json.dumps(asked), text=True, capture_output=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        pages = {}
        for name in requests:
            with open(os.path.join(folder, name.replace("/", "_")), encoding="utf-8") as f:
                pages[name] = f.read()
        return pages


class Server:
    """with Server(pages) as s: page NAME is at s.at(NAME). `events`: {path: [line, ...]}, sent as
    they are; a callable in the list is called."""

    def __init__(self, pages, whole=(), events=None):
        """`whole`: names of pages that are one file and carry their own policy."""
        stage = self
        self.pages, self.whole, self.events = pages, set(whole), events or {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def put(self, status, kind, body, policy=True):
                self.send_response(status)
                self.send_header("Content-Type", kind + "; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Cache-Control", "no-store")
                self.send_header("X-Content-Type-Options", "nosniff")
                if policy:
                    self.send_header("Content-Security-Policy", POLICY)
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                path = self.path.partition("?")[0]
                if path in stage.events:
                    return self.stream(stage.events[path])
                if path in FILES:
                    with open(os.path.join(ROOT, "templates", "page", path[1:]), "rb") as f:
                        return self.put(200, FILES[path], f.read())
                page = stage.pages.get(path[1:])
                if page is None:
                    return self.put(404, "text/plain", b"not here")
                return self.put(200, "text/html", page.encode(), path[1:] not in stage.whole)

            def stream(self, lines):
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                for line in lines:
                    if callable(line):
                        line()
                        continue
                    self.wfile.write(line.encode() + b"\n\n")
                    self.wfile.flush()

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.origin = "http://127.0.0.1:%d/" % self.server.server_address[1]

    def at(self, name):
        return self.origin + name

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Markup(html.parser.HTMLParser):
    """Elements that are closed by nobody or twice, ids that stand twice, what our policy blocks."""

    VOID = {"meta", "link", "input", "br", "hr", "img", "wbr"}

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.faults = [], set(), []
        self.feed(text)
        self.close()
        self.faults += ["<%s> is not closed" % tag for tag in self.open]

    def handle_starttag(self, tag, attrs):
        self.look(tag, attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.look(tag, attrs)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append("</%s> at %s" % (tag, self.getpos()))

    def look(self, tag, attrs):
        names = [name for name, _ in attrs]
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.faults.append("<%s %s>" % (tag, name))
            if name == "id":
                if value in self.ids:
                    self.faults.append("id %s stands twice" % value)
                self.ids.add(value)
            if name == "tabindex" and int(value) > 0:
                self.faults.append("a tab order of its own")
        if len(set(names)) != len(names):
            self.faults.append("<%s> has an attribute twice" % tag)
