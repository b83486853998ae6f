#!/usr/bin/env python3
"""Words that a reader stumbles over are in no text for a person: templates, rules and
what C says. Then the same over planted ones. TAP."""
import glob
import json
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COMMENT = re.compile(r"/\*.*?\*/|\{\{!.*?\}\}", re.S)
STRING = re.compile(r'"((?:\\.|[^"\\\n])*)"(?:\s*"((?:\\.|[^"\\\n])*)")*')
# what is said, and how a person says it
WORDS = [
    (r"\b(?:programs|clients|connections?|servers) of today\b", "modern programs"),
    (r"\bnobody answers on\b|\bwhere nobody answers\b", "nothing answers"),
    (r"\bmade out to\b", "issued for"),
    (r"\bstands? (?:on|only in|in the (?:settings|request|log|CN)|behind)\b",
     "is listed on, is in"),
    (r"\bdid you meet\b", "did you get"),
    (r"\bloaded again\b|\bloads? \S+ (?:mail )?service again\b", "reloaded"),
    (r"\bWorked through\b", "Simulated"),
    (r"\bMissing is\b", "The missing one is"),
    (r"\bservices? (?:was|were) not told\b", "has not picked it up yet"),
    (r"\bheed\b", "follow"),
    (r"\bintroduce ourselves\b", "the name that is given"),
    (r"\bto be rid of\b", "to get rid of"),
    (r"\bports? \{\{finding\.ports_list\}\}", "{{finding.at}}, which names the host too"),
]


def strings_of(code):
    """Literals of C, those side by side as one."""
    for match in STRING.finditer(COMMENT.sub(" ", code)):
        parts = re.findall(r'"((?:\\.|[^"\\\n])*)"', match.group(0))
        yield "".join(parts)


def texts_of(root):
    for path in glob.glob(os.path.join(root, "**", "*"), recursive=True):
        kind = os.path.splitext(path)[1]
        if kind not in (".c", ".mustache", ".json"):
            continue
        with open(path, encoding="utf-8") as text:
            whole = text.read()
        name = os.path.relpath(path, root)
        if kind == ".c":
            yield from ((name, text) for text in strings_of(whole))
        elif kind == ".mustache":
            yield name, COMMENT.sub(" ", whole)
        else:
            yield from ((name, text) for text in leaves(json.loads(whole)))


def leaves(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from leaves(item)


def stumbles(texts):
    for name, text in texts:
        for pattern, better in WORDS:
            for match in re.finditer(pattern, " ".join(text.split()), re.I):
                yield "%s: \"%s\"; say: %s" % (name, match.group(0), better)


def planted():
    return list(stumbles(
        [("c", text) for text in strings_of(
            '/* made out to */ say("programs of " "today", "it is made\\n out to x");')] +
        [("t", "{{x}} stands\non the certificate; the service is loaded again"),
         ("r", "It stands for one label; today all is well.")]))


def tap(number, what, faults):
    print("%s %d - %s" % ("not ok" if faults else "ok", number, what))
    for fault in faults:
        print("#   " + fault)


def main():
    faults = []
    for folder in ("assistant", "rules", "templates"):
        faults += stumbles(texts_of(os.path.join(ROOT, folder)))
    tap(1, "texts say it as a person would", faults)
    found = planted()
    wanted = ["c: \"programs of today\"", "t: \"stands on\"", "t: \"loaded again\""]
    tap(2, "what was planted is found, and nothing beside it",
        [] if len(found) == len(wanted) and
        all(any(f.startswith(w) for f in found) for w in wanted) else found)
    print("1..2")


if __name__ == "__main__":
    main()
