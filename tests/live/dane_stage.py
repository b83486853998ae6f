"""dane_stage - a mail server that DANE senders look at: a real Postfix, its zone
signed by a real BIND, another BIND that validates, Debian's Pebble, and
posttls-finger, which looks five times a second as a sender would.

All of it at the ports where such things are, in a network of its own.
"""
import contextlib
import ctypes
import glob
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "acme"))
import ca  # noqa: E402
import pebble  # noqa: E402

PROGRAM = os.path.join(ca.BUILD, "certmend")
HOOK = os.path.join(ca.ROOT, "examples", "hooks", "dns-nsupdate")
NAME, OWNER = "mail.example.org", "_25._tcp.mail.example.org"
RESOLVER, AUTHORITY, MAIL = "127.0.0.1", "127.0.0.2", "127.0.0.3"
TTL = 1
CLONE_NEWNET = 0x40000000
ZONE = """$TTL {ttl}
@ IN SOA ns.example.org. root.example.org. 1 3600 600 86400 1
@ IN NS ns.example.org.
ns IN A {authority}
mail IN A {mail}
"""
SIGNER = """
options {{ directory "{folder}"; pid-file none; session-keyfile none; recursion no;
    listen-on port 53 {{ {authority}; }}; listen-on-v6 {{ none; }}; notify no;
    dnssec-validation no; }};
controls {{ }};
include "{folder}/tsig.key";
dnssec-policy quick {{ keys {{ csk lifetime unlimited algorithm ecdsap256sha256; }};
    dnskey-ttl {ttl}; publish-safety 1s; retire-safety 1s; }};
zone "example.org" {{ type primary; file "{folder}/example.org"; dnssec-policy quick;
    update-policy {{ grant acme. zonesub TXT TLSA; }}; }};
"""
VALIDATOR = """
options {{ directory "{folder}"; pid-file none; session-keyfile none; recursion yes;
    listen-on port 53 {{ {resolver}; }}; listen-on-v6 {{ none; }}; dnssec-validation yes; }};
controls {{ }};
trust-anchors {{ example.org. static-key {anchor}; }};
zone "example.org" {{ type static-stub; server-addresses {{ {authority}; }}; }};
zone "lab" {{ type primary; file "{folder}/lab"; }};
"""
LAB = """$TTL 60
@ IN SOA ns.lab. root.lab. 1 3600 600 86400 5
@ IN NS ns.lab.
ns IN A 127.0.0.1
ca IN A 127.0.0.1
"""
MAIN = """
compatibility_level = 3.6
myhostname = {name}
mydestination =
inet_interfaces = {mail}
inet_protocols = ipv4
alias_maps =
local_recipient_maps =
smtpd_peername_lookup = no
smtpd_relay_restrictions = reject
smtpd_tls_security_level = may
smtpd_tls_chain_files = /etc/postfix/chain.pem
smtp_dns_support_level = dnssec
smtp_tls_security_level = dane
maillog_file = /var/log/postfix.log
"""
MASTER = """
{mail}:25 inet n - n - - smtpd
tlsmgr    unix  - - n 1000? 1 tlsmgr
anvil     unix  - - n - 1 anvil
postlog   unix-dgram n - n - 1 postlogd
"""
# In the order in which the steps come. Before ("torn") or after a call that names
# a path with this in it, the first since the program was started or a later one.
# "hook": when certmend has started one of the user's programs.
STATE = "/rollover/"
KILLS = [
    ("torn", 1, STATE), ("after", 1, STATE),            # begun
    ("torn", 1, STATE), ("after", 1, STATE),            # the time to live is known
    ("hook", "before-present-tlsa"), ("hook", "after-present-tlsa"),
    ("torn", 2, STATE), ("after", 2, STATE),            # published
    ("torn", 1, STATE), ("after", 1, STATE),            # waited for
    ("torn", 2, STATE), ("after", 2, STATE),            # to be ordered
    ("torn", 1, "/archive/"), ("after", 1, "/archive/"),  # the note of what waits
    ("after", 1, "privkey.pem"),                        # its key
    ("torn", 1, ".part"), ("after", 4, ".part"),        # not there, half there
    ("torn", 1, "/live/"), ("after", 1, "/live/"),      # live
    ("torn", 1, STATE), ("after", 1, STATE),            # to be served
    ("hook", "before-"), ("hook", "after-"),
    ("torn", 1, STATE), ("after", 1, STATE),            # seen
    ("torn", 2, STATE), ("after", 2, STATE),            # settled
    ("hook", "before-cleanup-tlsa"), ("hook", "after-cleanup-tlsa"),
    ("torn", 1, "privkey-next"), ("after", 1, "privkey-next"),
    ("torn", 1, STATE), ("after", 1, STATE),            # done
]
# In front of the program for the zone, and of the one that deploys: a file says
# that certmend is to be killed before or after.
FAULTS = """#!/bin/sh
fault() {{ [ -e "{folder}/kill-$1" ] && rm "{folder}/kill-$1" && kill -9 $PPID; }}
run() {{
    {command}
}}
# What outlives certmend does its work all the same, a little late.
fault "before-$1" && sleep 0.2 && run "$@" && exit
run "$@" || exit
fault "after-$1"
exit 0
"""
DEPLOY = """cat "$CERTMEND_PRIVKEY" "$CERTMEND_FULLCHAIN" >{root}/etc/postfix/chain.new &&
    mv {root}/etc/postfix/chain.new {root}/etc/postfix/chain.pem && kill -HUP {master}"""


def alone():
    """In a network of our own; None, or why not."""
    if os.geteuid() != 0:
        return "a network of its own wants root"
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        return "no network of its own: " + os.strerror(ctypes.get_errno())
    # named listens where it sees an address.
    for words in (["link", "set", "lo", "up"], ["addr", "add", AUTHORITY + "/8", "dev", "lo"],
                  ["addr", "add", MAIL + "/8", "dev", "lo"]):
        if subprocess.run(["ip", *words]).returncode:
            return "no loopback in a network of its own"
    return None


def unpacked(folder, packages):
    """The root of a folder with these packages; None: they cannot be had."""
    place = os.path.join(ca.BUILD, folder)
    words = [place] + ([packages] if packages else [])
    done = subprocess.run(["sh", os.path.join(HERE, "unpack.sh"), *words], capture_output=True,
                          text=True)
    return None if done.returncode else os.path.join(place, "root")


def prepare():
    """Fetched while there is a network; None, or why it cannot be."""
    for program in ("pebble", "nsupdate", "dig", "ip"):
        if not shutil.which(program):
            return "no %s here" % program
    if not unpacked("bind", "bind9") or not unpacked("servers", None):
        return "no BIND or no Postfix here"
    return None


def digest(path):
    """Of a key's public half."""
    return hashlib.sha256(ca.openssl("pkey", "-in", path, "-pubout", "-outform",
                                     "DER")).hexdigest()


def save(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)
    os.chmod(path, mode)


class Finger:
    """Senders that insist on DANE: two of them, so that somebody looks five times a
    second though a look takes longer than that."""
    EACH_S, SENDERS = 0.2, 2

    def __init__(self, root):
        self.root, self.looks, self.refusals, self.ends = root, 0, [], False
        self.threads = [threading.Thread(target=self._run, args=(n,), daemon=True)
                        for n in range(self.SENDERS)]

    def look(self):
        """None: it would deliver; else what it says."""
        done = subprocess.run(["chroot", self.root, "/usr/sbin/posttls-finger", "-l", "dane-only",
                               "-c", "-t", "5", "[%s]" % NAME], capture_output=True, text=True,
                              timeout=30)
        said = done.stdout + done.stderr
        return None if "Verified TLS connection established" in said else said or "nothing"

    def _run(self, number):
        next_look = time.monotonic() + number * self.EACH_S
        while not self.ends:
            time.sleep(max(0, next_look - time.monotonic()))
            next_look = max(next_look + self.SENDERS * self.EACH_S, time.monotonic())
            refusal = self.look()
            self.looks += 1
            if refusal:
                self.refusals.append(time.strftime("%X ") + refusal)

    def start(self):
        for thread in self.threads:
            thread.start()

    def is_alive(self):
        return any(thread.is_alive() for thread in self.threads)

    def stop(self):
        self.ends = True
        for thread in self.threads:
            thread.join()


class Stage:
    def __init__(self, folder):
        self.folder, self.store = folder, os.path.join(folder, "store")
        self.running = []
        self.bind = unpacked("bind", "bind9")
        self.root = os.path.join(folder, "postfix")
        # Others run from the same one: this one is ours to write to.
        subprocess.run(["cp", "-a", unpacked("servers", None), self.root], check=True)
        self.server = None
        try:
            self._names()
            self._postfix()
            self.server = pebble.Pebble(folder, own=True, va_nosleep="1", authzreuse="0",
                                        resolver=RESOLVER + ":53")
            self._hooks()
        except Exception:
            self.close()
            raise

    # ---- what runs ----

    def _env(self):
        libraries = glob.glob(os.path.join(self.bind, "usr", "lib", "*-linux-gnu"))
        return dict(os.environ, LD_LIBRARY_PATH=":".join(libraries))

    def _named(self, conf, name, kind, address):
        program = os.path.join(self.bind, "usr", "sbin", "named")
        log = open(conf + ".log", "w")
        self.running.append(subprocess.Popen([program, "-f", "-g", "-c", conf], env=self._env(),
                                             stdout=log, stderr=log))
        for _ in range(60):
            if self.ask(name, kind, address):
                return
            time.sleep(0.05)
        with open(log.name) as f:
            raise RuntimeError("named does not come up: " + f.read()[:4000])

    def ask(self, name, kind="TLSA", address=AUTHORITY):
        said = subprocess.run(["dig", "+short", "+tries=1", "+time=1", "@" + address, name, kind],
                              capture_output=True, text=True).stdout.splitlines()
        return sorted(line.lower() for line in said if not line.startswith(";"))

    def records(self):
        """Digests of the keys that are published."""
        return [line[6:].replace(" ", "") for line in self.ask(OWNER)]

    def _names(self):
        words = dict(folder=self.folder, ttl=TTL, authority=AUTHORITY, resolver=RESOLVER, mail=MAIL)
        self.tsig = os.path.join(self.folder, "tsig.key")
        with open(self.tsig, "w") as f:
            subprocess.run([os.path.join(self.bind, "usr", "sbin", "tsig-keygen"), "acme."],
                           stdout=f, check=True, env=self._env())
        save(os.path.join(self.folder, "example.org"), ZONE.format(**words))
        save(os.path.join(self.folder, "lab"), LAB)
        signer, validator = (os.path.join(self.folder, n) for n in ("signer.conf", "validator.conf"))
        save(signer, SIGNER.format(**words))
        self._named(signer, "example.org", "DNSKEY", AUTHORITY)
        flags, protocol, algorithm, *key = self.ask("example.org", "DNSKEY")[0].split()
        # dig was asked for in lower case; the key file has it as it is.
        key = open(glob.glob(os.path.join(self.folder, "Kexample.org.*.key"))[0]).read()
        key = [line for line in key.splitlines() if " DNSKEY " in line][0].split(" DNSKEY ")[1]
        flags, protocol, algorithm, *key = key.split()
        save(validator, VALIDATOR.format(anchor='%s %s %s "%s"' % (
            flags, protocol, algorithm, "".join(key)), **words))
        self._named(validator, "mail.example.org", "A", RESOLVER)

    def _postfix(self):
        etc = os.path.join(self.root, "etc")
        with contextlib.suppress(FileNotFoundError):  # of a test that was here before
            os.remove(etc + "/postfix/chain.pem")
        save(etc + "/postfix/main.cf", MAIN.format(name=NAME, mail=MAIL))
        save(etc + "/postfix/master.cf", MASTER.format(mail=MAIL))
        save(etc + "/resolv.conf", "nameserver %s\noptions trust-ad\n" % RESOLVER)
        spool = os.path.join(self.root, "var/spool/postfix")
        shutil.rmtree(spool, ignore_errors=True)
        for queue in ("active bounce corrupt defer deferred flush hold incoming private saved "
                      "trace maildrop public pid").split():
            os.makedirs(os.path.join(spool, queue))
            if queue != "pid":
                os.chown(os.path.join(spool, queue), 901, 905)
        data = os.path.join(self.root, "var/lib/postfix")
        os.makedirs(data, exist_ok=True)
        os.chown(data, 901, -1)
        self.master = subprocess.Popen(
            ["chroot", self.root, "/usr/lib/postfix/sbin/master", "-d", "-c", "/etc/postfix"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True)
        self.running.append(self.master)
        for _ in range(60):
            try:
                socket.create_connection((MAIL, 25), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("Postfix does not come up: " + open(
            os.path.join(self.root, "var/log/postfix.log")).read()[-2000:])

    def _hooks(self):
        self.dns_hook = os.path.join(self.folder, "dns-hook")
        save(self.dns_hook, FAULTS.format(folder=self.folder, command='"%s" "$@"' % HOOK), 0o755)
        self.deploy_hook = os.path.join(self.folder, "deploy-hook")
        save(self.deploy_hook, FAULTS.format(
            folder=self.folder, command=DEPLOY.format(root=self.root, master=self.master.pid)),
            0o755)

    def close(self):
        if self.server:
            self.server.stop()
        for process in reversed(self.running):
            process.terminate()
            process.wait()

    # ---- what is done ----

    def run(self, *words, wait_s=120, **env):
        env = dict(os.environ, NSUPDATE_KEY=self.tsig, NSUPDATE_SERVER=AUTHORITY, **env)
        done = subprocess.run([PROGRAM, *words, "--store", self.store], env=env,
                              capture_output=True, text=True, timeout=wait_s)
        return done.returncode, done.stdout, done.stderr

    def nsupdate(self, *lines):
        text = "server %s\n%s\nsend\n" % (AUTHORITY, "\n".join(lines))
        subprocess.run(["nsupdate", "-k", self.tsig], input=text, text=True, check=True)

    def live(self, file="privkey.pem"):
        return os.path.join(self.store, "live", NAME, file)

    def key(self):
        return digest(self.live())

    def issue(self, *more):
        return self.run("issue", NAME, "--apply", "--ca", "https://ca.lab:%d/dir" % self.server.acme,
                        "--ca-file", self.server.authority.pem, "--resolver", RESOLVER,
                        "--listen", "%s:%d" % (MAIL, self.server.http), "--dns-hook", self.dns_hook,
                        "--deploy-hook", self.deploy_hook, "--challenge", "http-01", *more)

    def begin(self):
        """Live, served, published, and a next key made; what is wrong, or None."""
        done = self.issue()
        if done[0]:
            return done
        self.nsupdate("update add %s. %d IN TLSA 3 1 1 %s" % (OWNER, TTL, self.key()))
        done = self.run("acme", "next-key", NAME)
        time.sleep(2 * TTL + 1)  # that there was none is remembered too
        return done if done[0] else None

    def renew(self, *more, **env):
        return self.run("renew", "--force", NAME, *more, **env)

    def under_way(self):
        return os.path.exists(os.path.join(self.store, "rollover", NAME + ".json"))

    def fault(self, when):
        """"before-present-tlsa": certmend is killed then, once."""
        save(os.path.join(self.folder, "kill-" + when), "")

    def left_faults(self):
        return [os.path.basename(p) for p in glob.glob(os.path.join(self.folder, "kill-*"))]


def settled(s, old):
    """After a whole rollover; what is wrong, or None."""
    published, live = s.records(), s.key()
    if live == old:
        return "the key is the old one"
    if published != [live]:
        return "published: %s, live: %s" % (published, live)
    if not os.path.exists(s.live("privkey-next.pem")):
        return "no next key"
    return s.under_way() and "still under way"


def build_shim(folder):
    shim = os.path.join(folder, "shim.so")
    subprocess.run([*os.environ.get("CC", "cc").split(), "-shared", "-fPIC", "-o", shim,
                    os.path.join(ca.ROOT, "tests", "crash", "shim.c"), "-ldl"],
                   check=True)
    return shim


def kill_once(s, shim, kill):
    """One run that is killed there; what is wrong, or None."""
    if kill[0] == "hook":
        s.fault(kill[1])
        done = s.renew()
        if s.left_faults():
            return "it was not there: %s" % (done,)
    else:
        mode, at, where = kill
        done = s.renew(LD_PRELOAD=shim, CRASH_AT=str(at), CRASH_MODE=mode, CRASH_MATCH=where)
    return done[0] != -9 and "it was not killed: %s" % (done,)
