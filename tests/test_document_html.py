"""The HTML page: valid, whole in one file, readable by everybody, and laid out by a browser."""

import html
import json
import re
import shutil
import subprocess
from collections import Counter
from functools import cache
from itertools import pairwise, product
from xml.etree import ElementTree

import html5lib
import pytest

from symconv import ConvSpec, derive

SPECS = {
    "3x5 stride 2": ConvSpec(kernel_shape=(3, 5), stride=2),
    "one axis": ConvSpec(kernel_shape=(4,), stride=3, dilation=2, padding=((1, 2),)),
    "three axes": ConvSpec(kernel_shape=(2, 3, 2), stride=2, padding=1),
    "transposed": ConvSpec(kernel_shape=(3, 2), stride=(2, 3), padding=1, transposed=True),
    "copied": ConvSpec(kernel_shape=(3, 3), stride=2, padding=1, padding_mode="circular"),
    "11x11, abridged": ConvSpec(kernel_shape=(11, 11), stride=4, padding=2),
}
WIDTHS = (390, 1200)  # of a phone and of a desk, in pixels
LEAST_CONTRAST = 4.5  # of normal text, WCAG 2 level AA
HTML, MATHML, SVG = (
    "{http://www.w3.org/1999/xhtml}",
    "{http://www.w3.org/1998/Math/MathML}",
    "{http://www.w3.org/2000/svg}",
)
MATHML_CORE = {
    "annotation",
    "annotation-xml",
    "maction",
    "math",
    "merror",
    "mfrac",
    "mi",
    "mmultiscripts",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mphantom",
    "mprescripts",
    "mroot",
    "mrow",
    "ms",
    "mspace",
    "msqrt",
    "mstyle",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "munder",
    "munderover",
    "semantics",
}
_RULE = re.compile(r"(?P<dark>prefers-color-scheme: dark\) \{\s*)?:root \{(?P<variables>[^}]*)\}")
_VARIABLE = re.compile(r"--(?P<name>[\w-]+): #(?P<colour>[0-9a-fA-F]{6})\b")

pages = pytest.mark.parametrize("name", SPECS)
needs_chromium = pytest.mark.skipif(not shutil.which("chromium"), reason="chromium is missing")


@cache
def page(name):
    return derive(SPECS[name]).to_html(level="classroom")


@cache
def parsed(name):
    """Return (the page as a tree, what is wrong with its syntax)."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"))
    return parser.parse(page(name)), [code for _, code, _ in parser.errors]


def elements(name, *tags):
    return [element for element in parsed(name)[0].iter() if element.tag in tags]


@pages
def test_syntax_is_valid(name):
    assert parsed(name)[1] == []


def test_a_syntax_error_is_noticed():
    parser = html5lib.HTMLParser()
    parser.parse("<!DOCTYPE html><title>x</title><p><math><mi>a</math>")
    assert parser.errors


@pages
def test_one_file_holds_everything(name):
    root, _ = parsed(name)
    names = Counter(element.tag.removeprefix(HTML) for element in root.iter() if element.tag)
    assert not {"script", "link", "iframe", "object", "embed"} & set(names)
    for element in root.iter():
        for attribute, content in element.attrib.items():
            local = attribute.rpartition("}")[2]
            assert local not in ("src", "srcset") or content.startswith("data:")
            assert local != "href" or content.startswith("#")
    styles = " ".join(element.text for element in elements(name, f"{HTML}style", f"{SVG}style"))
    assert "@import" not in styles
    assert not re.search(r"url\((?!['\"]?#)", page(name))


@pages
def test_every_link_has_its_target_and_every_target_is_unique(name):
    ids = Counter(e.attrib["id"] for e in parsed(name)[0].iter() if "id" in e.attrib)
    assert [anchor for anchor, count in ids.items() if count > 1] == []
    links = [element.attrib["href"] for element in elements(name, f"{HTML}a")]
    assert len(links) > 15
    assert [link for link in links if link.removeprefix("#") not in ids] == []


@pages
def test_structure_is_accessible(name):
    root, _ = parsed(name)
    assert root.attrib["lang"] == "en"
    levels = [int(h.tag[-1]) for h in elements(name, *(f"{HTML}h{level}" for level in range(1, 7)))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(cell.attrib.get("scope") for cell in elements(name, f"{HTML}th"))
    for figure in elements(name, f"{HTML}figure"):
        drawing = figure.find(f"{SVG}svg")
        assert drawing.attrib["role"] == "img"
        named = drawing.attrib.get("aria-label") or drawing.find(f"{SVG}title").text
        assert named.strip()


@pages
def test_mathml_is_well_formed(name):
    formulas = re.findall(r"<math.*?</math>", page(name), re.DOTALL)
    assert len(formulas) > 90
    for formula in formulas:
        for element in ElementTree.fromstring(formula).iter():
            assert element.tag in MATHML_CORE
    assert all(e.tag.startswith(MATHML) for math in elements(name, f"{MATHML}math") for e in math)


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    """Return the contrast of two colours by WCAG 2, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_wcag():
    assert contrast("000000", "ffffff") == pytest.approx(21)
    assert contrast("777777", "ffffff") == pytest.approx(4.48, abs=0.005)


def test_text_is_legible_in_light_and_dark():
    (style,) = elements("3x5 stride 2", f"{HTML}style")
    themes = {
        bool(rule["dark"]): {v["name"]: v["colour"] for v in _VARIABLE.finditer(rule["variables"])}
        for rule in _RULE.finditer(style.text)
    }
    assert set(themes) == {False, True}
    for theme in themes.values():
        for ink, paper in product(("text", "soft", "link"), ("page", "shade")):
            assert contrast(theme[ink], theme[paper]) >= LEAST_CONTRAST, (ink, paper)


MEASURE = """
addEventListener("load", () => {
  const found = [...document.querySelectorAll("iframe")].map((frame) => {
    const page = frame.contentDocument, width = frame.clientWidth;
    page.querySelectorAll("details").forEach((details) => { details.open = true; });
    const boxes = [...page.querySelectorAll("math")].map((math) => math.getBoundingClientRect());
    return {
      width,
      formulas: boxes.length,
      empty: boxes.filter((box) => !(box.width > 0 && box.height > 0)).length,
      scroll: page.documentElement.scrollWidth,
    };
  });
  document.getElementById("found").textContent = JSON.stringify(found);
});
"""


def laid_out(text, folder):
    """Return (what a browser measures at each width, what it says on its console)."""
    frames = "".join(
        f'<iframe srcdoc="{html.escape(text)}" style="width:{width}px;height:900px;border:0">'
        "</iframe>"
        for width in WIDTHS
    )
    host = folder / "host.html"
    script = f'<pre id="found"></pre><script>{MEASURE}</script>'
    host.write_text(f'<!DOCTYPE html><meta charset="utf-8">{script}{frames}', encoding="utf-8")
    options = (
        "--headless --no-sandbox --disable-gpu --enable-logging=stderr --window-size=1600,1000"
    )
    command = ["chromium", *options.split(), f"--user-data-dir={folder / 'profile'}"]
    command += ["--virtual-time-budget=5000", "--dump-dom", host.as_uri()]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=True, encoding="utf-8"
    )
    found = re.search(r'<pre id="found">(.*?)</pre>', done.stdout)[1]
    said = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return json.loads(found), said


@needs_chromium
@pages
def test_a_browser_shows_every_formula_and_scrolls_no_page_sideways(name, tmp_path):
    measured, said = laid_out(page(name), tmp_path)
    assert said == []
    assert [frame["width"] for frame in measured] == list(WIDTHS)
    for frame in measured:
        assert frame["formulas"] > 90
        assert frame["empty"] == 0
        assert frame["scroll"] <= frame["width"]


@needs_chromium
def test_the_browser_notices_faults(tmp_path):
    wrong = page("one axis").replace("<main>", '<main><math></math><p style="width: 800px">x</p>')
    measured, said = laid_out(wrong + "<script>missing()</script>", tmp_path)
    assert said
    assert [frame["empty"] for frame in measured] == [1, 1]
    assert measured[0]["scroll"] > measured[0]["width"]
