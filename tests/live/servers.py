"""servers - real Postfix, Dovecot and nginx on free ports of 127.0.0.1.

Postfix and Dovecot run in the folder that unpack.sh made; nginx is the
machine's own. All three show the same certificate. Ports are told apart by
the port a mail program would use.
"""
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "acme"))
import ca

START_S = 20

POSTFIX_MAIN = """\
compatibility_level = 3.6
myhostname = {host}
mydestination =
inet_interfaces = loopback-only
inet_protocols = ipv4
alias_maps =
local_recipient_maps =
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
smtpd_tls_security_level = may
smtpd_tls_chain_files = /etc/postfix/chain.pem
maillog_file = /var/log/postfix.log
"""
POSTFIX_MASTER = """\
127.0.0.1:{25}  inet n - n - - smtpd
127.0.0.1:{465} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
127.0.0.1:{587} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt
tlsmgr    unix  - - n 1000? 1 tlsmgr
anvil     unix  - - n - 1 anvil
rewrite   unix  - - n - - trivial-rewrite
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
postlog   unix-dgram n - n - 1 postlogd
"""
DOVECOT = """\
protocols = imap pop3
base_dir = /run/dovecot
log_path = /var/log/dovecot.log
ssl = required
ssl_cert = </etc/dovecot/chain.pem
ssl_key = </etc/dovecot/chain.pem
passdb {
  driver = static
  args = nopassword=y
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=/tmp
}
service imap-login {
  inet_listener imap {
    address = 127.0.0.1
    port = {143}
  }
  inet_listener imaps {
    address = 127.0.0.1
    port = {993}
    ssl = yes
  }
}
service pop3-login {
  inet_listener pop3 {
    address = 127.0.0.1
    port = {110}
  }
  inet_listener pop3s {
    address = 127.0.0.1
    port = {995}
    ssl = yes
  }
}
"""
NGINX = """\
daemon off;
pid {dir}/nginx.pid;
error_log {dir}/nginx.log;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {dir}/body;
  proxy_temp_path {dir}/proxy;
  fastcgi_temp_path {dir}/fastcgi;
  uwsgi_temp_path {dir}/uwsgi;
  scgi_temp_path {dir}/scgi;
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {dir}/chain.pem;
    ssl_certificate_key {dir}/chain.pem;
    location / {{ return 204; }}
  }}
}}
"""
QUEUES = ("active bounce corrupt defer deferred flush hold incoming private "
          "saved trace maildrop public").split()
POSTFIX_UID = 901
POSTDROP_GID = 905
PORTS = (25, 465, 587, 143, 993, 110, 995, 443)


def free_ports(wanted):
    """{25: a free port of 127.0.0.1, ...}."""
    return dict(zip(wanted, ca.free_ports(len(wanted))))


def save(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


def chain_text(leaf):
    """Key and chain in one file, the key first, as Postfix wants it."""
    parts = []
    for path in (leaf.key, leaf.served):
        with open(path, encoding="ascii") as part:
            parts.append(part.read())
    return "".join(parts)


class Servers:
    """with Servers(root, host, leaf) as servers: all three are up; nginx may
    show another certificate."""
    main, master, dovecot = POSTFIX_MAIN, POSTFIX_MASTER, DOVECOT

    def __init__(self, root, host, leaf, web=None):
        self.root, self.host = root, host
        self.chain, self.web = chain_text(leaf), chain_text(web or leaf)
        self.port = free_ports(PORTS)
        self.running = []

    def _run(self, *command, **more):
        self.running.append(subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True, **more))

    def _path(self, *parts):
        return os.path.join(self.root, *parts)

    def _postfix(self):
        save(self._path("etc/postfix/main.cf"),
             self.main.format(host=self.host))
        save(self._path("etc/postfix/master.cf"),
             _numbered(self.master, self.port))
        save(self._path("etc/postfix/chain.pem"), self.chain)
        spool = self._path("var/spool/postfix")
        shutil.rmtree(spool, ignore_errors=True)
        for queue in QUEUES:
            os.makedirs(os.path.join(spool, queue))
            os.chown(os.path.join(spool, queue), POSTFIX_UID, POSTDROP_GID)
        os.makedirs(os.path.join(spool, "pid"))
        data = self._path("var/lib/postfix")
        os.makedirs(data, exist_ok=True)
        os.chown(data, POSTFIX_UID, -1)
        self._run("chroot", self.root, "/usr/lib/postfix/sbin/master", "-d",
                  "-c", "/etc/postfix")

    def _dovecot(self):
        save(self._path("etc/dovecot/chain.pem"), self.chain)
        save(self._path("etc/dovecot/dovecot.conf"),
             _numbered(self.dovecot, self.port))
        shutil.rmtree(self._path("run/dovecot"), ignore_errors=True)
        self._run("chroot", self.root, "/usr/sbin/dovecot", "-F", "-c",
                  "/etc/dovecot/dovecot.conf")

    def _nginx(self):
        self.dir = tempfile.mkdtemp(prefix="nginx-")
        os.chmod(self.dir, 0o755)
        save(self.dir + "/chain.pem", self.web)
        save(self.dir + "/nginx.conf",
             NGINX.format(dir=self.dir, port=self.port[443]))
        self._run("nginx", "-p", self.dir, "-e", self.dir + "/nginx.log",
                  "-c", self.dir + "/nginx.conf")

    def __enter__(self):
        self._postfix()
        self._dovecot()
        self._nginx()
        try:
            for port in PORTS:
                self._await(port)
        except Exception:
            self.__exit__()
            raise
        return self

    def _await(self, port):
        give_up = time.monotonic() + START_S
        while time.monotonic() < give_up:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port[port]),
                                         1).close()
                return
            time.sleep(0.05)
        raise RuntimeError("nothing answers for port %d" % port)

    def __exit__(self, *_):
        for process in self.running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.running:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


def _numbered(text, ports):
    """Fills in {25}, {465}, ... and leaves every other brace alone."""
    for port, real in ports.items():
        text = text.replace("{%d}" % port, str(real))
    return text
