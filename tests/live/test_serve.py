#!/usr/bin/env python3
"""`certmend serve` on the lab, asked as a browser asks: from the box to the answer with
and without script, who is let in, what every answer carries, how many may look at once,
and that a slow server keeps nobody else waiting. TAP."""
import contextlib
import html
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, "tests", "lab")]
from lab import Lab, read_scenario  # noqa: E402
from tap import counted, tap  # noqa: E402
from test_fleet_manners import Counter  # noqa: E402

PROGRAM = os.path.abspath(os.path.join(os.environ.get("BUILD", "build"), "certmend"))
SHARED = read_scenario(os.path.join(ROOT, "tests", "demo", "shared-hosting.json"))
NOBODY = "0123456789abcdef0123456789abcdef"
PATIENCE_S = 20  # for an answer; a program that hangs takes longer
SLOW = {
    "now": "2026-11-23T12:00:00Z",
    "dns": {"slow.example.com": {"A": ["192.0.2.10"]},
            "mail.example.org": {"A": ["192.0.2.11"]}},
    "certs": {"good": {"cn": "mail.example.org", "san": ["mail.example.org"]},
              "other": {"cn": "www.example.org", "san": ["www.example.org"]}},
    "servers": [
        {"addr": "192.0.2.10", "port": 465, "proto": "smtps", "cert": "good", "behaviour": "silent"},
        {"addr": "192.0.2.11", "port": 993, "proto": "imaps", "cert": "good"},
        {"addr": "192.0.2.11", "port": 465, "proto": "smtps", "cert": "good", "delay": 0.4},
        {"addr": "192.0.2.12", "port": 993, "proto": "imaps", "cert": "other"},
    ],
}
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
                               "connect-src 'self'; img-src 'self' data:; form-action 'self'; "
                               "base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


def heeds_ctrl_c():
    """Who is started in the background has been told not to (sh, POSIX 2.11)."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Served:
    """The program; Enter on its standard input gives another start address."""

    def __init__(self, arguments):
        self.run = subprocess.Popen([PROGRAM, "serve", *arguments], stdin=subprocess.PIPE,
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                    preexec_fn=heeds_ctrl_c,
                                    env={**os.environ, "DISPLAY": "", "WAYLAND_DISPLAY": ""})
        self.address = self.told()
        self.port = int(self.address.split(":")[2].split("/")[0])

    def told(self):
        said = self.run.stdout.readline()
        if not said.startswith("Open http://127.0.0.1:"):
            raise AssertionError(said + self.run.stderr.read())
        return said.split()[1]

    def another(self):
        self.run.stdin.write("\n")
        self.run.stdin.flush()
        return self.told()

    def stop(self, how=signal.SIGTERM):
        self.run.send_signal(how)
        try:
            said = self.run.communicate(timeout=PATIENCE_S)[1]
        except subprocess.TimeoutExpired:
            self.run.kill()
            said = "it did not end; " + self.run.communicate()[1]
        return self.run.returncode, said


@contextlib.contextmanager
def served(scenario, *more):
    with Lab(scenario) as lab:
        program = Served([*lab.arguments(), "--no-browser", *more])
        program.lab = lab
        try:
            yield program
        finally:
            if program.run.poll() is None:
                status, said = program.stop()
                if status or said:
                    tap("it ends well", "status %d: %s" % (status, said))


class Page:
    def __init__(self, reply, asked):
        self.status, self.asked = reply.status, asked
        self.headers = {name.lower(): value for name, value in reply.getheaders()}
        self.text = reply.read().decode()

    def lacks(self):
        """What every answer has to carry, and this one does not."""
        return ["%s: %s is %r" % (self.asked, name, self.headers.get(name))
                for name, value in HEADERS.items() if self.headers.get(name) != value] + [
            "%s: %s" % (self.asked, name) for name in self.headers
            if name.startswith("access-control")]

    def words(self):
        return " ".join(html.unescape(re.sub(r"<wbr>|<[^>]*>", "", self.text)).split())


class Browser:
    def __init__(self, program, opens=True):
        self.host, self.cookie = "127.0.0.1:%d" % program.port, None
        self.said = self.get(urllib.parse.urlsplit(
            program.address if opens is True else opens).path) if opens else None

    def send(self, method, path, body=None, **more):
        wire = http.client.HTTPConnection(self.host, timeout=PATIENCE_S)
        headers = {"Cookie": self.cookie} if self.cookie else {}
        if body is not None:
            headers.update({"Origin": "http://" + self.host,
                            "Content-Type": "application/x-www-form-urlencoded"})
            body = urllib.parse.urlencode(body)
        headers.update(more)
        wire.request(method, path, body, {k: v for k, v in headers.items() if v is not None})
        page = Page(wire.getresponse(), "%s %s" % (method, path))
        wire.close()
        if "set-cookie" in page.headers:
            self.cookie = page.headers["set-cookie"].split(";")[0]
        return page

    def get(self, path, **more):
        return self.send("GET", path, **more)

    def form(self, path="/"):
        return re.search(r'name="csrf" value="([0-9a-f]+)"', self.get(path).text).group(1)

    def ask(self, text, token=None, **more):
        return self.send("POST", "/look", {"text": text, "csrf": token or self.form()}, **more)

    def answer(self, page):
        """What a browser without script comes to: the page loads itself again."""
        path = page.headers.get("location")
        if page.status != 303 or not path:
            raise AssertionError("%s: %d, to %s" % (page.asked, page.status, path))
        until = time.monotonic() + PATIENCE_S
        while True:
            page = self.get(path)
            if 'data-events="' not in page.text or time.monotonic() > until:
                return page
            if not re.search(r'<noscript><meta http-equiv="refresh" content="2"></noscript>', page.text):
                raise AssertionError("a page that is not loaded again:\n" + page.text)
            time.sleep(0.1)

    def events(self, path):
        wire = http.client.HTTPConnection(self.host, timeout=PATIENCE_S)
        wire.request("GET", path + "/events", headers={"Cookie": self.cookie})
        reply = wire.getresponse()
        return wire, reply


def doors():
    """the start address opens once, for one browser; Enter gives another one"""
    with served(SHARED) as program:
        stranger = Browser(program, opens=False)
        for path in "/", "/about", "/a/" + NOBODY, "/a/%s/events" % NOBODY:
            page = stranger.get(path)
            if page.status != 403 or "terminal" not in page.words() or stranger.cookie:
                yield "without a cookie %s: %d" % (path, page.status)
        for path in "/open/" + NOBODY, "/open/", "/open/" + NOBODY[1:]:
            page = stranger.get(path)
            if page.status not in (403, 404) or stranger.cookie:
                yield "%s: %d" % (path, page.status)
        one = Browser(program)
        given = one.said.headers.get("set-cookie", "")
        if one.said.status != 200 or 'href="/"' not in one.said.text:
            yield "the start address: %d" % one.said.status
        if not re.fullmatch(r"cm_%d=[0-9a-f]{64}; Path=/; HttpOnly; SameSite=Strict" % program.port,
                            given):
            yield "the cookie is " + given
        late = Browser(program)
        if late.said.status != 403 or late.cookie or late.get("/").status != 403:
            yield "the address worked twice"
        two = Browser(program, opens=program.another())
        if two.get("/").status != 200 or two.cookie == one.cookie:
            yield "the second address does not open"
        if one.get("/").status != 200:
            yield "the first browser was thrown out"
        look = two.ask("mail.example.com", token=one.form())
        if look.status != 403:
            yield "another session's form was taken: %d" % look.status


def without_script():
    """from the box to the answer, its wording for a program, and what was left out"""
    with served(SHARED) as program:
        person = Browser(program)
        page = person.ask("")
        if page.status != 200 or "empty" not in page.words():
            yield "an empty box: %d" % page.status
        page = person.ask("TLS Negotiation failed, the certificate doesn't match the host.\n"
                          "password: geheim123")
        if "geheim123" in page.text or "looked like a password" not in page.words():
            yield "a password was not left out"
        answer = person.answer(person.ask("mail.example.com"))
        if answer.status != 200 or "server42.example.net" not in answer.words():
            yield "no answer: %d %s" % (answer.status, answer.words()[:500])
            return
        visits = sum(service.visits for service in program.lab.services.values())
        at = re.search(r'href="(/a/[0-9a-f]{32})\?for=gmail"', answer.text)
        if not at:
            yield "no chip for Gmail"
            return
        gmail = person.get(at.group(1) + "?for=gmail").words()
        if "SMTP Server" not in gmail:
            yield "not worded for Gmail"
        if sum(service.visits for service in program.lab.services.values()) != visits:
            yield "wording it for Gmail looked at the servers again"
        domain = person.answer(person.ask("anna@example.com"))
        if "example.com" not in domain.words() or domain.status != 200:
            yield "a mail address: %d" % domain.status
        Browser(program, opens=program.another())  # and the answer is still there
        if person.get(at.group(1)).status != 200:
            yield "the answer is gone"


def by_events():
    """with script: every port is told as it is done, then that all are"""
    with served(SLOW) as program:
        person = Browser(program)
        path = person.ask("mail.example.org").headers["location"]
        wire, reply = person.events(path)
        lines = reply.read().decode().split("\n")  # to its end
        wire.close()
        if reply.status != 200 or not reply.getheader("content-type", "").startswith("text/event-stream"):
            yield "%d, %s" % (reply.status, reply.getheader("content-type"))
        names = [line[7:] for line in lines if line.startswith("event: ")]
        news = [json.loads(line[6:]) for line in lines if line.startswith("data: ")]
        ports = [one for one in news if "row" in one]
        last = {one["row"]: one["step"] for one in ports}
        if names.count("done") != 1 or names[-1:] != ["done"]:
            yield "events: %s" % names
        if sorted(last.values()) != ["closed"] * (len(last) - 2) + ["open"] * 2:
            yield "ports at the end: %s" % last
        if not any(one["step"] == "talking" for one in ports):
            yield "nobody was said to be talked to: %s" % ports
        if ports and ports[-1]["done"] != ports[-1]["total"]:
            yield "not all was done: %s" % ports[-1]
        if "Nothing is wrong" not in person.get(path).words():
            yield "the answer: %s" % person.get(path).words()[:300]
        wire, reply = person.events(path)  # once more, when all is over
        if b"event: done" not in reply.read():
            yield "the stream of an answered look does not end"
        wire.close()


def slow_target():
    """a slow server blocks no page; its browser may leave; Ctrl-C ends it all at once"""
    # One such look lasts 45 s, longer than any answer is waited for here: who waits for its end
    # is found out. Eight of them stand in line, so that one is under way on a slow machine, too.
    with served(SLOW, "--timeout", "600") as program:
        person = Browser(program)
        token = person.form()
        looks = [person.ask("slow.example.com:465", token).headers["location"] for _ in range(8)]
        until = time.monotonic() + PATIENCE_S
        while ">Talking<" not in person.get(looks[0]).text.split('id="steps"')[0]:
            if time.monotonic() > until:
                yield "nobody is talked to: " + person.get(looks[0]).words()
                return
            time.sleep(0.05)
        wire, reply = person.events(looks[0])  # by now nothing happens for long
        first = [reply.readline().decode() for _ in "ab"]
        if first[0] != "event: port\n" or '"step":"talking"' not in first[1].replace(" ", ""):
            yield "who comes later hears %s" % first
        wire.sock.close() if wire.sock else reply.close()
        reply.close()
        for where in "/", looks[0], "/about":
            if person.get(where).status != 200:
                yield where + " is not there"
        other = Browser(program, opens=program.another())
        answer = other.answer(other.ask("mail.example.org:993"))
        if "Nothing is wrong" not in answer.words():
            yield "another look: " + answer.words()[:300]
        last = person.get(looks[-1])
        if "data-events" not in last.text:
            yield "the slow looks are over already: %d %s" % (last.status, last.words()[:300])
        status, said = program.stop(signal.SIGINT)
        if status or said:
            yield "Ctrl-C: status %d: %s" % (status, said)


def looks_afresh():
    """who looks again after a change of the DNS sees the change"""
    with served(SLOW) as program:
        person = Browser(program)
        first = person.answer(person.ask("mail.example.org:993"))
        program.lab.zone.nodes["mail.example.org"]["A"] = ["192.0.2.12"]
        second = person.answer(person.ask("mail.example.org:993"))
        if "Nothing is wrong" not in first.words():
            yield "before: " + first.words()[:300]
        if "www.example.org" not in second.words():
            yield "after: " + second.words()[:300]


def side_by_side():
    """three looks of one host side by side are one connection at a time to a port"""
    with_us = Counter(0.3)
    with Lab({"dns": {"mail.example.net": {"A": ["127.0.0.77"]}}}) as lab:
        program = Served(["--resolver", lab.resolver, "--ca-file", lab.ca, "--no-browser",
                          "--connect-to", "::127.0.0.77:%d" % with_us.port])
        people = [Browser(program)] + [Browser(program, opens=program.another()) for _ in "ab"]
        asked = [person.ask("smtp://mail.example.net") for person in people]
        pages = [person.get(page.headers["location"])
                 for person, page in zip(people, asked)]
        if any("Waiting for its turn" in page.words() for page in pages):
            yield "a session had to wait for another one's"
        for person, page in zip(people, asked):
            person.answer(page)
        if with_us.most_at_one != 1 or len(with_us.began) < 3:
            yield "%d at once, of %d" % (with_us.most_at_one, len(with_us.began))
        program.stop()
    with_us.close()


def limits():
    """one look at a time, twenty wait, then 503; thirty a minute, then 429"""
    with served(SLOW) as program:
        person = Browser(program)
        token = person.form()
        pages = [person.ask("slow.example.com:465", token) for _ in range(22)]
        if [page.status for page in pages] != [303] * 21 + [503]:
            yield "asked 22 times: %s" % [page.status for page in pages]
        if pages[-1].headers.get("retry-after") != "10" or pages[-1].lacks():
            yield "of the 503: %s" % pages[-1].headers
        if "Waiting for its turn" not in person.get(pages[1].headers["location"]).words():
            yield "the second one does not wait"
        other = Browser(program, opens=program.another())
        token = other.form()
        for _ in range(30):
            page = other.ask("mail.example.org:110", token)
            if page.status != 303:
                yield "the other session: %d" % page.status
                return
            other.answer(page)
        page = other.ask("mail.example.org:110", token)
        if page.status != 429 or page.lacks():
            yield "the 31st within a minute: %d" % page.status


def headers():
    """every answer carries the headers, errors too, and a form needs its token"""
    with served(SHARED) as program:
        person, stranger = Browser(program), Browser(program, opens=False)
        token = person.form()
        look = person.ask("mail.example.com", token)
        at = look.headers["location"]
        person.answer(look)
        pages = [(200, person.said), (303, look), (200, person.get(at)), (403, stranger.get("/"))]
        pages += [(200, person.get(path)) for path in
                  ("/", "/about", "/page.css", "/page.js", "/favicon.svg", at + "?for=outlook")]
        pages += [(404, person.get(path)) for path in
                  ("/a/" + NOBODY, "/nowhere", "/page.css?x=1", "/?x=1", at + "/", "/a/",
                   "/about/", "/look", "/open/" + NOBODY + "?x=1", "//", "/%2e%2e/", at.upper())
                  if path != "//"]
        pages += [(403, person.send("POST", "/look", {"text": "a.example", "csrf": csrf}))
                  for csrf in ("", NOBODY, token[:-1])]
        pages += [(403, person.send("POST", "/look", {"text": "a.example"})),
                  (403, person.ask("a.example", token, Origin="http://127.0.0.1:1")),
                  (403, person.ask("a.example", token, Origin="null")),
                  (403, person.ask("a.example", token, Origin=None)),
                  (403, stranger.ask("a.example", token)),
                  (421, person.get("/", Host="evil.example")),
                  (404, person.send("POST", "/", {"csrf": token}))]
        for status, page in pages:
            if page.status != status:
                yield "%s: %d, not %d" % (page.asked, page.status, status)
            yield from page.lacks()


def refused():
    """what cannot be meant is said at once, with status 2"""
    rows = [(["mail.example.com"], "typed into the page"),
            (["--listen", "0.0.0.0:0"], "this machine only"),
            (["--listen", "nowhere"], "--listen"),
            (["--proxy", "127.0.0.1"], "--public"),
            (["--deny", "example.com"], "--public"),
            (["--rules", "/nowhere"], "/nowhere"),
            (["--format", "json"], "--format")]
    for words, says in rows:
        run = subprocess.run([PROGRAM, "serve", "--no-browser", *words], capture_output=True,
                             stdin=subprocess.DEVNULL, text=True, timeout=PATIENCE_S)
        if run.returncode != 2 or says not in run.stderr or run.stdout:
            yield "%s: %d %s%s" % (words, run.returncode, run.stdout, run.stderr)


def main():
    tests = doors, without_script, by_events, slow_target, looks_afresh, side_by_side, limits, \
        headers, refused
    def check(test):
        try:
            tap(test.__doc__, "\n".join(test()))
        except Exception as fault:  # told as a failure of this test; the others go on
            tap(test.__doc__, repr(fault))
    threads = [threading.Thread(target=check, args=(test,)) for test in tests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("1..%d" % counted["tests"])


if __name__ == "__main__":
    main()
