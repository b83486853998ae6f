"""Debian's Chromium, driven by its DevTools protocol over two pipes: nothing to
install beside it, no port that anybody else could reach.

    with Browser() as browser:
        page = browser.page(width=390, dark=True)      # a fresh context: no cookies
        page.goto("http://127.0.0.1:8080/")
        page.fill("#text", "mail.example.com")         # focus, select all, type
        page.click("button.button-main", goes=True)    # a real click; waits for the next page
        page.wait("document.querySelector('.verdict')")    # until it is true
        page.text("h1"), page.value("#text"), page.evaluate("1 + 1"), page.exists(".card")
        page.press("Tab"), page.press("Enter", goes=True), page.type("anna@example.com")
        page.tabs()          # where Tab leads, one after the other, to the end
        page.faults(ours)    # what no page may do: see there
        page.axe()           # violations of axe-core, as lines; [] is good
        page.picture("answer-390-dark"), page.print("answer")   # below build/pages/
        page.close()

`page(js=False)`: scripts of pages do not run; all of the above still works but
axe. `page.reopen(js=True)` opens the same address again, in the same context.
`browser.page(context=page.context)`: a second tab that has the same cookies.
What is not there after `wait_s` is a PageFault, with the page's address and heading in it.
"""
import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.abspath(os.environ.get("BUILD", "build"))
PICTURES = os.path.join(BUILD, "pages")
CHROMIUM = "/usr/bin/chromium"
WAIT_S = 20
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--disable-default-apps", "--disable-features=Translate,MediaRouter,OptimizationHints,SpareRendererForSitePerProcess", "--mute-audio",
    "--in-process-gpu", "--disable-software-rasterizer", "--no-zygote",
    # Nothing but this machine; "evil.test" is a name that its owner lets lead here.
    "--host-resolver-rules=MAP evil.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--font-render-hinting=none", "--disable-lcd-text", "--force-color-profile=srgb", "--hide-scrollbars",
    "--lang=en", "--remote-debugging-pipe", "about:blank"]
KEYS = {"Tab": (9, ""), "Enter": (13, "\r"), "Escape": (27, ""), " ": (32, " "), "ArrowLeft": (37, ""),
        "ArrowUp": (38, ""), "ArrowRight": (39, ""), "ArrowDown": (40, ""), "Backspace": (8, "")}
SHIFT = 8
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]


class PageFault(AssertionError):
    """A page did not do what a person would have waited for."""


def told(faults):
    """The lines of a generator of faults, for tap(); a PageFault is one."""
    lines = []
    try:
        lines.extend(faults)
    except PageFault as fault:
        lines.append(str(fault))
    return "\n".join(lines)


def axe_source():
    """axe-core's text; None: it cannot be had here (npm, or its registry, is not there)."""
    place = os.path.join(BUILD, "page-npm")
    found = os.path.join(place, "node_modules", "axe-core", "axe.min.js")
    os.makedirs(place, exist_ok=True)
    with open(os.path.join(place, "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(found) and shutil.which("npm"):
            for name in "package.json", "package-lock.json":
                shutil.copy(os.path.join(HERE, name), place)
            subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"],
                           cwd=place, stdin=subprocess.DEVNULL, timeout=120, check=False)
    if not os.path.exists(found):
        return None
    with open(found, encoding="utf-8") as f:
        return f.read()


class Browser:
    """One process; every page has a context of its own unless it is told another."""

    def __init__(self, *more_flags):
        self.home = tempfile.mkdtemp(prefix="page-browser-")
        self.serial = 0
        self.left = b""
        self.pages = {}
        self.answers = {}
        self.axe = axe_source()
        ends = [*os.pipe(), *os.pipe()]
        # The shell puts the pipes where Chromium looks for them: beyond 4, none is in the way.
        to_child, self.to, self.got, from_child = [fcntl.fcntl(e, fcntl.F_DUPFD_CLOEXEC, 10) for e in ends]
        for end in ends:
            os.close(end)
        self.process = subprocess.Popen(
            ["bash", "-c", 'exec "$@" 3<&%d 4>&%d %d<&- %d>&-' % (to_child, from_child, to_child, from_child), "chromium",
             CHROMIUM, "--user-data-dir=" + self.home, *more_flags, *FLAGS],
            pass_fds=(to_child, from_child), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env=dict(os.environ, HOME=self.home), start_new_session=True)
        os.close(to_child)
        os.close(from_child)
        self.call("Browser.getVersion")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.call("Browser.close")
            self.process.wait(5)
        except (PageFault, OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        os.close(self.to)
        os.close(self.got)
        shutil.rmtree(self.home, ignore_errors=True)

    def page(self, width=1280, height=900, dark=False, js=True, context=None):
        own = context or self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", {"url": "about:blank", "browserContextId": own})["targetId"]
        session = self.call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        page = self.pages[session] = Page(self, session, target, own)
        page.begin(width, height, dark, js)
        return page

    def call(self, method, params=None, session=None, wait_s=WAIT_S):
        self.serial += 1
        serial = self.serial
        message = {"id": serial, "method": method, "params": params or {}}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.to, data):]
        until = time.monotonic() + wait_s
        while serial not in self.answers:
            self.pump(until, method)
        answer = self.answers.pop(serial)
        if "error" in answer:
            raise PageFault("%s: %s" % (method, answer["error"].get("message")))
        return answer.get("result", {})

    def pump(self, until, what):
        """Reads what has come; waits for something until then."""
        ready, _, _ = select.select([self.got], [], [], max(0, until - time.monotonic()))
        if not ready:
            raise PageFault("%s: no answer" % what)
        data = os.read(self.got, 1 << 20)
        if not data:
            raise PageFault("%s: Chromium has ended" % what)
        *whole, self.left = (self.left + data).split(b"\0")
        for one in whole:
            message = json.loads(one)
            if "id" in message:
                self.answers[message["id"]] = message
            elif message.get("sessionId") in self.pages:
                self.pages[message["sessionId"]].heard(message["method"], message["params"])


class Page:
    def __init__(self, browser, session, target, context):
        self.browser, self.session, self.target, self.context = browser, session, target, context
        self.console, self.requests, self.statuses = [], [], {}
        self.loads = 0
        self.url = "about:blank"

    def begin(self, width, height, dark, js):
        for domain in "Page", "Runtime", "Log", "Network":
            self.call(domain + ".enable")
        self.size(width, height)
        self.media(dark=dark)
        self.scripts(js)

    def call(self, method, params=None, wait_s=WAIT_S):
        return self.browser.call(method, params, self.session, wait_s)

    def heard(self, method, p):
        if method == "Page.loadEventFired":
            self.loads += 1
        elif method == "Page.frameNavigated" and "parentId" not in p["frame"]:
            self.url = p["frame"]["url"]
        elif method == "Runtime.consoleAPICalled":
            self.console.append(" ".join(str(a.get("value", a.get("description"))) for a in p["args"]))
        elif method == "Runtime.exceptionThrown":
            self.console.append(str(p["exceptionDetails"].get("exception", {}).get("description", p)))
        elif method == "Log.entryAdded":
            self.console.append("%s %s" % (p["entry"]["text"], p["entry"].get("url", "")))
        elif method == "Network.requestWillBeSent":
            self.requests.append(p["request"]["url"])
        elif method == "Network.responseReceived":
            self.statuses[p["response"]["url"]] = p["response"]["status"]

    # ---- how it is looked at ----

    def size(self, width, height=900):
        self.call("Emulation.setDeviceMetricsOverride",
                  {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def media(self, dark=False, forced=False, medium=""):
        self.call("Emulation.setEmulatedMedia", {"media": medium, "features": [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce"},
            {"name": "forced-colors", "value": "active" if forced else "none"}]})

    def scripts(self, on):
        self.js = on
        self.call("Emulation.setScriptExecutionDisabled", {"value": not on})

    def reopen(self, js):
        self.scripts(js)
        self.goto(self.url)

    # ---- going somewhere ----

    def goto(self, url):
        """The status of the answer."""
        before = self.loads
        answer = self.call("Page.navigate", {"url": url})
        if answer.get("errorText"):
            raise PageFault("%s: %s" % (url, answer["errorText"]))
        self.loaded(before, url)
        return self.status()

    def status(self):
        return self.statuses.get(self.url.partition("#")[0])

    def loaded(self, before, what, wait_s=WAIT_S):
        until = time.monotonic() + wait_s
        while self.loads == before:
            self.browser.pump(until, "%s: loading" % what)
        self.wait("document.readyState == 'complete'")

    def idle(self, seconds):
        """Lets the page go on by itself."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                self.browser.pump(until, "")
            except PageFault:
                return

    # ---- reading ----

    def evaluate(self, expression, wait_s=WAIT_S):
        answer = self.call("Runtime.evaluate", {
            "expression": expression, "returnByValue": True, "awaitPromise": True}, wait_s)
        if "exceptionDetails" in answer:
            raise PageFault("%s: %s" % (expression[:80], answer["exceptionDetails"].get(
                "exception", {}).get("description")))
        return answer["result"].get("value")

    def wait(self, expression, wait_s=WAIT_S):
        until = time.monotonic() + wait_s
        while True:
            try:
                found = self.evaluate("!!(%s)" % expression)
            except PageFault:  # between two pages
                found = False
            if found:
                return
            if time.monotonic() > until:
                raise PageFault("%s: not after %g s; %s is %r" % (expression, wait_s, self.url, self.title()))
            self.idle(0.03)

    def title(self):
        return self.evaluate("(document.querySelector('h1') || document.body || {}).innerText")

    def exists(self, selector):
        return self.evaluate("!!document.querySelector(%s)" % json.dumps(selector))

    def text(self, selector="main"):
        """As it is seen; None: there is no such element."""
        return self.evaluate("(document.querySelector(%s) || {}).innerText" % json.dumps(selector))

    def texts(self, selector):
        return self.evaluate("Array.from(document.querySelectorAll(%s), e => e.innerText)" % json.dumps(selector))

    def value(self, selector, name="value"):
        return self.evaluate("document.querySelector(%s)[%s]" % (json.dumps(selector), json.dumps(name)))

    # ---- mouse and keys ----

    def spot(self, selector):
        """The middle of what is seen of it, scrolled to; a fault where something lies over it."""
        found = self.evaluate("""(() => {
            const e = document.querySelector(%s);
            if (!e) return "is not there";
            e.scrollIntoView({block: "center", behavior: "instant"});
            const r = e.getClientRects()[0];
            if (!r || !r.width || !r.height) return "is not seen";
            const x = r.x + r.width / 2, y = r.y + r.height / 2;
            const top = document.elementFromPoint(x, y);
            return e.contains(top) || (top && top.contains(e)) ? [x, y] : "is covered";
        })()""" % json.dumps(selector))
        if isinstance(found, str):
            raise PageFault("%s %s at %s (%r)" % (selector, found, self.url, self.title()))
        return found

    def click(self, selector, goes=False, wait_s=WAIT_S):
        x, y = self.spot(selector)
        before = self.loads
        for kind in "mousePressed", "mouseReleased":
            self.call("Input.dispatchMouseEvent",
                      {"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1})
        if goes:
            self.loaded(before, selector, wait_s)

    def fill(self, selector, text):
        self.click(selector)
        self.evaluate("document.querySelector(%s).select()" % json.dumps(selector))
        self.type(text)

    def type(self, text):
        self.call("Input.insertText", {"text": text})

    def press(self, key, shift=False, goes=False, wait_s=WAIT_S):
        code, text = KEYS[key]
        before = self.loads
        event = {"key": key, "code": "Space" if key == " " else key, "windowsVirtualKeyCode": code,
                 "modifiers": SHIFT if shift else 0}
        self.call("Input.dispatchKeyEvent", dict(event, type="keyDown" if text else "rawKeyDown", text=text))
        self.call("Input.dispatchKeyEvent", dict(event, type="keyUp"))
        if goes:
            self.loaded(before, key, wait_s)

    def focus(self):
        """What has it: {"what": "a", "text": "Look", "outline": True, "seen": True, "id"}."""
        return self.evaluate("""(() => {
            const e = document.activeElement, b = document.body;
            if (!e || e === b) return null;
            const around = e.closest("label") || e;
            const r = e.getBoundingClientRect(), s = getComputedStyle(e), t = getComputedStyle(around);
            const top = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
            const has = (c) => c.outlineStyle != "none" && parseFloat(c.outlineWidth) >= 2;
            return {what: e.localName, id: e.id, name: e.getAttribute("name"),
                text: (around.innerText || e.getAttribute("aria-label") ||
                    (e.labels && e.labels[0] && e.labels[0].innerText) || "").trim(),
                outline: has(s) || has(t), seen: !!top && (e.contains(top) || top.contains(e))};
        })()""")

    def tabs(self, most=120):
        """Every stop from the beginning of the page to its end."""
        self.evaluate("document.activeElement && document.activeElement.blur(), scrollTo(0, 0)")
        stops = []
        for _ in range(most):
            self.press("Tab")
            stop = self.focus()
            if stop is None or (stops and stop == stops[0]):
                return stops
            stops.append(stop)
        raise PageFault("%s: %d stops and no end" % (self.url, most))

    def tab_to(self, text, most=120):
        """Presses Tab until what reads so has the focus."""
        for _ in range(most):
            self.press("Tab")
            stop = self.focus()
            if stop and text in stop["text"]:
                return stop
        raise PageFault("%s: Tab never comes to %r" % (self.url, text))

    # ---- judging ----

    def faults(self, ours):
        """Lines; none is good: a request to anywhere but what begins with `ours`, a word in the
        console (also of what the policy blocks), more width than there is."""
        lines = ["asked for %s" % url for url in self.requests if not url.startswith((ours, "data:"))]
        lines += ["console: %s" % line for line in self.console]
        wide = self.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        if wide[0] > wide[1]:
            lines.append("%d px wide in a window of %d: %s" % (wide[0], wide[1], self.evaluate("""
                Array.from(document.querySelectorAll("body *")).filter(e =>
                    e.getBoundingClientRect().right > innerWidth + 0.5 && !e.closest(".chain-scroll, .unseen, .sprite"))
                .slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join("; ")""")))
        return lines

    def axe(self):
        """None: axe-core is not there."""
        if not self.browser.axe:
            return None
        if not self.evaluate("!!globalThis.axe"):
            self.evaluate(self.browser.axe + "; 0")
        found = self.evaluate("""axe.run(document, {runOnly: %s, resultTypes: ["violations"]}).then(r =>
            r.violations.map(v => v.id + " (" + v.help + "): " +
                v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join("; ")))""" % json.dumps(AXE_TAGS))
        return found

    # ---- kept as files ----

    def picture(self, name):
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        data = self.call("Page.captureScreenshot", {
            "captureBeyondViewport": True,
            "clip": {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}})["data"]
        return keep(name + ".png", base64.b64decode(data))

    def print(self, name):
        data = self.call("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})["data"]
        return keep(name + ".pdf", base64.b64decode(data))

    def close(self):
        self.browser.call("Target.closeTarget", {"targetId": self.target})
        self.browser.pages.pop(self.session, None)


def keep(name, data):
    os.makedirs(PICTURES, exist_ok=True)
    path = os.path.join(PICTURES, name)
    with open(path, "wb") as f:
        f.write(data)
    return path
