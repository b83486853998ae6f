#!/usr/bin/env python3
"""Every scenario: the lab is started, certmend asked, its report judged.

    run.py [WORD...]     only the scenarios whose path holds a word

BUILD is the folder with the program. CERTMEND_SAMPLES names a folder with
further scenarios; it is passed over where it does not exist, and so are those
of them that ask for a finding this program does not know. TAP on standard
output, one line a scenario.
"""
import concurrent.futures
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
from html import unescape

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.join(ROOT, "tests", "lab"), os.path.join(ROOT, "tests", "page")]
from expect import compare, try_offers  # noqa: E402
from lab import Lab, read_scenario  # noqa: E402
from stage import Markup  # noqa: E402

PROGRAM = os.path.join(os.environ.get("BUILD", "build"), "certmend")
SAMPLES = os.environ.get("CERTMEND_SAMPLES",
                         os.path.join(ROOT, "..", "shared", "lab",
                                      "scenarios"))
WORKERS = int(os.environ.get("LAB_WORKERS", "4"))
WEIGHED = os.path.join(os.path.dirname(PROGRAM), "unit", "test_confidence")
PATIENCE_S = 150
TAG = re.compile(r"<[^>]*>")
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def certmend(*args):
    """(exit status, standard output, standard error)"""
    done = subprocess.run([PROGRAM, *args], capture_output=True,
                          timeout=PATIENCE_S, stdin=subprocess.DEVNULL)
    return (done.returncode, done.stdout.decode("utf-8"),
            done.stderr.decode("utf-8", "replace"))


def essence(report):
    """What has to be the same when a saved survey is judged again."""
    return ([(f["id"], f["severity"], f["where"], f["params"])
             for f in report["findings"]],
            [(f["id"], f["rank"], f["params"], f["proof"]["kind"])
             for f in report["fixes"]])


def judged_again(saved, status, report):
    """The same survey, offline: the same report, and as text for a person."""
    again, out, said = certmend("judge", saved, "--format", "json")
    if again != status:
        yield "judge exits with %d, check with %d: %s" % (again, status, said)
    elif essence(json.loads(out)) != essence(report):
        yield "judge says something else: %s and %s" % (
            essence(json.loads(out)), essence(report))
    again, out, _ = certmend("judge", saved)
    if again != status:
        yield "as text it exits with %d, as JSON with %d" % (again, status)
    bad = CONTROL.search(out)
    if bad:
        yield "control character %r in the text" % bad.group()
    if not out.strip():
        yield "the text is empty"
    _, page, said = certmend("judge", saved, "--format", "html")
    yield from never_better(saved, report, (out, page))
    yield from on_a_page(page or said, report)


def on_a_page(page, report):
    """It is well formed, and leaves out no finding, fix, gate or gap."""
    yield from ("on the page: " + fault for fault in Markup(page).faults)
    if CONTROL.search(page) or "{{" in page or "<script" in page:
        yield "on the page: a control character, a tag of the template or a script"
    seen = " ".join(unescape(TAG.sub("", page.replace("<br>", " "))).split())
    told = [f["title"] for f in report["findings"] if not f["part_of"]]
    told += [f["detail"] for f in report["findings"] if not f["part_of"]]
    told += [f["title"] for f in report["fixes"]]
    told += [g["detail"] for f in report["fixes"] for g in f["gates"]]
    told += ["%s: %s." % (g["what"], g["why"]) for g in report["not_looked_at"]]
    yield from ("not on the page: " + words for words in told if " ".join(words.split()) not in seen)


def never_better(saved, report, forms):
    """No finding can be taken away and the confidence falls; the text tells
    the confidence, and each fault once."""
    done = subprocess.run([WEIGHED, saved], capture_output=True, text=True,
                          timeout=PATIENCE_S)
    if done.returncode:
        yield done.stdout + done.stderr
    if report["verdict"] != "problems":
        return
    words = "Confidence that mail gets through: %d of" % report["confidence"]
    for form in forms:
        if words not in form:
            yield "%r is not told" % words
    told = [f for f in report["findings"] if f["severity"] != "info"]
    for id_ in {f["id"] for f in told}:
        wanted = sum(f["id"] == id_ and not f["part_of"] for f in told)
        if forms[0].count("[%s]" % id_) != wanted:
            yield "%s is told %d times, not %d" % (
                id_, forms[0].count("[%s]" % id_), wanted)


def ask(scenario, lab, saved):
    return certmend("check", scenario["target"], "--format", "json",
                    "--save", saved, *lab.asked(),
                    *lab.arguments())


def complaints_about(path):
    scenario = read_scenario(path)
    with Lab(scenario) as lab, tempfile.TemporaryDirectory() as folder:
        saved = os.path.join(folder, "survey.json")
        status, out, said = ask(scenario, lab, saved)
        trespasses = lab.trespasses()
        try:
            report = json.loads(out)
        except ValueError:
            return ["no report; exit status %d: %s" % (status, said[-600:])]
        found = trespasses + compare(report, status, scenario["expect"])
        found += try_offers(report, lab)
        found += judged_again(saved, status, report)
        return found


def guarded(path):
    """A scenario that trips over must not take the others with it."""
    try:
        return complaints_about(path)
    except Exception as fault:  # whatever it is, it is this scenario's fault
        return ["%s: %s" % (type(fault).__name__, fault)]


def samples():
    """Further scenarios, as far as this program's findings go."""
    for path in sorted(glob.glob(os.path.join(SAMPLES, "*.json"))):
        wanted = read_scenario(path)["expect"].get("findings", [])
        if all(certmend("explain", id_)[0] == 0 for id_ in wanted):
            yield path


def not_yet():
    """Samples that this program is known to fail, and what is missing."""
    with open(os.path.join(HERE, "not-yet.txt")) as lines:
        return dict(line.strip().split(": ", 1) for line in lines
                    if line.strip() and not line.startswith("#"))


def verdict(number, name, faults, missing):
    if name not in missing:
        return "%s %d - %s" % ("not ok" if faults else "ok", number, name)
    if faults:
        return "ok %d - %s # SKIP %s" % (number, name, missing[name])
    return "not ok %d - %s passes: it goes from not-yet.txt" % (number, name)


def main(words):
    missing = not_yet()
    paths = sorted(glob.glob(os.path.join(HERE, "*.json"))) + list(samples())
    paths = [path for path in paths
             if not words or any(word in path for word in words)]
    subprocess.run(["make", "-s", "-C", ROOT, WEIGHED,
                    "BUILD=" + os.path.dirname(PROGRAM)], check=True,
                   stdout=sys.stderr)
    print("1..%d" % len(paths))
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for number, (path, faults) in enumerate(
                zip(paths, pool.map(guarded, paths)), 1):
            name = os.path.basename(path)[:-len(".json")]
            print(verdict(number, name, faults, missing))
            for fault in faults:
                print("#   " + " ".join(fault.split()), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
