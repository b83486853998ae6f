#!/usr/bin/env python3
"""The guided session on a server with the certificate of its installation: an
ACME order at Debian's Pebble, installed, reloaded, every port verified. TAP."""
import os
import shutil
import ssl
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "acme")]
from pebble import Pebble  # noqa: E402
from test_session import PROGRAM, Stage, Terminal  # noqa: E402

HOST = "mail.example.org"
SELF = {"cn": "localhost.localdomain", "san": ["localhost.localdomain"],
        "issuer": "self"}
BANNER = HOST + " ESMTP Postfix (Debian/GNU)"
SERVERS = [(25, "smtp"), (465, "smtps"), (587, "smtp"), (143, "imap"),
           (993, "imaps")]
SCRIPT = {"lab": {
    "dns": {HOST: {"A": ["192.0.2.10"]}}, "certs": {"self": SELF},
    "servers": [{"addr": "192.0.2.10", "port": port, "proto": proto,
                 "cert": "self", "banner": BANNER}
                for port, proto in SERVERS]}}
# The certificate that ran out had sixty names, or the star.
SIXTY = [HOST] + ["h%02d.example.org" % i for i in range(59)]


def expired(names):
    return {"lab": {
        "dns": {name: {"A": ["192.0.2.10"]} for name in names
                if not name.startswith("*")},
        "certs": {"old": {"cn": names[0], "san": names, "ends_in_days": -2}},
        "servers": [{"addr": "192.0.2.10", "port": port, "proto": proto,
                     "cert": "old", "banner": BANNER}
                    for port, proto in SERVERS]}}


# Tells Pebble's name server what a real program tells a real one.
DNS_HOOK = """#!/usr/bin/env python3
import json, sys, urllib.request
action, record, value = sys.argv[1:]
what = {"host": record + ".", "value": value}
verb = {"present": "set-txt", "cleanup": "clear-txt"}[action]
urllib.request.urlopen("http://127.0.0.1:%d/" + verb, json.dumps(what).encode())
"""


class Bench:
    """An authority, and the store that the session orders into."""

    def __init__(self, folder):
        self.store = os.path.join(folder, "store")
        self.hook = os.path.join(folder, "dns-hook")
        self.server = Pebble(folder, own=True, days=90, va_nosleep="1")
        self.base = ["--ca", "https://ca.lab:%d/dir" % self.server.acme,
                     "--ca-file", self.server.authority.pem, "--resolver",
                     "127.0.0.1:%d" % self.server.dns, "--store", self.store]
        with open(self.hook, "w", encoding="ascii") as out:
            out.write(DNS_HOOK % self.server.told)
        os.chmod(self.hook, 0o755)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.stop()

    def live(self, name, file=""):
        return os.path.join(self.store, "live", name, file)


def trusting(lab, bench, folder):
    """The lab's arguments, with Pebble's root trusted beside the lab's."""
    path = os.path.join(folder, "roots.pem")
    with open(lab.ca, encoding="ascii") as root:
        text = root.read() + bench.server.root(0)
    with open(path, "w", encoding="ascii") as out:
        out.write(text)
    words = lab.arguments()
    words[words.index("--ca-file") + 1] = path
    return words


def install(stage, bench, ports):
    """What "reload" does: the services read the files again."""
    for (_, port), service in stage.lab.services.items():
        if port in ports:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(bench.live(HOST, "fullchain.pem"),
                                    bench.live(HOST, "privkey.pem"))
            service.context = context


def say(person, text):
    if person.until_prompt() is None:
        raise AssertionError("it ended before %r: %s" % (
            text, person.plain()[-600:]))
    person.type(text)


def complaints(stage, bench, challenge):
    environment = {"HOME": stage.home.name, "TERM": "dumb",
                   "PATH": os.environ["PATH"]}
    order = " ".join(["order", *bench.base, *challenge])
    with Terminal([PROGRAM, "fix", HOST,
                   *trusting(stage.lab, bench, stage.home.name)],
                  environment) as person:
        for answer in ("", "me", "", order):
            say(person, answer)
        say(person, "no")
        if os.path.exists(bench.live(HOST)):
            yield "it was ordered in spite of a no"
        say(person, order)
        say(person, "yes")
        person.until_prompt()
        if not os.path.exists(bench.live(HOST, "fullchain.pem")):
            yield "nothing is in the store: " + person.plain()[-900:]
            return
        install(stage, bench, (25, 465, 587, 143))
        person.type("look")
        text = " ".join((person.until_prompt() or "").split())
        if "993 at 192.0.2.10: still the certificate from before" not in text:
            yield "the forgotten port is not named: " + text
        install(stage, bench, (993,))
        person.type("look")
        say(person, "done")
        person.rest()
        text = " ".join(person.plain().split())
        if person.status != 0 or "All is well with " + HOST not in text:
            yield "status %s: %s" % (person.status, text[-500:])


def names_of(path):
    """The DNS names on a certificate."""
    shown = subprocess.run(
        ["openssl", "x509", "-in", path, "-noout", "-ext", "subjectAltName"],
        capture_output=True, check=True, text=True).stdout
    return sorted(word.strip(" ,\n")[4:] for word in shown.split()
                  if word.startswith("DNS:"))


def all_names_complaints(stage, bench, challenge, wanted):
    """What the plan has is what is shown, ordered and issued."""
    environment = {"HOME": stage.home.name, "TERM": "dumb",
                   "PATH": os.environ["PATH"]}
    # The servers show the old one until the next steps.
    there = [w for (_, port), service in stage.lab.services.items() for w in
             ("--connect-to", "%s:%d:127.0.0.1:%d" % (HOST, port, service.port))]
    with Terminal([PROGRAM, "fix", HOST,
                   *trusting(stage.lab, bench, stage.home.name)],
                  environment) as person:
        for answer in ("", "me", "",
                       " ".join(["order", *bench.base, *there, *challenge])):
            say(person, answer)
        text = " ".join((person.until_prompt() or "").split())
        shown = text.partition("A certificate for ")[2].partition(" from ")[0]
        if sorted(shown.split(", ")) != sorted(wanted):
            yield "the plan shows %r of %s" % (shown, text[-600:])
        person.type("yes")
        person.until_prompt()
        path = bench.live(wanted[0].replace("*", "_wildcard"), "cert.pem")
        if not os.path.exists(path):
            yield "nothing is in the store: " + person.plain()[-900:]
        elif names_of(path) != sorted(wanted):
            yield "issued for %s" % names_of(path)
        elif "still shows the old" not in " ".join(person.plain().split()):
            yield "no server is behind: " + person.plain()[-900:]
        elif "The certificate is there." not in " ".join(person.plain().split()):
            yield "it is told as a failure: " + person.plain()[-900:]


def store_alone_complaints(stage, bench, challenge):
    """No name goes that only the certificate in the store has: no server shows
    it yet, so the plan knows nothing of it."""
    other = "other.example.org"
    environment = {"HOME": stage.home.name, "TERM": "dumb",
                   "PATH": os.environ["PATH"]}
    subprocess.run([PROGRAM, "issue", HOST, other, "--apply", *bench.base,
                    *challenge, "--skip", "deploy-look"],
                   capture_output=True, check=True, timeout=60)
    order = " ".join(["order", *bench.base, *challenge])
    with Terminal([PROGRAM, "fix", HOST,
                   *trusting(stage.lab, bench, stage.home.name)],
                  environment) as person:
        for answer in ("", "me", "", order):
            say(person, answer)
        text = " ".join((person.until_prompt() or "").split())
        if "goes " + other not in text or "what stands above says why" not in text:
            yield "the name is not told: " + text[-600:]
        person.type(order + " --drop " + other)
        say(person, "yes")
        person.until_prompt()
        if names_of(bench.live(HOST, "cert.pem")) != [HOST]:
            yield "agreed to, it is not ordered: " + person.plain()[-900:]


def main():
    if not shutil.which("pebble"):
        print("ok 1 - orders in a session # SKIP no pebble here\n1..1")
        return
    def by_dns(b):
        return ["--challenge", "dns-01", "--dns-hook", b.hook]

    def by_http(b):
        return ["--challenge", "http-01", "--listen",
                "127.0.0.1:%d" % b.server.http]

    def all_names(wanted):
        return lambda *found: all_names_complaints(*found, wanted)

    star = ["*.example.org", "example.org", HOST]
    cases = [("by dns-01", SCRIPT, by_dns, complaints),
             ("by http-01", SCRIPT, by_http, complaints),
             ("a name of the store alone", SCRIPT, by_http,
              store_alone_complaints),
             ("sixty names", expired(SIXTY), by_http, all_names(SIXTY)),
             ("a star", expired(star), by_dns, all_names(star))]
    print("1..%d" % len(cases))
    for number, (name, script, challenge, judge) in enumerate(cases, 1):
        with tempfile.TemporaryDirectory() as folder, Stage(script) as stage, \
                Bench(folder) as bench:
            faults = list(judge(stage, bench, challenge(bench)))
        print("%s %d - %s" % ("not ok" if faults else "ok", number, name))
        for fault in faults:
            print("#   " + fault, flush=True)


if __name__ == "__main__":
    main()
