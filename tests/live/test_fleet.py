#!/usr/bin/env python3
"""Forty servers in one run, a fifth of them silent: table, CSV, page, lines for
monitoring, metrics, what has changed since the last run, letters to providers. TAP."""
import csv
import html.parser
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unicodedata

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, "tests", "lab")]
from lab import Lab  # noqa: E402
from tap import counted, skip, tap  # noqa: E402

PROGRAM = os.path.abspath(os.path.join(os.environ.get("BUILD", "build"), "certmend"))
PATIENCE_S = 60
KINDS = ["good"] * 20 + ["wrong"] * 6 + ["ended"] * 3 + ["short"] * 3 + ["silent"] * 8
LATER = {0: "renewed", 1: "sectigo", 2: "fewer", 3: "closed", 4: "ended", 20: "good", 26: "silent"}
LABELS = {0: "=1+1", 1: "<b>Miller</b> & Sons", 2: "株式会社例え", 3: "\x1b[31mred", 20: '"quoted", with a comma'}
BAD_LINE = "=cmd|' /C calc'!A0"
CERTS = {
    "good": {"cn": "a", "san": ["*.example.org", "b.example.net"]},
    "renewed": {"cn": "a", "san": ["*.example.org", "b.example.net"], "ends_in_days": 85},
    "sectigo": {"cn": "a", "san": ["*.example.org", "b.example.net"], "ends_in_days": 85, "issuer": "root"},
    "fewer": {"cn": "a", "san": ["*.example.org"], "ends_in_days": 85},
    "wrong": {"cn": "server42.example.net", "san": ["server42.example.net"]},
    "ended": {"cn": "a", "san": ["*.example.org"], "starts_in_days": -60, "ends_in_days": -3},
    "short": {"cn": "a", "san": ["*.example.org"], "starts_in_days": -20, "ends_in_days": 70},
}


def name_of(i):
    return "h%d.example.org:465" % i


def lines():
    return "".join("%s%s\n" % (name_of(i), " # " + LABELS[i] if i in LABELS else "")
                   for i in range(len(KINDS))) + "# a comment\n\n" + BAD_LINE + "\n"


def world(kinds):
    servers, dns = [], {"server42.example.net": {"A": ["127.40.0.20"]}}
    for i, kind in enumerate(kinds):
        address = "127.40.0.%d" % i
        dns["h%d.example.org" % i] = {"A": [address]}
        server = {"addr": address, "port": 465, "proto": "smtps",
                  "cert": kind if kind in CERTS else "good"}
        if kind == "silent":
            server["behaviour"] = "silent"
        if kind != "closed":
            servers.append(server)
    return {"dns": dns, "certs": CERTS, "servers": servers}


def certmend(lab, *args, lines_=None, **more):
    began = time.monotonic()
    done = subprocess.run([PROGRAM, *args, "--timeout", "2", *lab.arguments()],
                          input=(lines() if lines_ is None else lines_).encode(),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE_S, **more)
    return done.returncode, done.stdout.decode(), time.monotonic() - began


def columns(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


# ---- one table, page or file ----

def table(lab):
    """The table: a line a target, worst first, as wide as it is let be."""
    for width in 40, 120:
        status, out, took_s = certmend(lab, "check", "-", "--format", "table",
                                       env=dict(os.environ, COLUMNS=str(width)))
        rows = out.split("\n\n")[0].split("\n")
        verdicts = [next((w for w in ("error", "warning", "untested", "no ta", "ok") if " %s" % w in row), row)
                    for row in rows[1:]]
        order = ["error", "warning", "untested", "no ta", "ok"]
        if status != 1 or len(rows) != 42:
            yield "%d columns: status %d, %d lines" % (width, status, len(rows))
        if [order.index(v) for v in verdicts] != sorted(order.index(v) for v in verdicts):
            yield "%d columns: not worst first: %s" % (width, verdicts)
        if max(map(columns, out.split("\n"))) > width:
            yield "%d columns: one has %d" % (width, max(map(columns, out.split("\n"))))
        if "\x1b" in out:
            yield "an escape went through"
        if took_s > 12:
            yield "%.1f s for a fifth that is silent for 2 s" % took_s
    for wanted in ("株式会社例え", "Use server42.example.net", "The certificate has expired", "users"):
        if wanted[:12] not in out:
            yield "%s is not there:\n%s" % (wanted, out)


def spreadsheet(lab):
    """CSV: RFC 4180, every row, nothing that a spreadsheet takes for a formula."""
    _, out, _ = certmend(lab, "check", "-", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out, newline=""), strict=True))
    by_target = {row["target"].lstrip("'"): row for row in rows}
    if len(rows) != 41 or out.count("\r\n") != 42 or "\n" in out.replace("\r\n", ""):
        yield "%d rows" % len(rows)
    for row in rows:
        for key, value in row.items():
            if value[:1] in ("=", "+", "-", "@") and not (key == "days_left" and int(value) < 0):
                yield "a formula: %s" % value
    if by_target["h20.example.org:465"]["label"] != LABELS[20]:
        yield "a label is %s" % by_target["h20.example.org:465"]["label"]
    one = by_target["h21.example.org:465"]
    if (one["verdict"], one["finding"], one["port"], one["days_left"]) != (
            "error", "name.mismatch.provider", "465", "59"):
        yield str(one)
    if by_target["h26.example.org:465"]["days_left"] != "-4" or by_target[BAD_LINE]["verdict"] != "no target":
        yield str(by_target["h26.example.org:465"])


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.ids, self.text = {}, set(), set(), ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        for name, value in attrs:
            if name in ("href", "src"):
                self.links.add(value)
            if name == "id":
                self.ids.add(value)

    def handle_data(self, data):
        self.text += data


def page(lab):
    """HTML: one page, nothing from outside, no markup of a stranger."""
    _, out, _ = certmend(lab, "check", "-", "--format", "html")
    seen = Page(out)
    if out.count("<!doctype") != 1 or seen.tags.get("tr") != 42:
        yield "%d pages, %s rows" % (out.count("<!doctype"), seen.tags.get("tr"))
    if set(seen.tags) & {"b", "script", "img", "link"} or "<b>Miller</b> & Sons" not in seen.text:
        yield "tags: %s" % sorted(seen.tags)
    faulty = {i for i in seen.ids if re.fullmatch(r"t\d+", i)}
    if not {link[1:] for link in seen.links} <= seen.ids or not all(link.startswith("#") for link in seen.links):
        yield "links %s" % (seen.links - {"#" + i for i in seen.ids})
    if not faulty or not {"#" + i for i in faulty} <= seen.links:
        yield "no link to %s" % (faulty or "any fault")
    if "\x1b" in out:
        yield "an escape went through"


# ---- monitoring ----

PERF = r"'[^'=|]+ (?:days|life)'=-?\d+%?;\d*;\d*|(?:days|life)=-?\d+%?;\d*;\d*"


def plugin(lab):
    """nagios: worst first, a line each, performance data where it may stand."""
    status, out, _ = certmend(lab, "check", "-", "--format", "nagios", "-w", "30", "-c", "33%")
    told = out.splitlines()
    words = [line.split()[1] for line in told]
    order = ["CRITICAL", "WARNING", "UNKNOWN", "OK"]
    if status != 2 or len(told) != 41 or [order.index(w) for w in words] != sorted(map(order.index, words)):
        yield "status %d, %d lines, %s" % (status, len(told), words)
    if any("|" in line for line in told[1:-1]):
        yield "data in a line between the first and the last"
    for line in told[0], told[-1]:
        text, _, data = line.partition(" | ")
        if data and not re.fullmatch("(?:%s)(?: (?:%s))*" % (PERF, PERF), data.strip()):
            yield "data: %s" % data
    if told[0].count("465") < 1 or "days=-4;30;" not in out:
        yield told[0]
    one = {"good": (0, "OK", "days=59;30;7"), "wrong": (2, "CRITICAL", "days=59;30;7"),
           "silent": (2, "CRITICAL", "")}
    for kind, (wanted, word, data) in one.items():
        i = KINDS.index(kind)
        status, out, _ = certmend(lab, "check", name_of(i), "--format", "nagios", "-w", "30", "-c", "7")
        if status != wanted or not out.startswith("CERTMEND %s - " % word) or data not in out or out.count("\n") != 1:
            yield "%s: %d %s" % (kind, status, out)
    for limits, wanted in ((["-w", "60"], 1), (["-w", "90%"], 0), (["-w", "99%"], 1),
                           (["-w", "70", "-c", "60"], 2)):
        status, out, _ = certmend(lab, "check", name_of(0), "--format", "nagios", *limits)
        if status != wanted:
            yield "%s: %d %s" % (limits, status, out)


SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*)\})? '
                    r'(-?(?:\d+(?:\.\d+)?|NaN))$')


def grammar(text):
    """OpenMetrics 1.0, as strictly as it is needed here: families in one piece,
    TYPE before HELP before samples, no sample twice, EOF last."""
    if not text.endswith("\n# EOF\n") or text.count("# EOF") != 1:
        yield "its end is missing"
    family, known, samples = None, set(), set()
    for line in text.splitlines()[:-1]:
        if line.startswith("# TYPE "):
            family = line.split(" ")[2]
            if family in known or line.split(" ")[3:] != ["gauge"]:
                yield "a family twice, or of another type: %s" % line
            known.add(family)
        elif line.startswith("# HELP "):
            if line.split(" ")[2] != family:
                yield "a help of another family: %s" % line
        else:
            sample = SAMPLE.fullmatch(line)
            if not sample or sample.group(1) != family:
                yield "no sample of %s: %s" % (family, line)
            elif (sample.group(1), sample.group(2)) in samples:
                yield "a sample twice: %s" % line
            else:
                samples.add((sample.group(1), sample.group(2)))


def metrics(lab):
    """openmetrics: the grammar, and no label that a stranger chooses."""
    status, out, _ = certmend(lab, "check", "-", "--format", "openmetrics", lines_=lines() + name_of(0) + "\n")
    yield from grammar(out)
    for planted in (out.replace("# EOF\n", ""), out + name_of(0), out.replace('"} 1\n', '} 1\n', 1),
                    out.replace("# TYPE certmend_target_ok gauge\n", "")):
        if not list(grammar(planted)):
            yield "the checker finds nothing in %r" % planted[-60:]
    if 'certmend_target_ok{target="h0.example.org:465"} 1' not in out:
        yield out[:500]
    if "mred" in out or "Miller" in out or "Lab Intermediate" in out or "127.40" in out:
        yield "what others say is a label"
    labels = set(re.findall(r'([a-z_]+)="', out))
    if labels != {"target", "severity", "finding", "verdict"}:
        yield "labels: %s" % labels


def promtool(lab):
    _, out, _ = certmend(lab, "check", "-", "--format", "openmetrics")
    done = subprocess.run(["promtool", "check", "metrics"], input=out.encode(), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode or done.stdout.strip():
        yield done.stdout.decode()


# ---- since ----

NEWS = {0: ("changed", ["renewed"]), 1: ("changed", ["issuer"]), 2: ("changed", ["lost-name", "renewed"]),
        3: ("new", ["fault", "lost-port"]), 4: ("new", ["fault", "certificate"]), 20: ("mended", ["mended"]),
        26: ("new", ["fault", "lost-port"])}


def since(lab, last):
    """--since: what has changed, told apart, and nothing of the rest."""
    _, out, _ = certmend(lab, "check", "-", "--format", "jsonl", "--since", last)
    told = {line["asked"]["input"]: line["since"] for line in map(json.loads, out.splitlines())}
    for i in range(len(KINDS)):
        change, kinds = NEWS.get(i, ("unchanged", []))
        got = told[name_of(i)]
        seen = [news["kind"] for news in got["news"]]
        if got["change"] != change or not set(kinds) <= set(seen) or ("renewed" in seen) != ("renewed" in kinds):
            yield "%s: %s" % (name_of(i), got)
    if told[BAD_LINE]["change"] != "unchanged":
        yield "no target: %s" % told[BAD_LINE]
    for form, wanted in ("table", "changed: renewed, to"), ("csv", '"changed","renewed, to'), ("html", "changed: renewed"):
        _, out, _ = certmend(lab, "check", name_of(0), name_of(1), "--format", form, "--since", last)
        if wanted not in out or "another issuer: " not in out:
            yield "%s: %s" % (form, out[:400])


def no_since(lab, folder):
    """--since with a file that is none: a sentence, before anything is looked at."""
    for name, text in ("text", b"hello\n"), ("other", b'{"schema":"certmend.csrlint/1"}\n'), ("nul", b"a\0b"):
        path = os.path.join(folder, name)
        with open(path, "wb") as out:
            out.write(text)
        done = subprocess.run([PROGRAM, "check", "-", "--format", "table", "--since", path, *lab.arguments()],
                              input=lines().encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode != 2 or done.stdout or done.stderr.count(b"\n") != 1 or b"jsonl" not in done.stderr:
            yield "%s: %d %r" % (name, done.returncode, done.stderr)


# ---- letters ----

def letters(lab, folder, last):
    """ticket --all: one letter a provider, the same from the run and from its jsonl, never over another."""
    for name, args in ("run", ["-"]), ("file", ["--from", last]):
        status, out, _ = certmend(lab, "ticket", "--all", os.path.join(folder, name), *args)
        if status != 1 or len(out.splitlines()) != len(os.listdir(os.path.join(folder, name))):
            yield "%s: %d %s" % (name, status, out)
    there = [sorted(os.listdir(os.path.join(folder, name))) for name in ("run", "file")]
    if there[0] != there[1] or "example.net.txt" not in there[0]:
        yield str(there)
    with open(os.path.join(folder, "run", "example.net.txt")) as text:
        letter = text.read()
    for i, kind in enumerate(KINDS):
        if (kind == "wrong") != ("---- h%d.example.org ----" % i in letter):
            yield "%s %s in the letter" % (name_of(i), kind)
    if "6 mail servers" not in letter or letter.count("Thank you") != 1:
        yield letter[:300]
    os.unlink(os.path.join(folder, "run", "127.40.0.26.txt"))
    status, out, _ = certmend(lab, "ticket", "--all", os.path.join(folder, "run"), "--from", last)
    with open(os.path.join(folder, "run", "example.net.txt")) as text:
        if status != 2 or out or text.read() != letter or os.path.exists(os.path.join(folder, "run", "127.40.0.26.txt")):
            yield "again: %d %s" % (status, out)


def manners(lab):
    """`| head` ends quietly; jsonl has a line for each line; a clean list is 0."""
    done = subprocess.run(["sh", "-c", '"$0" check - --format table "$@" | head -n 2', PROGRAM, "--timeout", "2",
                           *lab.arguments()], input="".join(name_of(i) + "\n" for i in range(20)).encode(),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE_S)
    if done.stderr or done.stdout.count(b"\n") != 2:
        yield "head: %r %r" % (done.stdout, done.stderr)
    status, out, _ = certmend(lab, "check", "-", "--format", "jsonl")
    told = [json.loads(line) for line in out.splitlines()]
    labels = {line["asked"]["input"]: line["asked"].get("label") for line in told}
    if status != 1 or len(told) != 41 or labels[name_of(1)] != LABELS[1] or labels[name_of(5)] is not None:
        yield "jsonl: %d, %d lines" % (status, len(told))
    for extra, wanted in ("", 0), (BAD_LINE + "\n", 3):
        status, _, _ = certmend(lab, "check", "-", "--format", "jsonl", lines_=name_of(0) + " # x\n" + extra)
        if status != wanted:
            yield "status %d with %r" % (status, extra)


def main():
    with tempfile.TemporaryDirectory() as folder:
        last = os.path.join(folder, "last.jsonl")
        with Lab(world(KINDS)) as lab:
            for test in table, spreadsheet, page, plugin, metrics, manners:
                tap(test.__doc__.split("\n")[0], "\n".join(test(lab)))
            if shutil.which("promtool"):
                tap("promtool accepts the metrics", "\n".join(promtool(lab)))
            else:
                skip("promtool accepts the metrics", "it is not installed")
            with open(last, "w") as out:
                out.write(certmend(lab, "check", "-", "--format", "jsonl")[1])
            tap(letters.__doc__, "\n".join(letters(lab, folder, last)))
            tap(no_since.__doc__, "\n".join(no_since(lab, folder)))
        with Lab(world([LATER.get(i, kind) for i, kind in enumerate(KINDS)])) as lab:
            tap(since.__doc__, "\n".join(since(lab, last)))
    print("1..%d" % counted["tests"])


if __name__ == "__main__":
    main()
