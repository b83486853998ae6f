"""template_marks - what the templates of software say of their own truth.

A template below templates/software says, in comments of its own, how its steps
are known to be right:

  {{! run: NAME }}      NAME.py of tests/live or tests/long carries out what it gives to be copied,
                        and fails where it does not
  {{! by-hand }}        nothing to be copied: somebody presses buttons, or has
                        nothing to do
  {{! Source: WHERE; ...; looked up 2026-11-28. }}
                        as its maker's documentation has it

One line above a paragraph, {{! not run: WHY }} takes that paragraph out of "run";
where WHY names another test, that one is held to it.
"""
import glob
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TEMPLATES = os.path.join(ROOT, "templates")
RUN = re.compile(r"\{\{! run: (\w+) \}\}")
BY_HAND = re.compile(r"\{\{! by-hand \}\}")
SOURCE = re.compile(r"\{\{! Source: .*?\}\}", re.S)
DATED = re.compile(r"looked\s+up\s+20\d\d-\d\d-\d\d")
NOT_RUN = re.compile(r"\{\{! not run: .*?\}\}", re.S)
COMMENT = re.compile(r"\{\{!.*?\}\}", re.S)
TAG = re.compile(r"\{\{[^{}]*\}\}")
CALL = re.compile(r"\{\{> (software/[\w.-]+/\w+)\}\}")


def read(path):
    with open(path, encoding="utf-8") as text:
        return text.read()


def templates(top=TEMPLATES):
    """(its path below `top`, its text), in order."""
    for path in sorted(glob.glob(os.path.join(top, "software", "*", "*.mustache"))):
        yield os.path.relpath(path, top), read(path)


def run_by(text):
    """The test that carries it out, or None."""
    found = RUN.search(text)
    return found[1] if found else None


def whole(text, top=TEMPLATES):
    """With the templates of a certain software that it calls in their places; the
    common ones stand for themselves."""
    for name in CALL.findall(text):
        if name.startswith("software/generic/"):
            continue
        text = text.replace("{{> %s}}" % name, whole(
            COMMENT.sub("", read(os.path.join(top, name + ".mustache"))), top))
    return text


def copied(text, top=TEMPLATES, elsewhere=None):
    """The lines that it gives to be copied; without those of {{! not run }}. Or only
    those whose mark names the test `elsewhere`."""
    for paragraph in whole(text, top).split("\n\n"):
        mark = NOT_RUN.search(paragraph)
        if elsewhere and not (mark and "/%s.py" % elsewhere in mark[0]) or \
                mark and not elsewhere:
            continue
        for line in COMMENT.sub("", paragraph).splitlines():
            if line.startswith("    ") and TAG.sub("", line).strip():
                yield line.strip()


def pattern_of(line):
    """What the line may look like when its blanks are filled."""
    return re.compile(".*".join(re.escape(part) for part in TAG.split(line)) + r"\Z", re.S)


def not_carried(test, carried, top=TEMPLATES):
    """Complaints about the templates that name this test; `carried` are lines."""
    named = [(name, list(copied(text, top, None if run_by(text) == test else test)))
             for name, text in templates(top)
             if run_by(text) == test or "/%s.py" % test in text]
    for name, lines in named:
        for line in lines:
            if not any(pattern_of(line).match(done) for done in carried):
                yield "%s says that it is run, and is not: %s" % (name, line)
    if not named:
        yield "no template names %s" % test
