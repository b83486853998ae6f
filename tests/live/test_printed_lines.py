#!/usr/bin/env python3
"""Every "certmend ..." line that a report offers is carried out as printed, and
does what it promises: the certificate that comes has the names of the plan, the
request too, and once the server has the certificate the look that is offered
finds the fault gone. TAP.

    test_printed_lines.py [WORD...]     only the scenarios whose path holds a word

Most of the scenarios are played by tests/long/test_printed_lines_rest.py.
The machine is a folder: what a line names below /etc is looked for there. Beyond
that the lines get what a person in this small internet would have set once: whom
to ask in the DNS, which authority, where its questions are answered."""
import glob
import http.server
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.join(ROOT, "tests", "lab"), os.path.join(ROOT, "tests", "acme")]
import ca  # noqa: E402
import pebble  # noqa: E402
from dns import DnsServer, Zone  # noqa: E402
from pki import ABOVE  # noqa: E402
from lab import Lab, read_scenario  # noqa: E402

PROGRAM = os.path.join(ca.BUILD, "certmend")
SAMPLES = os.environ.get("CERTMEND_SAMPLES",
                         os.path.join(ROOT, "..", "shared", "lab", "scenarios"))
BRIEF = ["gmail-shared-hosting", "apex-not-in-wildcard", "gate-tlsa-key-kept",
         "missing-intermediate", "starttls-on-465"]
REST = ["expired-everywhere", "ip-address-typed", "other-domains-on-the-certificate",
        "gate-tlsa-of-authority", "gate-short-key-pinned", "gate-caa-allows",
        "international-name-wrong", "sixty-names-of-two-domains", "renewed-with-all-its-names",
        "link-missing-on-an-address", "lone-leaf-and-wrong-name", "tls-on-587",
        "unlisted-port-offers-nothing", "v6-address-typed", "sts-enforced-on-a-foreign-name"]
# Port 80 answers there: sixty proofs by DNS, one after another, take a minute.
OPEN = ["sixty-names-of-two-domains"]
PROOFS_BY_DNS_MAX = 10
LETTERS_MAX = 4  # of the letter to the provider, which is on every plan
COMMAND = re.compile(r"^    (certmend .*)$", re.MULTILINE)
PATIENCE_S = 120
WRAPPER = """#!/usr/bin/env python3
import json, os, sys
with open(%(more)r) as text:
    more = json.load(text)
words = [more["etc"] + word if word.startswith("/etc/") else word for word in sys.argv[1:]]
verb = words[0]
if verb == "issue":
    by_dns = "dns-01" in words or any(word.startswith("*.") for word in words)
    words += more["issue"] + more["by_dns" if by_dns else "by_http"]
elif verb in ("check", "ticket", "watch") and "--resolver" not in words:
    words += more["look"]
os.execv(%(program)r, [%(program)r] + words)
"""
HOOK = """#!/usr/bin/env python3
import sys, urllib.parse, urllib.request
urllib.request.urlopen("http://127.0.0.1:%d/?" + urllib.parse.urlencode(
    dict(zip(("action", "record", "value"), sys.argv[1:]))), b"")
"""
number = 0


def verdict(what, faults):
    global number
    number += 1
    print("%s %d - %s" % ("not ok" if faults else "ok", number, what))
    for fault in faults:
        print("#   " + " ".join(fault.split())[:600], flush=True)


def executable(path, text):
    with open(path, "w") as f:
        f.write(text)
    os.chmod(path, 0o755)
    return path


class Records(http.server.BaseHTTPRequestHandler):
    """The DNS provider's door: a hook adds and removes TXT records."""
    zone = None

    def do_POST(self):
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlparse(self.path).query))
        node = Records.zone.nodes.setdefault(asked["record"].lower(), {})
        texts = [text for text in node.get("TXT", []) if text != asked["value"]]
        node["TXT"] = texts + [asked["value"]] * (asked["action"] == "present")
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


class World:
    """An authority that asks whichever DNS the scenario has."""

    def __init__(self, folder):
        self.folder = folder
        self.letters = 0
        self.dns = DnsServer(Zone({}))
        self.provider = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Records)
        threading.Thread(target=self.provider.serve_forever, daemon=True).start()
        self.authority = pebble.Pebble(folder, own=True, resolver=self.dns.place, va_nosleep="1",
                                       wfe_noncereject="0")
        self.hook = executable(os.path.join(folder, "hook"),
                               HOOK % self.provider.server_address[1])

    def ask(self, zone):
        Records.zone = zone
        for server in self.dns.servers:
            server.zone = zone

    def roots(self, lab):
        path = os.path.join(self.folder, "roots.pem")
        with open(path, "w") as out, open(lab.ca) as own:
            out.write(own.read() + self.authority.root(0))
        return path

    def issue_words(self, lab, etc):
        looks, acme = lab.arguments(), self.authority.acme
        return ["--ca", "https://ca.lab:%d/dir" % acme,
                "--ca-file", self.authority.authority.pem, "--resolver", lab.resolver,
                "--store", etc + "/etc/certmend",
                # The authority is at an address of the lab, whose other ports refuse.
                "--connect-to", "ca.lab:%d:127.0.0.1:%d" % (acme, acme),
                *[word for pair in zip(looks, looks[1:]) if pair[0] == "--connect-to"
                  for word in pair]]

    def close(self):
        self.authority.stop()
        self.provider.shutdown()
        self.dns.close()


class Desk:
    """Where one person sits: a folder, and certmend on the PATH."""

    def __init__(self, world, lab, folder):
        self.world, self.lab = world, lab
        self.folder = tempfile.mkdtemp(dir=folder)
        self.etc = os.path.join(self.folder, "machine")
        tools = os.path.join(self.folder, "bin")
        os.mkdir(tools)
        more = os.path.join(self.folder, "more.json")
        with open(more, "w") as out:
            json.dump({"etc": self.etc, "look": lab.arguments(),
                       "issue": world.issue_words(lab, self.etc),
                       "by_http": ["--listen", "0.0.0.0:%d" % world.authority.http],
                       "by_dns": ["--dns-hook", world.hook, "--dns-wait", "20"]}, out)
        executable(os.path.join(tools, "certmend"), WRAPPER % {"more": more, "program": PROGRAM})
        self.env = dict(os.environ, PATH=tools + ":" + os.environ["PATH"])
        self.work = os.path.join(self.folder, "work")
        os.mkdir(self.work)

    def run(self, line):
        try:
            done = subprocess.run(["sh", "-c", line], cwd=self.work, env=self.env,
                                  timeout=PATIENCE_S, stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True)
        except subprocess.TimeoutExpired:
            return None, "", "no end within %d seconds" % PATIENCE_S
        return done.returncode, done.stdout, done.stderr

    def put(self, path, text):
        """A file that the machine has, as the text says."""
        where = self.etc + path
        if not os.path.exists(where):
            os.makedirs(os.path.dirname(where), exist_ok=True)
            with open(where, "w") as out:
                out.write(text)


def names_in(text):
    return sorted(re.findall(r"(?:DNS|IP Address):([^,\s]+)", text))


def san_of(kind, path):
    if not os.path.exists(path):
        return "no file %s" % path
    return names_in(ca.openssl(kind, "-in", path, "-noout", "-text").decode())


def contents(path):
    with open(path) as text:
        return text.read()


def file_name(name):
    return name.replace("*", "_wildcard", 1) if name.startswith("*.") else name


def has_shut_gate(fix):
    return any(gate["state"] == "shut" for gate in fix["gates"])


def issue_faults(desk, line, fix):
    """What stands behind a shut gate may be refused, with a sentence."""
    names = sorted(fix["params"]["names"])
    status, out, said = desk.run(line)
    if status == 1 and has_shut_gate(fix) and said:
        return
    # Its servers show it after the steps that follow.
    is_behind = status == 1 and "Issued for" in out and "Looked again: 0 of" in out
    if status != 0 and not is_behind:
        yield "status %d: %s %s" % (status, out, said)
        return
    missing = [name for name in names if name not in out]
    if missing:
        yield "it does not speak of %s: %s" % (missing, out)
    if "--apply" not in line.split():
        return
    first = re.search(r"issue '([^']+)'", line).group(1)
    live = os.path.join(desk.etc, "etc/certmend/live", file_name(first))
    got = san_of("x509", live + "/cert.pem")
    if got != names:
        yield "the certificate is for %s, not %s" % (got, names)


def csr_faults(desk, line, fix):
    status, out, said = desk.run(line)
    if status != 0:
        yield "status %d: %s %s" % (status, out, said)
        return
    first = re.search(r"csr '([^']+)'", line).group(1)
    path = os.path.join(desk.work, file_name(first) + ".csr")
    got, names = san_of("req", path), sorted(fix["params"]["names"])
    if got != names:
        yield "the request is for %s, not %s" % (got, names)
    _, out, _ = desk.run("certmend csr lint '%s' --format json" % path)
    found = {f["id"] for f in json.loads(out)["findings"]}
    if found - ({"csr.many_names"} if len(names) > 25 else set()):
        yield "certmend finds fault with it: %s" % out


def chain_faults(desk, line):
    """Whoever signed it may be a stranger; no link is missing."""
    status, out, said = desk.run(line + " --format json")
    found = {f["id"] for f in json.loads(out)["findings"]} if out else {said}
    if status not in (0, 1) or found - {"trust.private_ca", "cert.no_sct", "chain.includes_root"}:
        yield "status %d: %s" % (status, found)


def other_faults(desk, line, fix):
    """A letter is about a fault and says so with 1; an explanation is there; a
    whole chain in a file is right."""
    verb = line.split()[1]
    if verb == "check" and "fullchain.pem" in line:
        yield from chain_faults(desk, line)
        return
    status, out, said = desk.run(line)
    if status != {"ticket": 1}.get(verb, 0) or not out.strip():
        yield "status %d: %s %s" % (status, out[-400:], said)
    if verb == "ticket" and line.split()[2].strip("'") not in out:
        yield "the letter does not name the server"


FAULTS = {"issue": issue_faults, "csr": csr_faults}


def lines_of(fix):
    return [line for step in fix["steps"] for line in COMMAND.findall(step)]


def furnish(desk, line, leaf_name):
    """The files that the line names: the key in use, the whole chain."""
    lab = desk.lab
    leaf = lab.leaves[leaf_name]
    issuer = lab.scenario["certs"][leaf_name].get("issuer", "inter")
    for path in re.findall(r"'(/etc/[^']+)'", line):
        if path.endswith("fullchain.pem"):
            desk.put(path, "".join(contents(os.path.join(lab.pki.dir, stem + ".pem"))
                                   for stem in [leaf.stem, *ABOVE[issuer][:1]]))
        else:
            desk.put(path, contents(leaf.key))


def serve(lab, live):
    """Whoever runs the server follows the steps: every port gets the files."""
    for service in lab.services.values():
        if service.context:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(live + "/fullchain.pem", live + "/privkey.pem")
            service.context = context


def recheck_faults(desk, fix):
    """The plan was carried out; what it clears is gone, nothing is worse."""
    status, out, said = desk.run(fix["recheck"])
    if status not in (0, 1):
        yield "%s: status %d: %s" % (fix["recheck"], status, said)
        return
    again, text, said = desk.run(fix["recheck"] + " --format json")
    report = json.loads(text)
    left = [f["id"] for f in report["findings"] if f["severity"] != "info"]
    if set(left) & set(fix["clears"]):
        yield "still there: %s" % sorted(set(left) & set(fix["clears"]))
    if status != (1 if left else 0) or again != status:
        yield "status %d with %s" % (status, left)


def brought(desk, fix):
    """The folder of the certificate that the lines have brought, or None."""
    first = (fix["params"].get("names") or [None])[0]
    live = first and os.path.join(desk.etc, "etc/certmend/live", file_name(first))
    if live and os.path.exists(live):
        return live
    lives = glob.glob(os.path.join(desk.etc, "etc/certmend/live/*/"))
    return lives[0].rstrip("/") if lives else None


def fix_faults(desk, fix, leaf_name):
    for line in lines_of(fix):
        if "--challenge dns-01" in line and "--apply" in line and \
                len(fix["params"]["names"]) > PROOFS_BY_DNS_MAX:
            continue
        furnish(desk, line, leaf_name)
        verb = line.split()[1]
        for fault in FAULTS.get(verb, other_faults)(desk, line, fix):
            yield "%s: %s" % (line[:200], fault)
    live = brought(desk, fix)
    if live:
        contexts = {key: s.context for key, s in desk.lab.services.items()}
        serve(desk.lab, live)
        yield from recheck_faults(desk, fix)
        for key, context in contexts.items():
            desk.lab.services[key].context = context
    elif fix["id"] in ("use-hostname", "use-port", "use-security-mode"):
        status, out, said = desk.run(fix["recheck"])
        if status != 0:
            yield "%s: status %d: %s %s" % (fix["recheck"][:100], status, out[-300:], said)


def printed_faults(text, fix):
    """The best way stands whole in the text for people: no line is folded."""
    for line in lines_of(fix) + [fix["recheck"]]:
        if line and not re.search("^ +" + re.escape(line) + "$", text, re.MULTILINE):
            yield "not on a line of its own: %s" % line[:200]


def carry_out(world, path, folder):
    scenario = read_scenario(path)
    name = os.path.basename(path)[:-len(".json")]
    if name in OPEN:
        scenario["servers"].append({"addr": scenario["servers"][0]["addr"], "port": 80,
                                    "proto": "http", "files": {}})
    scenario["dns"] = dict(scenario["dns"], **{"ca.lab": {"A": ["127.0.0.1"]}})
    with Lab(scenario) as lab:
        world.ask(lab.zone)
        lab.ca = world.roots(lab)
        look = [PROGRAM, "check", scenario["target"], *lab.asked(), *lab.arguments()]
        text = subprocess.run(look, capture_output=True, text=True, timeout=PATIENCE_S).stdout
        report = json.loads(subprocess.run([*look, "--format", "json"], capture_output=True,
                                           timeout=PATIENCE_S).stdout)
        leaf_name = next(iter(lab.leaves))
        carried = 0
        for fix in report["fixes"]:
            world.letters += fix["id"] == "ask-provider"
            if fix["id"] == "ask-provider" and world.letters > LETTERS_MAX:
                continue
            carried += len(lines_of(fix))
            desk = Desk(world, lab, folder)
            verdict("%s: %s" % (name, fix["id"]), list(fix_faults(desk, fix, leaf_name)))
            shutil.rmtree(desk.folder)
        if report["fixes"]:
            verdict("%s: as text" % name, list(printed_faults(text, report["fixes"][0])))
        else:
            verdict("%s: fixes" % name, ["none is offered"])
        return carried


def main(names, words):
    if not shutil.which("pebble") or not shutil.which("pebble-challtestsrv"):
        print("1..1\nok 1 - printed lines # SKIP no pebble here")
        return
    paths = [path for name in names for place in (os.path.join(ROOT, "tests/scenarios"), SAMPLES)
             for path in glob.glob(os.path.join(place, name + ".json"))]
    carried = 0
    with tempfile.TemporaryDirectory() as folder:
        world = World(folder)
        try:
            for path in paths:
                if not words or any(word in path for word in words):
                    carried += carry_out(world, path, folder)
        finally:
            world.close()
    verdict("lines were there to be carried out", [] if carried else ["none"])
    print("1..%d" % number)


if __name__ == "__main__":
    main(BRIEF, sys.argv[1:])
