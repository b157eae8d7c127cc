"""The pages of docs/ and beside it: the files and headings that they name are there, and what they quote runs."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("container/*.md"), *ROOT.glob("findings/*.md")])
# Named in the pages, but made at some time, or another program's.
MADE = {
    "nn.py",
    ".timestamp.refused.json",
    ".ground-up.json",
    "figure.png",
    "answers.json",
    "held_out.json",
    "handed_out.json",
    "attempt.json",
    "progress.json",
    ".ground-up-progress.json",
    "what-i-built.html",
    ".counts.json",
    "timestamp.txt",
}
TOKEN = re.compile(r"`([\w.][\w./-]*\.(?:py|md|json|toml|txt|j2|js|css))`")


def text_of(page: Path) -> str:
    """A page without its fenced blocks."""
    return re.sub(r"^(```+).*?^\1$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


@cache
def files() -> list[str]:
    """All files of the repository, with those of lessons as their place in the lesson's folder too."""
    folders = ("autograder", "course", "tests", "docs", "container", "solutions", "findings")
    found = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    return [f"/{path.relative_to(ROOT).as_posix()}" for path in [*found, *ROOT.glob("*")]]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_files_it_names_are_there(page):
    named = {name for name in TOKEN.findall(text_of(page)) if Path(name).name not in MADE}
    example = {
        name
        for name in named
        if "99_example" in name or "lesson_99" in name or name in ("example.md", "hidden/midpoint.py")
    }
    assert [name for name in sorted(named - example) if not any(path.endswith(f"/{name}") for path in files())] == []


def anchors(page: Path) -> set[str]:
    """The headings' names as GitHub and JupyterLab make them."""
    titles = re.findall(r"^#+ (.*)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_its_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(page)):
        if target.startswith(("http:", "https:", "javascript:")):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


def test_the_index_lists_every_page():
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    for page in (ROOT / "docs").glob("*.md"):
        assert page.name == "README.md" or f"]({page.name})" in index, page.name


def test_the_one_primitive_runs_and_is_quoted_with_what_it_prints():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    quoted, printed = (
        re.search(rf"^```{kind}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)[1] for kind in ("python", "text")
    )
    source = ROOT / "docs" / "one_primitive.py"
    assert quoted == source.read_text(encoding="utf-8")
    assert len(quoted.splitlines()) <= 60
    ran = subprocess.run([sys.executable, source], capture_output=True, text=True, cwd=ROOT)
    assert (ran.returncode, ran.stdout) == (0, printed), ran.stderr


def blocks(page: str) -> list[str]:
    """The Python blocks of a page, those inside of lists too."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(("number", "says"), [(0, "points right"), (1, "negative_becomes_0")])
def test_the_code_for_contributors_runs(number, says, tmp_path):
    code = blocks("CONTRIBUTING.md")[number].replace('"figure.png"', repr(str(tmp_path / "figure.png")))
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert ran.returncode == 0, ran.stderr
    assert says in ran.stdout
    assert number or (tmp_path / "figure.png").read_bytes()[:4] == b"\x89PNG"
