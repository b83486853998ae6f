"""here_stage - a small Debian whose own servers certmend is to mend.

    with HereMachine("here") as machine, Lab(SCENARIO) as lab:
        machine.put_program(lab)
        done = machine.certmend("fix", HOST, "--here", "--yes")

certmend runs on the machine as root there, and finds its way by the lab's name
server.
"""
import contextlib
import os
import re
import shutil
import subprocess

from recipes import PROGRAM, Machine, Wrong, shown, wait_for
from terminal import Terminal

PUT = "opt/certmend"  # the program and its libraries
JOURNAL = "/var/lib/certmend/acts"
HOST, WEB = "mail.example.com", "www.example.com"
MACHINES = {"here": "postfix dovecot-imapd nginx-light"}
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8",
               "TERM": "dumb"}
SNAKEOIL = ("/etc/ssl/certs/ssl-cert-snakeoil.pem", "/etc/ssl/private/ssl-cert-snakeoil.key")
NGINX = """server {
    listen 443 ssl default_server;
    server_name %s;
    ssl_certificate %s;
    ssl_certificate_key %s;
%s}
"""
SITE, DOVECOT_SSL, MAIN_CF = ("/etc/nginx/conf.d/mail.conf", "/etc/dovecot/conf.d/10-ssl.conf",
                              "/etc/postfix/main.cf")


def when_needed():
    """The libraries that certmend loads when it needs them."""
    known = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True,
                           check=True).stdout
    for name in ("libcurl.so.4", "libedit.so.2"):
        yield from re.findall(r"%s .*=> (\S+)" % re.escape(name), known)[:1]


class HereMachine(Machine):
    def put_program(self, lab, roots=None):
        """It finds its libraries without a word in its environment, which the
        programs that it asks would inherit."""
        top = self.path(PUT)
        shutil.rmtree(top, ignore_errors=True)
        os.makedirs(top)
        for file in [PROGRAM, *when_needed()]:
            said = subprocess.run(["ldd", file], capture_output=True, text=True,
                                  check=True).stdout
            for library in [file, *re.findall(r"(/\S+) \(0x", said)]:
                shutil.copy(library, top)
        with open(lab.ca, encoding="ascii") as ca:
            self.write("/%s/ca.pem" % PUT, ca.read() + (roots or ""))
        self.look = ["--resolver", lab.resolver, "--ca-file", "/%s/ca.pem" % PUT]

    def __exit__(self, *why):
        super().__exit__(*why)
        shutil.rmtree(self.path(PUT), ignore_errors=True)

    def command(self, *words):
        return [shutil.which("chroot"), self.root, "/%s/ld-linux-x86-64.so.2" % PUT, "--library-path",
                "/" + PUT, "/%s/certmend" % PUT, *words]

    def certmend(self, *words):
        done = subprocess.run(self.command(*words), stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=120, encoding="utf-8",
                              errors="replace", env=ENVIRONMENT)
        self.log.append("certmend %s -> %d\n%s%s" % (" ".join(words), done.returncode,
                                                     done.stdout, done.stderr))
        return done

    def fix(self, *words):
        return self.certmend("fix", HOST, "--here", *self.look, *words)

    def terminal(self, *words):
        return Terminal(self.command(*words), ENVIRONMENT)

    def files(self, *tops):
        """{path: all that a file is, but for inode and change time}"""
        found = {}
        for top in tops or ("/etc",):
            for folder, _, names in os.walk(self.path(top)):
                for name in names:
                    path = os.path.join(folder, name)
                    at = os.lstat(path)
                    text = os.readlink(path) if os.path.islink(path) else \
                        open(path, "rb").read() if os.path.isfile(path) else ""
                    found[path[len(self.root):]] = (text, at.st_mode, at.st_uid, at.st_gid,
                                                    at.st_mtime_ns)
        return found

    def acts(self):
        with contextlib.suppress(FileNotFoundError):
            return sorted(name for name in os.listdir(self.path(JOURNAL))
                          if not name.startswith("."))
        return []


def changed(before, after):
    """The paths that are not as they were."""
    return sorted(path for path in set(before) | set(after)
                  if before.get(path) != after.get(path))


def begin_mail(machine, certificate=SNAKEOIL, web=SNAKEOIL, more=""):
    """Postfix, Dovecot and nginx, each with that certificate and key."""
    machine.must("postconf -e smtpd_peername_lookup=no smtpd_tls_cert_file=%s "
                 "smtpd_tls_key_file=%s smtpd_tls_security_level=may" % certificate)
    machine.must("postconf -M 'submission/inet=submission inet n - y - - smtpd'")
    text = machine.read(DOVECOT_SSL)
    for name, path in zip(("cert", "key"), certificate):
        text = re.sub(r"(?m)^ssl_%s = .*$" % name, "ssl_%s = <%s" % (name, path), text)
    machine.write(DOVECOT_SSL, text)
    machine.write(SITE, NGINX % (HOST, *web, more))
    # Postfix waits until what it reads is some seconds old.
    machine.must("find /etc -newer /run/began -exec touch -h -d '1 hour ago' {} +; newaliases;"
                 "systemctl start postfix dovecot nginx")
    wait_for(25, 587, 143, 993, 443)


def shows(port, chain):
    """None where openssl is shown this chain, PEM by PEM; else what it is shown."""
    seen = shown(port, HOST)
    return None if [pem.strip() for pem in seen] == [pem.strip() for pem in chain] else \
        "%d shows %d certificates, another chain" % (port, len(seen))


def said(done):
    return " ".join((done.stdout + done.stderr).split())
