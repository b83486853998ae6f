"""recipes - carries out the steps of a report on a small Debian, as printed.

A test names its machines and calls begin(), which has machine.sh make them
(once; they are kept) and starts the test again in namespaces of its own: there
127.0.0.1 and every port are free, the file systems may be mounted upon, and
whatever is left running ends with the test.

A step is one paragraph of a report. What is indented in it is to be copied: into
the file that the words before it name ("in /etc/postfix/main.cf:"), else into a
shell. How it gets into the file is said in words, too, and done like that here:

  change          a line that sets the same is replaced; where none does, added
  in place of the "listen" lines    these go
  above the first "MAILER" line     there; else at the end

So a text that does not say where something belongs fails its test as it would
fail a person.

A template that says {{! run: NAME }} is held to its word by the test of that name:
what it gives to be copied has to have been carried out when the test ends
(template_marks.py).
"""
import base64
import contextlib
import fcntl
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import template_marks  # noqa: E402

BUILD = os.environ.get("BUILD", "build")
PROGRAM = os.path.abspath(os.path.join(BUILD, "certmend"))
MACHINES = os.environ.get("CERTMEND_MACHINES", os.path.join("build", "machines"))
INSIDE = "CERTMEND_RECIPES_INSIDE"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
START_S = 60
WORDS = os.path.join(BUILD, "unit", "test_plan_text")
HOOKS = "usr/local/share/certmend/hooks"  # of a program that is not installed
KEY = b"PRIVATE KEY-----"
FILE_STEP = re.compile(r"\A(?P<said>.*?\bin (?P<path>/[\w./-]+)(?P<how>[^:\n]*)):\n"
                       r"(?P<text> .*)\Z", re.DOTALL | re.IGNORECASE)
STEP = re.compile(r"\A(?P<said>.*?)\n(?P<text>    .*)\Z", re.DOTALL)
INSTEAD = re.compile(r'in\s+place of the ((?:"[^"]+"(?: and )?)+) lines',
                     re.IGNORECASE)
ABOVE = re.compile(r'above the first "([^"]+)"', re.IGNORECASE)
SETS = re.compile(r"\s*([\w-]+)(?:\s*[=:]|\s+\S)")


class Wrong(Exception):
    """A step that cannot be carried out as it stands."""


class Absent(Exception):
    """A machine that cannot be had."""


def why_not(machines):
    if os.geteuid() != 0:
        return "needs root to chroot"
    if subprocess.run(["unshare", "-nmp", "--fork", "true"],
                      capture_output=True).returncode:
        return "no namespaces can be had"
    script = os.path.join(HERE, "machine.sh")
    made = [_make(script, name, packages) for name, packages in machines.items()]
    if all(one.returncode for one in made):
        return "the packages cannot be had"
    return None


def _make(script, name, packages):
    """One test at a time, and here alone: who waits finds it made."""
    os.makedirs(MACHINES, exist_ok=True)
    with open(os.path.join(MACHINES, name + ".making"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return subprocess.run(["sh", script, os.path.join(MACHINES, name),
                               *packages.split("+")], capture_output=True)


def begin(what, machines):
    """Returns inside; or says one skip and ends. `machines` are the packages of
    each; behind a "+" one of them that is taken from backports."""
    if os.environ.get(INSIDE):
        _be_init()
        _loopback()
        threading.Thread(target=_know_no_name, daemon=True).start()
        return
    reason = why_not(machines)
    if reason:
        print("1..1\nok 1 - %s # SKIP %s" % (what, reason))
        sys.exit(0)
    os.environ[INSIDE] = "1"
    sys.stdout.flush()
    os.execvp("unshare", ["unshare", "-nmp", "--fork", "--kill-child",
                          "--mount-proc", sys.executable, *sys.argv])


def _be_init():
    """The first process of these namespaces buries the others' dead: a service
    whose end nobody notes counts as running. The test is its child."""
    child = os.fork()
    while child:
        pid, status = os.wait()
        if pid == child:
            os._exit(os.waitstatus_to_exitcode(status) & 0xff)


def _loopback():
    """Sets the interface "lo" up: SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        row = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(sock, 0x8913, row))[1]
        fcntl.ioctl(sock, 0x8914, struct.pack("16sH14x", b"lo", flags | 1))


def _know_no_name():
    """A name server that knows nothing, and says so at once (RFC 1035 4.1.1:
    QR, RD, RA, name error): some servers wait long for one that is silent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 53))
        while True:
            query, place = sock.recvfrom(4096)
            sock.sendto(query[:2] + b"\x81\x83" + query[4:6] + bytes(6) +
                        query[12:query.find(b"\0", 12) + 5], place)


def parts(step):
    """(said, path or None, how, text or None) of a step."""
    found = FILE_STEP.match(step)
    if found:
        return (found["said"], found["path"], found["said"] + found["how"],
                _dedent(found["text"]))
    found = STEP.match(step)
    if found:
        return found["said"], None, found["said"], _dedent(found["text"])
    return step, None, step, None


def _dedent(text):
    return "".join(line[4:] if line.startswith("    ") else line
                   for line in text.splitlines(True)).rstrip("\n") + "\n"


def put_in(old, text, how):
    """The file's new text: `text` gets in as `how` says."""
    lines = old.splitlines(True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    instead = INSTEAD.search(how)
    if instead:
        words = tuple(re.findall('"([^"]+)"', instead[1]))
        lines = [line for line in lines if not line.startswith(words)]
    above = ABOVE.search(how)
    at = next((n for n, line in enumerate(lines)
               if above and line.startswith(above[1])), len(lines))
    if above and at == len(lines):
        raise Wrong('no line begins with "%s"' % above[1])
    if re.search(r"\bchange\b", how, re.IGNORECASE):
        return _changed(lines, text, at)
    return "".join(lines[:at]) + text + "".join(lines[at:])


def _changed(lines, text, at):
    added = []
    for new in text.splitlines(True):
        name = SETS.match(new)
        same = [n for n, line in enumerate(lines)
                if name and SETS.match(line) and SETS.match(line)[1] == name[1]]
        for n in same:
            lines[n] = ""
        if same:
            lines[same[-1]] = new
        else:
            added.append(new)
    return "".join(lines[:at] + added + lines[at:])


class Machine:
    """with Machine("exim") as machine: as just installed; nothing runs yet. Its
    files are this test's alone as long as it lasts."""

    def __init__(self, name):
        self.lock = os.path.join(MACHINES, name + ".lock")
        self.root = os.path.abspath(os.path.join(MACHINES, name, "root"))
        self.pristine = os.path.join(MACHINES, name, "fresh")
        self.log = []  # what was carried out, for a failure's sake

    def __enter__(self):
        if not os.path.exists(self.pristine + "/../complete"):
            raise Absent("the packages cannot be had")
        self.lock = open(self.lock, "w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        for folder in ("etc", "var"):
            shutil.rmtree(self.path(folder), ignore_errors=True)
            # All that it is: owners, links, special files.
            subprocess.run(["cp", "-a", os.path.join(self.pristine, folder),
                            self.root + "/"], check=True)
        for folder in ("run", "tmp", HOOKS):
            shutil.rmtree(self.path(folder), ignore_errors=True)
            os.makedirs(self.path(folder))
        os.chmod(self.path("tmp"), 0o1777)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path("dev/tty"))  # a file, where a program spoke to no terminal
        self.write("/etc/resolv.conf", "nameserver 127.0.0.1\n")
        self.began = self.path("run/began")
        open(self.began, "w").close()
        os.makedirs(self.path("run/lock"), exist_ok=True)
        if not os.path.ismount(self.path("proc")):
            subprocess.run(["mount", "-t", "proc", "proc", self.path("proc")],
                           check=True)
        return self

    def __exit__(self, *_):
        with self.lock:
            self._end_all()

    def _end_all(self):
        """What runs below this root, whoever started it."""
        for _ in range(50):
            left = [pid for pid in filter(str.isdigit, os.listdir("/proc"))
                    if self._is_ours(pid)]
            if not left:
                return
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(pid), 9)
            time.sleep(0.02)

    def _is_ours(self, pid):
        try:
            # HAProxy has a root of its own below.
            root = os.readlink("/proc/%s/root" % pid)
            if not (root + "/").startswith(self.root + "/"):
                return False
            with open("/proc/%s/stat" % pid, encoding="latin-1") as stat:
                return stat.read().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            return False

    def path(self, path):
        return os.path.join(self.root, path.lstrip("/"))

    def read(self, path):
        with open(self.path(path), encoding="utf-8") as text:
            return text.read()

    def write(self, path, text, mode=0o644):
        os.makedirs(os.path.dirname(self.path(path)), exist_ok=True)
        with open(self.path(path), "w", encoding="utf-8") as out:
            out.write(text)
        os.chmod(self.path(path), mode)

    def sh(self, script, user=None, **env):
        """CompletedProcess of this piece of shell; what it says in .said."""
        with open(self.path("tmp/said"), "w+b") as out:  # daemons keep it open
            done = subprocess.run(
                ["chroot", *(["--userspec=" + user] if user else []), self.root,
                 "/bin/sh", "-c", script], stdin=subprocess.DEVNULL, stdout=out,
                stderr=subprocess.STDOUT, timeout=60,
                env={"PATH": PATH, "HOME": "/root", "LC_ALL": "C", **env})
            out.seek(0)
            done.said = out.read().decode("utf-8", "replace")
        self.log.append("$ %s -> %d %s" % (script.strip(), done.returncode,
                                           done.said[-400:].strip()))
        return done

    def must(self, script, **env):
        done = self.sh(script, **env)
        if done.returncode:
            raise Wrong("%s: status %d: %s" % (script.strip(), done.returncode,
                                               done.said[-500:]))
        return done.said

    def carry_out(self, steps, leave=()):
        """Does what each step says. Those that begin with one of the words of
        `leave` are for another machine or program; each has to be there.
        Returns how many things were done."""
        done, left = 0, set()
        for step in steps:
            said, path, how, text = parts(step)
            word = next((w for w in leave if said.startswith(w)), None)
            if word:
                left.add(word)
                continue
            if text is None:
                continue
            carried(text)
            if path:
                old = self.read(path) if os.path.exists(self.path(path)) else ""
                self.write(path, put_in(old, text, how),
                           os.stat(self.path(path)).st_mode & 0o777
                           if os.path.exists(self.path(path)) else 0o644)
                self.log.append("%s: %s" % (path, text.strip()))
            else:
                self.must(text)
            done += 1
            seen = list(self.open_secrets())
            if seen:
                raise Wrong("everybody may read %s after: %s" % (seen, step))
        if left != set(leave):
            raise Wrong("no step begins with %s" % sorted(set(leave) - left))
        return done

    def put_hooks(self):
        """What "make install" puts below PREFIX/share."""
        shutil.rmtree(self.path(HOOKS))
        shutil.copytree(os.path.join(HERE, "..", "..", "examples", "hooks"),
                        self.path(HOOKS))
        subprocess.run(["chmod", "-R", "755", self.path(HOOKS)], check=True)

    def open_secrets(self):
        """Files of this test with a key in them that everybody may read."""
        found = subprocess.run(
            ["find", "etc", "var", "run", "tmp", "-type", "f", "-perm", "/004",
             "-newer", self.began], cwd=self.root, capture_output=True, text=True)
        for name in found.stdout.split("\n"):
            if name and self._holds_key(name) and self._is_reachable(name):
                yield "/" + name

    def _holds_key(self, name):
        with open(os.path.join(self.root, name), "rb") as text:
            read = text.read()
        return KEY in read or KEY in b"".join(
            base64.b64decode(word[:len(word) // 4 * 4]) for word
            in re.findall(rb"[A-Za-z0-9+/]{60,}", read))

    def _is_reachable(self, name):
        done = self.sh('test -r "/%s"' % name, user="nobody:nogroup")
        return done.returncode == 0

    def put_certificate(self, leaf, name, top="/etc/letsencrypt/live"):
        """As certbot keeps it: only root gets that far. Again: renewed."""
        live = os.path.join(top, name)
        os.makedirs(self.path(live), exist_ok=True)
        os.chmod(self.path(top), 0o700)
        with open(leaf.served, encoding="ascii") as chain:
            pem = chain.read()
        end = pem.index("-----END CERTIFICATE-----") + 26
        with open(leaf.key, encoding="ascii") as key:
            parts = {"privkey": key.read(), "fullchain": pem,
                     "cert": pem[:end], "chain": pem[end:]}
        archive = os.path.join(os.path.dirname(top), "archive", name)
        number = len(os.listdir(self.path(archive))) // 4 + 1 \
            if os.path.exists(self.path(archive)) else 1
        for part, text in parts.items():
            file = "%s%d.pem" % (part, number)
            self.write(os.path.join(archive, file), text,
                       0o600 if part == "privkey" else 0o644)
            link = self.path("%s/%s.pem" % (live, part))
            if os.path.lexists(link):
                os.unlink(link)
            os.symlink("../../archive/%s/%s" % (name, file), link)
        os.chmod(self.path(os.path.dirname(archive)), 0o700)
        return live


def wait_for(*ports):
    give_up = time.monotonic() + START_S
    for port in ports:
        while not listens(port):
            if time.monotonic() > give_up:
                raise Wrong("nobody listens on port %d" % port)
            time.sleep(0.05)


def listens(port):
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    return False


STARTTLS = {25: "smtp", 587: "smtp", 143: "imap", 110: "pop3", 4190: "sieve"}


def shown(port, sni=None, more=()):
    """The certificates that openssl s_client is shown, as PEM; none where it
    comes to no TLS."""
    command = ["openssl", "s_client", "-connect", "127.0.0.1:%d" % port,
               "-showcerts", *(["-servername", sni] if sni else ["-noservername"]),
               *more]
    if port in STARTTLS:
        command += ["-starttls", STARTTLS[port]]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=15)
    except subprocess.TimeoutExpired:
        return []
    return re.findall(r"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----",
                      done.stdout.decode("latin-1"))


def speaks(port, version):
    """Is a TLS session made with this one version (-tls1_1)?"""
    command = ["openssl", "s_client", "-connect", "127.0.0.1:%d" % port, version,
               "-cipher", "ALL:@SECLEVEL=0"]
    if port in STARTTLS:
        command += ["-starttls", STARTTLS[port]]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=15)
    return b"Cipher is (NONE)" not in done.stdout and \
        b"Cipher is " in done.stdout


def chain_of(leaf):
    with open(leaf.served, encoding="ascii") as chain:
        return re.findall(r"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----",
                          chain.read())


_carried = set()


def carried(text):
    """This was printed in a step, and has been carried out."""
    _carried.update(line.strip() for line in text.splitlines())


def keep_word():
    """Complaints: what a template says that this test carries out, and was not."""
    me = os.path.splitext(os.path.basename(sys.argv[0]))[0]
    if os.environ.get("CERTMEND_CARRIED"):  # what may be said of them
        with open(os.environ["CERTMEND_CARRIED"], "a", encoding="utf-8") as out:
            out.write("".join("%s\t%s\n" % (me, line) for line in sorted(_carried)))
    return template_marks.not_carried(me, _carried)


def run_cases(cases, of_templates=True):
    """TAP: (what, function) each; the function returns its complaints. Only
    those whose words hold one of the program's arguments, if it has any; else
    one more about the templates that name this test, where it carries out the
    steps of any."""
    if sys.argv[1:]:
        cases = [case for case in cases if any(word in case[0] for word in sys.argv[1:])]
    elif of_templates:
        cases = [*cases, ("what templates say of this test is true", keep_word)]
    print("1..%d" % len(cases), flush=True)
    skipped = 0
    for number, (what, case) in enumerate(cases, 1):
        if case is keep_word and skipped:
            print("ok %d - %s # SKIP %d cases were" % (number, what, skipped))
            continue
        try:
            faults = list(case() or [])
        except Absent as reason:
            skipped += 1
            print("ok %d - %s # SKIP %s" % (number, what, reason), flush=True)
            continue
        except (Wrong, OSError, RuntimeError, KeyError, ValueError,
                subprocess.SubprocessError) as fault:
            faults = ["%s: %s" % (type(fault).__name__, fault)]
        print("%s %d - %s" % ("not ok" if faults else "ok", number, what),
              flush=True)
        for fault in faults:
            print("#   " + " ".join(fault.split()), flush=True)


def look(lab, target, *args):
    """(exit status, report) of certmend, as a person would ask it."""
    done = subprocess.run(
        [PROGRAM, "check", target, "--format", "json", "--resolver",
         lab.resolver, "--ca-file", lab.ca, *args],
        capture_output=True, timeout=120)
    try:
        return done.returncode, json.loads(done.stdout)
    except ValueError:
        raise Wrong("no report; status %d: %s" % (
            done.returncode, done.stderr.decode("utf-8", "replace"))) from None


def steps_of(report, fix_id):
    for fix in report["fixes"]:
        if fix["id"] == fix_id:
            return fix["steps"]
    raise Wrong("%s is not offered, only %s; found: %s" % (
        fix_id, [fix["id"] for fix in report["fixes"]],
        [finding["id"] for finding in report["findings"]]))


_told = {}


def told(software, fix):
    """The steps that a plan has for this fix and program, where no report of a
    real server is at hand: for mail.example.com and smtp.example.com."""
    if not os.path.exists(WORDS):
        subprocess.run(["make", WORDS], check=True, capture_output=True)
    if not _told:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "words.json")
            subprocess.run([WORDS, path], check=True)
            with open(path, encoding="utf-8") as words:
                _told.update({(one["fix"], one["software"]): one["steps"]
                              for one in json.load(words)})
    if (fix, software) in _told:
        return _told[fix, software]
    raise Wrong("no words of %s for %s" % (fix, software))


def states(report):
    """{port: state} of what was asked for."""
    return {cell["port"]: cell["state"] for cell in report["endpoints"]
            if cell.get("asked", True)}
