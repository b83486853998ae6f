#!/usr/bin/env python3
"""What a report tells those who have something in front of or beside a mail
server (HAProxy, stunnel, nginx, Apache), done as printed, with Debian's own
configuration around it: broken before, right afterwards, by certmend and by
openssl s_client; and nobody can send mail through it who could not before. TAP.

Needs root, namespaces and Debian's packages (machine.sh); else one counted skip.
"""
import contextlib
import os
import re
import smtplib
import ssl
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path[:0] = [os.path.join(TESTS, "live"), os.path.join(TESTS, "lab")]
from lab import Lab  # noqa: E402
from recipe_cases import FRONT  # noqa: E402
from recipes import (Machine, Wrong, begin, carried, chain_of,  # noqa: E402
                     look, run_cases, shown, states, steps_of, told, wait_for)
from services import Service  # noqa: E402

HOST, OTHER = "mail.example.com", "smtp.example.com"
STORE = "/etc/certmend/live"
STRANGER = "198.51.100.7"
LEAF = {"cn": HOST, "san": [HOST, OTHER], "key": "rsa2048"}
SCENARIO = {"target": HOST, "servers": [],
            "dns": {HOST: {"A": ["127.0.0.1"]}, OTHER: {"A": ["127.0.0.1"]}},
            "certs": {"wrong": {"cn": "other.example.net", "key": "rsa2048",
                                "san": ["other.example.net"]},
                      "first": LEAF, "second": LEAF, "third": LEAF}}
# The order itself is carried out by the tests of issue.
ORDER = ("If certbot made the certificate", "Order a certificate",
         "It puts key and full chain", "Have it renewed", "Have the services told")
# The mail server behind: passwords are Dovecot's business.
POSTFIX = """\
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_tls_security_level = none
relayhost = [127.0.0.1]:9
maillog_file = /var/log/mail.log
"""
DOVECOT = """\
passdb {
  driver = static
  args = password=secret
}
service auth {
  unix_listener /var/spool/postfix/private/auth {
    mode = 0666
  }
}
"""


@contextlib.contextmanager
def scene(leaf="wrong"):
    with Machine("front") as machine, Lab(SCENARIO) as lab:
        machine.put_certificate(lab.leaves["first"], HOST, STORE)
        live = machine.put_certificate(lab.leaves[leaf], "old")
        machine.write("/etc/old.pem", machine.read(live + "/fullchain.pem") +
                      machine.read(live + "/privkey.pem"), 0o600)
        machine.put_hooks()
        yield machine, lab


def start_mail(machine):
    main = machine.read("/etc/postfix/main.cf")
    kept = [line for line in main.splitlines(True)
            if not line.startswith(("smtpd_tls_", "relayhost"))]
    machine.write("/etc/postfix/main.cf", "".join(kept) + POSTFIX)
    auth = machine.read("/etc/dovecot/conf.d/10-auth.conf")
    machine.write("/etc/dovecot/conf.d/10-auth.conf",
                  auth.replace("!include auth-system.conf.ext", ""))
    machine.write("/etc/dovecot/conf.d/99-test.conf", DOVECOT)
    machine.must("systemctl start dovecot && postfix start")
    wait_for(25)


@contextlib.contextmanager
def stand_in():
    """A mail server behind what only does TLS, where no step sets one up."""
    service = Service({"proto": "smtp", "starttls": False, "proxied": True}, {}, None,
                      ("127.0.0.1", 10465))
    try:
        yield
    finally:
        service.close()


def steps(lab, software, fix, target=HOST, *args):
    _, report = look(lab, target, "--software", software, *args)
    return steps_of(report, fix)


def file_steps(lab, software):
    """Where no port shows a certificate yet: what is told about a file."""
    return steps(lab, software, "issue-certificate",
                 os.path.abspath(lab.leaves["wrong"].served), "--name", HOST)


def speaks(port, version):
    return bool(shown(port, HOST, (version, "-cipher", "ALL:@SECLEVEL=0")))


def proven(lab, *ports, leaf="first"):
    """Complaints of certmend and of openssl about what is shown there."""
    for port in ports:
        give_up = time.monotonic() + 5  # a reload is done a moment later
        while (shown(port, HOST) != chain_of(lab.leaves[leaf]) and
               time.monotonic() < give_up):
            time.sleep(0.1)
        if shown(port, HOST) != chain_of(lab.leaves[leaf]):
            yield "%d shows another chain than that of %s" % (port, leaf)
        _, report = look(lab, "%s:%d" % (HOST, port))
        state = [cell["state"] for cell in report["endpoints"]
                 if cell["port"] == port and cell["sni"] == HOST]
        if state != ["verified"]:
            yield "%d: %s, %s" % (port, state,
                                  [f["id"] for f in report["findings"]])


def answered(port, user=None):
    """What the server says to RCPT TO somebody elsewhere, from a stranger's
    address: (code, words)."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with smtplib.SMTP_SSL("127.0.0.1", port, local_hostname="there.example.org",
                          source_address=(STRANGER, 0), timeout=20,
                          context=context) as smtp:
        if user:
            smtp.login(user, "secret")
        else:
            smtp.ehlo()
        smtp.mail("somebody@example.net")
        code, words = smtp.rcpt("somebody@elsewhere.example")
        return code, words.decode("utf-8", "replace")


def refuses_strangers(machine, port=465):
    code, words = answered(port)
    if code < 500:
        yield "a stranger may send anywhere: %d %s" % (code, words)
    code, words = answered(port, "user")
    if code != 250:
        yield "who has a password may not send: %d %s" % (code, words)
    if "[%s]" % STRANGER not in machine.read("/var/log/mail.log"):
        yield "Postfix does not know who is calling"


def the_test_itself():
    """What the page said before: it is an open relay, and seen to be one."""
    with scene() as (machine, _):
        start_mail(machine)
        machine.write("/etc/stunnel/mail.conf", "[smtps]\naccept = 465\n"
                      "cert = /etc/old.pem\nconnect = 127.0.0.1:25\n")
        machine.must("systemctl restart stunnel4")
        wait_for(465)
        code, _ = answered(465)
        if code != 250:
            yield "the open relay of old is not seen: %d" % code


HAPROXY = """
frontend submissions
  mode tcp
  bind :465 ssl crt %s
  default_backend submissions
backend submissions
  mode tcp
  server postfix 127.0.0.1:10465 send-proxy
"""
SELINUX = ("Where SELinux is at work",)
NOT_HERE = ("The same hook for certbot",) + SELINUX
HAPROXY_PARTS = SELINUX + ('A "bind" line', "Behind it Postfix", "Check and reload Postfix")


def haproxy_new():
    with scene() as (machine, lab):
        start_mail(machine)
        machine.must("systemctl start haproxy")
        machine.carry_out(file_steps(lab, "haproxy"), leave=ORDER + NOT_HERE)
        wait_for(465, 10465)
        mode = os.stat(machine.path("/etc/haproxy/certs/%s.pem" % HOST)).st_mode
        if mode & 0o077:
            yield "the file with the key: %o" % mode
        yield from proven(lab, 465)
        yield from refuses_strangers(machine)


def haproxy_renewed():
    """Two renewals, as certbot and as certmend call a hook; another
    certificate's renewal changes nothing."""
    with stand_in(), scene() as (machine, lab):
        certs = "/etc/haproxy/certs/"
        machine.must("install -d -m 700 %s && cp -p /etc/old.pem %s%s.pem" % (
            certs, certs, HOST))
        config = machine.read("/etc/haproxy/haproxy.cfg")
        machine.write("/etc/haproxy/haproxy.cfg", config + HAPROXY % certs)
        machine.must("systemctl start haproxy")
        wait_for(465)
        _, before = look(lab, HOST + ":465", "--software", "haproxy")
        if states(before)[465] != "faulty":
            yield "it was %s before" % states(before)[465]
        machine.must("mkdir -p /etc/letsencrypt/renewal-hooks/deploy")
        machine.carry_out(steps_of(before, "issue-certificate"),
                          leave=ORDER + HAPROXY_PARTS)
        yield from proven(lab, 465)
        hooks = ["/etc/letsencrypt/renewal-hooks/deploy/deploy-haproxy",
                 "%s/%s/deploy-haproxy" % (STORE.replace("live", "hooks"), HOST)]
        for leaf, hook, word in (("second", hooks[0], "RENEWED_LINEAGE"),
                                 ("third", hooks[1], "CERTMEND_LIVE")):
            live = machine.put_certificate(lab.leaves[leaf], HOST, STORE)
            machine.must(hook, **{word: live})
            yield from proven(lab, 465, leaf=leaf)
        machine.must(hooks[0], RENEWED_LINEAGE="/etc/letsencrypt/live/old")
        if os.listdir(machine.path(certs)) != [HOST + ".pem"]:
            yield "left there: %s" % os.listdir(machine.path(certs))
        yield from proven(lab, 465, leaf="third")


HAPROXY_OLD = "ssl-default-bind-options ssl-min-ver TLSv1.0"


def haproxy_versions():
    with stand_in(), scene("first") as (machine, lab):
        config = machine.read("/etc/haproxy/haproxy.cfg")
        config = re.sub("ssl-default-bind-(ciphers|options) .*",
                        r"ssl-default-bind-\1 ALL:@SECLEVEL=0", config)
        config = config.replace("ssl-default-bind-options ALL:@SECLEVEL=0",
                                HAPROXY_OLD)
        machine.write("/etc/haproxy/haproxy.cfg", config + HAPROXY % "/etc/old.pem")
        machine.must("systemctl start haproxy")
        wait_for(465)
        yield from upgraded(machine, lab, "haproxy", 465)


def settles(port, version, wanted):
    """A reload is over when the old workers take no more callers."""
    until = time.monotonic() + 10
    while speaks(port, version) != wanted:
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True


def upgraded(machine, lab, software, port):
    """TLS 1.0 and 1.1 were spoken, and are so no more."""
    if not speaks(port, "-tls1"):
        yield "TLS 1.0 was not spoken before"
    machine.carry_out(told(software, "upgrade-tls"))
    for version, wanted in (("-tls1", False), ("-tls1_1", False),
                            ("-tls1_2", True), ("-tls1_3", True)):
        if not settles(port, version, wanted):
            yield "%s is%s spoken" % (version, " not" if wanted else "")
    yield from proven(lab, port)


def haproxy_names():
    """The folder's files are told apart by their names; who names nobody gets
    the one that is named first."""
    with stand_in(), scene() as (machine, lab):
        certs = "/etc/haproxy/certs/"
        machine.must("install -d -m 700 %s && cp -p /etc/old.pem %sold.pem" % (
            certs, certs))
        config = machine.read("/etc/haproxy/haproxy.cfg")
        machine.write("/etc/haproxy/haproxy.cfg", config + HAPROXY % certs)
        machine.put_certificate(lab.leaves["first"], HOST)
        machine.must("systemctl start haproxy")
        wait_for(465)
        machine.carry_out(told("haproxy", "fix-sni-map"))
        yield from proven(lab, 465)
        if shown(465) != chain_of(lab.leaves["first"]):
            yield "who names nobody is shown another one"
        if shown(465, "other.example.net") != chain_of(lab.leaves["wrong"]):
            yield "the other name lost its certificate"


STUNNEL = "pid = /run/stunnel-mail.pid\n[smtps]\naccept = 465\n" \
    "cert = /etc/old.pem\nprotocol = proxy\nconnect = 127.0.0.1:10465\n"


def stunnel_new():
    with scene() as (machine, lab):
        start_mail(machine)
        machine.put_certificate(lab.leaves["first"], HOST)
        machine.carry_out(told("stunnel", "enable-tls"))
        wait_for(465, 10465)
        yield from proven(lab, 465)
        yield from refuses_strangers(machine)


def stunnel_renewed():
    with stand_in(), scene() as (machine, lab):
        machine.write("/etc/stunnel/mail.conf", STUNNEL)
        machine.must("systemctl start stunnel4")
        machine.must("mkdir -p /etc/letsencrypt/renewal-hooks/deploy")
        wait_for(465)
        _, before = look(lab, HOST + ":465", "--software", "stunnel")
        if states(before)[465] != "faulty":
            yield "it was %s before" % states(before)[465]
        machine.carry_out(steps_of(before, "issue-certificate"), leave=ORDER)
        wait_for(465)
        yield from proven(lab, 465)
        for leaf, hook in (("second", "/etc/letsencrypt/renewal-hooks/deploy/stunnel"),
                           ("third", "/etc/certmend/hooks/%s/stunnel" % HOST)):
            machine.put_certificate(lab.leaves[leaf], HOST, STORE)
            machine.must(hook)
            wait_for(465)
            yield from proven(lab, 465, leaf=leaf)


def stunnel_names():
    with scene() as (machine, lab):
        start_mail(machine)
        machine.write("/etc/stunnel/mail.conf", STUNNEL)
        machine.put_certificate(lab.leaves["first"], HOST)
        machine.must("systemctl start stunnel4")
        wait_for(465)
        machine.carry_out(told("stunnel", "fix-sni-map"))
        wait_for(465, 10465)
        yield from proven(lab, 465)
        if shown(465) != chain_of(lab.leaves["wrong"]):
            yield "who names nobody is shown another one than before"
        yield from refuses_strangers(machine)


def stunnel_versions():
    with stand_in(), scene("first") as (machine, lab):
        machine.write("/etc/stunnel/mail.conf", "pid = /run/stunnel-mail.pid\n"
                      "sslVersionMin = TLSv1\nciphers = ALL:@SECLEVEL=0\n" +
                      STUNNEL.partition("\n")[2])
        machine.must("systemctl start stunnel4")
        wait_for(465)
        yield from upgraded(machine, lab, "stunnel", 465)


def put_site(machine, more=""):
    """nginx's own default site, with TLS as its comments show it."""
    site = "/etc/nginx/sites-available/default"
    machine.write(site, machine.read(site).replace(
        "listen 80 default_server;", "listen 443 ssl default_server;\n"
        "ssl_certificate /etc/old.pem;\nssl_certificate_key /etc/old.pem;\n%s" %
        more, 1).replace("listen [::]:80 default_server;", ""))


def nginx_web():
    with scene() as (machine, lab):
        put_site(machine)
        machine.must("systemctl start nginx")
        wait_for(443)
        _, before = look(lab, HOST + ":443", "--software", "nginx")
        if states(before)[443] != "faulty":
            yield "it was %s before" % states(before)[443]
        machine.carry_out(steps_of(before, "issue-certificate"), leave=ORDER)
        yield from proven(lab, 443)


def nginx_mail():
    with scene() as (machine, lab):
        machine.put_certificate(lab.leaves["first"], HOST)
        machine.must("systemctl start nginx")
        wait_for(80)
        machine.carry_out(told("nginx", "enable-tls"),
                          leave=("nginx as mail proxy needs its mail module",
                                 "Change both lines"))
        wait_for(465, 587, 993, 143)
        yield from proven(lab, 465, 587, 993, 143)


def nginx_names():
    with scene() as (machine, lab):
        put_site(machine)
        machine.put_certificate(lab.leaves["first"], HOST)
        machine.must("systemctl start nginx")
        wait_for(443)
        machine.carry_out(told("nginx", "fix-sni-map"))
        yield from proven(lab, 443)
        if shown(443) != chain_of(lab.leaves["wrong"]):
            yield "who names nobody is shown another one than before"


def nginx_versions():
    with scene("first") as (machine, lab):
        put_site(machine, "ssl_ciphers ALL:@SECLEVEL=0;\n")
        machine.must("systemctl start nginx")
        wait_for(443)
        yield from upgraded(machine, lab, "nginx", 443)


def apache_web():
    """As installed: no TLS at all."""
    with scene() as (machine, lab):
        machine.must("systemctl start apache2")
        wait_for(80)
        machine.carry_out(file_steps(lab, "apache"), leave=ORDER)
        wait_for(443)
        yield from proven(lab, 443)


def start_apache(machine):
    site = "/etc/apache2/sites-available/default-ssl.conf"
    machine.write(site, re.sub(r"(SSLCertificate(Key)?File) .*", r"\1 /etc/old.pem",
                               machine.read(site)))
    machine.must("a2enmod ssl && a2ensite default-ssl && systemctl start apache2")
    wait_for(443)


def apache_names():
    with scene() as (machine, lab):
        start_apache(machine)
        machine.put_certificate(lab.leaves["first"], HOST)
        machine.carry_out(told("apache", "fix-sni-map"))
        yield from proven(lab, 443)
        if shown(443) != chain_of(lab.leaves["wrong"]):
            yield "who names nobody is shown another one than before"


def apache_versions():
    with scene("first") as (machine, lab):
        conf = "/etc/apache2/mods-available/ssl.conf"
        machine.write(conf, machine.read(conf).replace(
            "SSLProtocol all -SSLv3", "SSLProtocol all").replace(
            "SSLCipherSuite HIGH:!aNULL", "SSLCipherSuite ALL:@SECLEVEL=0"))
        start_apache(machine)
        yield from upgraded(machine, lab, "apache", 443)


def logs():
    """What is told to look at is there, and says what is wrong."""
    with scene() as (machine, _):
        put_site(machine)
        machine.must("rm /etc/old.pem")
        for software, checker in (("nginx", "nginx -t"), ("apache", "apachectl -t"),
                                  ("haproxy", "haproxy -c -f")):
            told_of = [step for step in told(software, "repair-tls")
                       if checker in step]
            if not told_of:
                yield "%s: no word of %s" % (software, checker)
        machine.write("/etc/haproxy/haproxy.cfg", HAPROXY % "/etc/old.pem")
        for command in ("nginx -t", "haproxy -c -f /etc/haproxy/haproxy.cfg"):
            said = machine.sh(command)
            if not said.returncode or "/etc/old.pem" not in said.said:
                yield "%s does not say it: %s" % (command, said.said)


PROFILE = """\
include <tunables/global>
profile certmend-test /usr/sbin/nobody {
  include <abstractions/ssl_keys>
  include <abstractions/ssl_certs>
}
"""


UNIT = os.path.join(HERE, "..", "..", "examples", "systemd",
                    "certmend-renew.service")


def shut_in(machine, command, without="nothing"):
    """Runs it as root with what the unit leaves of that: its folders to write
    into, its capabilities."""
    with open(UNIT, encoding="ascii") as text:
        unit = text.read()
    paths = [word.lstrip("-") for row in re.findall("^ReadWritePaths=(.*)$", unit, re.M)
             for word in row.split() if word != "-" + without]
    caps = [word.lower()[len("CAP_"):] for row in
            re.findall("^CapabilityBoundingSet=(.*)$", unit, re.M) for word in row.split()]
    root = machine.root
    script = "set -e\nmount --make-rprivate /\nmount --bind %s %s\n" \
        "mount -o remount,bind,ro %s\n" % (root, root, root)
    for path in paths:
        if os.path.isdir(root + path):
            script += "mount --bind %s %s\nmount -o remount,bind,rw %s\n" % (
                (root + path,) * 3)
    script += "exec chroot %s setpriv --no-new-privs --inh-caps=-all " \
        "--bounding-set=-all,%s sh -c '%s'" % (
            root, ",".join("+" + cap for cap in caps), command)
    return subprocess.run(["unshare", "-m", "sh", "-c", script], capture_output=True,
                          timeout=60, text=True)


def limits():
    """The hook does its work inside of the walls of the unit; systemd, which
    reloads from outside, is a stand-in that says yes."""
    with scene() as (machine, lab):
        copy = "/etc/haproxy/certs/%s.pem" % HOST
        machine.must("install -d -m 700 /etc/haproxy/certs && cp -p /etc/old.pem %s && "
                     "mkdir -p /run/systemd/system /usr/local/bin" % copy)
        machine.write("/usr/local/bin/systemctl", "#!/bin/sh\nexit 0\n", 0o755)
        old = machine.read(copy)
        hook = "PATH=/usr/local/bin:$PATH RENEWED_LINEAGE=%s/%s " \
            "/usr/local/share/certmend/hooks/deploy-haproxy" % (STORE, HOST)
        done = shut_in(machine, hook, without="/etc/haproxy")
        if not done.returncode or machine.read(copy) != old:
            yield "nothing keeps it from writing anywhere"
        done = shut_in(machine, hook)
        if done.returncode or machine.read(copy) == old:
            yield "it cannot: %s" % (done.stdout + done.stderr)
        if shut_in(machine, "chroot / true").returncode == 0:
            yield "it may do what only root may"
        machine.must("rm /usr/local/bin/systemctl")


SELINUX = {"selinuxenabled": "exit 0", "restorecon": "",
           "semanage": "grep -q -- '-a -e' /tmp/asked && [ \"$2\" = -l ] && "
                       "echo '/etc/certmend = /etc/letsencrypt'; true"}


def selinux():
    """Its commands are stand-ins that note what they are asked for."""
    with scene() as (machine, _):
        for name, more in SELINUX.items():
            machine.write("/usr/local/bin/" + name, "#!/bin/sh\necho \"%s $*\" >>/tmp/asked\n%s\n"
                          % (name, more), 0o755)
        steps = [step for step in told("postfix", "issue-certificate") if "SELinux" in step]
        machine.carry_out(steps)
        machine.carry_out(steps)  # told once, labelled each time
        asked = machine.read("/tmp/asked").splitlines()
        machine.must("cd /usr/local/bin && rm " + " ".join(SELINUX))
        if len(steps) != 1 or asked.count("semanage fcontext -a -e /etc/letsencrypt "
                                          "/etc/certmend") != 1:
            yield "SELinux was asked: %s" % asked
        if asked.count("restorecon -RF /etc/certmend") != 2:
            yield "the files were not labelled: %s" % asked


def apparmor():
    """A profile that may read certbot's files may read ours afterwards."""
    with scene() as (machine, _):
        machine.write("/etc/apparmor.d/certmend-test", PROFILE)
        see = "apparmor_parser -p /etc/apparmor.d/certmend-test"
        if "/etc/certmend" in machine.must(see):
            yield "it was so before"
        machine.carry_out([step for step in told("nginx", "repair-tls")
                           if "allow-confined" in step])
        said = machine.must(see)
        for file in ("*/privkey.pem", "*/{cert,chain,fullchain}.pem"):
            if "/etc/certmend/archive/*/" + file not in said:
                yield "%s is not in the profile" % file
        machine.must("apparmor_parser -QK /etc/apparmor.d/certmend-test")
        for kind in ("ssl_keys", "ssl_certs"):
            path = os.path.join(HERE, "..", "..", "examples", "apparmor", kind)
            with open(path, encoding="ascii") as packed:
                if packed.read() != machine.read(
                        "/etc/apparmor.d/abstractions/%s.d/certmend" % kind):
                    yield "the package's %s is another" % kind


def exchange_file():
    """The PKCS#12 file is of a kind that old Windows reads."""
    with scene() as (machine, _):
        line = next(step for step in told("exchange", "issue-certificate")
                    if "pkcs12 -export" in step).splitlines()[-1].strip()
        machine.must("cd %s/%s\nprintf 'secret\\nsecret\\n' | %s" % (
            STORE, HOST, line))
        carried(line)
        said = machine.must("openssl pkcs12 -in %s/%s/mail.pfx -info -noout "
                            "-passin pass:secret" % (STORE, HOST))
        if "MAC: sha1" not in said:
            yield "the whole is sealed by another digest: " + said
        if said.count("pbeWithSHA1And3-KeyTripleDES-CBC") != 2:
            yield "key and certificates are hidden in another way: " + said


CASES = [
    ("the open relay of old is seen", the_test_itself),
    ("HAProxy: a new port, and no relay", haproxy_new),
    ("HAProxy: renewed twice by its hook", haproxy_renewed),
    ("HAProxy: a certificate for each name", haproxy_names),
    ("HAProxy: no old TLS", haproxy_versions),
    ("stunnel: a new port, and no relay", stunnel_new),
    ("stunnel: renewed twice by its hook", stunnel_renewed),
    ("stunnel: a certificate for each name, and no relay", stunnel_names),
    ("stunnel: no old TLS", stunnel_versions),
    ("nginx: as web server", nginx_web),
    ("nginx: as mail proxy", nginx_mail),
    ("nginx: a certificate for each name", nginx_names),
    ("nginx: no old TLS", nginx_versions),
    ("Apache: from no TLS at all", apache_web),
    ("Apache: a certificate for each name", apache_names),
    ("Apache: no old TLS", apache_versions),
    ("HAProxy: its hook within the unit's limits", limits),
    ("SELinux: the store as certbot's folder", selinux),
    ("AppArmor: the store as certbot's folder", apparmor),
    ("Exchange: a file that old Windows reads", exchange_file),
    ("what is to be looked at says what is wrong", logs),
]

if __name__ == "__main__":
    begin("what is told to owners of what stands in front", FRONT)
    subprocess.run(["ip", "address", "add", STRANGER + "/32", "dev", "lo"],
                   check=True)
    run_cases([case for case in CASES
               if not sys.argv[1:] or any(word in case[0] for word in sys.argv[1:])])
