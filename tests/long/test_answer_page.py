#!/usr/bin/env python3
"""The answer, as it is served and as one file, in Debian's Chromium: a wrong name for Gmail,
a domain with several servers, a certificate that ran out, the server's own administrator,
nothing wrong, nothing seen, and a server that says markup wherever it can. Most at five
widths, light and dark, by keyboard, judged by axe-core; one of them printed. TAP."""
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, *(os.path.join(ROOT, "tests", room) for room in ("page", "live", "lab"))]
from browser import CHROMIUM, Browser, told  # noqa: E402
from lab import Lab, read_scenario  # noqa: E402
from stage import Markup, Server, rendered  # noqa: E402
from tap import counted, skip, tap  # noqa: E402
from test_look_of_pages import by_keyboard, looked_at, printed  # noqa: E402

PROGRAM = os.path.abspath(os.path.join(os.environ.get("BUILD", "build"), "certmend"))
TAG = re.compile(r"<[^>]*>")
MARKUP = "\"><script>document.title='taken'</script><img src=//evil.test/x>{{csrf_again}}"
HOSTILE = {
    "target": "mail.example.org", "now": "2026-11-28T09:38:00Z",
    "dns": {"mail.example.org": {"A": ["127.41.1.1"], "TXT": [MARKUP, "\u202e" + "x" * 200]},
            "_mta-sts.mail.example.org": {"TXT": ["v=STSv1; id=" + MARKUP]}},
    "certs": {"bad": {"cn": "a<b>c", "san": ["x<script>.example.net"] + ["n%d.example.net" % i for i in range(90)]}},
    "servers": [{"addr": "127.41.1.1", "port": 465, "proto": "smtps", "cert": "bad", "banner": "x " + MARKUP},
                {"addr": "127.41.1.1", "port": 587, "proto": "smtp", "cert": "bad", "banner": "\u202e" + MARKUP},
                {"addr": "127.41.1.1", "port": 993, "behaviour": "say", "text": "* OK " + MARKUP + "\r\n",
                 "proto": "imap", "cert": "bad"}]}

# name, scenario, chip, what is on it, what is not
ROWS = [
    ("gmail", "another-name-for-sending-alone", "gmail",
     ["One thing is wrong with smtp.example.org", "You asked for", "not the same", "In Gmail", "SMTP Server", "465",
      "Tried from here", "I have done it: check again", "May fail", "Letter to the provider", "Closed", "Downloads"],
     ["In Thunderbird:", "certmend ticket"]),
    ("phone", "another-name-for-sending-alone", "iphone", ["On an iPhone or iPad", "Host Name"], ["SMTP Server"]),
    ("domain", "domain-provider-settings-expired", "thunderbird",
     ["1 of 3 servers of example.com has a fault", "How it was found", "The servers of example.com"], []),
    ("date-user", "renewed-and-not-reloaded", "outlook",
     ["ran out", "Today", "Good until", "too late", "Ask whoever runs the server", "Letter to the provider"],
     ["What an order would do"]),
    ("date-owner", "renewed-and-not-reloaded", "server",
     ["Reload the mail service", "Who: you", "I have done it: check again"], []),
    ("owner", "link-missing-and-expired", "server",
     ["2 things are wrong with mail.example.org", "Get a certificate for the names in use", "Open", "certmend issue",
      "Make a certificate request", "one is missing", "missing:"], []),
    ("healthy", "both-families-right", None,
     ["Nothing is wrong with mail.example.org", "the names match", "If your program still complains",
      "What this rests on", "Works"], ["Best fix"]),
    ("untested", "nothing-listens", None,
     ["Could not look at mail.example.org", "Not determined", "Look again", "Closed"], ["of 100", "Will fail"]),
    ("hostile", HOSTILE, "gmail", ["x<script>.example.net", "and 87 more"], []),
]
WHOLE = {"gmail", "domain", "owner", "untested", "hostile", "owner-file"}  # at every width, by keyboard, by axe
KEPT = {"gmail", "domain", "date-user", "owner", "healthy", "untested"}


def survey_of(scenario, folder):
    path = os.path.join(folder, "survey-%d.json" % len(os.listdir(folder)))
    if isinstance(scenario, str):
        scenario = read_scenario(os.path.join(ROOT, "tests", "scenarios", scenario + ".json"))
    with Lab(scenario) as lab:
        subprocess.run([PROGRAM, "check", scenario["target"], "--save", path, "--timeout", "2", *lab.asked(),
                        *lab.arguments()], stdout=subprocess.DEVNULL, check=False, timeout=120)
    return path


def surveys(folder):
    made = {}
    for name, scenario, *_ in ROWS:
        key = str(scenario)
        if key not in made:
            made[key] = survey_of(scenario, folder)
        yield name, made[key]


def pages_of(folder):
    """{name: HTML}: each as it is served, and "name-file" as it is mailed."""
    asked, files = {}, {}
    paths = dict(surveys(folder))
    for name, _, client, *_ in ROWS:
        asked[name] = ("answer", True, {"survey": paths[name], "client": client, "at": "/a/1", "csrf_again": "t",
                                        "csrf_look": "t"})
    asked["print"] = ("answer", True, dict(asked["gmail"][2], is_print=True))
    for name in "gmail", "owner", "hostile":
        files[name + "-file"] = subprocess.run(
            [PROGRAM, "judge", paths[name], "--format", "html"], text=True, capture_output=True, check=False).stdout
    return rendered(asked), files


def words_of(page, name, wanted, unwanted):
    """Of the whole page, folded parts too."""
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; }); 0")
    seen = " ".join(page.text("main").split())
    yield from ("not said: " + words for words in wanted if words not in seen)
    yield from ("said: " + words for words in unwanted if words in seen)
    if name == "hostile" and (page.title() == "taken" or page.exists("main img, main script, main b")):
        yield "a stranger's markup is markup"


def opened(browser, server, name, row):
    page = browser.page()
    page.goto(server.at(name))
    if name in WHOLE:
        yield from looked_at(name, page, server.origin)
        yield from by_keyboard(page)
    if name in KEPT:
        for width, dark in ((390, True), (1280, False)):
            page.size(width)
            page.media(dark=dark)
            page.picture("answer-%s-%d%s" % (name, width, "-dark" if dark else ""))
    yield from words_of(page, name, *row[3:])
    if name in WHOLE:
        yield from ("opened: " + f for f in (page.axe() or ()))
    page.size(320)
    yield from ("opened, 320 px: " + f for f in page.faults(server.origin))
    page.close()


def one(browser, server, name, text, row):
    yield from Markup(text).faults
    if "{{#" in text or "{{/" in text or "\u202e" in text:
        yield "a template's tag or a turned direction is left"
    yield from opened(browser, server, name, row)


def fold(browser, server):
    """At 1280 x 900 the fix's title and the chips are seen at once, and on a phone it begins on the first screen
    or the next."""
    page = browser.page()
    page.goto(server.at("gmail"))
    for width, selector, most in ((1280, "#fix", 900), (1280, ".chips", 900), (390, "#fix", 900)):
        page.size(width)
        top = page.evaluate("document.querySelector(%r).getBoundingClientRect().bottom" % selector)
        if top > most:
            yield "%d px: %s ends at %d" % (width, selector, top)
    page.close()


def copied(browser, server):
    """A value is copied as it is, without the places where it may be broken."""
    page = browser.page()
    browser.call("Browser.grantPermissions", {
        "browserContextId": page.context, "origin": server.origin[:-1],
        "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
    page.goto(server.at("gmail"))
    page.click("dl.values .value-copy")
    page.wait("document.querySelector('dl.values .value-copy').textContent.startsWith('Copied')", 5)
    text = page.evaluate("navigator.clipboard.readText()")
    if text != "mx1.example.net":
        yield "copied: %r" % text
    page.reopen(js=False)
    if not page.text("h1") or not page.value("dl.values .value-copy", "hidden"):
        yield "without script: %r" % page.text("h1")
    page.close()


def on_paper(browser, server):
    """Printed: what is folded is open, buttons and forms are gone."""
    page = browser.page(dark=True)
    page.goto(server.at("print"))
    path = page.print("answer-gmail")
    _, missing, text = printed(path, "One thing is wrong with smtp.example.org", "In Gmail", "mx1.example.net",
                               "The chain of signatures", "Written in", "What the DNS says")
    yield from missing
    for words in "Copy", "check again", "Letter to the provider", "Downloads":
        if words in text:
            yield "printed: " + words
    page.close()


def main():
    if not os.path.exists(CHROMIUM):
        skip("answers in a browser", "Chromium is not installed")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        pages, files = pages_of(folder)
    rows = {row[0]: row for row in ROWS}
    rows.update({name: (name, None, None, ["Then look again"], ["Copy", "Downloads"]) for name in files})
    with Browser() as browser, Server(dict(pages, **files), files) as server:
        for name, text in dict(pages, **files).items():
            if name in rows:
                how = "at every width, light and dark, by keyboard" if name in WHOLE else "what it says"
                tap("%s: %s" % (name, how), told(one(browser, server, name, text, rows[name])))
        for what in fold, copied, on_paper:
            tap(what.__doc__.split(":")[0].split(",")[0].strip(), told(what(browser, server)))
    print("1..%d" % counted["tests"])
    return 1 if counted["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
