#!/usr/bin/env python3
"""Certificates and account keys among strangers. What certmend issues at
Debian's Pebble is served by nginx, Postfix and Dovecot, and `certmend check`
finds nothing wrong; the key of its account serves other ACME clients, and
theirs serve it. TAP. The other clients are played by tests/long/test_acme_strangers.py."""
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "acme")]
import ca  # noqa: E402
import pebble  # noqa: E402
from servers import PORTS, Servers  # noqa: E402
from tap import finish, skip, tap  # noqa: E402

PROGRAM = os.path.abspath(os.path.join(ca.BUILD, "certmend"))
UNPACKED = os.environ.get("CERTMEND_SERVERS", "build/servers")
HOST = "mail.example.org"
ROOTS = "/etc/ssl/certs/ca-certificates.crt"


class Stage:
    """A Pebble, a store, and a folder that a web server shows on its port 80."""

    def __init__(self, folder):
        self.folder = folder
        self.webroot = os.path.join(folder, "webroot")
        self.proofs = os.path.join(self.webroot, ".well-known", "acme-challenge")
        os.makedirs(self.proofs)
        self.server = pebble.Pebble(folder, webroot=self.webroot, days=90, va_nosleep="1",
                                    wfe_noncereject="0", authzreuse="0")
        self.pem = self.server.authority.pem
        self.url = "https://127.0.0.1:%d/dir" % self.server.acme
        self.root = self.file("root.pem", self.server.root(0))

    def file(self, name, text, mode=0o644):
        path = os.path.join(self.folder, name)
        with open(path, "w") as f:
            f.write(text)
        os.chmod(path, mode)
        return path

    def certmend(self, *words, store="store"):
        return self.run([PROGRAM, *words, "--ca", self.url, "--ca-file", self.pem, "--resolver",
                         "127.0.0.1:%d" % self.server.dns, "--connect-to",
                         ":80:127.0.0.1:%d" % self.server.http, "--store",
                         os.path.join(self.folder, store)])

    def run(self, command):
        """(status, all that was said). Clients that trust the system's roots only are
        shown the lab's in their place."""
        inside = ["unshare", "-m", "sh", "-c", 'mount --bind "$0" "$1"; shift; exec "$@"',
                  self.pem, ROOTS] if command[0] == "uacme" else []
        done = subprocess.run(inside + command, timeout=60, capture_output=True, text=True,
                              env=dict(os.environ, LEGO_CA_CERTIFICATES=self.pem,
                                       CURL_CA_BUNDLE=self.pem, HOME=self.folder))
        return done.returncode, done.stdout + done.stderr


class Leaf:
    """What servers.py wants to know of a certificate."""

    def __init__(self, live):
        self.key = os.path.join(live, "privkey.pem")
        self.served = os.path.join(live, "fullchain.pem")


def served(stage):
    what = "nginx, Postfix and Dovecot serve it, and a check finds nothing wrong"
    if os.geteuid() != 0:
        return skip(what, "needs root to chroot")
    if subprocess.run(["sh", os.path.join(HERE, "unpack.sh"), UNPACKED],
                      capture_output=True).returncode:
        return skip(what, "the packages cannot be had")
    for kind in ("ec256", "rsa2048"):
        status, said = stage.certmend("issue", "--apply", HOST, "--webroot", stage.webroot,
                                      "--key-type", kind)
        if status:
            tap(what, said)
            continue
        live = os.path.join(stage.folder, "store", "live", HOST)
        with Servers(os.path.join(UNPACKED, "root"), HOST, Leaf(live)) as servers:
            there = [w for p in PORTS for w in ("--connect-to", "%s:%d:127.0.0.1:%d" % (
                HOST, p, servers.port[p]))]
            status, said = stage.run(
                [PROGRAM, "check", HOST, "--format", "json", "-4", "--ca-file", stage.root, "--expect",
                 os.path.join(live, "cert.pem"), "--resolver",
                 "127.0.0.1:%d" % stage.server.dns, *there])
        bad = [e for e in json.loads(said)["endpoints"] if e["port"] in PORTS and
               e["state"] != "verified"]
        tap("%s (%s)" % (what, kind), status and said or bad)


# ---- account keys: how each client is given one, and where it keeps its own ----

class Uacme:
    name = "uacme"

    def __init__(self, stage, place):
        os.makedirs(place, exist_ok=True)
        hook = stage.file("uacme-hook", '#!/bin/sh\ncase $1 in begin) [ "$2" = http-01 ] && '
                          'printf %%s "$5" >%s/"$4" ;; *) rm -f %s/"$4" ;; esac\n' %
                          (stage.proofs, stage.proofs), 0o755)
        self.base = ["uacme", "-v", "-a", stage.url, "-c", place, "-h", hook, "-y"]
        self.key = os.path.join(place, "private", "key.pem")

    def begin(self):
        return [*self.base, "new"]

    def order(self, name):
        return [*self.base, "issue", name]


class Lego:
    name = "lego"

    def __init__(self, stage, place):
        self.base = ["lego", "--server", stage.url, "--path", place, "-m", "a@example.org", "-a",
                     "--http", "--http.webroot", stage.webroot]
        host = stage.url.split("/")[2].replace(":", "_")
        self.key = os.path.join(place, "accounts", host, "a@example.org", "keys",
                                "a@example.org.key")

    def begin(self):
        return self.order("first.example.org")

    def order(self, name):
        return [*self.base, "-d", name, "run"]


class Dehydrated:
    name = "dehydrated"

    def __init__(self, stage, place):
        os.makedirs(place, exist_ok=True)
        config = stage.file(os.path.basename(place) + ".conf", 'CA="%s"\nBASEDIR="%s"\n'
                            'WELLKNOWN="%s"\n' % (stage.url, place, stage.proofs))
        self.base = ["dehydrated", "--config", config]
        folder = subprocess.run(["sh", "-c", 'printf "%s\n" "$0" | base64 -w0 | tr -d = | '
                                 'tr +/ -_', stage.url], capture_output=True, text=True).stdout
        self.key = os.path.join(place, "accounts", folder, "account_key.pem")

    def begin(self):
        return [*self.base, "--register", "--accept-terms"]

    def order(self, name):
        return [*self.base, "--cron", "--domain", name]


class Certbot:
    """Its key is a JWK."""
    name = "certbot"

    def __init__(self, stage, place):
        self.place = place
        self.webroot = stage.webroot
        self.base = ["env", "REQUESTS_CA_BUNDLE=" + stage.pem, "certbot", "-n", "--agree-tos",
                     "--register-unsafely-without-email", "--config-dir", place, "--work-dir",
                     place + "-work", "--logs-dir", place + "-logs", "--server", stage.url]

    @property
    def key(self):
        found = glob.glob(self.place + "/accounts/*/*/*/private_key.json")
        return found[0] if found else self.place + "/private_key.json"

    def begin(self):
        return [*self.base, "register"]


def account_url(said):
    """The address in what `acme account` says."""
    return next((w for w in said.split() if "/my-account/" in w), said)


def ours_there(stage, client, place):
    """It orders with the key that we hand out: the account is the same one."""
    theirs = client(stage, os.path.join(place, "ours"))
    os.makedirs(os.path.dirname(theirs.key), exist_ok=True)
    status, said = stage.certmend("acme", "account", "--export", theirs.key)
    if status:
        return said
    mine = account_url(said)
    stage.run(theirs.begin())  # some say that there is one already, and fail
    command = theirs.order("ours-%s.example.org" % client.name)
    status, said = stage.run(command)
    if status:
        return "%s: %s" % (" ".join(command), said)
    status, said = stage.certmend("acme", "account", "--import", theirs.key,
                                  store="again-" + client.name)
    if status or "A new account" in said or account_url(said) != mine:
        return "%s is not the account %s" % (said, mine)
    return None


def theirs_here(stage, client, place):
    """Its key, found in its own files, orders here."""
    theirs = client(stage, os.path.join(place, "theirs"))
    status, said = stage.run(theirs.begin())
    if status or not os.path.exists(theirs.key):
        return "%s\nno %s in %s" % (said, theirs.key, glob.glob(place + "/**", recursive=True))
    store = "of-" + client.name
    status, said = stage.certmend("acme", "account", "--import", theirs.key, store=store)
    if status or "A new account" in said:
        return said
    status, said = stage.certmend("issue", "--apply", "theirs.example.org", "--webroot",
                                  stage.webroot, store=store)
    return status and said


def exported(stage):
    """Its key is another store's, too, and the account the same one."""
    status, said = stage.certmend("acme", "account", "--apply")
    key = os.path.join(stage.folder, "exported.pem")
    out = stage.certmend("acme", "account", "--export", key)
    back = stage.certmend("acme", "account", "--import", key, store="again")
    tap("an account's key, taken out and in", status and said or out[0] and out or
        (back[0] or "A new account" in back[1] or
         account_url(back[1]) != account_url(said)) and back)


def refusals(stage):
    taken = stage.certmend("acme", "account", "--export", stage.root)
    tap("a file that is there is not written over", taken if taken[0] != 2 else None)
    other = os.path.join(stage.folder, "other.pem")
    ca.openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", other)
    second = stage.certmend("acme", "account", "--import", other)
    tap("nor a key that is there", second if second[0] != 2 or "already" not in second[1]
        else None)


def missing(client):
    """Why it cannot be played here, or None."""
    if not shutil.which(client.name):
        return "%s is not here" % client.name
    if client is Uacme and subprocess.run(["unshare", "-m", "true"], capture_output=True,
                                          check=False).returncode:
        return "it trusts the system's roots only, and unshare(1) may not show it others"
    return None


def accounts(stage):
    """Its own account is made when asked: that there is one hangs on no other test."""
    status, said = stage.certmend("acme", "account", "--apply")
    if status or "/my-account/" not in said:
        tap("an account", said)
    rows = [(client, "certmend takes over the account of ", theirs_here)
            for client in (Uacme, Lego, Dehydrated, Certbot)]
    # Debian's dehydrated takes RSA keys only, and none that has an account already.
    rows += [(client, "certmend's account key serves ", ours_there) for client in (Uacme, Lego)]
    for client, start, play in rows:
        place = os.path.join(stage.folder, client.name)
        what = start + client.name
        why_not = missing(client)
        if why_not:
            skip(what, why_not)
        else:
            tap(what, play(stage, client, place))


def main(parts):
    if not shutil.which("pebble") or not shutil.which("pebble-challtestsrv"):
        print("ok 1 - among strangers # SKIP no pebble here\n1..1")
        return
    with tempfile.TemporaryDirectory(prefix="certmend-") as folder:
        stage = Stage(folder)
        try:
            for part in parts:
                try:
                    part(stage)
                except Exception:
                    tap(part.__name__, traceback.format_exc())
        finally:
            stage.server.stop()
    finish()


if __name__ == "__main__":
    main((served, exported))
