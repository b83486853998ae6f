#!/usr/bin/env python3
"""The house's own rules: names that are met once, comments that lead somewhere.

Every struct, enum and file name of assistant/ stands for one thing; a path named
in a comment exists; a function in a header is used outside its own file, if only
by a test; what is known of a fix stands in its file in rules/fixes, so no file of
C names one; how long a certificate lasts stands in the calendar, so no text for a
person and no judgement says a number of days; headers do not include, and files
of C do not call, one another in a circle; what README.md says no check finds has
no rule, and each id that messages alone tell of stands there. Then the same over
planted violations. TAP.
"""
import collections
import json
import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
COMMENT = re.compile(r"/\*.*?\*/", re.S)
STRING = re.compile(r'"(?:\\.|[^"\\\n])*"')
WORD = re.compile(r"[A-Za-z_]\w*")
# A declaration of a function in a header, with its name.
DECLARED = re.compile(r"^(?:MUST_CHECK )?(?!typedef|return|static|#)[a-z][\w \*]*?"
                      r"\b(\w+)\((?:[^;{}()]|\([^()]*\))*\)\s*"
                      r"(?:[A-Z_]+(?:\([^)]*\))?\s*)?;", re.M)


def read_all(root):
    files = {}
    for folder, _, names in os.walk(root):
        for name in sorted(names):
            if name.endswith((".c", ".h")):
                path = os.path.join(folder, name)
                with open(path, encoding="utf-8") as text:
                    files[os.path.relpath(path, root)] = text.read()
    return files


def code_of(text):
    return STRING.sub('""', COMMENT.sub(" ", text))


def met_twice(files):
    """Tags, and names of files, that stand for two things."""
    tags = collections.defaultdict(set)
    names = collections.defaultdict(set)
    for path, text in files.items():
        names[os.path.basename(path)].add(path)
        for kind, tag in re.findall(r"^(?:static |const )*(struct|enum|union)"
                                    r" (\w+) \{", code_of(text), re.M):
            tags[kind, tag].add(path)
    for (kind, tag), where in sorted(tags.items()):
        if len(where) > 1:
            yield "%s %s is in %s" % (kind, tag, " and ".join(sorted(where)))
    for name, where in sorted(names.items()):
        if len(where) > 1:
            yield "%s is in %s" % (name, " and ".join(sorted(where)))


def lead_nowhere(files):
    """Paths in comments that do not exist."""
    there = set(files) | {os.path.basename(path) for path in files}
    for path, text in sorted(files.items()):
        for comment in COMMENT.findall(text):
            for named in re.findall(r"(?<![\w/.<])(?:[a-z]+/)?[a-z_0-9]+\.[ch]\b",
                                    comment):
                if named not in there:
                    yield "%s: there is no %s" % (path, named)


def used_at_home_only(files, tests):
    """Functions in headers that no other file needs."""
    users = collections.defaultdict(set)
    for path, text in list(files.items()) + list(tests.items()):
        for word in set(WORD.findall(code_of(text))):
            users[word].add(path)
    for path, text in sorted(files.items()):
        if path.endswith(".h"):
            for name in DECLARED.findall(code_of(text)):
                if len(users[name] - {path}) < 2:
                    yield "%s: %s() is used in its own file only" % (path, name)


def fix_ids(rules):
    """Those that cannot be taken for an ordinary word ("wait")."""
    return sorted(name[:-len(".json")] for name in os.listdir(rules)
                  if "-" in name)


def named_in_code(files, ids):
    """Fix ids in strings."""
    word = re.compile(r"(?<![\w-])(?:%s)(?![\w-])" % "|".join(ids))
    where = collections.defaultdict(set)
    for path, text in files.items():
        for string in STRING.findall(COMMENT.sub(" ", text)):
            for name in word.findall(string):
                where[path].add(name)
    for path, names in sorted(where.items()):
        yield "%s knows the fix %s" % (path, ", ".join(sorted(names)))


NUMBER = ("one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|"
          "forty|fifty|sixty|seventy|eighty|ninety|hundred")
TIME = re.compile(r"\b(?:\d+|%s)[ \n-](?:hours?|days?|weeks?|months?|years?)\b" % NUMBER, re.I)
COUNTED_DAYS = re.compile(r"\b\d+ ?\* ?(?:DAY_S|86400)\b")
JUDGING = ("facts/", "check/", "advise/", "prove/")
# Dates, and what programs of others say, are theirs to state.
STATED_ELSEWHERE = ("calendar.json", "known.json", "errors.json", "acme-errors.json")


def texts_of(root):
    """Templates, and the rules of findings."""
    texts = {}
    for folder, inside, names in os.walk(root):
        inside[:] = [name for name in inside if name not in ("authorities", "errors", "fixes")]
        for name in names:
            if name.endswith((".mustache", ".json")) and name not in STATED_ELSEWHERE:
                path = os.path.join(folder, name)
                with open(path, encoding="utf-8") as text:
                    texts[os.path.relpath(path, os.path.dirname(root))] = text.read()
    return texts


def lifetimes_stated(texts, files):
    for path, text in sorted(texts.items()):
        for said in TIME.findall(text):
            yield "%s says \"%s\"" % (path, " ".join(said.split()))
    for path, text in sorted(files.items()):
        if path.startswith(JUDGING):
            for said in COUNTED_DAYS.findall(code_of(text)):
                yield "%s counts %s" % (path, said)


def circles(leads_to):
    """Ways that come back to where they began, the first by name first."""
    done, told = set(), set()

    def follow(path, way):
        if path in way:
            circle = way[way.index(path):]
            first = circle.index(min(circle))
            told.add(" -> ".join(circle[first:] + circle[:first] + [circle[first]]))
        elif path not in done:
            for other in sorted(leads_to.get(path, ())):
                follow(other, way + [path])
            done.add(path)

    for path in sorted(leads_to):
        follow(path, [])
    return sorted(told)


def includes(files):
    return {path: re.findall(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"', text, re.M)
            for path, text in files.items() if path.endswith(".h")}


# A function of a .c file with its "static ", and a name that stands for one.
DEFINED = re.compile(r"^(static )?(?!typedef|return|#|else)[a-z][\w \*]*?\b(\w+)"
                     r"\((?:[^;{}()]|\([^()]*\))*\)\s*\{", re.M)
NAMED = re.compile(r"(?<![\w.>])(?<!struct )(?<!enum )(?<!union )"
                   r"([a-z]\w*)(?=\s*[(,;})])")


def calls(files):
    """Which file of C needs functions of which other."""
    code = {path: code_of(text) for path, text in files.items() if path.endswith(".c")}
    owner, own = {}, collections.defaultdict(set)
    for path, text in code.items():
        for static, name in DEFINED.findall(text):
            if static:
                own[path].add(name)
            else:
                owner[name] = path
    return {path: {owner[name] for name in set(NAMED.findall(text)) - own[path]
                   if owner.get(name, path) != path} for path, text in code.items()}


NOT_FOUND = "## What no check finds"
ID = re.compile(r"`([a-z0-9]+(?:\.[a-z0-9_]+)+)`")


def told_otherwise(page, rules, told):
    """Ids in the table of those without a rule that have one, stand there twice
    or lack a reason; ids of messages alone that do not stand there."""
    seen = []
    table = page.partition(NOT_FOUND)[2].partition("\n## ")[0]
    for row in re.findall(r"^\| (`.*) \|$", table, re.M):
        ids, _, reason = row.partition(" | ")
        for id_ in ID.findall(ids):
            if id_ in rules:
                yield "%s has a rule" % id_
            if id_ in seen:
                yield "%s stands there twice" % id_
            if not reason.strip():
                yield "%s: why is there no rule?" % id_
            seen.append(id_)
    for id_ in told:
        if id_ not in seen:
            yield "%s has no rule: why?" % id_


def findings_of_messages(folder):
    for name in ("errors.json", "acme-errors.json"):
        with open(os.path.join(folder, name), encoding="utf-8") as text:
            for finding in json.load(text)["findings"]:
                yield finding["id"]


def rule_ids(folder):
    return [name[:-len(".json")] for name in os.listdir(folder)
            if name.endswith(".json") and "." in name[:-len(".json")]]


def tap(number, what, faults):
    faults = list(faults)
    print("%s %d - %s" % ("not ok" if faults else "ok", number, what))
    for fault in faults:
        print("#   " + fault)


def planted():
    """A small house in which each rule is broken once."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in {
                "a/one.h": "/* see b/gone.c */\nstruct twice {\nint x;\n};\n"
                           "int alone(int x);\nint wanted(int x);\n",
                "a/one.c": "int alone(int x) { return wanted(x); }\n"
                           "int wanted(int x) { return x; }\n"
                           "char *fix = \"use-thing\"; /* \"not-this\" */\n",
                "b/two.h": "struct twice {\nint y;\n};\n",
                "b/one.c": "int two(void) { return wanted(2); }\n"
                           "char *hint = \"hint/use-thing or re-use-thing\";\n",
                "c/left.h": "#include \"c/right.h\"\n#include \"b/two.h\"\n",
                "c/right.h": "#include \"c/far.h\"\n",
                "c/far.h": "# include \"c/left.h\"\n#include \"c/gone.h\"\n",
                "d/table.c": "int (*const rows[])(void) = { row };\n"
                             "int help(struct other x) { return x.row; }\n",
                "d/row.c": "static int other(void) { return help(1); }\n"
                           "int row(void) { return other(); }\n",
                "d/other.c": "int other(void) { return row(); }\n",
                "b/more.c": "char *other = \"re-use-thing\";\n"}.items():
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            with open(os.path.join(root, path), "w") as out:
                out.write(text)
        files = read_all(root)
    return (list(met_twice(files)), list(lead_nowhere(files)),
            list(used_at_home_only(files, {})),
            list(named_in_code(files, ["use-thing", "not-this"])),
            list(lifetimes_stated(
                {"templates/a": "holds for ninety\ndays, some days, a day",
                 "rules/b": "a 90-day certificate, {{days}} days, 3 links"},
                {"check/a.c": "enum { LONG_S = 90 * DAY_S, DAY = DAY_S };",
                 "act/a.c": "enum { PATIENCE_S = 7 * DAY_S };"})),
            circles(includes(files)), circles(calls(files)),
            list(told_otherwise(
                "%s\n| `a.b`, `a.c` | no |\n| `a.d` |  |\n| `a.c` | no |\n## More\n"
                "| `a.e` | no |\n" % NOT_FOUND, ["a.b"], ["a.c", "a.e"])))


def main():
    files = read_all(os.path.join(ROOT, "assistant"))
    tests = {"tests/" + path: text for path, text in
             read_all(os.path.join(ROOT, "tests")).items()}
    print("1..9")
    tap(1, "a name stands for one thing", met_twice(files))
    tap(2, "comments lead to files that exist", lead_nowhere(files))
    tap(3, "what a header offers is used elsewhere",
        used_at_home_only(files, tests))
    tap(4, "what is known of a fix stands in its file",
        named_in_code(files, fix_ids(os.path.join(ROOT, "rules", "fixes"))))
    texts = texts_of(os.path.join(ROOT, "templates"))
    texts.update(texts_of(os.path.join(ROOT, "rules")))
    tap(5, "how long a certificate lasts stands in the calendar",
        lifetimes_stated(texts, files))
    tap(6, "headers include one another in no circle", circles(includes(files)))
    tap(7, "files call one another in no circle", circles(calls(files)))
    rules = os.path.join(ROOT, "rules")
    with open(os.path.join(ROOT, "assistant", "README.md"),
              encoding="utf-8") as text:
        tap(8, "what no check finds has no rule, and is told why",
            told_otherwise(text.read(), rule_ids(rules),
                           findings_of_messages(rules)))
    found = planted()
    wanted = (["struct twice is in a/one.h and b/two.h",
               "one.c is in a/one.c and b/one.c"],
              ["a/one.h: there is no b/gone.c"],
              ["a/one.h: alone() is used in its own file only"],
              ["a/one.c knows the fix use-thing",
               "b/one.c knows the fix use-thing"],
              ["rules/b says \"90-day\"",
               "templates/a says \"ninety days\"",
               "check/a.c counts 90 * DAY_S"],
              ["c/far.h -> c/left.h -> c/right.h -> c/far.h"],
              ["d/row.c -> d/table.c -> d/row.c"],
              ["a.b has a rule", "a.d: why is there no rule?",
               "a.c stands there twice", "a.e has no rule: why?"])
    tap(9, "each rule finds what was planted",
        ["%s instead of %s" % pair for pair in zip(found, wanted)
         if pair[0] != pair[1]])


if __name__ == "__main__":
    sys.exit(main())
