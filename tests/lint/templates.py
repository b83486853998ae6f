#!/usr/bin/env python3
"""Every template of a software says how its steps are known to be right: carried
out by a live test, by hand, or its maker's documentation with a date
(template_marks.py; the live tests hold "run" to its word). README counts them for
each software that --software takes. Then the same over planted faults. TAP.

  templates.py [--write]        README's table anew
"""
import json
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "live"))
import template_marks as marks  # noqa: E402

README = os.path.join(marks.ROOT, "README.md")
BEGIN, END = "| software | run by a test | by hand | as documented |", "\n\n"
COMMON = {"generic": "any other", "windows": "any other on Windows"}


def kind_of(text, top):
    """("run" | "by hand" | "documented" | None, complaint or None)"""
    test, by_hand = marks.run_by(text), marks.BY_HAND.search(text)
    source = marks.SOURCE.search(text)
    has_lines = any(True for _ in marks.copied(marks.NOT_RUN.sub("", text), top))
    if test and by_hand:
        return None, "is run and by hand"
    if test:
        found = [folder for folder in ("live", "long") if os.path.exists(os.path.join(
            marks.ROOT, "tests", folder, test + ".py"))]
        if not found:
            return None, "there is no test %s" % test
        return ("run", None) if has_lines else (None, "gives nothing to be run")
    if by_hand:
        return (None, "is by hand, and gives lines to be copied") if has_lines \
            else ("by hand", None)
    if not has_lines:
        return None, "gives nothing to be copied: it is by hand"
    if not source:
        return None, "does not say how it is known to be right"
    if not marks.DATED.search(source[0]):
        return None, "does not say when it was looked up"
    return "documented", None


def look(top=marks.TEMPLATES):
    """({software: {kind: how many}}, complaints)"""
    counts, faults = {}, []
    for name, text in marks.templates(top):
        software = name.split("/")[1]
        kind, fault = kind_of(text, top)
        of_maker = software not in COMMON and not marks.run_by(text)
        if not fault and of_maker and not marks.DATED.search(
                "".join(marks.SOURCE.findall(text))):
            fault = "does not say where and when it was looked up"
        if fault:
            faults.append("%s %s" % (name, fault))
        else:
            mine = counts.setdefault(software, {})
            mine[kind] = mine.get(kind, 0) + 1
    return counts, faults


def accepted():
    with open(os.path.join(marks.ROOT, "rules", "known.json"), encoding="utf-8") as text:
        return [one["name"] for one in json.load(text)["software"]]


def table(counts):
    kinds = ("run", "by hand", "documented")
    names = sorted(counts, key=lambda name: (name in COMMON, name))
    rows = [BEGIN, "| --- | --- | --- | --- |"]
    for name in names:
        told = COMMON.get(name, "`%s`" % name)
        rows.append("| %s | %s |" % (told, " | ".join(
            str(counts[name].get(kind, 0) or "") for kind in kinds)))
    rows.append("| all | %s |" % " | ".join(
        str(sum(one.get(kind, 0) for one in counts.values())) for kind in kinds))
    return "\n".join(rows).replace("|  |", "| |").replace("|  |", "| |")


def of_readme():
    text = marks.read(README)
    at = text.find(BEGIN)
    return (text, at, text.find(END, at)) if at >= 0 else (text, -1, -1)


def planted():
    """A template for each fault, and one for each kind."""
    texts = {"a/nothing": "Do it:\n    do\n", "b/undated": "{{! Source: a manual. }}\n    do\n",
             "c/hand": "{{! by-hand }}\nDo it:\n    do\n", "d/words": "Do it.\n",
             "e/gone": "{{! run: test_of_nobody }}\nDo it:\n    do\n",
             "f/both": "{{! run: test_recipes_mta }}\n{{! by-hand }}\n    do\n",
             "g/run": "{{! run: test_recipes_mta }}\nDo it:\n    do {{x}}\n\n"
                      "{{! not run: here; tests/long/test_other.py does }}\nElse:\n    do more\n",
             "g/hand": "{{! by-hand }}\n{{! Source: a manual; looked up 2026-11-28. }}\nPress.\n",
             "g/manual": "{{! Source: a manual; looked up\n2026-11-28. }}\nDo it:\n    do\n",
             "h/unsaid": "{{! by-hand }}\nPress.\n"}
    with tempfile.TemporaryDirectory() as top:
        for name, text in texts.items():
            path = os.path.join(top, "software", name + ".mustache")
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as out:
                out.write(text)
        counts, faults = look(top)
        missed = [want for want in ("a/nothing", "b/undated", "c/hand", "d/words", "e/gone",
                                    "f/both", "h/unsaid")
                  if not any(want in fault for fault in faults)]
        if counts != {"g": {"run": 1, "by hand": 1, "documented": 1}}:
            missed.append("counted %s" % counts)
        run = list(marks.not_carried("test_recipes_mta", {"do it", "do"}, top))
        if [line for line in run if "g/run" in line]:
            missed.append("what was carried out is not seen: %s" % run)
        for test, done in (("test_recipes_mta", "or"), ("test_other", "do it")):
            if not any("g/run" in line for line in marks.not_carried(test, {done}, top)):
                missed.append("what %s has not carried out is not seen" % test)
        if list(marks.not_carried("test_other", {"do more"}, top)):
            missed.append("what another test carries out is not seen")
    return missed


def tap(number, what, faults):
    print("%s %d - %s" % ("not ok" if faults else "ok", number, what))
    for fault in faults:
        print("#   " + fault)


def main():
    counts, faults = look()
    text, begin, end = of_readme()
    if sys.argv[1:] == ["--write"]:
        with open(README, "w", encoding="utf-8") as out:
            out.write(text[:begin] + table(counts) + text[end:])
        return
    strange = sorted(set(counts) - set(accepted()) - set(COMMON))
    print("1..5")
    tap(1, "each template says how it is known to be right", faults)
    tap(2, "each software that is taken has some", [
        name for name in accepted() if name not in counts])
    tap(3, "no folder is for another", strange)
    tap(4, "README counts them (templates.py --write)", [] if begin >= 0 and
        text[begin:end] == table(counts) else ["the table is another"])
    tap(5, "planted faults are found", planted())


main()
