#!/usr/bin/env python3
"""A report whose steps are general says how the server's software is named, and
only then. TAP."""
import copy
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "lab"))
from lab import Lab  # noqa: E402

PROGRAM = os.path.join(os.environ.get("BUILD", "build"), "certmend")
BROKEN = {
    "now": "2026-11-23T12:00:00Z",
    "dns": {"mail.example.org": {"A": ["192.0.2.10"]}},
    "certs": {"old": {"cn": "mail.example.org", "san": ["mail.example.org"],
                      "starts_in_days": -90, "ends_in_days": -3},
              "others": {"cn": "box.example.net", "san": ["box.example.net"]}},
    "servers": [{"addr": "192.0.2.10", "port": 587, "proto": "smtp"}],
}
HOW = "certmend explain software"
# what, greeting, certificate, more arguments, is it asked for, also said
ROWS = [
    ("unknown", "ESMTP", "old", [], True, "--software postfix,dovecot"),
    ("in HTML", "ESMTP", "old", ["--format", "html"], True, "these steps are general"),
    ("known by its greeting", "ESMTP Postfix", "old", [], False, "main.cf"),
    ("a suite by its greeting", "ESMTP Postcow", "old", [], False, "docker compose"),
    ("named", "ESMTP", "old", ["--software", "exim"], False, "exim"),
    ("who renews is named, what serves is not", "ESMTP", "old",
     ["--software", "certbot"], True, "certbot"),
    ("another name in the mail program", "ESMTP", "others", [], False,
     "Use box.example.net as the server name"),
]


def faults(greeting, cert, more, asked, also):
    scenario = copy.deepcopy(BROKEN)
    scenario["servers"][0].update(cert=cert, banner="mail.example.org " + greeting)
    if cert == "others":
        scenario["dns"]["10.2.0.192.in-addr.arpa"] = {"PTR": ["box.example.net"]}
        scenario["dns"]["box.example.net"] = {"A": ["192.0.2.10"]}
    with Lab(scenario) as lab:
        done = subprocess.run(
            [PROGRAM, "check", "mail.example.org", *more, *lab.arguments()],
            capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    said = " ".join(done.stdout.split())
    if (HOW in said) != asked:
        yield "%s: %s" % ("not said" if asked else "said", said[-900:])
    if also not in said:
        yield "not said: %s: %s" % (also, said[-900:])


def main():
    print("1..%d" % (len(ROWS) + 1))
    for number, (what, *row) in enumerate(ROWS, 1):
        found = list(faults(*row))
        print("%s %d - %s" % ("not ok" if found else "ok", number, what))
        for fault in found:
            print("#   " + fault)
    listed = subprocess.run([PROGRAM, "explain", "software"], capture_output=True,
                            text=True, timeout=20, stdin=subprocess.DEVNULL).stdout
    missing = [name for name in ("postfix", "cpanel", "certbot", "gmail")
               if name not in listed]
    print("%s %d - the names are listed" % ("not ok" if missing else "ok", len(ROWS) + 1))
    for name in missing:
        print("#   %s is missing: %s" % (name, listed))


if __name__ == "__main__":
    main()
