"""more_servers - Exim, stunnel, HAProxy, and two rarer programs of
Postfix and Dovecot, each on free ports of 127.0.0.1.

A daemon is a row: its configuration, how it is started in the folder that
unpack.sh made, and the ports it stands for. {host} is its own name, {465} the
port that stands for 465. Behind one that only does TLS, {143}, {110} and {80}
are servers of the lab in clear text, and {9} takes connections and says nothing.
{behind:143} is the port of a real server behind it.
"""
import collections
import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import time

from services import Service
from servers import (POSTDROP_GID, POSTFIX_MAIN, POSTFIX_MASTER, POSTFIX_UID,
                     QUEUES, chain_text, free_ports, save)

START_S = 20
BEHIND = {143: "imap", 110: "pop3", 80: "http"}
FOLDER = "/tmp/live"

EXIM = """\
primary_hostname = {host}
exim_user = Debian-exim
exim_group = Debian-exim
spool_directory = /tmp/live/spool
log_file_path = /tmp/live/%s.log
local_interfaces = 127.0.0.1
daemon_smtp_ports = {25} : {465} : {587}
tls_on_connect_ports = {465}
tls_advertise_hosts = *
tls_certificate = /tmp/live/chain.pem
tls_privatekey = /tmp/live/chain.pem
host_lookup =
begin acl
begin routers
begin transports
begin authenticators
"""
STUNNEL = """\
foreground = yes
pid =
output = /tmp/live/log
cert = /tmp/live/chain.pem
[imaps]
accept = 127.0.0.1:{993}
connect = 127.0.0.1:{143}
[pop3s]
accept = 127.0.0.1:{995}
connect = 127.0.0.1:{110}
"""
# It answers only who says the name.
HAPROXY = """\
defaults
    mode tcp
    timeout connect 5s
    timeout client 20s
    timeout server 20s
frontend imaps
    bind 127.0.0.1:{993} ssl crt /tmp/live/chain.pem strict-sni
    default_backend mail
frontend https
    bind 127.0.0.1:{443} ssl crt /tmp/live/chain.pem strict-sni
    default_backend web
backend mail
    server any 127.0.0.1:{143}
backend web
    server any 127.0.0.1:{80}
"""
LISTEN = """\
defaults
    timeout connect 5s
    timeout client 20s
    timeout server 20s
    timeout http-request 2s
"""


def listen(port, behind, bind="", server="", mode="tcp"):
    return """\
listen port%d
    mode %s
    bind 127.0.0.1:{%d} %s
    server any 127.0.0.1:{behind:%d} %s
""" % (port, mode, port, bind, behind, server)


ENDS_TLS = "ssl crt /tmp/live/chain.pem"
TOLD = "send-proxy-v2-ssl"
CLEAR, AT_ONCE = (25, 587, 143, 110), {465: 587, 993: 143, 995: 110}
LISTEN += "".join(listen(port, port) for port in CLEAR)
PASSES = LISTEN + "".join(listen(port, port) for port in AT_ONCE)
TELLS = LISTEN + "".join(
    listen(port, port, ENDS_TLS, TOLD) for port in AT_ONCE)
# The ports behind want STARTTLS.
DOUBLES = LISTEN + "".join(
    listen(port, behind, ENDS_TLS) for port, behind in AT_ONCE.items())
# Port 1 is nobody's.
ALONE = LISTEN + "".join(listen(port, 1, ENDS_TLS) for port in AT_ONCE)
WEB = LISTEN + listen(993, 143, ENDS_TLS, mode="http") + "".join(
    listen(port, port) for port in (465, 995))
SIEVE = """\
protocols = sieve
base_dir = /run/sieve
log_path = /tmp/live/log
ssl = required
ssl_cert = </tmp/live/chain.pem
ssl_key = </tmp/live/chain.pem
passdb {
  driver = static
  args = nopassword=y
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=/tmp
}
service managesieve-login {
  inet_listener sieve {
    address = 127.0.0.1
    port = {4190}
  }
}
"""
# Who talks before the greeting is whole is turned away.
POSTSCREEN_MAIN = POSTFIX_MAIN + """\
postscreen_greet_wait = 2s
postscreen_greet_banner = not yet
postscreen_greet_action = drop
postscreen_access_list =
postscreen_cache_map =
smtpd_tls_auth_only = yes
"""
POSTSCREEN_MASTER = """\
127.0.0.1:{25} inet n - n - 1 postscreen
smtpd     pass  - - n - - smtpd
dnsblog   unix  - - n - 0 dnsblog
tlsproxy  unix  - - n - 0 tlsproxy
""" + POSTFIX_MASTER[POSTFIX_MASTER.index("tlsmgr"):]


def postfix_folders(root):
    spool = os.path.join(root, "var/spool/postfix")
    shutil.rmtree(spool, ignore_errors=True)
    for queue in QUEUES:
        os.makedirs(os.path.join(spool, queue))
        os.chown(os.path.join(spool, queue), POSTFIX_UID, POSTDROP_GID)
    os.makedirs(os.path.join(spool, "pid"))
    data = os.path.join(root, "var/lib/postfix")
    os.makedirs(data, exist_ok=True)
    os.chown(data, POSTFIX_UID, -1)


def nothing(root):
    pass


Daemon = collections.namedtuple("Daemon", "home files command ports prepare")

def haproxy(text, ports=(*CLEAR, *AT_ONCE)):
    return Daemon("others", {"/tmp/live/conf": text},
                  ["/usr/sbin/haproxy", "-db", "-f", "/tmp/live/conf"], ports,
                  nothing)


DAEMONS = {
    "exim": Daemon("others", {"/tmp/live/conf": EXIM},
                   ["/usr/sbin/exim4", "-bdf", "-C", "/tmp/live/conf", "-oP",
                    "/tmp/live/pid"], (25, 465, 587), nothing),
    "stunnel": Daemon("others", {"/tmp/live/conf": STUNNEL},
                      ["/usr/bin/stunnel4", "/tmp/live/conf"], (993, 995),
                      nothing),
    "stunnel before nobody": Daemon(
        "others", {"/tmp/live/conf": re.sub(r"\{1[14][03]\}", "{9}", STUNNEL)},
        ["/usr/bin/stunnel4", "/tmp/live/conf"], (993, 995), nothing),
    "haproxy": haproxy(HAPROXY, (993, 443)),
    "passes": haproxy(PASSES),
    "tells": haproxy(TELLS),
    "doubles": haproxy(DOUBLES),
    "alone": haproxy(ALONE),
    "web": haproxy(WEB),
    "sieve": Daemon("mail", {"/tmp/live/conf": SIEVE},
                    ["/usr/sbin/dovecot", "-F", "-c", "/tmp/live/conf"],
                    (4190,), nothing),
    "postscreen": Daemon("mail", {"/etc/postfix/main.cf": POSTSCREEN_MAIN,
                                  "/etc/postfix/master.cf": POSTSCREEN_MASTER},
                         ["/usr/lib/postfix/sbin/master", "-d", "-c",
                          "/etc/postfix"], (25,), postfix_folders),
}


def filled(text, host, ports, behind):
    for port, real in ports.items():
        text = text.replace("{%d}" % port, str(real))
    for port, real in behind.items():
        text = text.replace("{behind:%d}" % port, str(real))
    return text.replace("{host}", host).replace(
        "/etc/postfix/chain.pem", "/tmp/live/chain.pem")


class Running:
    """with Running(daemon, root, host, leaf) as it: it answers on it.port.
    `before`: the ports of real servers that it stands in front of."""

    def __init__(self, daemon, root, host, leaf, before=()):
        self.daemon, self.root, self.host = daemon, root, host
        self.leaf = leaf
        self.port = free_ports(daemon.ports)
        self.silent = socket.create_server(("127.0.0.1", 0))
        self.port[9] = self.silent.getsockname()[1]
        self.behind = {port: Service({"proto": proto, "starttls": False}, {}, None)
                       for port, proto in BEHIND.items()}
        for port, it in self.behind.items():
            self.port.setdefault(port, it.port)
        self.before = {1: 1, **dict(before)}

    def __enter__(self):
        folder = self.root + FOLDER
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder + "/spool")
        os.chmod(folder, 0o777)
        os.chmod(folder + "/spool", 0o777)
        save(folder + "/chain.pem", chain_text(self.leaf))
        for path, text in self.daemon.files.items():
            save(self.root + path, filled(
                text, self.host, self.port, self.before))
        self.daemon.prepare(self.root)
        self.log = open(folder + "/said", "wb")
        self.process = subprocess.Popen(
            ["chroot", self.root, *self.daemon.command],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            start_new_session=True)
        try:
            for port in self.daemon.ports:
                self._await(port)
        except RuntimeError:
            self.__exit__()
            raise
        return self

    def _await(self, port):
        give_up = time.monotonic() + START_S
        while time.monotonic() < give_up and self.process.poll() is None:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port[port]),
                                         1).close()
                return
            time.sleep(0.05)
        with open(self.log.name, "rb") as said:
            raise RuntimeError("nothing answers for port %d: %s" % (
                port, said.read()[-300:].decode("utf-8", "replace")))

    def __exit__(self, *_):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            pass
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.log.close()
        self.silent.close()
        for service in self.behind.values():
            service.close()
