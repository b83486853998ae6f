#!/usr/bin/env python3
"""Every page in Debian's Chromium, narrow and wide, light and dark, with script and without,
by keyboard, printed: nothing for axe-core to say, nothing wider than its window, nothing
asked of anybody else, nothing in the console. Pictures stay in build/pages. TAP."""
import concurrent.futures
import os
import re
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, *(os.path.join(ROOT, "tests", room) for room in ("page", "live", "lab"))]
from browser import CHROMIUM, Browser, told  # noqa: E402
from lab import Lab, read_scenario  # noqa: E402
from stage import Markup, Server, rendered  # noqa: E402
from tap import counted, skip, tap  # noqa: E402
from test_serve import served  # noqa: E402

PROGRAM = os.path.abspath(os.path.join(os.environ.get("BUILD", "build"), "certmend"))
NOW = "2026-11-28T09:38:00Z"
CLIENTS = [{"id": i, "name": n} for i, n in (
    ("gmail", "Gmail"), ("outlook", "Outlook"), ("applemail", "Apple Mail"), ("iphone", "iPhone"),
    ("thunderbird", "Thunderbird"), ("device", "Web site or printer"), ("server", "I run the server"))]
STEPS = ["open", "open", "talking", "waiting", "closed"]
PORTS = ["25", "465", "587", "143", "993"]
ABOUT = ["Mail from other servers (STARTTLS)", "Mail from users (TLS)", "Mail from users (STARTTLS)",
         "Mailboxes by IMAP (STARTTLS)", "Mailboxes by IMAP (TLS)"]
LONG = "a-very-long-name-of-a-mail-server-of-the-accounting-department.customers.hosting-provider.example"
FAR = "x" * 60 + "." + "y" * 60 + ".example"


def working(**more):
    rows = [{"id": "p%d" % i, "port": PORTS[i], "about": ABOUT[i], "host": LONG if i == 2 else None,
             "is": {STEPS[i]: True}} for i in range(5)]
    return dict({"at": "/a/1", "asked": "mail.example.com", "rows": rows, "done": 3, "total": 5, "refresh_s": 2,
                 "csrf_look": "t", "in_line": False}, **more)


def row(i, grade, **more):
    return dict({"id": "t%d" % i, "target": "shop%d.example.org" % i, "label": "", "since": "", "is": {grade: True},
                 "fault": "", "port": "", "until": None, "days": 9, "days_one": False, "ended": False, "who": "",
                 "fix": "", "at": "/a/1/%d" % i, "has_more": False}, **more)


TABLE = {
    "is_wide": True, "all": 5, "all_one": False, "errors": 2, "errors_one": False, "warnings": 1, "warnings_one": True,
    "unseen": 1, "no_target": None, "fine": 1, "sum": "5 targets.", "when": "28 November 2026 at 09:38 UTC",
    "has_labels": True, "compared": True, "csrf_look": "t", "csrf_again": "t", "at": "/a/1",
    "has_any_more": False, "more": [],
    "rows": [row(0, "error", target=LONG, label="Miller & Sons", fault="The certificate has run out", port="143, 993",
                 until="25 November 2026", days=3, ended=True, who="whoever runs the server",
                 fix="Renew it, then reload the IMAP server", since="new: The certificate has run out"),
             row(1, "error", fault="The certificate is for somebody else's name", port="25, 465, 587", who="users",
                 until="27 January 2027", fix="Use server42.example.net as the server name", since="unchanged"),
             row(2, "warning", fault="Renewal is overdue", port="993", until="7 December 2026", fix="Renew it",
                 who="whoever runs the server", since="unchanged"),
             row(3, "unseen", target=FAR, fault="Nothing could be looked at"), row(4, "ok", until="19 February 2027")]}

START = {"is_start": True, "csrf_look": "t", "clients": CLIENTS, "text": "", "is": {}}
SERVED = {
    "start": ("start", START),
    "asked-back": ("start", dict(START, text="Server returned error:\nTLS Negotiation failed", dropped=True,
                                 **{"is": {"which": True}, "why": None})),
    "working": ("working", working()),
    "working-first": ("working", working(rows=[], done=0, total=None)),
    "session": ("error", {"is": {"session": True}, "why": None}),
    "about": ("about", {"is_public": True, "public_name": "look.example.net", "ehlo": "look.example.net",
                        "csrf_look": "t"}),
    "message": ("message", {"kind": "warning", "heading": "Look at " + LONG, "lines": ["Why.", "What to do."],
                            "command": "certmend check " + LONG, "next": {"at": "/", "text": "Continue"},
                            "others": [{"at": "/", "text": "Another way"}]}),
    "table": ("table", TABLE),
    "letter": ("letter", {
        "csrf_look": "t", "at": "/a/1", "asked": LONG, "text": "Subject: " + LONG + "\n\nHello,\n\n" + FAR + "\n",
        "has_several": True, "mail_link": "mailto:?subject=x", "is_whole": False,
        "to": [{"id": i, "to_is": {i: True}, "is_chosen": i == "it"} for i in ("provider", "it", "dns", "seller")]}),
    "no-letter": ("letter", {"csrf_look": "t", "at": "/a/1", "asked": LONG, "text": None}),
    "request": ("request", {
        "csrf_look": "t", "csrf_request": "t", "at": "/a/1", "typed": LONG + "\n", "key_file": LONG + ".key",
        "keep_key": False, "is_rsa": True, "why": "that file is there already", "made": None}),
    "request-made": ("request", {
        "csrf_look": "t", "csrf_request": "t", "at": "/a/1", "typed": "a.example\n", "key_file": "", "keep_key": True,
        "why": None, "made": {"names": [LONG, FAR], "key": "/srv/keys/" + LONG + ".key", "is_kept": False,
                              "file": "/srv/keys/" + LONG + ".csr", "pem": "-----BEGIN\n" + 64 * "A" + "\n-----END"}}),
    "order": ("order", {
        "csrf_look": "t", "at": "/a/1", "names": [LONG, FAR], "keeps_key": True, "has_gates": True, "is_shut": True,
        "gates": [{"open": True, "detail": "CAA allows it."}, {"open": False, "detail": "Port 80 of %s." % FAR}],
        "plan": {"names": [LONG, FAR], "ca_title": "Let's Encrypt", "staging_title": "its staging",
                 "proofs": [{"name": FAR, "challenge": "http-01"}], "key_type": "ec256", "has_costs": True,
                 "costs": ["1 of 50"], "live": "/etc/certmend/live/" + LONG, "beside": "Another one is there.",
                 "has_names_that_go": True, "names_that_go": [LONG]},
        "there": "28 January 2027", "why": None, "command": "certmend issue " + LONG,
        "command_apply": "certmend issue " + LONG + " --apply"}),
    "told": ("told", {"csrf_look": "t", "program": "Certbot", "means": "It runs twice.", "look": "Wait."}),
}
# Of these there are pictures, and axe-core judges them wide, too; the others narrow alone, as
# that takes longest of all and what differs is computed by tests/lint/pages.py.
KEPT = {"start", "working", "table", "file-table", "file-wrong-name", "answer", "letter", "again"}

# An answer of each kind, and what of it has to be in print: the verdict, and what to do.
ANSWERS = {
    "file-wrong-name": ("provider-banner-tells", ("One thing is wrong with mail.example.org",
                                                  "Use box7.example.net as the server name", "Server name")),
    "file-domain": ("domain-typed-bare-imap-bad", ("example.com", "Install the good certificate", "Port 993")),
    "file-expired": ("renewed-and-not-reloaded", ("ran out", "Reload the mail service", "systemctl reload")),
    "file-chain": ("link-missing-on-the-right-name", ("Send the complete certificate chain", "missing:")),
    "file-healthy": ("full-house", ("Nothing is wrong with mail.example.org", "Ports and times")),
    "file-untested": ("nothing-listens", ("mail.example.org", "Not determined")),
}

CERTS = {
    "good": {"cn": "a", "san": ["*.example.org"], "ends_in_days": 60},
    "wrong": {"cn": "server42.example.net", "san": ["server42.example.net", "*.example.net"]},
    "ended": {"cn": "a", "san": ["*.example.org"], "starts_in_days": -60, "ends_in_days": -3},
}
HOSTS = ["good", "wrong", "ended", "silent", "good"]


def world():
    dns = {"server42.example.net": {"A": ["127.40.1.1"]}}
    servers = []
    for i, kind in enumerate(HOSTS):
        dns["h%d.example.org" % i] = {"A": ["127.40.1.%d" % i]}
        servers.append({"addr": "127.40.1.%d" % i, "port": 465, "proto": "smtps",
                        "cert": kind if kind in CERTS else "good",
                        **({"behaviour": "silent"} if kind == "silent" else {})})
    return {"dns": dns, "certs": CERTS, "servers": servers, "now": NOW}


def certmend(lab, *words, typed=""):
    done = subprocess.run([PROGRAM, *words, "--timeout", "2", *lab.arguments()], input=typed, text=True,
                          capture_output=True, check=False, timeout=60)
    return done.stdout


def table_file():
    with Lab(world()) as lab:
        lines = "".join("h%d.example.org:465 # Customer %d\n" % (i, i) for i in range(len(HOSTS)))
        return certmend(lab, "check", "-", "--format", "html", typed=lines + "no target\n")


def answer_file(scenario):
    described = read_scenario(os.path.join(ROOT, "tests", "scenarios", scenario + ".json"))
    with Lab(described) as lab:
        return certmend(lab, "check", described["target"], *lab.asked(), "--format", "html")


def one_files():
    """What the program itself writes with --format html."""
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        table = pool.submit(table_file)
        answers = {name: pool.submit(answer_file, scenario) for name, (scenario, _) in ANSWERS.items()}
        return {"file-table": table.result(), **{name: file.result() for name, file in answers.items()}}


# ---- each page ----

def looked_at(name, page, origin):
    """What a person may see of it, in every size."""
    for width, dark in ((320, False), (390, True), (800, False), (1280, True), (1280, False)):
        page.size(width)
        page.media(dark=dark)
        yield from ("%d px%s: %s" % (width, ", dark" if dark else "", f) for f in page.faults(origin))
        page.console.clear()
        page.requests.clear()
        if (width, dark) == (390, True) or (name in KEPT and (width, dark) == (1280, False)):
            yield from ("%d px%s: %s" % (width, ", dark" if dark else "", f) for f in page.axe() or ())
            if name in KEPT:
                page.picture("%s-%d%s" % (name, width, "-dark" if dark else ""))


def by_keyboard(page):
    stops = page.tabs()
    for stop in stops:
        if not stop["outline"] or not stop["seen"]:
            yield "%s %r: %s" % (stop["what"], stop["text"], "covered" if stop["outline"] else "no outline is seen")
    if not stops or stops[0]["text"] != "To the content" and "answer" not in stops[0]["text"]:
        yield "the first stop is %s" % (stops[:1],)


def without_script(page, origin):
    page.reopen(js=False)
    if not page.text("h1"):
        yield "without script there is nothing"
    yield from ("without script: " + f for f in page.faults(origin))
    page.scripts(True)


def one(page, server, name, text):
    yield from Markup(text).faults
    if "{{" in text or "}}" in text:
        yield "a template's tag is left: %s" % re.findall(r".{0,40}(?:\{\{|\}\}).{0,40}", text)
    page.goto(server.at(name))
    yield from looked_at(name, page, server.origin)
    yield from by_keyboard(page)
    if name in KEPT:
        yield from without_script(page, server.origin)


def each(browser, pages, whole):
    ended, page = threading.Event(), browser.page()
    with Server(pages, whole, {"/a/1/events": [lambda: ended.wait(120)]}) as server:
        for name, text in pages.items():
            tap("%s: at every width, light and dark, by keyboard" % name, told(one(page, server, name, text)))
        ended.set()
    page.close()


# ---- those of the service itself ----


def answered(page):
    page.wait("!document.querySelector('[data-events]') && document.readyState == 'complete'")


def service(browser):
    """The pages of the service, one after the other as a person comes to them."""
    scenario = read_scenario(os.path.join(ROOT, "tests", "demo", "shared-hosting.json"))
    with served(scenario) as program:
        origin = "http://127.0.0.1:%d/" % program.port
        page = browser.page()

        def look(name):
            return ("%s: %s" % (name, fault) for f in (looked_at(name, page, origin), by_keyboard(page)) for fault in f)

        page.goto(program.address)
        yield from look("opened")
        page.click(".button-main", goes=True)
        page.fill("#text", "mail.example.com")
        page.click("input[value=gmail]")
        page.click("main .button-main", goes=True)
        answered(page)
        at = page.url.partition("?")[0]
        yield from look("answer")
        for name, path in (("answer-server", "?for=server"), ("letter", "/letter"), ("request", "/request"),
                           ("order", "/order")):
            if page.goto(at + path) != 200:
                yield "%s: status %s" % (name, page.status())
            yield from look(name)
        page.goto(at + "?for=gmail")
        page.click("form[action$='/again'] button", goes=True)
        answered(page)
        yield from look("again")
        page.goto(origin)
        page.fill("#text", "mail.example.com\nserver42.example.net\nnot.there.example")
        page.click("main .button-main", goes=True)
        answered(page)
        yield from look("many")
        page.close()


# ---- what a page does ----

def form(browser):
    """The start page is sent by keyboard alone: chips are one stop, arrows move in it."""
    with Server(rendered({"start": ("start", True, START)})) as server:
        page = browser.page(width=390)
        page.goto(server.at("start"))
        page.tab_to("Paste the error message")
        page.type("anna@example.com")
        page.press("Tab")
        page.press("ArrowDown")
        page.press("ArrowDown")
        chosen = page.evaluate("document.querySelector('input[name=for]:checked').value")
        page.press("Tab")
        if chosen != "applemail" or page.focus()["text"] != "Look at the server":
            yield "chosen %s, then %s" % (chosen, page.focus())
        sent = page.evaluate("new URLSearchParams(new FormData(document.querySelector('form'))).toString()")
        if sent != "csrf=t&text=anna%40example.com&for=applemail":
            yield sent
        page.close()


def live(browser):
    """A look under way: rows change as events come, and the page is the answer at the end."""
    go, seen = threading.Event(), threading.Event()
    pages = rendered({"a/1": ("working", True, working()),
                      "done": ("message", True, {"kind": "fine", "heading": "The answer", "lines": []})})
    lines = ['event: port\ndata: {"row": "p3", "step": "talking", "done": 3, "total": 5}',
             lambda: go.wait(20),
             'event: port\ndata: {"row": "p2", "step": "open", "done": 4, "total": 5}',
             lambda: seen.wait(20), lambda: pages.update({"a/1": pages["done"]}), "event: done\ndata: {}"]
    with Server(pages, events={"/a/1/events": lines}) as server:
        page = browser.page()
        page.goto(server.at("a/1"))
        page.wait("document.querySelector('#p3 .word').textContent == 'Talking'", 5)
        if page.text("#p2 .word") != "Talking" or "3 of 5" not in page.text("[role=status]"):
            yield "before: %s, %s" % (page.text("#p2 .word"), page.text("[role=status]"))
        go.set()
        page.wait("document.querySelector('#p2 .word').textContent == 'Has answered'", 5)
        if "4 of 5" not in page.text("[role=status]") or page.value("#p2 .state", "className") != "state is-fine" or \
                page.evaluate("document.querySelector('#p2 use').getAttribute('href')") != "#icon-tick":
            yield "after: %s" % page.evaluate("document.querySelector('#p2').outerHTML")
        seen.set()
        page.wait("document.querySelector('h1').innerText == 'The answer'", 5)
        yield from page.faults(server.origin)
        page.close()


def by_itself(browser):
    """Without script the working page is loaded again after two seconds; with it, it is not."""
    with Server(rendered({"a/1": ("working", True, working())}),
                events={"/a/1/events": [lambda: time.sleep(8)]}) as server:
        plain, busy = browser.page(js=False), browser.page()
        plain.goto(server.at("a/1"))
        busy.goto(server.at("a/1"))
        plain.idle(2.7)
        busy.idle(0.1)
        if plain.loads < 2 or busy.loads != 1:
            yield "loaded %d times without script, %d times with" % (plain.loads, busy.loads)
        plain.close()
        busy.close()


def buttons(browser):
    """Copy and print: shown by script alone, and they do it."""
    command = "certmend check 'a & b'"
    data = {"kind": "info", "heading": "h", "lines": [], "command": command}
    with Server(rendered({"m": ("message", True, data)})) as server:
        page = browser.page()
        browser.call("Browser.grantPermissions", {
            "browserContextId": page.context, "origin": server.origin[:-1],
            "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
        page.goto(server.at("m"))
        page.click(".value-copy")
        page.wait("document.querySelector('.value-copy').textContent == 'Copied'", 5)
        copied = page.evaluate("navigator.clipboard.readText()")
        if copied != command:
            yield "copied: %r" % copied
        page.wait("document.querySelector('.value-copy').textContent == 'Copy'", 5)
        page.reopen(js=False)
        if not page.value(".value-copy", "hidden"):
            yield "a button that does nothing is shown without script"
        page.close()


def printed(path, *words):
    text = subprocess.run(["pdftotext", "-layout", path, "-"], text=True, capture_output=True, check=True).stdout
    flat = " ".join(text.split())
    return text.count("\f"), ["not in print: %s" % w for w in words if w not in flat], flat


def paper(browser, pages):
    """In print there is the verdict and what to do, on few sheets, and nothing to be clicked."""
    wanted = {name: words for name, (_, words) in ANSWERS.items()}
    wanted["file-table"] = ("h1.example.org", "need mending", "Fails", "What is wrong with each", "Customer 1")
    with Server(pages, pages) as server:
        page = browser.page(dark=True)
        for name, words in wanted.items():
            page.goto(server.at(name))
            sheets, missing, text = printed(page.print(name), *words)
            yield from ("%s: %s" % (name, fault) for fault in missing)
            if "To the content" in text:
                yield "%s: the skip link is printed" % name
            if sheets > 5:
                yield "%s: %d sheets" % (name, sheets)
        page.close()


def main():
    if not os.path.exists(CHROMIUM):
        skip("pages in a browser", "Chromium is not installed")
        return 0
    files = one_files()
    pages = dict(rendered({name: (template, True, data) for name, (template, data) in SERVED.items()}), **files)
    with Browser() as browser:
        if not browser.axe:
            skip("axe-core judges", "npm or its registry is not there")
        each(browser, pages, files)
        for what in service, form, live, by_itself, buttons:
            tap(what.__doc__.strip(), told(what(browser)))
        tap(paper.__doc__.strip(), told(paper(browser, files)))
    print("1..%d" % counted["tests"])
    return 1 if counted["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
