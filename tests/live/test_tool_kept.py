#!/usr/bin/env python3
"""Who has certbot keeps it: the lines that a report prints for it are run, word
for word, with Debian's certbot at Debian's Pebble. They renew in place and add
names in place; no second certificate comes of it. TAP.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path[:0] = [HERE, os.path.join(TESTS, "acme"), os.path.join(TESTS, "lab")]
import ca  # noqa: E402
import pebble  # noqa: E402
from lab import Lab  # noqa: E402
from tap import finish, tap  # noqa: E402

PROGRAM = os.path.abspath(os.path.join(ca.BUILD, "certmend"))
HOST, MORE = "mail.example.org", "smtp.example.org"
OVERDUE = {"starts_in_days": -80, "ends_in_days": 10}


def printed(fix, target, cert, *more):
    """The lines for certbot in the steps of a fix."""
    scenario = {"target": target, "dns": {
        name: {"A": ["127.20.0.1"]} for name in (HOST, MORE)},
        "certs": {"c": {"cn": HOST, "san": [HOST], **cert}},
        "servers": [{"addr": "127.20.0.1", "port": 465, "proto": "smtps",
                     "cert": "c"}]}
    with Lab(scenario) as lab:
        done = subprocess.run([PROGRAM, "check", target, "--format", "json",
                               *more, *lab.asked(), *lab.arguments()],
                              capture_output=True, check=False)
    fixes = json.loads(done.stdout)["fixes"]
    steps = next(f["steps"] for f in fixes if f["id"] == fix)
    return [line.strip() for step in steps for line in step.splitlines()
            if line.startswith("    certbot ")]


class Certbot:
    def __init__(self, folder, server, webroot):
        self.folder, self.webroot = folder, webroot
        self.options = " ".join(
            ["--config-dir", folder + "/etc", "--work-dir", folder + "/w",
             "--logs-dir", folder + "/l", "--no-random-sleep-on-renew",
             "--server", "https://127.0.0.1:%d/dir" % server.acme])
        self.environment = dict(os.environ,
                                REQUESTS_CA_BUNDLE=server.authority.pem)

    def run(self, line, answer=""):
        done = subprocess.run(["sh", "-c", "%s %s %s" % (
            line, answer, self.options)], env=self.environment,
            capture_output=True, text=True, stdin=subprocess.DEVNULL)
        return None if done.returncode == 0 else "%s: %s %s" % (
            line, done.stdout, done.stderr)

    def order(self, line):
        """It asks how; this is the answer."""
        return self.run(line, "--webroot -w " + self.webroot)

    def shown(self):
        """(folders, serial, names) of what it keeps."""
        live = self.folder + "/etc/live"
        folders = [name for name in os.listdir(live) if name != "README"]
        said = subprocess.run(
            ["openssl", "x509", "-noout", "-serial", "-ext", "subjectAltName",
             "-in", "%s/%s/fullchain.pem" % (live, HOST)],
            capture_output=True, text=True, check=True).stdout
        return folders, said.split()[0], sorted(
            word.strip(",")[4:] for word in said.split()
            if word.startswith("DNS:"))


def renews(bot):
    lines = printed("renew-certificate", HOST + ":465", OVERDUE)
    wanted = ["certbot renew --cert-name '%s' --dry-run" % HOST,
              "certbot renew --cert-name '%s'" % HOST]
    if lines != wanted:
        return "printed were %s" % lines
    return bot.run(lines[0]) or bot.run(lines[1])


def renews_all_the_same(bot):
    lines = printed("renew-certificate", HOST + ":465", OVERDUE, "--software",
                    "certbot")
    folders, before, names = bot.shown()
    fault = bot.run(lines[-1])
    after = bot.shown()
    if not fault and (after[1] == before or after[::2] != (folders, names)):
        fault = "%s: %s, then %s" % (lines, (folders, before, names), after)
    return fault


def adds_names(bot):
    line, = printed("issue-certificate", MORE + ":465", {})
    fault = bot.order(line)
    folders, _, names = bot.shown()
    if not fault and (folders != [HOST] or names != [HOST, MORE]):
        fault = "%s: %s with %s" % (line, folders, names)
    return fault


def takes_none_away(_):
    """A certificate with names that stay out of the order is left alone."""
    line, = printed("issue-certificate", MORE + ":465",
                    {"san": [HOST, "elsewhere.example.net"]})
    return "--cert-name" in line and line


def main():
    if not shutil.which("certbot"):
        print("1..0 # SKIP no certbot here")
        return
    with tempfile.TemporaryDirectory() as folder:
        webroot = folder + "/webroot"
        os.mkdir(webroot)
        with pebble.Pebble(folder, webroot=webroot, va_nosleep="1",
                           wfe_noncereject="0",
                           authzreuse="100") as server:
            bot = Certbot(folder, server, webroot)
            tap("a certificate as it was made before", bot.order(
                "certbot certonly -n --agree-tos -m a@example.org -d " + HOST))
            tap("it is renewed where it is", renews(bot))
            tap("and all the same when it is not due", renews_all_the_same(bot))
            tap("names are added to it", adds_names(bot))
            tap("no name is taken from it", takes_none_away(bot))
    finish()


if __name__ == "__main__":
    main()
