#!/usr/bin/env python3
"""A person's five tasks in Chromium, from the box to "mended": Gmail with a shared server,
a domain typed, one port that shows an old certificate, one's own server, all is well. The
server is changed in between. Once by keyboard alone; without script they are part of
tests/long. TAP.
"""
import contextlib
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, "tests", "live"), os.path.join(ROOT, "tests", "lab")]
from browser import CHROMIUM, Browser, told  # noqa: E402
from lab import Lab, read_scenario  # noqa: E402
from services import tls_for  # noqa: E402
from tap import counted, skip, tap  # noqa: E402
from test_serve import Served  # noqa: E402

SHARED = read_scenario(os.path.join(ROOT, "tests", "demo", "shared-hosting.json"))
GMAIL = """TLS Negotiation failed, the certificate doesn't match the host., code: 0
Server returned error: "TLS Negotiation failed, the certificate doesn't match the host., code: 0"
mail.example.com:465"""
LOOKED_S = 30
PORTS = {25: "smtp", 465: "smtps", 587: "smtp", 143: "imap", 993: "imaps"}


def machine(address, certs):
    """Servers of one machine: {port: certificate}."""
    return [{"addr": address, "port": port, "proto": PORTS[port], "cert": cert} for port, cert in certs.items()]


def all_ports(cert):
    return dict.fromkeys(PORTS, cert)


DOMAIN = {
    "target": "example.org",
    "dns": {"example.org": {"MX": ["10 mx1.example.org", "20 mx2.example.org"]},
            "mx1.example.org": {"A": ["127.10.1.1"]}, "mx2.example.org": {"A": ["127.10.1.2"]},
            "_imaps._tcp.example.org": {"SRV": ["0 1 993 imap.example.org"]},
            "imap.example.org": {"A": ["127.10.1.3"]}},
    "certs": {"mx1": {"san": ["mx1.example.org"]}, "mx2": {"san": ["mx2.example.org"]},
              "imap": {"san": ["imap.example.org"]}, "other": {"san": ["www.example.org"]}},
    "servers": machine("127.10.1.1", {25: "mx1"}) + machine("127.10.1.2", {25: "mx2"}) +
    machine("127.10.1.3", {993: "other", 143: "other"}),
}
ONE_PORT = {
    "target": "mail.example.org",
    "dns": {"mail.example.org": {"A": ["127.10.2.1"]}},
    "certs": {"ended": {"san": ["mail.example.org"], "starts_in_days": -90, "ends_in_days": -3},
              "fresh": {"san": ["mail.example.org"], "starts_in_days": -20, "ends_in_days": 70}},
    "servers": machine("127.10.2.1", {25: "fresh", 465: "fresh", 587: "fresh", 143: "fresh", 993: "ended"}),
}
OWN = {
    "target": "mail.example.org",
    "dns": {"mail.example.org": {"A": ["127.10.3.1"]}},
    "certs": {"short": {"san": ["mail.example.org"], "chain": "leaf"},
              "whole": {"san": ["mail.example.org"], "chain": "full"}},
    "servers": machine("127.10.3.1", all_ports("short")),
}
HEALTHY = {
    "target": "mail.example.org",
    "dns": {"mail.example.org": {"A": ["127.10.4.1"]}},
    "certs": {"good": {"san": ["mail.example.org"]}},
    "servers": machine("127.10.4.1", all_ports("good")),
}


class Visit:
    """One person at `certmend serve`, at one lab."""

    def __init__(self, browser, lab, served, js, width):
        self.lab, self.served = lab, served
        self.page = browser.page(js=js, width=width)
        self.picture = "task-%s" + ("" if js else "-without-script")
        self.origin = "http://127.0.0.1:%d/" % served.port

    def enter(self):
        """By the address that the terminal shows, to the box."""
        self.page.goto(self.served.address)
        self.page.click("main a.button", goes=True)

    def ask(self, text, program=None):
        self.page.fill("#text", text)
        if program:
            self.page.click("input[name=for][value=%s]" % program)
        self.page.click("button.button-main", goes=True)
        self.answered()

    def shown(self, what):
        """And loaded to its end: what is clicked next leads on from there."""
        self.page.wait("performance.timing.loadEventEnd > 0 && " + what, LOOKED_S)

    def answered(self):
        self.shown("document.querySelector('.more')")

    def again(self):
        """"I have done it: check again"."""
        self.page.evaluate("document.body.id = 'before'")
        self.page.click("form[action$='/again'] button", goes=True)
        self.told_again()

    def told_again(self):
        """Another page than the one that was marked says what has changed."""
        self.shown("document.querySelector('body:not(#before) .news') && document.querySelector('.more')")

    def change(self, address, certs):
        """Somebody is at work on that server: {port: certificate}."""
        for (at, port), service in self.lab.services.items():
            if at == address and port in certs:
                service.spec = dict(service.spec, cert=certs[port])
                service.context = tls_for(service.spec, self.lab.leaves)

    def shows(self, *words, within="main"):
        """A line for each that a reader does not see there."""
        seen = " ".join((self.page.text(within) or "").split())
        return ["%r is not said in %s: %s" % (word, within, seen[:600]) for word in words if word not in seen]

    def looks_well(self, name):
        """What no page may do, and what axe finds; a picture is kept."""
        self.page.picture(self.picture % name)
        yield from self.page.faults(self.origin)
        if self.page.js:
            yield from self.page.axe() or []


@contextlib.contextmanager
def visit(browser, scenario, js=True, width=1280):
    with Lab(scenario) as lab:
        served = Served([*lab.arguments(), "--no-browser"])
        one = Visit(browser, lab, served, js, width)
        try:
            yield one
        finally:
            one.page.close()
            served.stop()


def shared_hosting(browser, js):
    """Gmail, shared hosting: another name is typed, and that one works."""
    with visit(browser, SHARED, js) as v:
        v.enter()
        v.ask(GMAIL)
        yield from v.shows("mail.example.com", within="h1")
        yield from v.shows("mail.example.com", "*.example.net", within=".tags")
        yield from v.shows("server42.example.net", "In Gmail", "465", within=".card-best")
        yield from v.shows("Gmail", within=".chip[aria-current=true]")
        yield from v.shows("Will fail", "less", within=".score")
        yield from v.looks_well("gmail")
        v.page.click(".chip[href$='for=thunderbird']", goes=True)
        yield from v.shows("In Thunderbird", within=".card-best")
        v.page.click(".chip[href$='for=gmail']", goes=True)
        v.again()
        yield from v.shows("Mended: server42.example.net", within="h1, .news h2")
        yield from v.shows("mail.example.com", within=".news")
        yield from v.looks_well("gmail-mended")


def domain_typed(browser, js):
    """A mail address: every server of the domain, the faulty one first, until all fit."""
    with visit(browser, DOMAIN, js) as v:
        v.enter()
        v.ask("anna@example.org", "outlook")
        yield from v.shows("example.org", within="h1")
        yield from v.shows("mx1.example.org", "mx2.example.org", "imap.example.org")
        yield from v.shows("imap.example.org", "www.example.org", within=".tags")
        yield from v.looks_well("domain")
        v.change("127.10.1.3", {143: "imap"})
        v.again()
        yield from v.shows("Better", within=".news")
        v.change("127.10.1.3", {993: "imap"})
        v.again()
        yield from v.shows("Mended", within="h1, .news h2")
        yield from v.looks_well("domain-mended")


def one_port(browser, js):
    """One port shows what has ended: whoever runs the server reloads it."""
    with visit(browser, ONE_PORT, js) as v:
        v.enter()
        v.ask("mail.example.org", "server")
        yield from v.shows("993", within=".verdict")
        yield from v.shows("Today", "Good until", within=".tags")
        yield from v.looks_well("one-port")
        v.again()
        yield from v.shows("Still the same", within=".news")
        v.change("127.10.2.1", {993: "fresh"})
        v.again()
        yield from v.shows("Mended", within="h1, .news h2")
        yield from v.looks_well("one-port-mended")


def letter(browser, js):
    """The same for somebody who only has a mail program: the letter is the way."""
    with visit(browser, ONE_PORT, js) as v:
        v.enter()
        v.ask("mail.example.org", "applemail")
        v.page.click("a[href*='/letter']", goes=True)
        yield from v.shows("993", "mail.example.org", within=".text-block")
        if not (v.page.value("a[href^='mailto:']", "href") or "").startswith("mailto:?subject="):
            yield "the mail link: %s" % v.page.value("a[href^='mailto:']", "href")
        yield from v.looks_well("letter")


def own_server(browser, js):
    """One's own server sends no chain: commands to type, then it does."""
    with visit(browser, OWN, js) as v:
        v.enter()
        v.ask("mail.example.org", "server")
        yield from v.shows("I run the server", within=".chip[aria-current=true]")
        yield from v.shows("missing", within=".more")
        if not v.page.exists(".card-best pre"):
            yield "no command to copy in the best fix"
        yield from v.looks_well("own-server")
        v.change("127.10.3.1", all_ports("whole"))
        v.again()
        yield from v.shows("Mended", within="h1, .news h2")
        yield from v.looks_well("own-server-mended")


def healthy(browser, js):
    """Nothing is wrong: it says so, on what that rests, and what to do if a program still complains."""
    with visit(browser, HEALTHY, js) as v:
        v.enter()
        v.ask("mail.example.org")
        yield from v.shows("Nothing is wrong with mail.example.org", within="h1")
        yield from v.shows("If your program still complains", "What this rests on")
        if v.page.exists(".card-best"):
            yield "a fix is offered"
        yield from v.looks_well("healthy")


def keyboard(browser):
    """The first task by keyboard alone, on a narrow screen: every stop is seen, in the order of reading."""
    with visit(browser, SHARED, width=390) as v:
        page = v.page
        page.goto(v.served.address)
        page.tab_to("Continue")
        page.press("Enter", goes=True)
        page.tab_to("Paste the error message")
        page.type("mail.example.com")
        page.tab_to("Gmail")
        for key in "ArrowRight", "ArrowLeft", " ":
            page.press(key)
        page.tab_to("Look at the server")
        page.press("Enter", goes=True)
        v.answered()
        for stop in page.tabs():
            if not stop["outline"] or not stop["seen"]:
                yield "unseen: %s" % stop
        yield from v.shows("Gmail", within=".chip[aria-current=true]")
        page.evaluate("document.activeElement.blur()")
        page.tab_to("check again")
        page.press("Enter", goes=True)
        v.told_again()
        yield from v.shows("Mended: server42.example.net", within="h1, .news h2")
        yield from v.looks_well("keyboard-390")


TASKS = shared_hosting, domain_typed, one_port, letter, own_server, healthy


def main(js=True):
    if not os.path.exists(CHROMIUM):
        skip("a person's five tasks", "Chromium is not installed")
        return 0
    with Browser() as browser:
        for task in TASKS:
            tap(task.__doc__.strip(), told(task(browser, js)))
        if js:
            tap(keyboard.__doc__.strip(), told(keyboard(browser)))
    print("1..%d" % counted["tests"])
    return 1 if counted["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
