#!/usr/bin/env python3
"""What an all-clear says that it rests on: the places that were looked at, how they
were come by, how long their certificates last, and what was not looked at and why. As
text, as a page, as JSON and in the line for monitoring. TAP."""
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "lab"))
from lab import Lab, read_scenario  # noqa: E402

PROGRAM = os.path.join(os.environ.get("BUILD", "build"), "certmend")
# scenario, further arguments, what has to be said (blanks alike), what must not
ROWS = [
    ("domain-settings-over-http-alone", [],
     ["Looked at", "settings file: right certificate", "days left",
      "nothing answers on port", "Not looked at", "they do not exist",
      "ISPDB"], ["best way", "port 25 alone"]),
    ("domain-srv-to-alias", [],
     ["SRV record: right certificate", "MX record: right certificate"],
     ["settings file"]),
    ("domain-wildcard-to-mail-host", [], ["by a wildcard record"], ["best way"]),
    ("domain-google-like", [],
     ["aspmx.l.example.net:25", "alt1.aspmx.l.example.net:25",
      "servers for mail programs: nothing is published for them",
      "what was seen is port 25 alone"], ["best way"]),
    ("both-families-right", [],
     ["Looked at mail.example.org at 127.", "::1",
      "465 Mail from users (TLS) right certificate, ", "days left",
      "closed: 25, 143, 993, 110, 995, 4190, 443"], ["Not looked at"]),
    ("both-families-right", ["-4"],
     ["Not looked at", "IPv6: left out, as -4 asks"], ["::1"]),
    ("asked-port-right", [],
     ["Looked at mail.example.org", "IPv6: the name has no IPv6 address",
      "other ports: only port 465 was asked for"], ["closed:"]),
]
TAG = re.compile(r"<[^>]*>")


def certmend(*words):
    done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=120,
                          stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout


def flat(text):
    return " ".join(text.split())


def other_forms(survey, text):
    """The page and the JSON leave nothing out that the text names."""
    gaps = json.loads(certmend("judge", survey, "--format", "json")[1])["not_looked_at"]
    page = certmend("judge", survey, "--format", "html")[1].replace("<wbr>", "")
    page = flat(TAG.sub(" ", page).replace("&#39;", "'"))
    for gap in gaps:
        said = "%s: %s." % (gap["what"], gap["why"])
        yield from ("not in the text: " + said for _ in [0] if said not in text)
        yield from ("not on the page: " + said for _ in [0] if said not in page)
    if ("Not looked at" in text) != bool(gaps):
        yield "the text and JSON do not agree that something was left out"
    for told in ["days left"] + ["How it was found"] * ("ISPDB" in text):
        if told not in page:
            yield "the page does not tell: " + told
    line = certmend("judge", survey, "--format", "nagios")[1]
    if not line.startswith("CERTMEND OK - All is well with"):
        yield "monitoring is told: " + line


def faults_of(name, more, wanted, unwanted):
    with tempfile.TemporaryDirectory() as folder:
        survey = os.path.join(folder, "survey.json")
        with Lab(read_scenario(os.path.join(ROOT, "tests/scenarios", name + ".json"))) as lab:
            status, text = certmend("check", lab.scenario["target"], *lab.asked(), *more,
                                    *lab.arguments(), "--save", survey)
        text = flat(text)
        if status:
            yield "status %d" % status
        yield from ("not said: " + words for words in wanted if words not in text)
        yield from ("said: " + words for words in unwanted if words in text)
        yield from other_forms(survey, text)


def main():
    print("1..%d" % len(ROWS))
    for number, (name, *row) in enumerate(ROWS, 1):
        faults = list(faults_of(name, *row))
        print("%s %d - %s" % ("not ok" if faults else "ok", number, " ".join([name] + row[0])))
        for fault in faults:
            print("#   %s" % fault[:600])


if __name__ == "__main__":
    main()
