#!/usr/bin/env python3
"""What is done from the page: check again after something changed, the letter, a
certificate request, an order's plan, files to take away, many servers in one
question, pasted messages. As a browser without script does it, on the lab. TAP.
"""
import html
import http.client
import json
import os
import re
import stat
import subprocess
import sys
import tempfile
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, "tests", "lab")]
from lab import Lab  # noqa: E402
from services import tls_for  # noqa: E402
from tap import counted, tap  # noqa: E402

PROGRAM = os.path.abspath(os.path.join(os.environ.get("BUILD", "build"), "certmend"))
PATIENCE_S = 30
GMAIL = "TLS Negotiation failed, the certificate doesn't match the host., code: 0"
GERMAN = """Thunderbird: Sicherheits-Ausnahmeregel hinzuf\u00fcgen
Adresse: mail.example.com:993
Diese Website versucht sich mit ung\u00fcltigen Informationen zu identifizieren.
Falsche Website: Das Zertifikat geh\u00f6rt zu einer anderen Website, was bedeuten
k\u00f6nnte, dass jemand versucht, diese Website zu f\u00e4lschen."""
ENGLISH = """Add Security Exception. Location: mail.example.com:993. This site attempts
to identify itself with invalid information. Wrong Site: Certificate belongs to a
different site, which could indicate an identity theft."""


def host(number, name, cert, ports=(465, 993)):
    """(DNS, servers) of one machine."""
    address = "127.10.0.%d" % number
    protos = {25: "smtp", 465: "smtps", 587: "smtp", 993: "imaps"}
    return ({name: {"A": [address]}},
            [{"addr": address, "port": port, "proto": protos[port], "cert": cert}
             for port in ports])


def scenario():
    dns = {"example.com": {"MX": ["10 mail.example.com"]},
           "server42.example.net": {"A": ["127.10.0.1"]},
           "1.0.10.127.in-addr.arpa": {"PTR": ["server42.example.net"]},
           "mute.example.com": {"A": ["127.10.0.9"]},
           "_25._tcp.dane.example.com": {"TLSA": ["3 1 1 @pinned"]}}
    certs = {"provider": {"san": ["*.example.net", "example.net"]},
             "short": {"san": ["chain.example.com"], "chain": "leaf"},
             "whole": {"san": ["chain.example.com"], "chain": "full"},
             "good": {"san": ["good.example.com", "fine.example.com"]},
             "pinned": {"san": ["vps1.example.net"]},
             "ended": {"san": ["old.example.com"], "starts_in_days": -90, "ends_in_days": -3}}
    servers = []
    for number, name, cert in ((1, "mail.example.com", "provider"),
                               (2, "chain.example.com", "short"),
                               (3, "good.example.com", "good"),
                               (4, "fine.example.com", "good"),
                               (5, "old.example.com", "ended"),
                               (6, "alien.example.com", "good"),
                               (7, "dane.example.com", "pinned")):
        node, more = host(number, name, cert, (25, 587) if cert == "pinned" else (465, 993))
        dns.update(node)
        servers += more
    return {"id": "deeds", "target": "mail.example.com", "dns": dns, "certs": certs,
            "servers": servers}


class Page:
    """What a browser without script makes of an answer."""

    def __init__(self, status, headers, body, path):
        self.status, self.headers, self.raw, self.path = status, headers, body, path
        self.html = body.decode("utf-8", "replace")
        text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", self.html, flags=re.S)
        text = html.unescape(re.sub(r"<[^>]*>", " ", text.replace("<wbr>", "")))
        self.text = " ".join(text.split())

    def title(self):
        found = re.search(r"<h1\b[^>]*>(.*?)</h1>", self.html, re.S)
        return Page(0, {}, found[1].encode(), "").text if found else ""

    def form(self, action):
        """The fields of the form that goes there, as they stand."""
        for found in re.finditer(r'<form\b[^>]*action="([^"]*)"[^>]*>(.*?)</form>',
                                 self.html, re.S):
            if not re.search(action, found[1]):
                continue
            fields = {}
            for tag in re.findall(r"<input\b[^>]*>", found[2]):
                given = dict(re.findall(r'(\w+)="([^"]*)"', tag))
                if given.get("type") != "radio" or " checked" in tag:
                    fields[given["name"]] = html.unescape(given.get("value", ""))
            for name, text in re.findall(r'<textarea\b[^>]*name="(\w+)"[^>]*>(.*?)</textarea>',
                                         found[2], re.S):
                fields[name] = html.unescape(text)
            return html.unescape(found[1]), fields
        raise AssertionError("no form to %s on: %s" % (action, self.text[:600]))

    def link(self, pattern):
        found = re.search(r'href="(%s)"' % pattern, self.html)
        if not found:
            raise AssertionError("no link %s on: %s" % (pattern, self.text[:600]))
        return html.unescape(found[1])


class Person:
    """certmend serve, and a browser that was let in."""

    def __init__(self, lab, folder, *more):
        self.err = open(os.path.join(folder, "stderr"), "w+", encoding="utf-8")
        environment = {"HOME": folder, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        if "ASAN_OPTIONS" in os.environ:
            environment["ASAN_OPTIONS"] = os.environ["ASAN_OPTIONS"]
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--no-browser", *lab.arguments(), *more], cwd=folder,
            env=environment, stdout=subprocess.PIPE, stderr=self.err, text=True)
        said = ""
        while "/open/" not in said:
            line = self.process.stdout.readline()
            if not line:
                self.err.seek(0)
                raise AssertionError("it does not begin: " + said + self.err.read())
            said += line
        where = urllib.parse.urlsplit(re.search(r"http://\S+/open/[0-9a-f]+", said)[0])
        self.place, self.cookie = where.netloc, ""
        opened = self.get(where.path)
        self.cookie = opened.headers["set-cookie"].split(";")[0]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(PATIENCE_S)
        self.process.stdout.close()
        self.err.close()

    def ask(self, method, path, body=None):
        headers = {"Host": self.place, "Cookie": self.cookie}
        if body is not None:
            headers["Origin"] = "http://" + self.place
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(self.place, timeout=PATIENCE_S)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        found = {name.lower(): value for name, value in answer.getheaders()}
        if answer.status == 303:
            return self.get(found["location"])
        return Page(answer.status, found, body, path)

    def get(self, path):
        return self.ask("GET", path)

    def send(self, page, action, **more):
        path, fields = page.form(action)
        fields.update(more)
        return self.answer(self.ask("POST", path, urllib.parse.urlencode(fields)))

    def answer(self, page):
        """Loaded again until the look is done."""
        end = time.monotonic() + PATIENCE_S
        while "data-events" in page.html:
            if time.monotonic() > end:
                raise AssertionError("it never ends: " + page.text)
            time.sleep(0.05)
            page = self.get(page.path)
        return page

    def look(self, text, **more):
        return self.send(self.get("/"), "/look", text=text, **more)


def mend(lab, name, cert):
    """Somebody is at work on that server."""
    address = lab.scenario["dns"][name]["A"][0]
    for (at, _), service in lab.services.items():
        if at == address:
            service.spec = dict(service.spec, cert=cert)
            service.context = tls_for(service.spec, lab.leaves)


def lacks(page, *words, never=()):
    """What the page does not say, or says and should not; None: all is well."""
    missing = [word for word in words if word not in page.text]
    wrong = [word for word in never if word in page.text]
    if page.status == 200 and not missing and not wrong:
        return None
    return "status %d, lacks %s, has %s: %s" % (page.status, missing, wrong, page.text)


# ---- check again ----

def check_again(person, lab):
    first = person.look("mail.example.com", **{"for": "gmail"})
    tap("the fix is another name", lacks(first, "server42.example.net", "check again"))
    again = person.send(first, "/again$")
    tap("a fix for the program: the new name is looked at, and works",
        lacks(again, "Mended: server42.example.net works", "1 fault is gone, nothing new came.",
              "What changed since", "mail.example.com:465", "wrong name",
              "Do the same wherever mail.example.com is entered", never=["Still the same"]))
    whole = person.answer(person.ask("POST", *urlencoded(again, "server42.example.net")))
    tap("then all ports of the new name", lacks(whole, "server42.example.net", "993"))

    first = person.look("chain.example.com", **{"for": "server"})
    again = person.send(first, "/again$")
    tap("nothing was done: still the same, and what may be missing",
        lacks(again, "Still the same", "What may be missing", "On 465 and 993", "still the certificate from before",
              never=["Mended"]))
    mend(lab, "chain.example.com", "whole")
    mended = person.send(again, "/again$")
    tap("the server was mended in between", lacks(
        mended, "Mended: chain.example.com works", "not trusted", "right certificate",
        never=["Still the same"]))
    mend(lab, "chain.example.com", "short")
    return first


def urlencoded(page, text):
    """The form of the page that looks at that."""
    for found in re.finditer(r'<form\b[^>]*action="/look"[^>]*>(.*?)</form>', page.html, re.S):
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', found[1]))
        if fields.get("text") == text:
            return "/look", urllib.parse.urlencode(fields)
    raise AssertionError("no form that looks at %s" % text)


# ---- to take away ----

def letter(person, answer):
    page = person.get(answer.path + "/letter")
    tap("the letter", lacks(page, "Hello,", "chain.example.com", "Copy the letter", "Print it"))
    link = page.link("mailto:[^\"]*")
    inside = urllib.parse.urlsplit(link)
    fields = urllib.parse.parse_qs(inside.query, strict_parsing=True)
    tap("a mail link, percent-encoded", None if re.fullmatch(
        r"mailto:\?subject=[\w%.~-]+(&body=[\w%.~-]+)?", link) and
        "chain.example.com" in fields["subject"][0] and len(link) < 2048 else link)
    shown = html.unescape(re.search(r'<pre class="text-block">(.*?)</pre>', page.html, re.S)[1])
    body = fields["body"][0].replace("\r\n", "\n")
    tap("the letter is in it, to the letter", None if shown == "Subject: %s\n\n%s" % (
        fields["subject"][0], body) else (shown, body))
    tap("whom nothing is for gets none", None if "?to=seller" not in page.html else page.text)
    own = person.get(html.unescape(page.link(r"/a/[0-9a-f]+/letter\?to=it")))
    tap("another for their own IT", lacks(own, "our mail server chain.example.com"))
    for wrong in ("seller", "nobody", ""):
        got = person.get(answer.path + "/letter?to=" + wrong)
        tap("to %r: the first who can do something" % wrong, lacks(
            got, "I use chain.example.com as mail server"))


def downloads(person, answer, folder):
    for name, schema in (("report.json", "certmend.report/1"), ("survey.json", None)):
        got = person.get("%s/%s" % (answer.path, name))
        told = json.loads(got.raw)
        disposition = got.headers.get("content-disposition", "")
        tap(name, None if got.headers["content-type"] == "application/json" and
            disposition == 'attachment; filename="certmend-%s"' % name and
            (not schema or told["schema"] == schema) else (got.headers, got.text[:200]))
        with open(os.path.join(folder, name), "wb") as out:
            out.write(got.raw)
    judged = subprocess.run([PROGRAM, "judge", os.path.join(folder, "survey.json"), "--format",
                             "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with open(os.path.join(folder, "report.json"), encoding="utf-8") as text:
        told = json.load(text)
    again = json.loads(judged.stdout)
    for report in (told, again):  # commands to type have the way into the lab
        for fix in report["fixes"]:
            del fix["recheck"], fix["steps"]
    tap("judged again from the survey, it is the same report",
        None if judged.returncode == 1 and again == told else
        (judged.returncode, judged.stderr, judged.stdout[:300]))
    got = person.get(answer.path + "/report.html")
    tap("the page as one file", None if "<script" not in got.html and 'src="' not in got.html and
        "chain.example.com" in got.text and "attachment" in got.headers["content-disposition"]
        else got.text[:300])


# ---- the request and the order ----

def request(person, folder):
    answer = person.look("mail.example.com", **{"for": "server"})
    form = person.get(answer.link(r"/a/[0-9a-f]+/request"))
    tap("the answer leads to request and order", None if answer.link(r"/a/[0-9a-f]+/order")
        else answer.text)
    tap("the request's form names what is in use",
        None if "mail.example.com" in form.form("/request$")[1]["names"] and
        form.form("/request$")[1]["key"] == "mail.example.com.key" else form.text)
    made = person.send(form, "/request$")
    key = os.path.join(folder, "mail.example.com.key")
    csr = os.path.join(folder, "mail.example.com.csr")
    tap("it is made, and the key stays here", lacks(
        made, "BEGIN CERTIFICATE REQUEST", key, never=["PRIVATE KEY"]))
    mode = stat.S_IMODE(os.stat(key).st_mode)
    tap("the key's file is for its owner alone", None if mode == 0o600 else oct(mode))
    got = person.get(answer.path + "/request.csr")
    shown = subprocess.run(["openssl", "req", "-verify", "-noout", "-text"], input=got.html,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
    with open(csr, "rb") as there:
        same = there.read() == got.raw
    public = [subprocess.run(["openssl", *words], input=got.html, stdout=subprocess.PIPE,
                             text=True).stdout
              for words in (["pkey", "-in", key, "-pubout"], ["req", "-noout", "-pubkey"])]
    tap("openssl takes it, and it is that key's", None if "verify OK" in shown.replace(
        "Certificate request self-signature ", "") and "DNS:mail.example.com" in shown and same and
        public[0] == public[1] != "" else (shown, same, public))
    before = open(key, "rb").read()
    again = person.send(form, "/request$")
    tap("nothing is overwritten", None if again.status == 400 and "is there already" in again.text
        and open(key, "rb").read() == before else again.text)
    for what, fields in (("no name", {"names": " "}), ("no such name", {"names": "a..b"}),
                         ("no file", {"key": ""}), ("a folder", {"key": folder + "/"}),
                         ("a folder that is not there", {"key": "gone/x.key"})):
        refused = person.send(form, "/request$", **dict({"key": "other.key"}, **fields))
        tap("refused: " + what, None if refused.status == 400 and "Nothing was made" in
            refused.text and not os.path.exists(os.path.join(folder, "other.key")) else refused.text)
    path, fields = form.form("/request$")
    fields["csrf"] = "0" * 32
    refused = person.ask("POST", path, urllib.parse.urlencode(dict(fields, key="third.key")))
    tap("refused: another page's form", None if refused.status == 403 and
        not os.path.exists(os.path.join(folder, "third.key")) else refused.text)
    order(person, answer, folder)


def kept_key(person, lab, folder):
    """The DNS publishes the key (DANE): it stays, and nobody makes another."""
    answer = person.look("dane.example.com", **{"for": "server"})
    form = person.get(answer.link(r"/a/[0-9a-f]+/request"))
    tap("a key that the DNS publishes is asked for", lacks(
        form, "File of the key in use", "DANE", never=["Where the new key goes"]))
    key = os.path.join(folder, "kept.key")
    with open(lab.leaves["pinned"].key, encoding="ascii") as old, open(key, "w", encoding="ascii") as new:
        os.chmod(key, 0o600)
        new.write(old.read())
    before = open(key, "rb").read()
    gone = person.send(form, "/request$", key="gone.key")
    tap("refused: no such key", None if gone.status == 400 and not os.path.exists(
        os.path.join(folder, "gone.key")) else gone.text)
    made = person.send(form, "/request$", key="kept.key")
    public = [subprocess.run(["openssl", *words], stdout=subprocess.PIPE, text=True).stdout for words in
              (["pkey", "-in", key, "-pubout"],
               ["req", "-in", os.path.join(folder, "kept.csr"), "-noout", "-pubkey"])]
    tap("the request is of that key, which is as it was", lacks(
        made, "BEGIN CERTIFICATE REQUEST", "used as it is", never=["PRIVATE KEY"]) or
        (None if public[0] == public[1] != "" and open(key, "rb").read() == before else public))
    page = person.get(answer.path + "/order")
    tap("and the order says so", lacks(page, "the one in use", "--key FILE"))


def order(person, answer, folder):
    page = person.get(answer.path + "/order")
    tap("the order's plan", lacks(page, "mail.example.com", "Let's Encrypt", "dns-01",
                                  "Nothing is ordered from this page",
                                  "certmend issue mail.example.com", "--apply"))
    tap("gates with words", lacks(page, "Open") if "Shut" not in page.text else None)
    left = sorted(os.listdir(folder))
    tap("nothing is left by it", None if left == sorted(
        ["stderr", "mail.example.com.csr", "mail.example.com.key", "report.json",
         "survey.json"]) else left)


# ---- many, and messages ----

def many(person, lab):
    names = ["good.example.com", "chain.example.com", "mail.example.com", "fine.example.com",
             "old.example.com", "alien.example.com", "mute.example.com", "b..example.com"]
    page = person.look("\n".join(names))
    places = [page.text.find(name) for name in
              ("old.example.com", "mute.example.com", "good.example.com")]
    tap("eight in one question, worst first", lacks(page, "of 8 need mending", *names) or
        (None if places == sorted(places) else places))
    one = person.get(page.link(r"/a/[0-9a-f]+\.5"))
    tap("each row leads to its own answer", lacks(one, "old.example.com", never=["good.example"]))
    back = person.get(html.unescape(one.link(r"/a/[0-9a-f]+")))
    tap("and back to the table", None if back.path == page.path and "Back to all servers" in one.text
        else (back.path, one.text))
    tap("which has its own letter", lacks(person.get(one.path + "/letter"), "old.example.com"))
    tap("and its own order", lacks(person.get(one.path + "/order"), "certmend issue old.example.com"))
    again = person.send(one, "/again$")
    tap("and is checked again alone", lacks(again, "Still the same", "old.example.com"))
    csv = person.get(page.path + "/table.csv")
    lines = csv.html.splitlines()
    tap("as a spreadsheet", None if len(lines) == 9 and "attachment" in
        csv.headers["content-disposition"] else csv.html)
    jsonl = person.get(page.path + "/table.jsonl").html.splitlines()
    tap("as lines of JSON", None if [json.loads(line)["schema"] for line in jsonl].count(
        "certmend.failure/1") == 1 and len(jsonl) == 8 else jsonl)
    mend(lab, "chain.example.com", "whole")
    after = person.send(page, "/again$")
    tap("all again: what has changed stands beside each",
        lacks(after, "mended", "unchanged", "of 8 need mending"))
    for wrong in (".0", ".9", ".08", ".999", ".x", "."):
        got = person.get(page.path + wrong)
        tap("no such row: %s" % wrong, None if got.status == 404 else got.text)
    tap("a table is no letter", None if person.get(page.path + "/report.json").status == 404
        else "it is")
    page = person.look("\n".join("h%d.example.com" % i for i in range(41)))
    tap("41 are too many", lacks(page, "more than 40 servers"))


def messages(person):
    for what, text in ("German", GERMAN), ("English", ENGLISH):
        page = person.look(text)
        tap("Thunderbird in %s: the server is found, the chip chosen, the message told" % what,
            lacks(page, "What Thunderbird says", "issued for other names", "In Thunderbird",
                  "server42.example.net") or
            (None if re.search(r'\?for=thunderbird" aria-current="true"', page.html) else
             "no chip: " + page.html))
    page = person.look(GMAIL)
    tap("Gmail names no server: it is asked for, and the text kept",
        lacks(page, "Which server is it?", "TLS Negotiation failed"))
    answer = person.send(page, "/look$", server="mail.example.com")
    tap("and then looked at", lacks(answer, "server42.example.net", "Gmail says", "In Gmail"))
    page = person.look("Another instance of Certbot is already running.")
    tap("a message that needs no look is told", lacks(page, "no look at a mail server"))
    page = person.look("mail.example.com\nPassword: hunter2")
    tap("a password is left out, and said so, once", lacks(page, "looked like a password",
                                                           never=["hunter2"]) or
        (None if page.text.count("looked like a password") == 1 else page.text))
    page = person.look("/etc/passwd")
    tap("a file is not looked at", lacks(page, "not a file", never=["root:"]))


def main():
    with tempfile.TemporaryDirectory() as folder, Lab(scenario()) as lab:
        with Person(lab, folder) as person:
            answer = check_again(person, lab)
            letter(person, answer)
            downloads(person, answer, folder)
            request(person, folder)
            kept_key(person, lab, folder)
            many(person, lab)
            messages(person)
    print("1..%d" % counted["tests"])
    return 1 if counted["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
