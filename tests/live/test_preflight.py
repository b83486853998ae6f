#!/usr/bin/env python3
"""certmend acme preflight in a small internet: what stands before an order, told
per name with its grade, and which challenge comes out of it. TAP."""
import functools
import http.server
import json
import os
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "lab"))
from dns import DnsServer, Zone  # noqa: E402
from lab import Lab  # noqa: E402
from tap import finish, tap  # noqa: E402

PROGRAM = os.path.join(os.environ.get("BUILD", "build"), "certmend")
GOOD, OTHER, ALL, SHUT, AWAY, NS1, NS2, SECURE, ROUND, SENDS = (
    "127.21.7.%d" % i for i in range(1, 11))
PAGE = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"
DNS = {
    "good.example.org": {"A": [GOOD]},
    "other.example.org": {"A": [OTHER]},
    "all.example.org": {"A": [ALL]},
    "shut.example.org": {"A": [SHUT]},
    "away.example.org": {"A": [AWAY]},
    "secure.example.org": {"A": [SECURE]},
    "round.example.org": {"A": [ROUND]},
    "sends.example.org": {"A": [SENDS]},
    "half.example.org": {"A": [GOOD, SHUT]},
    "empty.example.org": {"TXT": ["x"]},
    "fails.example.org": {"servfail": True},
    "caa.example.org": {"A": [GOOD], "CAA": ['0 issue "pki.example.net"']},
    "nobody.example.org": {"A": [GOOD], "CAA": ['0 issue ";"']},
    "ours.example.org": {"A": [GOOD], "CAA": ['0 issue "letsencrypt.org"']},
    "critical.example.org": {"A": [GOOD], "CAA": ['128 tbs "x"']},
    "account.example.org": {"A": [GOOD], "CAA": [
        '0 issue "letsencrypt.org; accounturi=https://ca/1"']},
    "method.example.org": {"A": [GOOD], "CAA": [
        '0 issue "letsencrypt.org; validationmethods=dns-01"']},
    "nocaa.example.org": {"A": [GOOD], "servfail": ["CAA"]},
    "wild.example.org": {"CAA": ['0 issue "letsencrypt.org"', '0 issuewild ";"']},
    "_acme-challenge.moved.example.org": {"CNAME": "x.acme.example.net"},
    "acme.example.net": {"TXT": ["x"]},
    "_acme-challenge.lost.example.org": {"CNAME": "x.nowhere.invalid"},
    "_acme-challenge.twice.example.org.twice.example.org": {"TXT": ["x"]},
    "two.example.com": {"A": [GOOD]},
    "example.com": {"NS": ["ns1.example.com", "ns2.example.com"]},
    "ns1.example.com": {"A": [NS1]},
    "ns2.example.com": {"A": [NS2]},
}
SERVERS = [{"addr": OTHER, "port": 80, "proto": "http"},
           {"addr": ALL, "port": 80, "proto": "http", "behaviour": "say", "text": PAGE},
           {"addr": AWAY, "port": 80, "proto": "http", "redirect": "http://www.example.net{path}"},
           {"addr": SECURE, "port": 80, "proto": "http",
            "redirect": "https://secure.example.org{path}"},
           {"addr": ROUND, "port": 80, "proto": "http",
            "redirect": "http://round.example.org{path}"},
           {"addr": SENDS, "port": 80, "proto": "http",
            "redirect": "http://good.example.org{path}"}]
HTTP = ["--challenge", "http-01"]
ADDRESS = ["dns", "block", "dns.nxdomain"]

# what, names, more words, status, challenge of the first name, what is told of it
ROWS = [
    ("all is well", ["good.example.org"], [], 0, "http-01", []),
    ("another machine on port 80", ["other.example.org"], [], 1, "http-01",
     [["port80", "block", "http01.elsewhere"]]),
    ("a page for everything", ["all.example.org"], [], 1, "http-01",
     [["port80", "block", "http01.catchall"]]),
    ("port 80 is shut", ["shut.example.org"], HTTP, 1, "http-01",
     [["port80", "block", "http01.unreachable"]]),
    ("one address of two is shut", ["half.example.org"], HTTP, 1, "http-01",
     [["port80", "block", "http01.unreachable"]]),
    ("sent elsewhere", ["away.example.org"], [], 1, "http-01",
     [["port80", "block", "http01.elsewhere"]]),
    ("sent on to port 443, where nobody answers", ["secure.example.org"], HTTP, 1, "http-01",
     [["port80", "block", "http01.bad_redirect"]]),
    ("sent round and round", ["round.example.org"], HTTP, 1, "http-01",
     [["port80", "block", "http01.bad_redirect"]]),
    ("sent on to a host that has what was put there", ["sends.example.org"], HTTP, 0, "http-01",
     []),
    ("port 80 is left out", ["shut.example.org"], HTTP + ["--skip", "port80"], 0, "http-01", []),
    ("no such name", ["nx.example.org"], [], 1, "http-01", [ADDRESS]),
    ("no address", ["empty.example.org"], [], 1, "http-01", [["dns", "block", "dns.no_address"]]),
    ("no address is needed for dns-01", ["empty.example.org"], ["--challenge", "dns-01"], 0,
     "dns-01", []),
    ("no answer", ["fails.example.org", "good.example.org"], ["--skip", "caa"], 1, "http-01",
     [["dns", "block", "dns.broken"]]),
    ("CAA names another", ["caa.example.org"], [], 1, "http-01",
     [["caa", "block", "acme.caa_forbids"]]),
    ("CAA names this one", ["ours.example.org"], [], 0, "http-01", []),
    ("CAA is left out", ["caa.example.org"], ["--skip", "caa"], 0, "http-01", []),
    ("CAA names the other CA", ["caa.example.org"], ["--ca", "google"], 1, "http-01",
     [["caa", "block", "acme.caa_forbids"]]),
    ("CAA of a CA nobody knows", ["caa.example.org"], ["--ca", "https://127.0.0.1:1/dir"], 0,
     "http-01", [["caa", "warn", "acme.caa_forbids"]]),
    ("CAA that allows nobody", ["nobody.example.org"], ["--ca", "https://127.0.0.1:1/dir"], 1,
     "http-01", [["caa", "block", "acme.caa_forbids"]]),
    ("an unknown critical tag", ["critical.example.org"], [], 1, "http-01",
     [["caa", "block", "acme.caa_critical"]]),
    ("CAA cannot be asked for", ["nocaa.example.org"], [], 1, "http-01",
     [["caa", "block", "acme.caa_lookup_fails"]]),
    ("CAA for another account", ["account.example.org"], [], 1, "http-01",
     [["caa", "block", "acme.caa_params"]]),
    ("CAA for another challenge", ["method.example.org"], HTTP, 1, "http-01",
     [["caa", "block", "acme.caa_params"]]),
    ("a wildcard", ["*.good.example.org"], [], 0, "dns-01", []),
    ("a wildcard that CAA forbids", ["*.wild.example.org"], [], 1, "dns-01",
     [["caa", "block", "acme.caa_forbids"]]),
    ("a delegated proof", ["*.moved.example.org"], [], 0, "dns-01", []),
    ("a proof delegated to nowhere", ["*.lost.example.org"], [], 1, "dns-01",
     [["dns01", "block", "dns01.cname_broken"]]),
    ("a doubled name", ["*.twice.example.org"], [], 0, "dns-01",
     [["dns01", "warn", "dns01.doubled_label"]]),
    ("name servers that differ", ["two.example.com"], [], 0, "http-01",
     [["dns", "warn", "dns.servers_differ"]]),
    ("a name of one's own network", ["foo.lan"], ["--skip", "dns"], 1, "http-01",
     [["names", "block", "acme.name_unissuable"]]),
    ("an address of one's own network", ["10.0.0.1"], ["--profile", "shortlived", "--skip",
                                                       "port80"], 1, "http-01",
     [["names", "block", "acme.name_unissuable"]]),
]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class HangsUp(socketserver.TCPServer):
    allow_reuse_address = True  # its port is free again at once


class Stage:
    def __init__(self, lab, folder):
        self.lab, self.folder = lab, folder
        self.root = os.path.join(folder, "root")
        os.mkdir(self.root)
        self.web = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Quiet, directory=self.root))
        threading.Thread(target=self.web.serve_forever, daemon=True).start()
        other = dict(DNS, **{"two.example.com": {"A": [SHUT]}})
        self.second = DnsServer(Zone(other))

    def route(self, address, port, place):
        return ["--connect-to", "%s:%d:127.0.0.1:%s" % (address, port, place)]

    def words(self, store, dark):
        resolver = [] if dark else ["--resolver", self.lab.resolver]
        return [*resolver, "--connect-to", "10.0.0.1::127.0.0.1:1", "--store", os.path.join(self.folder, store), "--skip", "ca",
                *self.route(NS1, 53, self.lab.resolver.split(":")[1]),
                *self.route(NS2, 53, self.second.place.split(":")[1]), *self.lab.arguments()[2:]]

    def run(self, names, more, store="store", command=("acme", "preflight"), web=True,
            dark=False):
        there = [*self.route(GOOD, 80, self.web.server_address[1]), "--webroot", self.root]
        done = subprocess.run([PROGRAM, *command, *names, *more, *(there if web else []),
                               *self.words(store, dark)], capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout, done.stderr

    def asked(self, names, more, **how):
        """(status, report)"""
        status, said, noted = self.run(names, [*more, "--format", "json"], **how)
        try:
            return status, json.loads(said)
        except ValueError:
            raise RuntimeError("%d: %s%s" % (status, said, noted)) from None


def told(part):
    return [[c["check"], c["verdict"], c["finding"]] for c in part["checks"]]


def rows(stage):
    for what, names, more, status, challenge, wanted in ROWS:
        got, report = stage.asked(names, more)
        first = report["names"][0]
        tap(what, None if got == status and first["challenge"] == challenge and
            told(first) == wanted and all(c["fix"] for c in first["checks"]) else (got, first))
    tap("nothing is left in the web server's folder", os.listdir(stage.root))


def responder(stage):
    """Without --webroot certmend answers itself."""
    with HangsUp(("127.0.0.1", 0), socketserver.BaseRequestHandler) as taken:
        threading.Thread(target=taken.serve_forever, daemon=True).start()
        port = taken.server_address[1]
        here = ["--listen", "127.0.0.1:%d" % port, *stage.route(GOOD, 80, port)]
        status, report = stage.asked(["good.example.org"], here, web=False)
        tap("its port is taken", None if status == 1 and told(report["names"][0])[-1] ==
            ["port80", "block", None] and "in use" in str(report) else (status, report))
        ordered = ["--apply", "--ca", "https://127.0.0.1:1/dir", *here]
        status, said, noted = stage.run(["good.example.org"], ordered, command=("issue",),
                                        web=False)
        tap("no CA at all is asked then", None if status == 1 and "in use" in noted and
            "No certificate" not in said and "Nothing has been done" in said
            else (status, said, noted))
        taken.shutdown()
    status, report = stage.asked(["good.example.org"], here, web=False)
    tap("certmend answers itself", None if status == 0 else (status, report))
    left = subprocess.run(["ss", "-Hltn"], capture_output=True, text=True).stdout
    tap("and not for longer", ":%d " % port in left and left)


def taken_80(stage):
    """Port 443 is as good, with a CA by its URL too."""
    try:
        for port in (443, 80):
            taken = socket.create_server(("0.0.0.0", port))
            if port == 443:
                taken.close()
    except OSError:
        tap("port 80 is taken, port 443 is free # SKIP not here", None)
        return
    with taken:
        for ca in ([], ["--ca", "https://127.0.0.1:1/dir"]):
            status, report = stage.asked(["good.example.org"], ca, web=False)
            first = report["names"][0]
            tap("port 80 is taken, port 443 is free %s" % ca, None if status == 0 and
                first["challenge"] == "tls-alpn-01" and "port 443" in first["why"]
                else (status, report))


def machine(stage):
    """Store, limits, CA."""
    os.mkdir(os.path.join(stage.folder, "shared"))
    os.chmod(os.path.join(stage.folder, "shared"), 0o770)
    status, report = stage.asked(["good.example.org"], [], store="shared")
    tap("a store that its group may write to", None if status == 0 and
        told(report["machine"]) == [["store", "warn", None]] else (status, report["machine"]))
    many = ["n%d.example.org" % i for i in range(101)]
    status, report = stage.asked(many, [w for s in ("dns", "dnssec", "caa", "port80")
                                        for w in ("--skip", s)])
    tap("too many names", None if status == 1 and
        told(report["machine"]) == [["names", "block", None]] else (status, report["machine"]))
    for profile, wanted in (
            ([], []), (["--profile", "shortlived"], []),
            (["--profile", "tlsserver"], [["names", "block", "acme.name_unissuable"]])):
        status, report = stage.asked(["10.0.0.1"], ["--skip", "port80"] + profile)
        tap("an address and the profile %s" % (profile[1:] or "of nobody's choice"),
            None if told(report["machine"]) == wanted else (status, report["machine"]))
    status, report = stage.asked(many[:26] + ["10.0.0.1"],
                                 [w for s in ("dns", "dnssec", "caa", "port80")
                                  for w in ("--skip", s)])
    tap("its profile takes fewer names", None if
        told(report["machine"]) == [["names", "block", None]] else (status, report["machine"]))


def covered(stage):
    """A name beside the star that covers it."""
    skip = [w for s in ("dns", "dnssec", "caa", "dns01", "port80") for w in ("--skip", s)]
    for names, wanted in ((["*.good.example.org", "a.good.example.org"],
                           [["names", "block", "acme.name_unissuable"]]),
                          (["*.good.example.org", "good.example.org", "a.b.good.example.org"],
                           [])):
        status, report = stage.asked(names, skip)
        tap("a star and %s" % names[1:], None if told(report["machine"]) == wanted
            else (status, report["machine"]))


def without_network(stage):
    started = time.monotonic()
    status, report = stage.asked(["good.example.org"], ["--resolver", "127.0.0.1:1"], dark=True)
    tap("nobody answers: nothing is claimed",
        None if status == 3 and report["verdict"] == "untested" and
        time.monotonic() - started < 40 else (status, report))


def before_an_order(stage):
    rows = [
        ("a plan that would fail", ["caa.example.org"], [], 1, "--skip caa goes on"),
        ("an order that would fail", ["caa.example.org"], ["--apply"], 1, "--skip caa goes on"),
        ("a plan that may go well", ["good.example.org"], [], 0, "Nothing has been done"),
        ("a CA of one's own is asked all the same", ["shut.example.org"],
         ["--ca", "https://127.0.0.1:1/dir"], 0, "Nothing answers on port 80"),
        ("the challenge and its reason", ["method.example.org"],
         ["--dns-hook", "true"], 0, "method.example.org by dns-01: a program"),
    ]
    for what, names, more, wanted, text in rows:
        status, said, noted = stage.run(names, more, command=("issue",))
        tap("issue: " + what, None if status == wanted and text in said + noted
            else (status, said, noted))


def usage(stage):
    for what, names, more, text in (
            ("no name", [], [], "names to be certified were wanted"),
            ("an unknown check", ["good.example.org"], ["--skip", "x"], "dnssec"),
            ("an unknown format", ["good.example.org"], ["--format", "xml"], "text or json")):
        status, said, noted = stage.run(names, more)
        tap("usage: " + what, None if status == 2 and text in noted and not said
            else (status, said, noted))
    status, said, _ = stage.run(["shut.example.org"], HTTP)
    tap("as text", None if status == 1 and "block  shut.example.org by http-01" in said and
        "[http01.unreachable]" in said and "would fail" in said else said)


def main():
    scenario = {"target": "good.example.org", "dns": DNS, "servers": SERVERS}
    with tempfile.TemporaryDirectory(prefix="certmend-") as folder, Lab(scenario) as lab:
        stage = Stage(lab, folder)
        for part in (rows, responder, taken_80, machine, covered, without_network, before_an_order, usage):
            try:
                part(stage)
            except Exception as error:
                tap(part.__name__, repr(error))
        stage.web.shutdown()
        stage.second.close()
    finish()


main()
