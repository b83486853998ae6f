#!/usr/bin/env python3
"""What browsers and readers hold against a page, found in templates/page/: markup that our own
policy blocks, a value that goes round the escaping or stands in an attribute without quotes, an
address that a stranger could choose, and colours too near each other (WCAG 2.2, 1.4.3 and
1.4.11; the numbers are those of the palette when it was made). TAP."""
import glob
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGES = os.path.join(ROOT, "templates", "page")
TEXT, BORDER = 6.6, 4.3  # to one: what is read, and what shows where a control is

# ---- templates ----

# A key that is "at", or ends so, is a path of ours; "mail_link" is built by serve/page_letter.c.
RULES = (
    (r"\{\{\{|\{\{&", "goes round the escaping"),
    (r"<[^>]*\sstyle\s*=", "a style attribute: browsers refuse it here"),
    (r"<[^>]*\son\w+\s*=", "an event attribute: browsers refuse it here"),
    (r"<script(?![^>]*\ssrc=\"/page\.js\")|javascript:", "script of its own"),
    (r"\s[\w-]+=\{\{", "a value in an attribute without quotes"),
    (r"\b(?:href|src|action)=\"\{\{(?!(?:\w+[_.])?at\}\}|mail_link\}\})", "an address that is not ours"),
    (r"\b(?:href|src|action)=\"(?!/|#|\{\{|\")", "an address elsewhere"),
    (r"<(?:style|script)[^>]*>[^<]*\{\{(?!> page\.css)", "a value in a style sheet or script"),
)


def without_comments(text):
    """What is left keeps its lines."""
    return re.sub(r"\{\{!.*?\}\}", lambda m: "\n" * m.group().count("\n"), text, flags=re.S)


def template_faults(name, text):
    text = without_comments(text)
    for pattern, what in RULES:
        for found in re.finditer(pattern, text):
            yield "%s:%d: %s: %s" % (name, text.count("\n", 0, found.start()) + 1, what, found.group()[:60])
    # A "}}" within a comment ends it: what follows would be shown.
    if text.count("{{") != text.count("}}"):
        yield "%s: %d times {{ and %d times }}" % (name, text.count("{{"), text.count("}}"))
    for tag in re.findall(r"<svg[^>]*>", text):
        if "aria-hidden" not in tag and "aria-label" not in tag and "role=\"img\"" not in tag:
            yield "%s: a picture without a word: %s" % (name, tag)


# ---- colours ----

# What is written in which colour on which ground.
GROUNDS = ("ground", "card")
STATES = ("fault", "warning", "fine", "info", "unknown")
PAIRS = ([(t, g, TEXT) for t in ("text", "quiet", "action", *STATES) for g in GROUNDS] +
         [(t, s + "-ground", TEXT) for s in STATES for t in ("text", s)] +
         [("on-action", "action", TEXT)] + [("border", g, BORDER) for g in GROUNDS])


def brightness(colour):
    """WCAG's relative luminance."""
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one, other):
    high, low = sorted((brightness(one), brightness(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def palettes(css):
    """{"light": {name: colour}, "dark": ...}: dark is light with what the second block changes."""
    blocks = re.findall(r":root\s*\{(.*?)\}", css, re.S)
    read = [dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})\b", block)) for block in blocks[:2]]
    return {"light": read[0], "dark": {**read[0], **read[1]}}


def colour_faults(css):
    for mode, colours in palettes(css).items():
        for front, back, least in PAIRS:
            if front not in colours or back not in colours:
                yield "%s: no --%s or no --%s" % (mode, front, back)
                continue
            got = contrast(colours[front], colours[back])
            if got < least:
                yield "%s: %s on %s is %.2f to 1, and %g is wanted" % (mode, front, back, got, least)
    for line in re.findall(r"^.*#[0-9a-fA-F]{3,8}\b.*$", re.sub(r"@media print \{.*", "", css, flags=re.S), re.M):
        if "--" not in line:
            yield "a colour that is in no palette: %s" % line.strip()


# ---- and that all of it is found ----

PLANTED = (
    ("<p>{{{x}}}</p>", "escaping"), ("<p>{{& x}}</p>", "escaping"), ("<p style=\"x\">", "style"),
    ("<p onclick=\"x\">", "event"), ("<script>x</script>", "script"), ("<a href=\"javascript:x\">", "script"),
    ("<p id={{x}}>", "quotes"), ("<a href=\"{{target}}\">", "not ours"), ("<img src=\"https://x\">", "elsewhere"),
    ("<style>{{x}}</style>", "style sheet"), ("{{! {\"is\": {X: true}} }}", "times"), ("<svg class=\"icon\">", "picture"),
)


def planted_faults(css):
    for text, wanted in PLANTED:
        if not any(wanted in fault for fault in template_faults("planted", text)):
            yield "not found: %s" % text
    for name, colour in ("quiet", "#767676"), ("fault", "#ff0000"), ("border", "#aaaaaa"):
        worse = re.sub(r"(--%s:) #[0-9a-f]{6}" % name, r"\1 " + colour, css, count=1)
        if not any(name in fault for fault in colour_faults(worse)):
            yield "not found: --%s: %s" % (name, colour)
    if not list(colour_faults(css + ".x { color: #123456; }" if "@media print" not in css else
                              css.replace("@media print", ".x { color: #123456; }\n@media print"))):
        yield "not found: a colour in no palette"


def main():
    with open(os.path.join(PAGES, "page.css"), encoding="utf-8") as f:
        css = f.read()
    templates = []
    for path in sorted(glob.glob(os.path.join(PAGES, "*.mustache"))):
        with open(path, encoding="utf-8") as f:
            templates += template_faults(os.path.basename(path), f.read())
    cases = (("templates hold nothing that a browser refuses or a stranger could use", templates),
             ("what is written can be read on its ground, light and dark", colour_faults(css)),
             ("each rule finds what was planted", planted_faults(css)))
    bad = 0
    for number, (what, faults) in enumerate(cases, 1):
        lines = list(faults)
        bad += bool(lines)
        print("%s %d - %s" % ("not ok" if lines else "ok", number, what))
        for line in lines:
            print("#   " + line)
    print("1..%d" % len(cases))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
