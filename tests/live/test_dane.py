#!/usr/bin/env python3
"""TLSA records around an order: a key that none of them fits is not ordered for,
and a certificate that none fits does not go live. Against Debian's Pebble, with
the lab's name server, whose records change under way. TAP."""
import functools
import glob
import hashlib
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), n) for n in ("acme", "lab")]
import ca  # noqa: E402
import pebble  # noqa: E402
from dns import DnsServer, Zone  # noqa: E402
from tap import finish, tap  # noqa: E402

PROGRAM = os.path.join(ca.BUILD, "certmend")
A, B = "aa" * 32, "bb" * 32
HERE_IS = {"A": ["127.0.0.1"]}


def digest(path):
    """Of a key's public half, as a TLSA record 3 1 1 has it."""
    return hashlib.sha256(ca.openssl("pkey", "-in", path, "-pubout", "-outform",
                                     "DER")).hexdigest()


# Tells us what a real program tells a name server.
DNS_HOOK = """#!/usr/bin/env python3
import sys, urllib.parse, urllib.request
urllib.request.urlopen("http://127.0.0.1:%d/zone?" + urllib.parse.urlencode(
    dict(zip(("action", "owner", "value"), sys.argv[1:])))).read()
"""
OLD_HOOK = """#!/bin/sh
case $1 in present|cleanup) exit 0 ;; *) echo "odd word: $1" ; exit 1 ;; esac
"""


class Web(http.server.SimpleHTTPRequestHandler):
    """When the CA comes for its proof, `meanwhile` happens. What the program for
    the zone says is done."""
    meanwhile = zone = None

    def change_zone(self):
        said = dict(urllib.parse.parse_qsl(self.path.partition("?")[2]))
        values = Web.zone.nodes.setdefault(said["owner"], {}).setdefault("TLSA", [])
        if said["value"] in values:
            values.remove(said["value"])
        if said["action"] == "present-tlsa":
            values.append(said["value"])
        self.send_response(204)
        self.end_headers()

    def do_GET(self):
        if self.path.startswith("/zone?"):
            self.change_zone()
            return
        if "acme-challenge" in self.path and Web.meanwhile:
            Web.meanwhile()
            Web.meanwhile = None
        super().do_GET()

    def log_message(self, *_):
        pass


class Stage:
    def __init__(self, folder):
        self.folder, self.store = folder, os.path.join(folder, "store")
        self.root = os.path.join(folder, "root")
        os.mkdir(self.root)
        self.zone = Zone({"ca.lab": HERE_IS, "example.org": {"A": ["127.0.0.1"]}})
        self.dns = DnsServer(self.zone)
        Web.zone = self.zone
        self.server = pebble.Pebble(folder, own=True, va_nosleep="1", authzreuse="0",
                                    resolver=self.dns.place)
        self.web = http.server.ThreadingHTTPServer(
            ("127.0.0.1", self.server.http), functools.partial(Web, directory=self.root))
        threading.Thread(target=self.web.serve_forever, daemon=True).start()

    def close(self):
        self.web.shutdown()
        self.server.stop()
        self.dns.close()

    def records(self, name, *texts, port=25):
        self.zone.nodes.setdefault(name, HERE_IS)
        owner = "_%d._tcp.%s" % (port, name)
        self.zone.nodes[owner] = {"TLSA": list(texts)} if texts else {}

    def run(self, *words, store=None):
        if words[0] == "renew":
            more = []
        elif words[1] == "next-key":
            more = []
        else:
            more = ["--ca", "https://ca.lab:%d/dir" % self.server.acme, "--ca-file",
                    self.server.authority.pem, "--resolver", self.dns.place, "--webroot",
                    self.root, "--skip", "port80"]
        done = subprocess.run([PROGRAM, *words, *more, "--store", store or self.store],
                              capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout, done.stderr

    def apply(self, name, *words):
        return self.run("issue", name, "--apply", "--force", *words)

    def live(self, name, file="privkey.pem"):
        return os.path.join(self.store, "live", name, file)

    def script(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as f:
            f.write(text)
        os.chmod(path, 0o755)
        return path

    def published(self, name, port=25):
        return self.zone.nodes["_%d._tcp.%s" % (port, name)]["TLSA"]

    def short_lived(self, name):
        """What is live becomes one for a day, with the same key; its end."""
        ca.openssl("req", "-new", "-x509", "-key", self.live(name), "-days", "1", "-subj",
                   "/CN=" + name, "-addext", "subjectAltName=DNS:" + name, "-addext",
                   "authorityKeyIdentifier=none", "-out", self.live(name, "cert.pem"))
        shutil.copy(self.live(name, "cert.pem"), self.live(name, "fullchain.pem"))
        end = ca.openssl("x509", "-in", self.live(name, "cert.pem"), "-noout", "-enddate",
                         "-dateopt", "iso_8601").decode().strip()
        return end.partition("=")[2].replace(" ", "T")

    def next_key(self, name):
        self.run("acme", "next-key", name)
        return digest(self.live(name, "privkey-next.pem"))

    def kept(self, name):
        """How many certificates of this name there are, live or not."""
        return len(glob.glob(os.path.join(self.store, "archive", name, "[0-9]*")))


# what, records by owner, words, status, check's verdict, what is said of it
ROWS = [
    ("another key", {"_25._tcp": ["3 1 1 " + A]}, 1, "block", "_25._tcp.NAME do not fit"),
    ("nothing published", {}, 0, None, ""),
    ("nothing that can be read", {"_25._tcp": ["3 1 1 00"]}, 0, None, ""),
    ("on a port for mailboxes", {"_993._tcp": ["3 1 1 " + A]}, 1, "block", "_993._tcp.NAME"),
    ("on a port that is not ours", {"_8443._tcp": ["3 1 1 " + A]}, 0, None, ""),
    ("a whole certificate", {"_25._tcp": ["3 0 1 " + A]}, 1, "block", "of a whole certificate"),
    ("an authority", {"_25._tcp": ["2 1 1 " + A]}, 0, "warn", "name an authority"),
    ("a question that fails", {"_25._tcp": None}, 1, "block", "could not be learnt"),
    ("by an alias of the record", {"_25._tcp": "far"}, 1, "block", "_25._tcp.NAME"),
]


def rows(s):
    s.zone.nodes["far.example.net"] = {"TLSA": ["3 1 1 " + A]}
    for number, (what, records, status, verdict, said) in enumerate(ROWS):
        name = "r%d.example.org" % number
        s.zone.nodes[name] = HERE_IS
        for owner, texts in records.items():
            s.zone.nodes["%s.%s" % (owner, name)] = \
                {"servfail": ["TLSA"]} if texts is None else \
                {"CNAME": "far.example.net"} if texts == "far" else {"TLSA": texts}
        got, text, noted = s.run("acme", "preflight", name, "--format", "json")
        checks = json.loads(text)["names"][0]["checks"]
        ours = [c for c in checks if c["check"] == "dane"]
        good = got == status and [c["verdict"] for c in ours] == ([verdict] if verdict else []) \
            and all(said.replace("NAME", name) in c["detail"] and c["fix"] for c in ours)
        tap("preflight: " + what, None if good else (got, checks, noted))
        got, text, noted = s.run("acme", "preflight", name, "--skip", "dane")
        tap("... left out", got and (got, text, noted))


def places(s):
    """Where else records may be."""
    s.zone.nodes.update({
        "away.example.org": {"CNAME": "server.example.net"}, "server.example.net": HERE_IS,
        "_25._tcp.server.example.net": {"TLSA": ["3 1 1 " + A]},
        "example.com": {"MX": ["10 mx.example.com", "20 mx.example.net"]},
        "mx.example.com": HERE_IS, "_25._tcp.mx.example.com": {"TLSA": ["3 1 1 " + A]},
        "_25._tcp.mx.example.net": {"TLSA": ["3 1 1 " + A]},
        "example.net": {"MX": ["10 mx.example.com"]}})
    for what, name, status, owner in (
            ("the name is an alias", "away.example.org", 1, "_25._tcp.server.example.net"),
            ("a star over the mail host", "*.example.com", 1, "_25._tcp.mx.example.com"),
            ("a star over no mail host", "*.example.net", 0, None)):
        got, text, noted = s.run("acme", "preflight", name)
        tap(what, None if got == status and (not owner or owner in text) and
            "_25._tcp.mx.example.net" not in text else (got, text, noted))


def orders(s):
    name = "mail.example.org"
    s.records(name)
    status, said, noted = s.apply(name)
    tap("without records it goes live", status and (status, said, noted))
    first = digest(s.live(name))
    s.records(name, "3 1 1 " + first)
    for words in (["issue", name, "--force"], ["issue", name, "--apply", "--force"], ["renew", "--force", name]):
        status, said, noted = s.run(*words)
        both = said + noted
        tap("%s: a new key that does not fit is not ordered for" % " ".join(words), None
            if status == 1 and "next-key " + name in both and "--keep-key" in both and
            s.kept(name) == 1 else (status, said, noted))
    state = json.load(open(s.live(name, "renewal.json")))
    tap("renew tries again later", state["failures"] != 1 and state)
    status, said, noted = s.apply(name, "--keep-key")
    tap("the key that is kept fits", None if status == 0 and digest(s.live(name)) == first
        else (status, said, noted))
    s.apply(name, "--skip", "dane")
    tap("--skip dane goes on all the same", digest(s.live(name)) == first)
    s.records(name, "3 1 1 " + first)
    about = s.live(name, "certmend.json")
    told = json.load(open(about))
    tap("what does no harm is left out at renewals too", None if told["skip"] == ["port80"]
        else told["skip"])
    for what in ("that was for one run", "what an older certmend wrote down is not followed"):
        kept = s.kept(name)
        status, said, noted = s.run("renew", "--force", name)
        tap(what, None if status == 1 and "do not fit" in said + noted and s.kept(name) == kept
            else (status, said, noted))
        told["skip"].append("dane")
        with open(about, "w") as f:
            json.dump(told, f)


def next_key(s):
    name = "next.example.org"
    s.records(name)
    s.apply(name)
    first = digest(s.live(name))
    s.records(name, "3 1 1 " + first)
    s.records(name, "3 1 2 " + "ab" * 64, port=465)
    coming = s.next_key(name)
    status, said, noted = s.apply(name)
    both = said + noted
    tap("the record to publish is told, for each port", None if status == 1 and
        "_25._tcp.%s. IN TLSA 3 1 1 %s" % (name, coming) in both and
        "_465._tcp.%s. IN TLSA 3 1 2 " % name in both and s.kept(name) == 1 else both)
    s.records(name, "3 1 1 " + first, "3 1 1 " + coming)
    s.records(name, port=465)
    status, said, noted = s.apply(name)
    tap("once it is there, the next key goes live", None if status == 0 and
        digest(s.live(name)) == coming else (status, said, noted))


def given_key(s):
    """The first order of a server that has had a key from elsewhere."""
    name = "given.example.org"
    path = ca.make_key(os.path.join(s.folder, "given.key"))
    s.records(name, "3 1 1 " + digest(path))
    status, said, noted = s.apply(name)
    tap("a first order would make a new key", None if status == 1 and "--key FILE" in noted and
        not s.kept(name) else (status, said, noted))
    status, said, noted = s.apply(name, "--key", path)
    tap("--key FILE brings the one that is published", None if status == 0 and
        digest(s.live(name)) == digest(path) else (status, said, noted))


def meanwhile(s):
    """The records change while the CA looks for its proof."""
    name = "late.example.org"
    s.records(name)
    Web.meanwhile = lambda: s.records(name, "3 1 1 " + B)
    ran = os.path.join(s.folder, "ran")
    with open(os.path.join(s.folder, "hook"), "w") as f:
        f.write("#!/bin/sh\ntouch %s\n" % ran)
    os.chmod(f.name, 0o755)
    status, said, noted = s.apply(name, "--deploy-hook", f.name)
    tap("a record that came under way: it does not go live", None if status == 1 and
        "and not live" in said and not os.path.exists(s.live(name)) and s.kept(name) == 1
        and not os.path.exists(ran) else (status, said, noted))
    waiting = digest(os.path.join(s.store, "archive", name, "1", "privkey.pem"))
    tap("the record to publish is told", None if
        "_25._tcp.%s. IN TLSA 3 1 1 %s" % (name, waiting) in said else said)
    ledger = open(os.path.join(s.store, "ledger.json")).read()
    tap("it counts", None if '"certificate"' in ledger and name in ledger else ledger)
    status, said, noted = s.apply(name, "--deploy-hook", f.name)
    tap("it still waits, and nothing is ordered again", None if status == 1 and
        s.kept(name) == 1 and waiting in said + noted else (status, said, noted))
    s.records(name, "3 1 1 " + B, "3 1 1 " + waiting)
    at = Waiting(s, name)
    for what in ("published, it waits for older answers to go", "so does the next run"):
        status, said, noted = s.apply(name, "--deploy-hook", f.name)
        tap(what, None if status == 1 and "may hold older records" in said and
            "until 20" in said and not os.path.exists(s.live(name)) and s.kept(name) == 1 and
            at.read()["ttl_s"] == 86400 else (status, said, noted))
    at.change(waited_ms=at.read()["waited_ms"] + 1800 * 1000)
    status, said, noted = s.apply(name, "--deploy-hook", f.name)
    tap("what has gone by counts", None if status == 1 and
        at.read()["waited_ms"] >= 1800 * 1000 else (status, said, noted))
    at.change(waited_ms=2 * 86400 * 1000 - 1500)
    status, said, noted = s.apply(name, "--deploy-hook", f.name)
    tap("a second is waited for: it goes live without an order", None if status == 0 and
        digest(s.live(name)) == waiting and s.kept(name) == 1 and os.path.exists(ran)
        else (status, said, noted))
    s.records(name)
    Web.meanwhile = lambda: s.records(name, "3 0 1 " + B)
    status, said, noted = s.run("renew", "--force", name)
    tap("renew: the same, and what was live stays", None if status == 1 and
        digest(s.live(name)) == waiting and s.kept(name) == 2 else (status, said, noted))
    s.zone.nodes["_25._tcp." + name] = {"servfail": ["TLSA"]}
    status, said, noted = s.run("renew", "--force", name)
    tap("a failure is no \"none\"", None if status == 1 and digest(s.live(name)) == waiting and
        "could not be learnt" in said + noted and s.kept(name) == 2 else (status, said, noted))
    s.records(name)
    status, said, noted = s.run("renew", "--force", name, "--format", "json")
    told = json.loads(said)["certificates"][0]
    tap("none: older answers are waited for all the same", None if status == 1 and
        digest(s.live(name)) == waiting and told["order"]["waits_until"] > told["next_try"]
        else (status, said, noted))
    at.change(waited_ms=2 * 86400 * 1000)
    s.zone.nodes["_25._tcp." + name] = {"servfail": ["TLSA"]}
    status, said, noted = s.run("renew", "--force", name)
    tap("nothing learnt at its end: it waits on", None if status == 1 and
        digest(s.live(name)) == waiting else (status, said, noted))
    s.records(name)
    status, said, noted = s.run("renew", "--force", name)
    tap("then it goes live", None if not os.path.exists(at.path) and status == 0 and digest(s.live(name)) != waiting and
        s.kept(name) == 2 else (status, said, noted))


def whole(s):
    """Records of whole certificates: the certificate comes first, then its record."""
    name = "whole.example.org"
    s.records(name)
    s.apply(name)
    first = digest(s.live(name))
    der = ca.openssl("x509", "-in", s.live(name, "cert.pem"), "-outform", "DER")
    s.records(name, "3 0 1 " + hashlib.sha256(der).hexdigest())
    status, said, noted = s.apply(name, "--keep-key")
    tap("a kept key is no help where the certificate is published", None if status == 1 and
        "_25._tcp.%s. IN TLSA 3 1 1 %s" % (name, first) in said + noted and s.kept(name) == 1
        else (status, said, noted))


def rollover(s, name, *words):
    """Live and published, and a next key made: (the key, the next one, renew)."""
    s.records(name)
    status, said, noted = s.apply(name, *words)
    if status:
        tap(name, (status, said, noted))
    first = digest(s.live(name))
    s.records(name, "3 1 1 " + first)
    return first, s.next_key(name), lambda *more: s.run("renew", "--force", name, *more)


class Written:
    """What is written down of a wait."""

    def read(self):
        with open(self.path) as f:
            return json.load(f)

    def change(self, **more):
        text = json.dumps(dict(self.read(), **more))
        with open(self.path, "w") as f:
            f.write(text)


class Waiting(Written):
    """... of a certificate that is not live."""

    def __init__(self, s, name):
        self.path = os.path.join(s.store, "archive", name, "waiting.json")


class Progress(Written):
    """... of a rollover."""

    def __init__(self, s, name):
        self.path = os.path.join(s.store, "rollover", name + ".json")

    def stage(self):
        return os.path.exists(self.path) and self.read()["stage"]


def waits(s):
    """Long waits: none of these runs takes long."""
    name = "wait.example.org"
    hook = s.script("dns-hook", DNS_HOOK % s.web.server_address[1])
    first, coming, renew = rollover(s, name, "--dns-hook", hook, "--challenge", "http-01",
                                    "--skip", "deploy-look")
    at = Progress(s, name)
    status, said, noted = renew()
    both = ["3 1 1 " + first, "3 1 1 " + coming]
    tap("the next key is published, and waited for", None if status == 0 and
        "waiting until 20" in said and s.published(name) == both and at.stage() == "wait" and
        digest(s.live(name)) == first else (status, said, noted))
    before = at.read()
    tap("where no server of the zone is known, a day counts", before["ttl_s"] < 86400 and before)
    status, said, noted = renew("--format", "json")
    told = json.loads(said)["certificates"][0]["rollover"]
    tap("the next run waits on", None if status == 0 and told["stage"] == "wait" and
        at.read()["waited_ms"] > before["waited_ms"] else (status, said, noted))
    status, said, noted = s.run("renew", "--plan", name)
    tap("--plan says so", None if status == 0 and "waiting until" in said else said)
    status, said, noted = s.apply(name)
    tap("an order does not go in front of it", None if status == 1 and
        "renew " + name in noted and s.kept(name) == 1 else (status, said, noted))
    at.change(at="2020-01-01T00:00:00Z")
    status, said, noted = renew()
    tap("a clock that was set is told, and shortens nothing", None if status == 0 and
        "was set ahead" in noted and at.stage() == "wait" else (status, said, noted))
    at.change(boot="another start", boot_ms=0)
    status, said, noted = renew()
    tap("nor does a new start of the machine", None if status == 0 and at.stage() == "wait"
        else (status, said, noted))
    at.change(waited_ms=3 * 86400 * 1000)
    s.records(name, "3 1 1 " + first)
    status, said, noted = renew()
    tap("a record that has gone is published and waited for again", None if status == 0 and
        at.stage() == "wait" and s.published(name) == both and s.kept(name) == 1 and
        at.read()["waited_ms"] < 86400 * 1000 else (status, said, noted))
    at.change(waited_ms=3 * 86400 * 1000)
    status, said, noted = renew()
    tap("then the next key goes live, and the old record stays", None if status == 0 and
        digest(s.live(name)) == coming and s.published(name) == both and
        at.stage() == "settle" else (status, said, noted))
    at.change(waited_ms=3 * 86400 * 1000)
    status, said, noted = renew()
    tap("until it may go; a new next key waits", None if status == 0 and not at.stage() and
        s.published(name) == both[1:] and os.path.exists(s.live(name, "privkey-next.pem"))
        else (status, said, noted))


def too_late(s):
    """The live certificate ends before the wait for the next key is over."""
    name = "ends.example.org"
    hook = s.script("dns-hook", DNS_HOOK % s.web.server_address[1])
    how = ("--dns-hook", hook, "--challenge", "http-01", "--skip", "deploy-look")
    first, coming, renew = rollover(s, name, *how)
    at = Progress(s, name)
    renew()
    # Two days are waited where no server of the zone is known.
    ends = s.short_lived(name)
    for more in ((), ("--wait",)):
        status, said, noted = renew(*more)
        tap("it ends before the wait is over: told at once %s" % (more,), None
            if status == 1 and "ends at %s" % ends in said and "until 20" in said and
            at.stage() == "wait" and digest(s.live(name)) == first else (status, said, noted))
    os.remove(said.partition("take away ")[2].partition(",")[0])
    words = said[said.index("--keep-key"):said.index(" --apply")].split()
    status, said, noted = s.apply(name, *words, *how)
    tap("what it says to do works", None if status == 0 and digest(s.live(name)) == first
        else (status, said, noted))
    renew()
    s.next_key(name)
    status, said, noted = renew()
    tap("and the change of keys begins anew", None if status == 0 and at.stage() == "wait" and
        "waiting until" in said and digest(s.live(name)) == first else (status, said, noted))


def troubles(s):
    name = "old-hook.example.org"
    hook = s.script("old-hook", OLD_HOOK)
    first, coming, renew = rollover(s, name, "--dns-hook", hook, "--challenge", "http-01",
                                    "--dns-wait", "1")
    status, said, noted = renew()
    tap("a program that knows no TLSA records", None if status == 1 and "odd word" in said and
        "IN TLSA 3 1 1 " + coming in said and digest(s.live(name)) == first
        else (status, said, noted))
    s.records(name, "3 1 1 " + first, "3 1 1 " + coming)
    status, said, noted = renew()
    tap("what was published by hand counts", None if status == 0 and
        Progress(s, name).stage() == "wait" else (status, said, noted))
    os.remove(s.live(name, "privkey-next.pem"))
    status, said, noted = renew()
    tap("a next key that is gone ends it", None if status == 1 and "dropped" in said and
        not Progress(s, name).stage() and digest(s.live(name)) == first
        else (status, said, noted))
    os.makedirs(os.path.dirname(Progress(s, name).path), exist_ok=True)
    with open(Progress(s, name).path, "w") as f:
        f.write("{}")
    status, said, noted = renew()
    tap("what cannot be read is not guessed at", None if status == 2 and
        Progress(s, name).path in noted and digest(s.live(name)) == first
        else (status, said, noted))


def main():
    with tempfile.TemporaryDirectory(prefix="certmend-") as folder:
        os.chmod(folder, 0o755)
        s = Stage(folder)
        try:
            for part in (rows, places, orders, next_key, given_key, meanwhile, whole, waits,
                         too_late, troubles):
                part(s)
        finally:
            s.close()
    finish()


main()
