#!/usr/bin/env python3
"""`certmend serve --public`: whatever a visitor types, and whatever the DNS, a settings file
or a certificate then says, nothing connects to where it may not; limits for visitors and
for those who are looked at; and behind nginx as examples/public has it. TAP."""
import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, "tests", "lab")]
from lab import Lab  # noqa: E402
from tap import counted, skip, tap  # noqa: E402
from test_fleet_manners import Counter  # noqa: E402
from test_serve import PATIENCE_S, PROGRAM, Page  # noqa: E402

NAME = "certmend.example.com"
MAIL = (25, 465, 587, 143, 993)
PROTO = {25: "smtp", 465: "smtps", 587: "smtp", 143: "imap", 993: "imaps", 80: "http",
         443: "https", 22: "smtp", 8080: "http"}
# What stands for the public Internet here, by --allow; and what is not of it.
PUBLIC = "127.0.0.0/8"
INNER, CLOUD, MAPPED, NAT64, LOOP6, LEFT_OUT = (
    "10.0.0.5", "169.254.169.254", "::ffff:10.0.0.5", "64:ff9b::a00:5", "::1", "127.41.9.1")
NOT_PUBLIC = "none of the public Internet"


def right(host, address, ports=MAIL):
    return [{"addr": address, "port": port, "proto": PROTO[port], "cert": host} for port in ports]


def trap(address, ports=(25, 465, 993, 80, 443)):
    return [{"addr": address, "port": port, "proto": PROTO[port], "cert": "any",
             "unvisited": True, "files": {}} for port in ports]


def leads(address, where):
    """A web server that answers whatever is asked for with a redirect."""
    return [{"addr": address, "port": port, "proto": PROTO[port], "cert": "web", "redirect": where}
            for port in (80, 443)]


WORLD = {
    "dns": {
        "good.example.com": {"A": ["127.41.0.1"]},
        "private.example.org": {"A": [INNER]},
        "alias.example.net": {"CNAME": "private.example.org"},
        "cloud.example.info": {"A": [CLOUD]},
        "mapped.example.biz": {"AAAA": [MAPPED]},
        "nat64.example.eu": {"AAAA": [NAT64]},
        "loop.example.ch": {"AAAA": [LOOP6]},
        "mixed.example.de": {"A": ["127.41.1.1", INNER]},
        "turning.example.at": {"A": ["127.41.2.1"]},
        "mx.example.fr": {"MX": ["10 in.example.it", "20 loop.example.ch"]},
        "in.example.it": {"A": [INNER]},
        "srv.example.es": {"MX": ["10 mail.example.nl"],
                           "_imaps._tcp.srv": {}},
        "_imaps._tcp.srv.example.es": {"SRV": ["0 0 22 mail.example.nl"]},
        "_submissions._tcp.srv.example.es": {"SRV": ["0 0 465 in.example.it"]},
        "mail.example.nl": {"A": ["127.41.3.1"]},
        "mail2.example.nl": {"A": ["127.41.13.1"]},  # four an hour to a network
        "aia.example.se": {"A": ["127.41.4.1"]},
        "inner.example.no": {"A": [INNER]},
        "sts.example.dk": {"MX": ["10 mail.example.nl"]},
        "_mta-sts.sts.example.dk": {"TXT": "v=STSv1; id=1"},
        "mta-sts.sts.example.dk": {"A": [INNER]},
        "one.example.fi": {"MX": ["10 mail.example.nl"]},
        "autoconfig.one.example.fi": {"A": ["127.41.5.1"]},
        "two.example.pl": {"MX": ["10 mail2.example.nl"]},
        "autoconfig.two.example.pl": {"A": ["127.41.5.2"]},
        "three.example.cz": {"MX": ["10 mail2.example.nl"]},
        "autoconfig.three.example.cz": {"A": ["127.41.5.3"]},
        "four.example.hu": {"MX": ["10 mail2.example.nl"]},
        "autoconfig.four.example.hu": {"A": ["127.41.5.4"]},
        "out.example.pt": {"A": [LEFT_OUT]},
        "busy.example.gr": {"A": ["127.41.6.1"]},
        "quiet.example.ro": {"A": ["127.41.7.1"]},
    },
    "certs": {
        "any": {"cn": "inner.example.no", "san": ["inner.example.no"]},
        "web": {"cn": "web.example.com", "san": ["autoconfig.one.example.fi"]},
        **{host: {"cn": host, "san": [host]} for host in
           ("good.example.com", "mixed.example.de", "turning.example.at", "mail.example.nl",
            "mail2.example.nl", "busy.example.gr", "quiet.example.ro")},
        "aia.example.se": {"cn": "aia.example.se", "san": ["aia.example.se"], "by": "inter",
                           "chain": "leaf", "aia": "http://inner.example.no/inter.der",
                           "crl": "http://inner.example.no/list.crl"},
    },
    "servers": [
        *right("good.example.com", "127.41.0.1"), *right("mixed.example.de", "127.41.1.1"),
        *right("turning.example.at", "127.41.2.1"), *right("mail.example.nl", "127.41.3.1"),
        *right("mail2.example.nl", "127.41.13.1"),
        *right("aia.example.se", "127.41.4.1"),
        *leads("127.41.5.1", "http://169.254.169.254/latest/meta-data/"),
        *leads("127.41.5.2", "http://inner.example.no/mail/config-v1.1.xml"),
        *leads("127.41.5.3", "http://127.41.3.1/mail/config-v1.1.xml"),
        *leads("127.41.5.4", "http://mail.example.nl:8080/mail/config-v1.1.xml"),
        *trap(INNER), *trap(CLOUD), *trap(MAPPED), *trap(NAT64), *trap(LOOP6), *trap(LEFT_OUT),
        *trap("127.41.3.1", (22, 80, 8080)),
        {"addr": "127.41.6.1", "port": 25, "proto": "smtp", "cert": "busy.example.gr",
         "greet_code": 421, "banner": "busy.example.gr too many connections"},
        {"addr": "127.41.7.1", "port": 993, "proto": "imaps", "cert": "quiet.example.ro"},
        {"addr": "127.41.7.1", "port": 995, "proto": "pop3s", "cert": "quiet.example.ro",
         "behaviour": "unanswered"},
    ],
}


class Turning(dict):
    """A name that leads to a public address the first time, and inside from then on."""

    def get(self, kind, default=None):
        if kind != "A":
            return default
        self["asked"] = self["asked"] + 1
        return ["127.41.2.1"] if self["asked"] == 1 else [INNER]


class Served:
    def __init__(self, lab, *more):
        self.run = subprocess.Popen(
            [PROGRAM, "serve", "--public", NAME, "--proxy", "127.0.0.1", "--allow", PUBLIC,
             "--no-dnssec", *lab.arguments(), *more],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        said = self.run.stdout.readline()
        if not said.startswith("Serving https://%s at 127.0.0.1:" % NAME):
            raise AssertionError(said + self.run.stderr.read())
        self.port = int(said.rsplit(":", 1)[1])

    def stop(self):
        self.run.send_signal(signal.SIGTERM)
        said = self.run.stderr.read()
        return self.run.wait(PATIENCE_S), said


@contextlib.contextmanager
def served(scenario, *more):
    with Lab(scenario) as lab:
        program = Served(lab, *more)
        program.lab = lab
        try:
            yield program
        finally:
            status, said = program.stop()
            if status or said:
                tap("it ends well", "status %d: %s" % (status, said))


class Visitor:
    """A browser, and the reverse proxy in front of the page, or what stands for it."""

    def __init__(self, program, client, connect=None):
        self.client, self.cookie = client, None
        self.connect = connect or (lambda: http.client.HTTPConnection(
            "127.0.0.1", program.port, timeout=PATIENCE_S))
        self.behind = {} if connect else {"X-Forwarded-For": client}

    def send(self, method, path, body=None, **more):
        wire = self.connect()
        headers = {"Host": NAME, **self.behind, **({"Cookie": self.cookie} if self.cookie else {})}
        if body is not None:
            headers.update({"Origin": "https://" + NAME,
                            "Content-Type": "application/x-www-form-urlencoded"})
            body = urllib.parse.urlencode(body)
        headers.update({name.replace("_", "-"): value for name, value in more.items()})
        wire.request(method, path, body, {k: v for k, v in headers.items() if v is not None})
        page = Page(wire.getresponse(), "%s %s" % (method, path))
        wire.close()
        if "set-cookie" in page.headers:
            self.cookie = page.headers["set-cookie"].split(";")[0]
        return page

    def get(self, path, **more):
        return self.send("GET", path, **more)

    def ask(self, text, **more):
        token = re.search(r'name="csrf" value="([0-9a-f]+)"', self.get("/").text).group(1)
        return self.send("POST", "/look", {"text": text, "csrf": token}, **more)

    def answer(self, text):
        """What becomes of a question in the end."""
        page = self.ask(text)
        until = time.monotonic() + PATIENCE_S
        path = page.headers.get("location")
        while path:
            page = self.get(path)
            if 'data-events="' not in page.text or time.monotonic() > until:
                break
            time.sleep(0.1)
        return page


def nobody(number):
    """Some visitor; each is another one."""
    return "198.51.%d.%d" % (100 + number // 250, number % 250 + 1)


def all_at_once(jobs):
    """[(what, function)]: what each gives back, in order."""
    found = [None] * len(jobs)

    def one(at, job):
        try:
            found[at] = job()
        except Exception as fault:
            found[at] = repr(fault)
    threads = [threading.Thread(target=one, args=row) for row in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


# what is typed, what its answer says, what it must not say
REACH = [
    ("good.example.com", "Nothing is wrong", NOT_PUBLIC),
    ("private.example.org", NOT_PUBLIC, "Nothing is wrong"),
    ("alias.example.net", NOT_PUBLIC, "Nothing is wrong"),
    ("cloud.example.info", NOT_PUBLIC, "Nothing is wrong"),
    ("mapped.example.biz", NOT_PUBLIC, "Nothing is wrong"),
    ("nat64.example.eu", NOT_PUBLIC, "Nothing is wrong"),
    ("loop.example.ch", NOT_PUBLIC, "Nothing is wrong"),
    ("mixed.example.de", NOT_PUBLIC, "Wrong name"),
    ("anna@mx.example.fr", NOT_PUBLIC, "Nothing is wrong"),
    ("anna@srv.example.es", "ports of mail servers only", "Wrong name"),
    ("aia.example.se", "http://inner.example.no/inter.der: its address is none", "Nothing is wrong"),
    ("anna@sts.example.dk", "mta-sts.sts.example.dk", "cannot be fetched"),
    ("anna@one.example.fi", "http://169.254.169.254/latest/meta-data/: an address stands", "Could not look"),
    ("anna@two.example.pl", "http://inner.example.no/mail/config-v1.1.xml: its address is none", "Could not look"),
    ("anna@three.example.cz", "an address stands where a name should", "Could not look"),
    ("anna@four.example.hu", "80 and 443 only", "Could not look"),
    ("out.example.pt", "leaves it out", "Nothing is wrong"),
]


def reach():
    """private, mapped, translated, link-local, by MX, SRV, CNAME, AIA, CRL, MTA-STS, a
    redirect: nothing connects there, and the answer says what was not looked at"""
    with served(WORLD, "--revocation", "--deny", "127.41.9.0/24") as program:
        pages = []
        for batch in range(0, len(REACH), 8):
            pages += all_at_once([
                lambda row=row, n=n: Visitor(program, nobody(n)).answer(row[0])
                for n, row in enumerate(REACH[batch:batch + 8], batch)])
        for (typed, says, lacks), page in zip(REACH, pages):
            words = page.words() if isinstance(page, Page) else str(page)
            if says not in words or lacks in words:
                yield "%s: %s" % (typed, words)
        yield from program.lab.trespasses()


def traps_work():
    """... where this program without --public does go, as who asks is who runs it"""
    with Lab(WORLD) as lab:
        for typed in ("private.example.org", "mapped.example.biz", "anna@three.example.cz",
                      "out.example.pt"):
            before = len(lab.trespasses())
            subprocess.run([PROGRAM, "check", typed, "--no-dnssec", *lab.arguments()],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE_S)
            if len(lab.trespasses()) == before:
                yield typed + ": nobody went into the trap"


def rebinding():
    """a name that leads inside at the second question: of one look only the first counts, and
    the next one does not go there"""
    with served(WORLD) as program:
        turning = program.lab.zone.nodes["turning.example.at"] = Turning(asked=0)
        first = Visitor(program, nobody(1)).answer("turning.example.at").words()
        asked = turning["asked"]
        second = Visitor(program, nobody(2)).answer("turning.example.at").words()
        if "Nothing is wrong" not in first:
            yield "the first look: " + first
        if asked != 1 or turning["asked"] < 2:
            yield "the name was looked up %d and %d times" % (asked, turning["asked"] - asked)
        if NOT_PUBLIC not in second or "Nothing is wrong" in second:
            yield "the second look: " + second
        yield from program.lab.trespasses()


def words_refused():
    """addresses, other ports and what is left out: not even looked up, and said why"""
    rows = [("127.41.0.1", "names only"), ("[::1]", "names only"), ("8.8.8.8", "names only"),
            ("good.example.com:22", "ports of mail servers only"),
            ("https://good.example.com:8443/", "ports of mail servers only"),
            ("xmpps://good.example.com", "ports of mail servers only"),
            ("good.example.com:5222", "ports of mail servers only"),
            ("anna@left.example.com", "leaves it out"), ("left.example.com:993", "leaves it out"),
            ("mail.left.example.com", "leaves it out")]
    with served(WORLD, "--deny", "left.example.com") as program:
        for n, (typed, says) in enumerate(rows):
            page = Visitor(program, nobody(n)).ask(typed)
            if page.status != 403 or says not in page.words():
                yield "%s: %d %s" % (typed, page.status, page.words())
        for typed in "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0x7f.0.0.1":
            page = Visitor(program, nobody(40)).answer(typed)
            if "Nothing is wrong" in page.words():
                yield "%s: %s" % (typed, page.words())
        if any(service.visits for service in program.lab.services.values()):
            yield "somebody was connected to"


def neighbours():
    """it says who it is, comes two at a time, and takes a "not now" for no fault; a port that
    is closed and one that is silent look alike"""
    crowd = Crowd()
    try:
        with served(WORLD, *crowd.ways("good.example.com")) as program:
            pages = all_at_once([
                lambda: Visitor(program, nobody(1)).answer("good.example.com"),
                lambda: Visitor(program, nobody(2)).answer("busy.example.gr:25"),
                lambda: Visitor(program, nobody(3)).answer("quiet.example.ro")])
    finally:
        crowd.close()
    if NAME.encode() not in crowd.names:
        yield "it greets as %s" % crowd.names
    if crowd.most_at_one != 2:
        yield "%d connections at once to one address" % crowd.most_at_one
    busy, quiet = pages[1].words(), pages[2].words()
    if "come back later" not in busy or "Could not look at" not in busy:
        yield "of 421: " + busy
    if not re.search(r" 110, 995, [^:]* Closed ", quiet) or "o answer" in quiet:
        yield "closed 110 and silent 995 are not told alike: " + quiet


class Crowd(Counter):
    """One mail server of many ports that counts who is there at once."""

    def __init__(self):
        self.ports = {}
        super().__init__(0.3)

    def _serve(self, ready):
        import asyncio
        asyncio.set_event_loop(self.loop)
        for port in (25, 465, 587, 143, 993, 110, 995, 4190, 443):
            server = self.loop.run_until_complete(
                asyncio.start_server(self._visit, "127.0.0.78", 0))
            self.ports[port] = server.sockets[0].getsockname()[1]
        ready.set()
        self.loop.run_forever()

    def ways(self, host):
        for port, real in self.ports.items():
            yield from ("--connect-to", "%s:%d:127.0.0.78:%d" % (host, port, real))


def many(count):
    """So many domains of one server, and of servers in networks of their own."""
    hosts = {"mail.d%d.com" % n: "127.43.%d.1" % n for n in range(count)}
    hosts.update({"mail.n%d.com" % n: "127.44.0.%d" % (n + 1) for n in range(6)})
    return {"dns": {host: {"A": [address]} for host, address in hosts.items()},
            "certs": {"c": {"cn": "mail.d0.com", "san": list(hosts)}},
            "servers": [{"addr": address, "port": 993, "proto": "imaps", "cert": "c"}
                        for address in set(hosts.values())]}


def limits():
    """six questions a minute for a visitor, four an hour about a domain and to a network"""
    with served(many(10)) as program:
        person = Visitor(program, "198.51.100.7")
        got = [person.ask("mail.d%d.com:993" % n).status for n in range(7)]
        if got != [303] * 6 + [429]:
            yield "seven questions of one visitor: %s" % got
        page = Visitor(program, "198.51.100.7").ask("mail.d7.com:993")
        if page.status != 429 or "six questions a minute" not in page.words():
            yield "the same from another browser: %d %s" % (page.status, page.words())
        page = Visitor(program, nobody(30)).ask("\n".join("mail.d%d.com" % n for n in range(7)))
        if page.status != 429:
            yield "seven servers in one question: %d" % page.status
        page = Visitor(program, nobody(31)).ask("\n".join("x%d.d8.com" % n for n in range(5)))
        if page.status != 429 or "four times in an hour" not in page.words():
            yield "five servers of a domain in one question: %d" % page.status
        got = [Visitor(program, "2001:db8:7::%x" % (n + 1)).ask("mail.d%d.com:993" % (n % 4)).status
               for n in range(7)]
        if got != [303] * 6 + [429]:
            yield "seven of one IPv6 network: %s" % got
        got = [Visitor(program, nobody(n)).answer(
            "Password: x\n" * (n == 3) + "mail.d9.com:993") for n in range(5)]
        if "Nothing is wrong" not in got[3].words() or "This is the last answer" in got[3].text:
            yield "the fourth look: " + got[3].words()
        if "a password was" not in got[3].words() or "a password was" in got[4].words() or \
                "This is the last answer, of " not in got[4].words():
            yield "the fifth question about a domain: " + got[4].words()
        page = (person := Visitor(program, nobody(30))).answer("mail..d6.com\nmail.d6.com:993\nmail.d5.com:993")
        path = re.search(r"/a/[0-9a-f]{32}\.2", page.text).group() + "?last=1"
        if "This is the last answer" not in person.get(path).text:
            yield "the last answer, of several whose first is no server: " + page.words()
        page = Visitor(program, nobody(9)).ask("other.d9.com")
        if page.status != 429 or "four times in an hour" not in page.words() or \
                not re.search("Try again in (59|60) minutes", page.words()):
            yield "another server of the domain: %d %s" % (page.status, page.words())
        got = [Visitor(program, nobody(20 + n)).answer("mail.n%d.com:993" % n) for n in range(5)]
        if "Nothing is wrong" not in got[3].words():
            yield "the fourth look into a network: " + got[3].words()
        if "left in peace" not in got[4].words() or "Nothing is wrong" in got[4].words():
            yield "the fifth: " + got[4].words()


def in_all():
    """sixteen looks at a time, and then "try again in ten seconds\""""
    hosts = {"mail.s%d.com" % n: "127.45.%d.1" % n for n in range(17)}
    slow = {"dns": {host: {"A": [address]} for host, address in hosts.items()},
            "certs": {"c": {"cn": "mail.s0.com", "san": list(hosts)}},
            "servers": [{"addr": address, "port": 993, "proto": "imaps", "cert": "c",
                         "behaviour": "silent"} for address in hosts.values()]}
    with served(slow) as program:
        got = [Visitor(program, nobody(n)).ask("mail.s%d.com:993" % n) for n in range(17)]
        if [page.status for page in got] != [303] * 16 + [503]:
            yield "%s" % [page.status for page in got]
        if got[-1].headers.get("retry-after") != "10":
            yield "of the 503: %s" % got[-1].headers


def doors():
    """only the proxy calls, with its own word for who asks, and under the page's name"""
    with served(many(1)) as program:
        person = Visitor(program, nobody(1))
        page = person.get("/")
        if page.status != 200 or not re.fullmatch(
                r"__Host-cm=[0-9a-f]{64}; Path=/; HttpOnly; SameSite=Strict; Secure",
                page.headers.get("set-cookie", "")):
            yield "the first page: %d, %s" % (page.status, page.headers)
        for host in "localhost", "127.0.0.1:%d" % program.port, "evil.example", NAME + ".", "":
            if person.get("/", Host=host).status != 421:
                yield "Host: %s" % host
        if person.get("/", X_Forwarded_For=None).status != 400:
            yield "no X-Forwarded-For"
        for word in "unknown", "", "mail.example.com", "198.51.100.1, none":
            if person.get("/", X_Forwarded_For=word).status != 400:
                yield "X-Forwarded-For: %s" % word
        stranger = Visitor(program, nobody(2), lambda: http.client.HTTPConnection(
            "127.0.0.1", program.port, timeout=PATIENCE_S, source_address=("127.0.0.9", 0)))
        if stranger.get("/", X_Forwarded_For="127.0.0.1").status != 403:
            yield "somebody else than the proxy was let in"
        answer = Visitor(program, nobody(3)).ask("mail.d0.com:993").headers["location"]
        for path in "/open/" + "0" * 32, answer + "/request", answer + "/order", \
                answer + "/request.csr":
            if person.get(path).status != 404:
                yield path
        if person.send("POST", answer + "/request", {"names": "a.example"}).status != 404:
            yield "the form of a request"
        robots = person.get("/robots.txt")
        if robots.text != "User-agent: *\nDisallow: /\n" or \
                robots.headers.get("x-robots-tag") != "noindex":
            yield "robots.txt: %s %s" % (robots.text, robots.headers)
        about = person.get("/about").words()
        for words in (NAME, "left out", "postmaster", "greets as " + NAME, "four times"):
            if words not in about:
                yield "the page about it does not say: " + words
        if person.ask("mail.d0.com", Origin="https://evil.example").status != 403:
            yield "a form of another site was taken"


def nginx_conf(folder, program):
    """The example as it is, but for its ports and files."""
    with open(os.path.join(ROOT, "examples", "public", "nginx.conf"), encoding="utf-8") as f:
        server = f.read()
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    listener.close()
    for old, new in (("listen 443 ssl;", "listen 127.0.0.1:%d ssl;" % port),
                     ("    listen [::]:443 ssl;\n", ""),
                     ("127.0.0.1:8910", "127.0.0.1:%d" % program.port)):
        if old not in server:
            raise AssertionError("the example has no " + old)
        server = server.replace(old, new)
    leaf = program.lab.leaves["page"]
    server = re.sub(r"ssl_certificate .*;", "ssl_certificate %s;" % leaf.served, server)
    server = re.sub(r"ssl_certificate_key .*;", "ssl_certificate_key %s;" % leaf.key, server)
    path = os.path.join(folder, "nginx.conf")
    with open(path, "w", encoding="utf-8") as f:
        f.write("daemon off; master_process off; pid %s/pid; error_log %s/error;\n"
                "events {}\nhttp {\n%s" % (folder, folder, "".join(
                    "%s_temp_path %s/%s;\n" % (kind, folder, kind) for kind in
                    ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))) + server + "}\n")
    return path, port


def through(program, port):
    trust = ssl.create_default_context(cafile=program.lab.ca)

    class Wire(http.client.HTTPSConnection):
        def connect(self):
            plain = socket.create_connection(("127.0.0.1", port), PATIENCE_S)
            self.sock = trust.wrap_socket(plain, server_hostname=NAME)
    return lambda: Wire(NAME, timeout=PATIENCE_S, context=trust)


def wait_for(port):
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.05)


def first_event_s(person, connect, path):
    """How long the first event took, and how long all of them."""
    wire = connect()
    began = time.monotonic()
    wire.request("GET", path + "/events", headers={"Host": NAME, "Cookie": person.cookie})
    reply = wire.getresponse()
    first = reply.readline() and time.monotonic() - began
    rest = reply.read()
    wire.close()
    return first, time.monotonic() - began, rest


def with_page():
    """Servers, one of them slow, and the page's own certificate."""
    world = many(8)
    world["certs"]["page"] = {"cn": NAME, "san": [NAME]}
    world["servers"].append({"addr": "127.43.0.1", "port": 465, "proto": "smtps", "cert": "c",
                             "delay": 2})
    return world


def behind_nginx():
    """nginx of examples/public: TLS, the name, each line at once, and limits by who asks"""
    with served(with_page()) as program, tempfile.TemporaryDirectory() as folder:
        conf, port = nginx_conf(folder, program)
        web = subprocess.Popen(["nginx", "-p", folder, "-c", conf], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
        try:
            wait_for(port)
            yield from as_it_passes(program, through(program, port))
        finally:
            web.terminate()
            web.wait(PATIENCE_S)


def as_it_passes(program, connect):
    person = Visitor(program, None, connect)
    if person.get("/").status != 200:
        yield "the first page: %d" % person.get("/").status
    page = person.get("/", Host="evil.example")  # or the proxy itself has nothing to say
    if page.status != 421 and page.text:
        yield "another name is answered"
    page = person.ask("mail.d0.com")
    path = page.headers.get("location", "")
    if page.status != 303 or not path.startswith("/a/"):
        yield "the form: %d, to %s" % (page.status, path)
        return
    first_s, all_s, rest = first_event_s(person, connect, path)
    if first_s > 1 or all_s < 1.5 or b"event: done" not in rest:
        yield "the first event after %.1f s, all after %.1f: %s" % (first_s, all_s, rest[-200:])
    if "Nothing is wrong" not in person.get(path).words():
        yield "the answer: " + person.get(path).words()
    got = [person.ask("mail.d%d.com:993" % n, X_Forwarded_For=nobody(n)).status
           for n in range(1, 7)]
    if got != [303] * 5 + [429]:
        yield "who says to be somebody else: %s" % got
    body = person.send("POST", "/look", {"text": "x" * 70000})
    if body.status != 413:
        yield "70,000 bytes: %d" % body.status


TESTS = (reach, traps_work, rebinding, words_refused, neighbours, limits, in_all, doors)


def check(test):
    try:
        tap(test.__doc__.replace("\n    ", " "), "\n".join(test()))
    except Exception as fault:  # told as a failure of this test; the others go on
        tap(test.__doc__.replace("\n    ", " "), repr(fault))


def main():
    began = time.time()
    tests = TESTS
    if shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin"):
        os.environ["PATH"] += ":/usr/sbin"
        tests += (behind_nginx,)
    else:
        skip(behind_nginx.__doc__, "no nginx here")
    threads = [threading.Thread(target=check, args=(test,)) for test in tests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("# %.1f s" % (time.time() - began))
    print("1..%d" % counted["tests"])


if __name__ == "__main__":
    main()
