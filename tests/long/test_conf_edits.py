#!/usr/bin/env python3
"""Edits of Postfix's, Dovecot's and nginx's configuration, over what their
packages bring and what people write: the new file is the old one but for the
bytes of the value, those put back make the old one, and by the program's own
account the new path is in force and nothing else is different. Augeas, where it
can be had, sees the same. TAP.

Needs root and Debian's packages (unpack.sh, apt-get); else counted skips.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
LIVE = os.path.join(os.path.dirname(HERE), "live")
sys.path[:0] = [LIVE]
from tap import counted, skip, tap  # noqa: E402

BUILD = os.environ.get("BUILD", "build")
TOOL = os.path.abspath(os.path.join(BUILD, "unit", "test_conf_edits"))
UNPACKED = os.path.abspath(os.path.join("build", "servers"))
ROOT = os.path.join(UNPACKED, "root")
PIECES = os.path.abspath(os.path.join("build", "pieces"))
PACKAGES = ["libnginx-mod-mail", "libnginx-mod-stream", "augeas-tools", "augeas-lenses",
            "libaugeas0"]
INSIDE = "CERTMEND_CONF_EDITS_INSIDE"
STAGE = "/tmp/certmend-edits"
OURS = re.compile(r"(smtpd_tls_(cert_file|key_file|chain_files|security_level)|"
                  r"ssl|ssl_cert|ssl_key|config_directory)$")
NEW_CERT, NEW_KEY = "/new/chain.pem", "/new/key.pem"

PAIR = b"smtpd_tls_security_level = may\nsmtpd_tls_cert_file = /old/c\n" \
       b"smtpd_tls_key_file=/old/k\n"
SMTP = b"smtp inet n - y - - smtpd\n"
SUBMISSION = b"submission inet n - y - - smtpd\n"
NOISE = b"".join(b"x%d = a b\n  # %d\n   c d\n\n" % (i, i) for i in range(25000))
CRLF = PAIR.replace(b"\n", b"\r\n")


def package(path):
    with open(os.path.join(ROOT, path), "rb") as text:
        return text.read()


def postfix_cases():
    """what, main.cf, master.cf, port, the service whose -o counts"""
    for name in ("main.cf.debian", "main.cf.dist", "main.cf.tls"):
        text = package("usr/share/postfix/" + name)
        master = package("usr/share/postfix/master.cf.dist")
        yield name, text, master, 25, None
        yield name + ", a pair", text + b"\n" + PAIR, master, 25, None
        yield name + ", CRLF", (text + b"\n" + PAIR).replace(b"\n", b"\r\n"), master, 25, None
        yield name + ", no final newline", (text + b"\n" + PAIR).rstrip(), master, 25, None
    yield "1 MB", NOISE[:1000000] + b"\n" + PAIR, SMTP, 25, None
    yield "a zero byte elsewhere", b"x = a\0b\n" + PAIR, SMTP, 25, None
    yield "a comment in a value", b"smtpd_tls_cert_file =\n# c\n   /old/c\n  \n" + \
        b"smtpd_tls_security_level = may\nsmtpd_tls_key_file = /old/k\n", SMTP, 25, None
    yield "white space in front", b"  a = b\n" + PAIR, SMTP, 25, None
    yield "after an empty line", b"mydestination = a,\n\n  b\n" + PAIR, SMTP, 25, None
    yield "two of a name", PAIR + CRLF, SMTP, 25, None
    yield "a name in it", b"d = /old\nsmtpd_tls_cert_file = ${d}/c\n" \
        b"smtpd_tls_security_level = may\nsmtpd_tls_key_file = $d/k\n", SMTP, 25, None
    yield "none", b"smtpd_tls_security_level = may", SMTP, 25, None
    yield "off", b"a = b\n", SMTP, 25, None
    yield "a chain", PAIR + b"smtpd_tls_chain_files =\n  # key\n  /old/k,\n  /old/c\n", SMTP, 25, None
    yield "a chain in one", PAIR + b"smtpd_tls_chain_files = /old/all", SMTP, 25, None
    yield "a condition elsewhere", b"y = ${x?{a}:{b}}\n" + PAIR, SMTP, 25, None
    yield "options", PAIR, SMTP + SUBMISSION + \
        b"# before\n  -o smtpd_tls_cert_file=/old/s\n# between\n" \
        b"  -o { smtpd_tls_key_file = /old/t } -o syslog_name=postfix/$service_name\n", 587, \
        "submission/inet"
    yield "an option and main.cf", PAIR, SMTP + SUBMISSION + b"  -o smtpd_tls_cert_file=/old/s", \
        587, "submission/inet"
    yield "an option in the line", PAIR, SMTP + \
        b"[::1]:2525 inet n - y - - smtpd -v -osmtpd_tls_key_file=/its/s\n", 2525, \
        "[::1]:2525/inet"
    yield "a chain for a service", PAIR, SMTP + SUBMISSION + \
        b" -o smtpd_tls_chain_files=/old/k,/old/c\r\n", 587, "submission/inet"
    yield "signs in arguments", PAIR, SMTP + \
        b"x unix - n n - - pipe\n  user=a argv=/b -f ${sender} %s=* ${a}%{b}\n", 25, None


SSL = b"ssl = yes\nssl_cert = </old/c\nssl_key = </old/k\n"


def dovecot_cases():
    """what, {name: text}, port, name or None, filter words"""
    whole = {os.path.relpath(path, os.path.join(ROOT, "usr/share/dovecot")):
             package(os.path.relpath(path, ROOT))
             for path in glob.glob(os.path.join(ROOT, "usr/share/dovecot/**/*.conf"),
                                   recursive=True) +
             glob.glob(os.path.join(ROOT, "usr/share/dovecot/conf.d/*.ext"))}
    in_name = "conf.d/10-ssl.conf"
    imap = ("service=imap",)
    yield "as installed", whole, 143, None, imap
    yield "CRLF", {**whole, in_name: whole[in_name].replace(b"\n", b"\r\n")}, 993, None, imap
    yield "no final newline", {**whole, in_name: SSL.rstrip()}, 110, None, ("service=pop3",)
    yield "none", {**whole, in_name: b""}, 995, None, ("service=pop3",)
    yield "off", {**whole, in_name: SSL.replace(b"yes", b"no")}, 995, None, ("service=pop3",)
    yield "local.conf", {**whole, "local.conf": SSL}, 4190, None, ("service=sieve",)
    yield "no mark", {"dovecot.conf": SSL.replace(b"<", b"")}, 143, None, imap
    yield "blanks, comments", {"dovecot.conf": b"ssl_cert=<  /old/c\t# c\n ssl_key =</old/k#x"}, \
        143, None, imap
    yield "1 MB", {"dovecot.conf": b"# noise \" ' {\n" * 70000 + SSL}, 143, None, imap
    yield "lines that go on", {"dovecot.conf": b"mail_plugins = a \\\n  b\nssl_cert \\\n= </old/c\n"
                               b"ssl_key = </old/k\n"}, 143, None, imap
    names = SSL + b"local_name mail.example.com {\n  " + SSL[10:].replace(b"/old", b"/its") + \
        b"}\nlocal_name \"*.example.org two.example\" {\n\tssl_cert = </w\n}\n"
    yield "a name", {"dovecot.conf": names}, 993, "mail.example.com", \
        imap + ("lname=mail.example.com",)
    yield "no name", {"dovecot.conf": names.replace(b"</w", b"</w\n\tssl_key = </v")}, 993, \
        None, imap
    yield "the key of all", {"dovecot.conf": names}, 993, "two.example", ("lname=two.example",)
    yield "below a name", {"dovecot.conf": names}, 993, "x.example.org", ("lname=x.example.org",)
    yield "a protocol", {"dovecot.conf": SSL + b"protocol imap {\n" + SSL[10:] + b"}\n"}, 143, \
        None, imap
    yield "a listener", {"dovecot.conf": SSL + b"service imap-login {\n  inet_listener x {\n"
                         b"    port = 1143\n  }\n}\n"}, 1143, None, imap
    yield "blocks", {"dovecot.conf": b"protocol !lda {\n  mail_plugins = x\n}\n"
                     b"remote 192.0.2.0/24 {\n  ssl = no\n}\npassdb {\n  driver = pam\n}\n" + SSL}, \
        143, None, imap


WEB = b"server {\n\tlisten 127.0.0.1:8443 ssl;\n\tserver_name a.test *.b.test;\n" \
      b"\tssl_certificate old.pem;\n\tssl_certificate_key old.key;\n}\n"
EVENTS = b"events {}\n"


def nginx_cases():
    """what, {name: text}, port, name or None"""
    with open("/etc/nginx/nginx.conf", "rb") as text:
        main = re.sub(rb"/etc/nginx/(?!modules)", STAGE.encode() + b"/nginx/", text.read())
    others = {}
    for name in ("mime.types", "sites-available/default"):
        with open("/etc/nginx/" + name, "rb") as text:
            others[name.replace("available", "enabled")] = text.read()

    def http(text):
        return {"nginx.conf": EVENTS + b"http {\n" + text + b"}\n"}

    def other(kind, text):
        modules = b"load_module %s/x/usr/lib/nginx/modules/ngx_%s_module.so;\n" % (
            PIECES.encode(), kind)
        return {"nginx.conf": modules + EVENTS + kind + b" {\n" + text + b"}\n"}

    whole = {"nginx.conf": main, **others, "conf.d/x.conf": WEB}
    pair = WEB[WEB.index(b"\tssl_cert"):-2]
    yield "as installed", whole, 8443, "a.test"
    yield "CRLF", {**whole, "conf.d/x.conf": WEB.replace(b"\n", b"\r\n")}, 8443, "x.b.test"
    yield "a file that is written", {**whole, "conf.d/x.conf":
                                     WEB.replace(b"old.pem", b'"%s/nginx/old.pem"' % STAGE.encode())}, \
        8443, None
    yield "one line, no final newline", http(b"server { listen 127.0.0.1:8443 ssl; ssl_certificate "
                                             b"old.pem; ssl_certificate_key 'old.key'; }"), 8443, None
    yield "a blank in the path", http(WEB.replace(b"old.pem", b'"old one.pem"')), 8443, None
    yield "patterns", http(b'map $uri $x { "~*a\\{1,2\\};" "}"; default ${uri}x; }\n' +
                           WEB[:-2] + b'if ($uri ~* "x;y") { return 404; }\n'
                           b'location ~ "^/a{1,3}$" { return 200 "#;{"; }\n}\n'), 8443, None
    yield "for all servers", http(pair + WEB.replace(pair, b"")), 8443, None
    yield "its own", http(pair + WEB), 8443, "a.test"
    yield "none", http(WEB.replace(pair, b"")), 8443, None
    yield "1 MB", http(b"# noise } ; \"\n" * 70000 + WEB), 8443, None
    yield "mail", other(b"mail", b"auth_http 127.0.0.1:9;\n" + pair +
                        b"server {\n listen 127.0.0.1:1143;\n protocol imap;\n starttls on;\n}\n"), \
        1143, None
    yield "mail, off", other(b"mail", b"auth_http 127.0.0.1:9;\n" + pair +
                             b"server {\n listen 127.0.0.1:1143;\n protocol imap;\n}\n"), 1143, None
    yield "stream", other(b"stream", b"server {\n listen 127.0.0.1:1993 ssl;\n" + pair +
                          b" proxy_pass 127.0.0.1:143;\n}\n"), 1993, None


def say(*argv, root=ROOT):
    """Standard output of a program in the root, as lines; None: it failed."""
    done = subprocess.run(["chroot", root, *argv] if root else argv,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                          env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"})
    return None if done.returncode else done.stdout.decode("latin-1").split("\n")[:-1]


def put(path, text):
    with open(path, "wb") as out:
        out.write(text)
    os.utime(path, (0, 0))  # Postfix waits until a file is two seconds old


def stage(root, folder, files):
    """Writes them; bytes by their paths in the root."""
    top = root + STAGE + "/" + folder
    shutil.rmtree(top, ignore_errors=True)
    for name, text in files.items():
        os.makedirs(os.path.dirname(top + "/" + name), exist_ok=True)
        put(top + "/" + name, text)
    return {"%s/%s/%s" % (STAGE, folder, name): text for name, text in files.items()}


class Wrong(Exception):
    """What is not as it has to be."""


def change(root, program, port, name, argv, pair=(NEW_CERT, NEW_KEY)):
    """What the reader says, by first words, and its edits."""
    done = subprocess.run([TOOL, root or "/", program, str(port), name or "-", *pair, *argv],
                          capture_output=True, timeout=60)
    lines = [line.split("\t") for line in done.stdout.decode("latin-1").split("\n")[:-1]]
    said = {line[0]: line[1:] for line in lines}
    if done.returncode:
        raise Wrong("refused: %s %s" % (said.get("refused"), done.stderr.decode()))
    if said["holds"] != ["asked"]:
        raise Wrong("the program was not asked")
    return said, [(line[1], int(line[2]), int(line[3]), bytes.fromhex(line[4]))
                  for line in lines if line[0] == "edit"]


def splice(root, files, edits):
    """Writes the new files; each with its edits undone is the old one."""
    new = dict(files)
    for path, at, length, text in reversed(edits):
        new[path] = new[path][:at] + text + new[path][at + length:]
    for path, old in files.items():
        back = new[path]
        for where, at, length, text in edits:
            if where == path:  # those in front are undone already
                back = back[:at] + old[at:at + length] + back[at + len(text):]
        if back != old:
            raise Wrong("%s: put back, it is another file" % path)
        put(root + path, new[path])
    if new == files:
        raise Wrong("nothing was changed")
    return new


def differs(before, after):
    """Names of settings in which two answers differ."""
    return {line.split(" =")[0].strip() for line in set(before) ^ set(after)}


def foreign(names):
    return sorted(name for name in names if not OURS.search(name.rsplit("/", 1)[-1]) and
                  not name.startswith("#"))


def postfix(what, first, master, port, service):
    files = stage(ROOT, "postfix", {"main.cf": first, "master.cf": master})
    folder = STAGE + "/postfix"
    before = [say("postconf", "-c", folder, how) for how in ("-n", "-P")]
    said, edits = change(ROOT, "/usr/lib/postfix/sbin/master", port, None,
                         ["master", "-c", folder])
    new = splice(ROOT, files, edits)
    after = [say("postconf", "-c", folder, how) for how in ("-n", "-P")]
    if None in before or None in after:
        raise Wrong("postconf does not take it")
    # A name of one's own that no value uses any more is no longer shown.
    strange = foreign({name for name in differs(before[0], after[0]) |
                       differs(before[1], after[1]) if name != "d"})
    if strange:
        raise Wrong("something else is different: %s" % strange)
    values = dict(line.split(" = ", 1) for line in after[0 if not service else 1] if " = " in line)
    front = service + "/" if service else ""
    chain = values.get(front + "smtpd_tls_chain_files")
    got = chain.replace(",", " ").split() if chain else [
        values.get(front + "smtpd_tls_key_file"), values.get(front + "smtpd_tls_cert_file")]
    if got != [NEW_KEY, NEW_CERT]:
        raise Wrong("postconf says %s" % got)
    if values.get("smtpd_tls_security_level", "may") == "none":
        raise Wrong("TLS stays off")
    return said, files, new


def dovecot(what, files, port, name, filters):
    files = stage(ROOT, "dovecot", files)
    conf = STAGE + "/dovecot/dovecot.conf"
    words = [word for one in filters for word in ("-f", one)]
    before = say("doveconf", "-c", conf, "-n")
    said, edits = change(ROOT, "/usr/sbin/dovecot", port, name, ["dovecot", "-c", conf])
    new = splice(ROOT, files, edits)
    after = say("doveconf", "-c", conf, "-n")
    if before is None or after is None:
        raise Wrong("doveconf does not take it")
    strange = foreign(differs(before, after))
    if strange:
        raise Wrong("something else is different: %s" % strange)
    got = say("doveconf", "-c", conf, "-P", *words, "-h", "ssl_cert", "ssl_key", "ssl")
    if got[:2] != ["<" + NEW_CERT, "<" + NEW_KEY] or got[2] == "no":
        raise Wrong("doveconf says %s" % got)
    return said, files, new


def nginx(what, files, port, name):
    # An edit of a path holds where nginx takes the file.
    files = stage("", "nginx", files)
    top = STAGE + "/nginx"
    pair = (top + "/new.pem", top + "/new.key")
    for file in (top + "/old", top + "/new"):
        shutil.copy(STAGE + "/pem", file + ".pem")
        shutil.copy(STAGE + "/key", file + ".key")
    shutil.copy(STAGE + "/pem", top + "/old one.pem")
    conf = top + "/nginx.conf"
    said, edits = change("", "/usr/sbin/nginx", port, name,
                         ["nginx: master process nginx -c " + conf], pair)
    new = splice("", files, edits)
    after = say("nginx", "-T", "-q", "-c", conf, root=None)
    if after is None:
        raise Wrong("nginx does not take it")
    if any(sum(path in line for line in after) < 1 for path in pair):
        raise Wrong("nginx does not read the new paths")
    return said, files, new


LENSES = {"postfix": "Postfix_Main.lns incl %s/postfix/main.cf" % STAGE,
          "dovecot": "Dovecot.lns incl %s/dovecot/*.conf incl %s/dovecot/conf.d/*.conf" % (
              STAGE, STAGE),
          "nginx": "Nginx.lns incl %s/nginx/nginx.conf incl %s/nginx/conf.d/*.conf" % (STAGE, STAGE)}


def augeas(kind, files):
    """What Augeas reads in these files; None: it cannot read one of them."""
    top = "/tmp/certmend-augeas-" + kind
    for path, text in files.items():
        os.makedirs(os.path.dirname(top + path), exist_ok=True)
        with open(top + path, "wb") as out:
            out.write(text)
    done = subprocess.run(
        [PIECES + "/x/usr/bin/augtool", "-A", "-I", PIECES + "/x/usr/share/augeas/lenses/dist",
         "-r", top, "--transform", LENSES[kind], "print /files" + STAGE],
        capture_output=True, timeout=60,
        env={"LD_LIBRARY_PATH": ":".join(glob.glob(PIECES + "/x/usr/lib/*-linux-gnu"))})
    shutil.rmtree(top)
    lines = done.stdout.decode("latin-1").split("\n")
    return lines if len(lines) > 3 else None


def seen_by_augeas(kind, files, new):
    """None: it is the same but for lines that name the new files."""
    before, after = augeas(kind, files), augeas(kind, new)
    if not before or not after:
        return None, False
    strange = [line for line in set(after) - set(before)
               if not re.search(r"new[./]|/ssl = |= \"(yes|may|on|ssl)\"|starttls|"
                                r"/(smtpd_tls_\w+|ssl_\w+)\"?$", line)]
    return strange[:3], True


def try_all(kind, cases, act, seen):
    """`seen`: of Augeas, what it saw beside; whether it could look."""
    for case in cases():
        what = "%s: %s" % (kind, case[0])
        if case[0][:4] in ("mail", "stre") and \
                not glob.glob(PIECES + "/x/usr/lib/nginx/modules/ngx_%s*" % case[0][:4]):
            skip(what, "the module cannot be had")
            continue
        try:
            _, files, new = act(*case)
            tap(what, None)
        except (Wrong, OSError, subprocess.SubprocessError) as fault:
            tap(what, fault)
            continue
        if os.path.exists(PIECES + "/x/usr/bin/augtool"):
            strange, could = seen_by_augeas(kind, files, new)
            seen.append(("%s: %s" % (what, strange) if strange else None, could))


def refused_alike():
    """What Postfix and Dovecot do not start with, is not edited."""
    for kind, text in (("postfix", b"\xef\xbb\xbf# a\n" + PAIR), ("postfix", PAIR + b"x y\n"),
                       ("dovecot", b"\xef\xbb\xbfssl = yes\n" + SSL),
                       ("dovecot", SSL + b"a b c\n")):
        try:
            if kind == "postfix":
                stage(ROOT, kind, {"main.cf": text, "master.cf": SMTP})
                if say("postconf", "-c", STAGE + "/postfix", "-n"):
                    raise Wrong("Postfix takes it")
                change(ROOT, "/usr/lib/postfix/sbin/master", 25, None,
                       ["master", "-c", STAGE + "/postfix"])
            else:
                stage(ROOT, kind, {"dovecot.conf": text})
                conf = STAGE + "/dovecot/dovecot.conf"
                if say("doveconf", "-c", conf, "-h", "ssl"):
                    raise Wrong("Dovecot takes it")
                change(ROOT, "/usr/sbin/dovecot", 143, None, ["dovecot", "-c", conf])
        except Wrong as fault:
            tap("%s: %r is refused as the program does" % (kind, text[:12]),
                None if str(fault).startswith("refused") else str(fault))
        else:
            tap("%s: %r is refused" % (kind, text[:12]), "it is edited")


def fetch_pieces():
    if os.path.exists(PIECES + "/complete"):
        return
    shutil.rmtree(PIECES, ignore_errors=True)
    os.makedirs(PIECES)
    for package in PACKAGES:  # one that is not to be had leaves the others
        subprocess.run(["apt-get", "download", "-qq", package], cwd=PIECES, capture_output=True)
    for file in glob.glob(PIECES + "/*.deb"):
        subprocess.run(["dpkg", "-x", file, PIECES + "/x"], check=True)
    open(PIECES + "/complete", "w").close()


def enter():
    """Namespaces of its own, for /proc in the root; None where that is done."""
    if os.geteuid() != 0:
        return "needs root to chroot"
    if subprocess.run(["sh", os.path.join(LIVE, "unpack.sh"), UNPACKED],
                      capture_output=True).returncode:
        return "the packages cannot be had"
    fetch_pieces()
    os.makedirs(ROOT + "/proc", exist_ok=True)
    if INSIDE not in os.environ:
        os.environ[INSIDE] = "1"
        os.execvp("unshare", ["unshare", "-m", sys.executable, os.path.abspath(__file__)])
    if subprocess.run(["mount", "-t", "proc", "proc", ROOT + "/proc"]).returncode:
        return "proc cannot be mounted"
    # What is staged below /tmp is this test's alone.
    for folder in (ROOT + "/tmp", "/tmp"):
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], check=True)
    return None


def main():
    reason = enter()
    if reason:
        skip("edits of real configurations", reason)
        print("1..1")
        return
    os.makedirs(STAGE)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj",
                    "/CN=a.test", "-keyout", STAGE + "/key", "-out", STAGE + "/pem"],
                   capture_output=True, check=True)
    seen = []
    kinds = [threading.Thread(target=try_all, args=(*row, seen)) for row in (
        ("postfix", postfix_cases, postfix), ("dovecot", dovecot_cases, dovecot),
        ("nginx", nginx_cases, nginx))]
    for kind in kinds:
        kind.start()
    for kind in kinds:
        kind.join()
    refused_alike()
    looked = sum(could for _, could in seen)
    if looked:
        tap("Augeas sees nothing else either, in %d of them" % looked,
            "\n".join(strange for strange, _ in seen if strange))
    else:
        skip("Augeas sees nothing else either", "it cannot be had")
    print("1..%d" % counted["tests"])


if __name__ == "__main__":
    main()
