#!/usr/bin/env python3
"""A program that says no name: Postfix as a client meets a server with a table
of names. Without a name it sees the default certificate; with the line that
`certmend check --no-sni` prints, the right one. TAP.

Needs root and Debian's packages (unpack.sh); else one counted skip.
"""
import json
import os
import shutil
import smtplib
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "lab")]
from lab import Lab  # noqa: E402
from servers import POSTFIX_MAIN, POSTFIX_MASTER, Servers  # noqa: E402
from test_servers import UNPACKED, why_not  # noqa: E402

PROGRAM = os.path.join(os.environ.get("BUILD", "build"), "certmend")
ADDRESS, HOST, LINE = "127.30.0.1", "mail.example.org", "smtp_tls_servername"
SCENARIO = {
    "target": HOST, "dns": {HOST: {"A": [ADDRESS]}},
    "certs": {"right": {"cn": HOST, "san": [HOST]},
              "other": {"cn": "box.example.net", "san": ["box.example.net"]}},
    "servers": [{"addr": ADDRESS, "port": 587, "proto": "smtp",
                 "cert": "other", "sni": {HOST: "right"}}]}
CLIENT = """\
mynetworks = 127.0.0.0/8
relayhost = [%s]:%d
smtp_host_lookup = native
smtp_tls_security_level = verify
smtp_tls_CAfile = /etc/postfix/lab-root.pem
smtp_tls_loglevel = 1
"""
WORKERS = """\
smtp      unix  - - n - - smtp
error     unix  - - n - - error
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
retry     unix  - - n - - error
scache    unix  - - n - 1 scache
proxymap  unix  - - n - - proxymap
"""
PATIENCE_S = 30


class Client(Servers):
    """Postfix alone, which hands all mail to the lab's server."""

    def __init__(self, root, lab, more):
        super().__init__(root, "client.example.com", lab.leaves["other"])
        port = lab.place(ADDRESS, 587)
        self.main = POSTFIX_MAIN + CLIENT % (HOST, port) + more
        self.master = POSTFIX_MASTER + WORKERS
        self.dir = self._path("tmp", "none")
        self.log = self._path("var/log/postfix.log")
        shutil.copy(lab.ca, self._path("etc/postfix/lab-root.pem"))

    def __enter__(self):
        if os.path.exists(self.log):
            os.remove(self.log)
        self._postfix()
        self._await(25)
        return self

    def delivers(self):
        """What it says of the server's certificate."""
        with smtplib.SMTP("127.0.0.1", self.port[25]) as smtp:
            smtp.sendmail("a@example.com", ["b@example.org"], "Subject: x\n")
        give_up = time.monotonic() + PATIENCE_S
        while time.monotonic() < give_up:
            with open(self.log) as log:
                lines = log.read().splitlines()
            for line in lines:
                if "TLS connection established to" in line or \
                        "not verified" in line or "deferred" in line:
                    return line
            time.sleep(0.1)
        return "nothing: " + " ".join(lines[-3:])


def printed(lab):
    """The line for Postfix in what is offered for a look without a name."""
    done = subprocess.run([PROGRAM, "check", HOST, "--no-sni", "--format",
                           "json", *lab.asked(), *lab.arguments()],
                          capture_output=True)
    steps = next(fix["steps"] for fix in json.loads(done.stdout)["fixes"]
                 if fix["id"] == "set-default-certificate")
    return next(line.strip() for step in steps for line in step.splitlines()
                if line.strip().startswith(LINE)) + "\n"


def main():
    reason = why_not()
    if reason:
        print("1..1\nok 1 - a client that says no name # SKIP " + reason)
        return
    root = os.path.join(UNPACKED, "root")
    hosts = os.path.join(root, "etc/hosts")
    print("1..2")
    with Lab(SCENARIO) as lab, open(hosts, "a") as more:
        size = more.tell()
        try:
            more.write("127.0.0.1 %s\n" % HOST)
            more.flush()
            with Client(root, lab, "") as client:
                bare = client.delivers()
            with Client(root, lab, printed(lab)) as client:
                named = client.delivers()
        finally:
            more.truncate(size)
    for number, (what, good, line) in enumerate([
            ("without a name it sees the default's", "Verified" not in bare and
             "trusted TLS connection" in bare, bare),
            ("with the line it sees the right one", "Verified TLS" in named,
             named)], 1):
        print("%s %d - %s" % ("ok" if good else "not ok", number, what))
        if not good:
            print("#   " + line)


if __name__ == "__main__":
    main()
