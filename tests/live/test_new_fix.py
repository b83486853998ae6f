#!/usr/bin/env python3
"""A fix is one JSON file and one template; a row of a rule chooses it.

Each case adds exactly these to a copy of the tables, and no C: the new fix has
to be offered, proven as its file says, shown in text and JSON, explained, put
into the letter of its recipients and no other, and led through by the guided
session. What its proof does not bear out is not offered. TAP.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "lab"))
from lab import Lab  # noqa: E402

PROGRAM = os.path.abspath(os.path.join(os.environ.get("BUILD", "build"),
                                       "certmend"))
HOST = "mail.example.com"
# The name that the provider calls the machine, and one that leads there too.
GOOD, BAD = "server42.hosting.example.net", "smtp.example.com"
LAB = {
    "now": "2026-11-23T12:00:00Z",
    "dns": {
        "example.com": {"MX": ["10 " + HOST]},
        HOST: {"A": ["192.0.2.10"]},
        BAD: {"A": ["192.0.2.10"]},
        GOOD: {"A": ["192.0.2.10"]},
        "10.2.0.192.in-addr.arpa": {"PTR": [GOOD]}},
    "certs": {"p": {"cn": GOOD, "san": [GOOD]}},
    "servers": [{"addr": "192.0.2.10", "port": 465, "proto": "smtps",
                 "cert": "p"},
                {"addr": "192.0.2.10", "port": 993, "proto": "imaps",
                 "cert": "p"}]}
FIX = {"fix": "knock-twice", "title": "Knock twice at {{hostname}}",
       "kind": "hostname", "actor": "user", "effort": "1 minute",
       "risk": "none", "needs": ["hostname", "port"], "prove": "hostname",
       "recipients": ["dns"]}
ROW = {"id": "provider.knock-twice", "when": {"candidate.found": True},
       "fix": "knock-twice",
       "with": {"hostname": "candidate.hostname", "port": "candidate.port"},
       "why": "{{asked.host}} hears a knock.", "rank": 1, "refs": ["Handbook"]}
TEXT = "Knock once at {{asked.host}}.\n\nKnock again.\n"
CERTIFICATE = {"title": "Knock for a certificate", "kind": "certificate",
               "actor": "you", "risk": "reload", "needs": ["names"],
               "prove": "certificate", "brings": "certificate",
               "next_time": True}

# what, changes to the fix and to the row, the proof (None: it is not offered),
# whoever can do it in the session, what is said there
CASES = [
    ("proven by a look", {}, {}, "probed", "4",
     ["Best fix: Knock twice at " + GOOD, "Knock once at " + HOST,
      "I look at %s:465" % GOOD]),
    ("proven by the checks", CERTIFICATE,
     {"with": {"names": "names.in_use"}}, "simulated", "1",
     ["Best fix: Knock for a certificate", "Knock once at " + HOST,
      "I order the certificate", "I run the command"]),
    ("that cannot be proven", {"kind": "device", "prove": "none"}, {}, "none",
     "4", ["Best fix: Knock twice at " + GOOD, "Knock once at " + HOST]),
    ("whose proof fails", {},
     {"with": {"hostname": {"is": BAD}, "port": {"is": 465}}}, None, "4",
     ["Best fix: Use " + GOOD]),
    ("proven by another word", {"kind": "input", "prove": "input"},
     {"with": {"hostname": {"is": BAD}, "port": {"is": 465}}}, None, "4",
     ["Best fix: Use " + GOOD]),
]


def put(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


class Tables:
    """A copy of rules/ and templates/, with one fix more."""

    def __init__(self, folder, fix, row):
        self.rules = os.path.join(folder, "rules")
        self.templates = os.path.join(folder, "templates")
        shutil.copytree(os.path.join(ROOT, "rules"), self.rules)
        shutil.copytree(os.path.join(ROOT, "templates"), self.templates)
        put(os.path.join(self.rules, "fixes", FIX["fix"] + ".json"),
            json.dumps(dict(FIX, **fix)))
        put(os.path.join(self.templates, FIX["fix"], "generic.mustache"), TEXT)
        path = os.path.join(self.rules, "name.mismatch.provider.json")
        with open(path, encoding="utf-8") as text:
            table = json.load(text)
        table["rows"].insert(0, dict(ROW, **row))
        put(path, json.dumps(table))

    def words(self):
        return ["--rules", self.rules, "--templates", self.templates]


def certmend(*words):
    """(status, all that it says)"""
    run = subprocess.run([PROGRAM, *words], capture_output=True, text=True,
                         env=dict(os.environ, NO_COLOR="1", COLUMNS="80",
                                  LC_ALL="C.UTF-8"), timeout=60)
    return run.returncode, run.stdout + run.stderr


def lacks(what, said, needles):
    flat = " ".join(said.split())
    return ["%s lacks %r:\n%s" % (what, needle, said) for needle in needles
            if " ".join(needle.split()) not in flat]


def offered(survey, tables, title, proof):
    """In JSON and in text, before all others, with its proof and its steps."""
    report = json.loads(certmend("judge", survey, "--format", "json",
                                 *tables.words())[1])
    text = certmend("judge", survey, *tables.words())[1]
    fixes = [fix for fix in report["fixes"] if fix["id"] == FIX["fix"]]
    if proof is None:
        return ["it is offered"] * len(fixes) + \
            (["the text has it"] if "Knock" in text else [])
    if not fixes or fixes[0]["rank"] != 1:
        return ["it is not the first: %s" % [fix["id"] for fix
                                             in report["fixes"]]]
    faults = lacks("the text", text, ["The best way: " + title,
                                      "Knock once at %s." % HOST])
    if fixes[0]["proof"]["kind"] != proof:
        faults.append("its proof is %s" % fixes[0]["proof"])
    if proof != "none" and "name.mismatch.provider" not in fixes[0]["clears"]:
        faults.append("it clears %s" % fixes[0]["clears"])
    if fixes[0]["steps"] != ["Knock once at %s." % HOST, "Knock again."]:
        faults.append("its steps are %s" % fixes[0]["steps"])
    return faults


def explained(tables):
    """It and its row, by the tables that have them."""
    faults = []
    for word, needle in ((FIX["fix"], "How it is proven:"),
                         (FIX["fix"], "certmend ticket --to dns"),
                         (ROW["id"], "A rule for name.mismatch.provider")):
        status, said = certmend("explain", word, "--rules", tables.rules)
        faults += lacks("explain", said, [needle])
        faults += ["explain %s: status %d" % (word, status)] if status else []
    if certmend("explain", FIX["fix"])[0] != 2:
        faults.append("it is explained without its table")
    return faults


def in_the_letter(survey, tables, title, proof):
    """Of its recipients. Nothing else in this plan is for them to do."""
    words = ["ticket", "--from", survey, *tables.words()]
    status, said = certmend(*words, "--to", "dns")
    if proof is None:
        return [] if status == 2 else ["a letter: " + said]
    faults = lacks("the letter", said, ["My request: %s." % title])
    if title in certmend(*words, "--to", "provider")[1]:
        faults.append("the provider's letter has it too")
    return faults


def in_the_session(lab, folder, tables, who, needles):
    answers = os.path.join(folder, "answers")
    put(answers, "%s 465\n%s\n\n" % (HOST, who))
    status, said = certmend("fix", HOST, "--answers", answers, "--dry-run",
                            *tables.words(), *lab.arguments())
    return lacks("the session", said, needles) + \
        (["status %d" % status] if status == 2 else [])


def main():
    print("1..%d" % len(CASES))
    with Lab(LAB) as lab, tempfile.TemporaryDirectory() as top:
        survey = os.path.join(top, "survey.json")
        certmend("check", HOST, "--save", survey, *lab.arguments())
        for number, (what, fix, row, proof, who, says) in enumerate(CASES, 1):
            folder = os.path.join(top, str(number))
            tables = Tables(folder, fix, row)
            title = fix.get("title", FIX["title"]).replace(
                "{{hostname}}", GOOD)
            status, lint = certmend("rules", "lint", *tables.words())
            faults = [lint] if status else []
            faults += offered(survey, tables, title, proof)
            faults += explained(tables)
            faults += in_the_letter(survey, tables, title, proof)
            faults += in_the_session(lab, folder, tables, who, says)
            print("%s %d - a new fix %s" % ("not ok" if faults else "ok",
                                            number, what))
            for fault in faults:
                print("#   " + fault.replace("\n", "\n#   "))
    return 0


if __name__ == "__main__":
    sys.exit(main())
