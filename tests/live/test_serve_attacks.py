#!/usr/bin/env python3
"""`certmend serve` under attack: names that were made to point at it, pages of others that
send its forms, browsers that are none and come in crowds. Nothing is shown, nothing is done,
memory stays where it was, and who asks honestly is answered within a second. TAP."""
import contextlib
import os
import re
import socket
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "lab")]
from tap import counted, tap  # noqa: E402
from test_serve import NOBODY, SHARED, Browser, served  # noqa: E402

GROWS_KB = 32 * 1024
# On a machine that is busy with other things as well all takes longer.
HONEST_S = max(1, os.getloadavg()[0] / (os.cpu_count() or 1))
SECRETS = ("example.com", "example.net", "csrf", "set-cookie", "location:")


def talk(port, words, patience_s=5):
    """One connection up to its end; what was heard, as text."""
    heard = b""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)) as wire:
        wire.settimeout(patience_s)
        wire.sendall(words if isinstance(words, bytes) else words.encode())
        while True:
            got = wire.recv(65536)
            if not got:
                break
            heard += got
    return heard.decode("latin-1")


def request(method, path, *lines, body=""):
    return "%s %s HTTP/1.1\r\n%s\r\n%s" % (
        method, path, "".join(line + "\r\n" for line in lines), body)


def status(heard):
    return int(heard[9:12]) if heard.startswith("HTTP/1.") else 0


def memory_kb(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as text:
        return int(re.search(r"VmRSS:\s+(\d+)", text.read()).group(1))


class Target:
    """The program, a person who has asked something, and what must not change."""

    def __init__(self, program):
        self.program, self.port = program, program.port
        self.person = Browser(program)
        page = self.person.ask("mail.example.com")
        self.path = page.headers["location"]
        self.person.answer(page)
        self.token = self.person.form()
        self.host = "127.0.0.1:%d" % self.port
        self.ways = ["/", "/about", self.path, self.path + "?for=gmail", self.path + "/letter",
                     self.path + "/report.json", self.path + "/survey.json",
                     self.path + "/report.html", self.path + "/events", self.path + "/order",
                     self.path + "/request", "/open/" + NOBODY]
        self.visits = self.visited()
        self.memory = memory_kb(program.run.pid)

    def visited(self):
        return sum(service.visits for service in self.program.lab.services.values())

    def post(self, path="/look", **instead):
        """The form as our own page sends it, but for `instead`; None leaves a line out."""
        body = instead.pop("body", "text=mail.example.com&csrf=" + self.token)
        lines = {"Host": self.host, "Origin": "http://" + self.host, "Cookie": self.person.cookie,
                 "Content-Type": "application/x-www-form-urlencoded",
                 "Content-Length": str(len(body)), "Connection": "close"}
        lines.update({name.replace("_", "-"): value for name, value in instead.items()})
        return talk(self.port, request("POST", path, *(
            "%s: %s" % line for line in lines.items() if line[1] is not None), body=body))

    def get(self, path, *lines):
        return talk(self.port, request("GET", path, *lines, "Connection: close"))

    def honest(self, path="/"):
        """None, or how a person who means well was kept waiting."""
        began = time.monotonic()
        try:
            page = self.person.get(path)
        except OSError as fault:
            return "an honest visitor: %s" % fault
        took_s = time.monotonic() - began
        if page.status != 200 or took_s > HONEST_S:
            return "an honest visitor: %d after %.2f s" % (page.status, took_s)
        return None

    def grown(self):
        now = memory_kb(self.program.run.pid)
        return "%d KB became %d" % (self.memory, now) if now > self.memory + GROWS_KB else None


def refused(what, heard, wanted, may_say=()):
    """`wanted`: one status or more; and nothing of anybody's is in it."""
    if status(heard) not in wanted:
        yield "%s: %d" % (what, status(heard))
    for secret in SECRETS:
        if secret in heard.lower() and secret not in may_say:
            yield "%s: it says %s" % (what, secret)


def foreign_hosts(at):
    """under another name nothing is shown and nothing is done, with the cookie and the token too"""
    port = at.port
    names = ["", ":%d" % port, "127.0.0.1", "127.0.0.1:%d" % (port + 1), "localhost",
             "127.0.0.1.nip.io:%d" % port, "localhost.:%d" % port, "0.0.0.0:%d" % port,
             "evil.test:%d" % port, "evil.test", "127.1:%d" % port, "2130706433:%d" % port,
             "127.0.0.1:%d@evil.test" % port, "127.0.0.1:%d evil.test" % port, "[::]:%d" % port]
    cookie = "Cookie: " + at.person.cookie
    for name in names:
        for way in at.ways:
            yield from refused("Host %r, %s" % (name, way),
                               at.get(way, "Host: " + name, cookie), {421})
        yield from refused("Host %r, a form" % name,
                           at.post(Host=name, Origin="http://" + name), {421})
    for way in at.ways:
        yield from refused("no Host, " + way, at.get(way, cookie), {421})
        yield from refused("two Hosts, " + way, at.get(
            way, "Host: " + at.host, "Host: evil.test", cookie), {400})
        yield from refused("an absolute address, " + way, at.get(
            "http://%s%s" % (at.host, way), "Host: " + at.host, cookie), {421})
        yield from refused("two slashes, " + way, at.get(
            "/" + way, "Host: " + at.host, cookie), {421, 404})


def strangers(at):
    """without the cookie, or with another one, every way is shut"""
    used = at.program.address[at.program.address.index("/open/"):]
    name = at.person.cookie.split("=")[0]
    for cookie in None, name + "=", name + "=" + NOBODY * 2, "other=" + at.person.cookie, \
            at.person.cookie[:-1], "%s; %s" % (at.person.cookie, at.person.cookie):
        lines = ["Host: " + at.host] + (["Cookie: " + cookie] if cookie else [])
        for way in at.ways + [used]:
            yield from refused("cookie %s, %s" % (cookie, way), at.get(way, *lines), {403, 404})
        yield from refused("cookie %s, a form" % cookie, at.post(Cookie=cookie), {403})
    for method in "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "BREW":
        yield from refused(method, talk(at.port, request(
            method, at.path, "Host: " + at.host, "Cookie: " + at.person.cookie,
            "Content-Length: 0")), {405, 501})


def forged_forms(at):
    """a form that another page sends with our cookie does nothing"""
    other = "http://127.0.0.1:%d" % (at.port + 1)
    stranger = Browser(at.program, opens=at.program.another())
    for what, instead in {
            "from another port": {"Origin": other, "Sec_Fetch_Site": "same-site"},
            "from another port, told as ours": {"Sec_Fetch_Site": "same-site"},
            "by another of our names": {"Origin": "http://localhost:%d" % at.port},
            "without an origin": {"Origin": None},
            "from nowhere": {"Origin": "null"},
            "from another site": {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate",
                                  "Sec_Fetch_Dest": "document"},
            "without the token": {"body": "text=mail.example.com"},
            "with an empty token": {"body": "text=mail.example.com&csrf="},
            "with another browser's token": {"body": "text=a.example&csrf=" + stranger.form()},
            "with another form's token": {"path": at.path + "/again"},
            "as text": {"Content_Type": "text/plain"},
            "in parts": {"Content_Type": "multipart/form-data; boundary=x"},
            "as JSON": {"Content_Type": "application/json"},
            "with a field twice": {"body": "text=a&text=b&csrf=" + at.token},
            "in chunks": {"Content_Length": None, "Transfer_Encoding": "chunked",
                          "body": "6\r\ntext=a\r\n0\r\n\r\n"},
            "with two lengths": {"Content_Length": "5\r\nContent-Length: 60"}}.items():
        # Without its token a form gets a page of ours, which has a box with one.
        yield from refused(what, at.post(**instead), {400, 403, 415},
                           ("csrf",) if "token" in what else ())
    for site in "same-site", "cross-site":
        yield from refused("read from a page elsewhere", at.get(
            at.path + "/report.json", "Host: " + at.host, "Cookie: " + at.person.cookie,
            "Sec-Fetch-Site: " + site, "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: script"), {403})
    if at.visited() != at.visits:
        yield "servers were looked at %d times" % (at.visited() - at.visits)
    page = at.post()
    if status(page) != 303:
        yield "and our own form: %d" % status(page)


def many_requests(at):
    """ten thousand requests, one after the other and each alone"""
    ours = ["Host: " + at.host, "Cookie: " + at.person.cookie]
    ways = (request("GET", "/page.css", "Host: " + at.host), request("GET", "/", *ours),
            request("GET", at.path, "Host: " + at.host), request("GET", "/about", *ours),
            request("GET", "/open/" + NOBODY, "Host: " + at.host))
    # An answer is filled in anew each time: enough of them to see that nothing is kept.
    batch = "".join(ways) * 39 + request("GET", at.path, *ours) * 4
    heard, faults = [], []

    def row(count):
        for _ in range(count):
            answers = talk(at.port, batch + request("GET", "/", "Host: evil"), 20)
            heard.append(answers.count("HTTP/1.1 "))

    def alone(count):
        for _ in range(count):
            heard.append(at.get("/", "Host: " + at.host).count("HTTP/1.1 "))
    rows = [threading.Thread(target=row, args=(10,)) for _ in range(4)] + [
        threading.Thread(target=alone, args=(500,)) for _ in range(4)]
    for one in rows:
        one.start()
    while any(one.is_alive() for one in rows):
        faults.append(at.honest())
        time.sleep(0.3)
    wanted = 4 * 10 * (39 * 5 + 4 + 1) + 4 * 500
    if sum(heard) != wanted:
        yield "%d of %d were answered" % (sum(heard), wanted)
    yield from filter(None, faults)
    yield at.grown()


def read_again(at):
    """an answer that is read a hundred times takes no more room than once"""
    words = request("GET", at.path, "Host: " + at.host, "Cookie: " + at.person.cookie) * 50 + \
        request("GET", "/", "Host: evil")
    talk(at.port, words, 20)
    before = memory_kb(at.program.run.pid)
    heard = talk(at.port, words, 20) + talk(at.port, words, 20)
    after = memory_kb(at.program.run.pid)
    if heard.count("HTTP/1.1 200") != 100 or after > before + 1024:
        yield "%d answers; %d KB became %d" % (heard.count("HTTP/1.1 200"), before, after)


def slow_posts(at):
    """five hundred who send their form byte by byte"""
    wires = []
    head = request("POST", "/look", "Host: " + at.host, "Origin: http://" + at.host,
                   "Cookie: " + at.person.cookie, "Content-Length: 60000",
                   "Content-Type: application/x-www-form-urlencoded").encode()
    for _ in range(500):
        wire = socket.socket()
        wire.setblocking(False)
        wire.connect_ex(("127.0.0.1", at.port))
        wires.append(wire)
    until = time.monotonic() + 4
    sent = set()
    while time.monotonic() < until:
        for wire in wires:
            with contextlib.suppress(OSError):
                wire.send(head + b"text=" + b"a" * 50000 if wire not in sent else b"a")
                sent.add(wire)
        yield at.honest()
        yield at.honest(at.path)
    yield at.grown()
    for wire in wires:
        wire.close()


def huge_bodies(at):
    """bodies without end, headers without end, and answers that nobody reads"""
    form = ["Host: " + at.host, "Origin: http://" + at.host, "Cookie: " + at.person.cookie,
            "Content-Type: application/x-www-form-urlencoded"]
    much = b"a" * (256 * 1024)
    floods = {
        "a gigabyte": request("POST", "/look", *form, "Content-Length: 1000000000"),
        "more than 64 bits": request("POST", "/look", *form, "Content-Length: " + "9" * 30),
        "asked for first": request("POST", "/look", *form, "Content-Length: 70000",
                                   "Expect: 100-continue"),
        "chunks": request("POST", "/look", *form, "Transfer-Encoding: chunked") + "40000\r\n",
        "a header": request("GET", "/", "Host: " + at.host)[:-2] + "X: ",
        "a way": "GET /",
        "behind a page": request("GET", "/page.css", "Host: " + at.host),
        "nothing known": "",
    }
    for what, words in floods.items():
        for _ in range(20):
            with contextlib.suppress(OSError), \
                    socket.create_connection(("127.0.0.1", at.port)) as wire:
                wire.settimeout(0.2)
                wire.sendall(words.encode())
                for _ in range(8):
                    wire.sendall(much)
        if at.honest():
            yield "%s: %s" % (what, at.honest())
    unread = []
    for number in range(200):
        wire = socket.socket()
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        wire.connect(("127.0.0.1", at.port))
        wire.sendall((request("GET", at.path if number % 10 == 0 else "/page.css",
                              "Host: " + at.host, "Cookie: " + at.person.cookie) * 20).encode())
        unread.append(wire)
    time.sleep(0.5)
    yield at.honest()
    yield at.grown()
    for wire in unread:
        wire.close()


def listens_here_only(at):
    """it listens on loopback alone"""
    said = subprocess.run(["ss", "-Hltn"], capture_output=True, text=True, check=True).stdout
    places = [line.split()[3] for line in said.splitlines()]
    ours = [place for place in places if place.endswith(":%d" % at.port)]
    if ours != ["127.0.0.1:%d" % at.port]:
        yield "it listens on %s" % ours


def main():
    with served(SHARED) as program:
        at = Target(program)
        for attack in (listens_here_only, foreign_hosts, strangers, forged_forms, read_again,
                       many_requests, slow_posts, huge_bodies):
            began = time.monotonic()
            faults = sorted(set(filter(None, attack(at))))
            tap("%s (%.1f s)" % (attack.__doc__, time.monotonic() - began),
                "\n".join(faults[:20]))
        tap("and after all that the page is there",
            at.honest() or at.honest(at.path) or at.grown())
    print("1..%d" % counted["tests"])
    return counted["failed"] > 0


if __name__ == "__main__":
    sys.exit(main())
