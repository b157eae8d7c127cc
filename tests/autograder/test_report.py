"""What a learner reads: the same in HTML and in text, nothing executed, nothing told by colour alone."""

import re
from html import unescape
from html.parser import HTMLParser

import numpy as np
import pytest
from results import ALL_RIGHT, judged, one_of_each, raised, returned

from autograder.authoring.exercise import exercise
from autograder.core import outcome
from autograder.core.outcome import Frame, Outcome
from autograder.judging import verdicts
from autograder.judging.report import HEADLINES, Overview, Report, html, text

FOOTER = 'Stuck? `hint("weighted_sum")` gives a hint.'
KINDS = one_of_each()


def words(page: str) -> str:
    """The text of some HTML, white space made single and backticks dropped."""
    page = re.sub(r"</(p|li|div|td|caption|tr|pre)>", " ", page)
    return " ".join(unescape(re.sub(r"<[^>]+>", "", page)).replace("`", "").split())


@pytest.mark.parametrize("kind", KINDS)
def test_both_forms_say_the_same(kind):
    result = KINDS[kind]
    in_html = words(html(result, FOOTER))
    head, *rest = text(result, FOOTER).splitlines()
    for line in [head.replace(f"{result.name}:", f"{result.name} ·"), *rest]:
        line = " ".join(line.replace("`", "").split())
        line = re.sub(r"^(yours: |expected: )", "", line)
        if re.fullmatch(r"\[.*\]", line):  # a row of an array
            line = line.strip("[]").replace(", ", " ")
        if re.match(r"^(AND|OR|NAND): ", line):  # a part's points
            line = line.replace(":", "")
        assert line in in_html, line


@pytest.mark.parametrize("kind", KINDS)
def test_the_headline_says_in_words_what_the_colour_shows(kind):
    result = KINDS[kind]
    said = "Right in part" if kind == "partial" else HEADLINES[result.verdict]
    assert said in words(html(result))
    assert said in text(result)


def test_every_verdict_has_a_headline():
    all_of_them = {getattr(verdicts, name) for name in dir(verdicts) if name.isupper() and not name.startswith("_")}
    assert set(HEADLINES) == all_of_them - {verdicts.SKIPPED}


def test_each_case_is_marked_by_a_sign_and_a_name_for_it():
    page = html(KINDS["wrong number"])
    for said in ("not passed", "passed", "not looked at"):
        assert f"aria-label='{said}'" in page


def test_a_partial_result_says_which_part_earned_what():
    assert "Points: AND 1 of 1 · OR 0 of 1 · NAND 1 of 1" in words(html(KINDS["partial"]))
    assert "Right in part · 2 of 3 points" in text(KINDS["partial"])
    assert "Right in part" in words(Overview([KINDS["partial"]])._repr_html_())


def test_small_arrays_stand_side_by_side_with_what_differs_underlined():
    page = html(KINDS["wrong matrix"])
    assert page.count("<table") == 2
    assert len(re.findall(r"underline'>", page)) == 6
    assert "yours, shape (3, 3)" in page and "expected, shape (3, 3)" in page


def test_large_arrays_are_not_listed():
    page = html(judged({"a_batch": returned(np.zeros((50, 50)))}))
    assert "<table" not in page


def test_a_mistake_is_machine_readable():
    page = html(KINDS["named mistake"])
    assert "data-verdict='FAILED'" in page and "data-mistake='bias-forgotten'" in page


def test_printed_lines_are_shown_and_capped():
    result = judged({"one_sample": returned(0.0, printed="\n".join(map(str, range(100))))})
    assert "9" in text(result) and "\n    10" not in text(result)


# --- held-out cases -----------------------------------------------------------------------------------------------

SECRETS = ("0.123", "0.456", "Nobody may read")


def secretive():
    frame = Frame("weighted_sum", 3, "return x  # 0.456")
    yield "held out", KINDS["held out"]
    yield "crash", judged({"a_secret_batch": raised("ValueError", "ValueError: 0.456", [frame], printed="0.456")})
    yield "forged type", judged({"a_secret_batch": raised("E0.456", "E0.456: 0.456", [frame], printed="0.456")})
    yield "shape", judged({"a_secret_batch": returned(np.array([[0.123, 0.456]]), printed="0.123")})
    yield "with a visible one", judged({"one_sample": returned(1.0), "a_secret_batch": returned(np.array([0.456]))})


@pytest.mark.parametrize(("kind", "result"), list(secretive()))
def test_a_held_out_case_is_named_but_none_of_its_values_is_shown(kind, result):
    for told in (html(result, FOOTER), text(result, FOOTER), str(result.to_json())):
        assert not any(secret in told for secret in SECRETS)
    assert "a secret batch (held-out case)" in text(result)


# --- what comes from the learner ----------------------------------------------------------------------------------

EVIL = "<img src=x onerror=alert(1)>'\"</pre></td><script>alert(2)</script>&lt;`"


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen = set()
        self.attributes = set()
        self.open = []

    def handle_starttag(self, tag, attributes):
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attributes}
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def evil_results():
    frame = Frame(EVIL, 3, EVIL)
    yield raised(EVIL, f"{EVIL}: {EVIL}", [frame], printed=EVIL)
    yield raised("TypeError", f"TypeError: {EVIL} positional argument {EVIL}", [frame])
    yield returned(EVIL)
    yield returned({EVIL: 1})
    yield returned([EVIL])
    yield Outcome(outcome.MISSING, missing=EVIL)
    yield raised("NotImplementedError", "NotImplementedError", [frame], names=EVIL)


@pytest.mark.parametrize("result", list(evil_results()), ids=lambda o: o.kind)
def test_nothing_of_the_learners_is_markup(result):
    made = exercise("weighted_sum", points=1)

    def case(weighted_sum):
        """x = <1, 2>."""

    made.case(case)
    from autograder.judging.answer_key import AnswerKey

    judgement = verdicts.judge(made, made.cases, {"case": result}, AnswerKey(1, {"case": {"AND": 1}}, []))
    page = html(judgement, f"Footer {EVIL}")
    parser = Tags()
    parser.feed(page)
    assert parser.open == []
    assert parser.seen <= {"div", "span", "code", "p", "pre", "em", "ul", "li", "table", "caption", "tr", "td"}
    assert parser.attributes <= {
        "style",
        "class",
        "role",
        "aria-label",
        "data-exercise",
        "data-verdict",
        "data-mistake",
    }


def test_the_names_of_exercises_and_mistakes_are_escaped():
    result = verdicts.Result(exercise(EVIL), verdicts.FAILED, 0, EVIL, mistake=EVIL, diagnosis=EVIL)
    parser = Tags()
    parser.feed(html(result))
    parser.feed(Overview([result])._repr_html_())
    assert "img" not in parser.seen and "script" not in parser.seen


# --- several at once ----------------------------------------------------------------------------------------------


def test_a_summary_lists_every_exercise_and_adds_up():
    summary = Overview([KINDS["passed"], KINDS["partial"], KINDS["not attempted"], KINDS["optional"]])
    last = "2 of 4 exercises correct, 4 of 7 points."
    assert str(summary).splitlines()[-1] == last
    assert words(summary._repr_html_()).endswith(last)
    for line in str(summary).splitlines():
        assert " ".join(line.split()) in words(summary._repr_html_())


def test_a_report_shows_itself_in_a_notebook_and_in_a_terminal():
    report = Report(judged({}), "")
    assert repr(report) == text(report.result)
    assert report._repr_html_() == html(report.result)
    assert set(ALL_RIGHT) == {case.case.name for case in report.result.cases}
