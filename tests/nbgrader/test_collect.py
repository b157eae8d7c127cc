"""`nbgrader zip_collect` on what a learning-management system lets an instructor download, then `autograder grade`."""

from __future__ import annotations

import io
import json
import stat
import struct
import zipfile
from pathlib import Path

import nbformat
import pytest
from classroom import LESSON, NOTEBOOK, Classroom, make_classroom
from click.testing import CliRunner

from autograder.cli import main
from autograder.nbgrader_plugin import arrival
from autograder.nbgrader_plugin.collect import Collected, owner, student_id
from autograder.nbgrader_plugin.unpack import OF_A_STUDENT, UnpackDownloads
from autograder.runner.sandbox import bubblewrap_works

RTL = "\u202e"
MOODLE_FLAT = "Ada Lovelace_12345_assignsubmission_file_neuron (1).ipynb"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    return make_classroom(tmp_path_factory.mktemp("own"))


def zipped(*files: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return written.getvalue()


def linking(name: str, to: str) -> tuple[zipfile.ZipInfo, bytes]:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, to.encode()


def download(course: Classroom, name: str, content: bytes) -> None:
    folder = course.root / "downloaded" / LESSON / "archive"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def collect(course: Classroom) -> str:
    done = course.nbgrader("zip_collect", LESSON, "--force")
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def handed_in(course: Classroom) -> dict[str, list[str]]:
    folders = sorted((course.root / "grading" / "submitted").glob(f"*/{LESSON}"))
    return {folder.parent.name: sorted(path.name for path in folder.iterdir()) for folder in folders}


def test_a_class_is_collected_from_moodle_and_canvas_and_graded(own, monkeypatch):
    if not bubblewrap_works():
        pytest.skip("bubblewrap doesn't work here, and submissions run only inside it")
    right, none = (nbformat.writes(own.solution()).encode(), nbformat.writes(own.notebook({})).encode())
    work = zipped((f"my work/{NOTEBOOK}.ipynb", right), ("my work/data.csv", b"1,2"))
    moodle = zipped(
        (MOODLE_FLAT, right),
        ("Ada Lovelace_12346_assignsubmission_file_neuron.ipynb", none),
        ("Zoë Müller-Šmíd_7_assignsubmission_file_/neuron.ipynb", right),
        ("Zoë Müller-Šmíd_7_assignsubmission_onlinetext_/onlinetext.html", b"<p>"),
        ("O'Brien + Sons \U0001f600_8_assignsubmission_file/neuron.ipynb", right),
        (f"{RTL}evil_9_assignsubmission_file_/neuron.ipynb", right),
        ("李明_10_assignsubmission_file_/neuron.ipynb", right),
        ("\U0001f600_11_assignsubmission_file_/neuron.ipynb", right),
        ("Participant 12_12_assignsubmission_file_work.zip", work),
        ("Bo_13_assignsubmission_file_Ada Lovelace_12345_assignsubmission_file_neuron.ipynb", none),
        ("Bo_13_assignsubmission_file_sub_1_2_neuron.ipynb", none),
    )
    canvas = zipped(
        ("lovelaceada_501_9001_neuron.ipynb", right),
        ("turingalan_LATE_502_9002_neuron-1.ipynb", right),
        ("hoppergrace_503_9003_work.zip", work),
        ("neumannjohn_504_9004_notes.pdf", b"%PDF"),
    )
    download(own, "CS_101_2024_neuron.zip", moodle)
    download(own, "submissions.zip", canvas)
    download(own, "cyd_505_9005_neuron.ipynb", right)
    collect(own)
    ada, bo, john = "ada-lovelace_12345", "bo_13", "neumannjohn_504"
    names = handed_in(own)
    graded = {ada, "ada-lovelace_12346", "zoe-muller-smid_7", "o-brien-sons_8", "evil_9", "李明_10", "student_11"}
    graded |= {"participant-12_12", "lovelaceada_501", "turingalan_502", "hoppergrace_503", "cyd_505"}
    assert names.keys() == graded | {bo, john}
    assert names[ada] == ["neuron (1).ipynb"]
    assert len(names[bo]) == 2
    monkeypatch.chdir(own.root)
    done = CliRunner().invoke(main, ["grade", LESSON, "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.output)
    scores = {each["student"]: each["score"] for each in said["students"]}
    assert scores == {**dict.fromkeys(graded, 16), "ada-lovelace_12346": 0, bo: None, john: None}
    assert "There is no neuron.ipynb in what was handed in, only notes.pdf: " in str(said["ungradable"])
    assert said["ignored"] == []
    before = handed_in(own)
    collect(own)
    assert handed_in(own).keys() == before.keys()


@pytest.fixture
def empty(own: Classroom) -> Classroom:
    for step in ("downloaded", "grading/submitted"):
        folder = own.root / step
        if folder.exists():
            folder.rename(folder.with_name(f"{folder.name} {len(list(folder.parent.iterdir()))}"))
    return own


def test_names_that_point_elsewhere_and_links_are_left_out(empty, tmp_path):
    victim = empty.root / "grading" / "victim.ipynb"
    victim.write_bytes(b"untouched")
    student = "Mallory_66_assignsubmission_file_"
    archive = zipped(
        (f"{student}/neuron.ipynb", b"{}"),
        (f"../../../../../grading/{student}/a.ipynb", b"{}"),
        ("../../../grading/victim.ipynb", b"taken"),
        (f"{student}/../../../../grading/victim.ipynb", b"taken"),
        (str(victim), b"taken"),
        ("C:\\Windows\\evil.ipynb", b"{}"),
        (f"{student}\\..\\..\\x.ipynb", b"{}"),
        linking(f"{student}/link.ipynb", str(victim)),
        linking("Eve_67_assignsubmission_file_", str(empty.root)),
        (f"{student}/nested.zip", zipped(("../../../../../grading/victim.ipynb", b"taken"), linking("l.ipynb", "/"))),
    )
    download(empty, "moodle.zip", archive)
    said = collect(empty)
    assert handed_in(empty) == {"mallory_66": ["neuron.ipynb"], "eve_67": ["file.left-out.txt"]}
    assert victim.read_bytes() == b"untouched"
    assert said.count("points out of the archive") == 7
    assert said.count("is a link") == 2
    assert not [path for path in empty.root.rglob("*") if path.is_symlink()]


def test_bombs_are_left_out_and_the_others_collected(empty):
    bomb, zeros = io.BytesIO(), bytes(2**20)
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("huge.ipynb", "w", force_zip64=True) as file:
            for _ in range(250):
                file.write(zeros)
        for number in range(3):
            with archive.open(f"large {number}.ipynb", "w") as file:
                for _ in range(90):
                    file.write(zeros)
    many = zipped(*((f"{number}.ipynb", b"") for number in range(OF_A_STUDENT.files + 1)))
    hundred_thousand = zipped(*((f"{number}.txt", b"") for number in range(100_000)))
    deep = b"{}"
    for number in range(5):
        deep = zipped((f"{number}.zip" if number else "neuron.ipynb", deep))
    packed = zipped(("neuron.ipynb", b"{}" * 100))
    lying = packed.replace(struct.pack("<I", 200), struct.pack("<I", 5))
    handed = {
        "bomb": bomb.getvalue(), "many": many, "files": hundred_thousand, "deep": deep,
        "torn": packed[: len(packed) // 2], "empty": b"", "lying": lying,
    }  # fmt: skip
    files = [(f"{name}_{n}_assignsubmission_file_work.zip", data) for n, (name, data) in enumerate(handed.items())]
    files += [("tar_8_assignsubmission_file_work.tar.gz", b"x"), ("good_9_assignsubmission_file_neuron.ipynb", b"{}")]
    download(empty, "moodle.zip", zipped(*files))
    said = collect(empty)
    taken = {student for student, names in handed_in(empty).items() if all(n.endswith(".ipynb") for n in names)}
    assert taken == {"bomb_0", "good_9"}
    assert len(handed_in(empty)) == len(handed) + 2
    assert sum(path.stat().st_size for path in (empty.root / "downloaded").rglob("*.ipynb")) <= OF_A_STUDENT.size
    for part in (
        "larger than 200 MB",
        "more than 200 MB",
        "more than 1000 files",
        "1001 files",
        "archive in an archive",
    ):
        assert part in said
    for name in ("torn_4", "empty_5", "lying_6"):
        assert any(name in line and "Can't be unpacked" in line for line in said.splitlines())
    assert "only zip archives are opened" in said


def test_of_two_downloads_the_newer_file_counts(empty):
    name = "Ada_1_assignsubmission_file_neuron.ipynb"
    new, old = zipfile.ZipInfo(name, (2024, 5, 1, 12, 0, 0)), zipfile.ZipInfo(name, (2024, 4, 1, 12, 0, 0))
    download(empty, "a.zip", zipped((new, b"new")))
    download(empty, "b.zip", zipped((old, b"old")))
    collect(empty)
    path = empty.root / "grading" / "submitted" / "ada_1" / LESSON / "neuron.ipynb"
    assert path.read_bytes() == b"new"


AGAIN = {
    "canvas": ("_50_neuron.ipynb", "_61_neuron-1.ipynb"),
    "canvas-third-time": ("_61_neuron-1.ipynb", "_72_neuron-2.ipynb"),
    "browser": ("_50_neuron.ipynb", "_61_neuron (1).ipynb"),
    "moodle": ("_assignsubmission_file_neuron.ipynb", "_assignsubmission_file_Neuron (2).ipynb"),
    "copy": ("_50_neuron.ipynb", "_61_neuron-Copy1.ipynb"),
}


def test_a_second_upload_counts_whatever_it_is_called(empty):
    uploads, before, after = {}, (2026, 11, 1, 10, 0, 0), (2026, 11, 8, 10, 0, 0)
    for kind, names in AGAIN.items():
        uploads[f"{kind}_1"] = [zipfile.ZipInfo(f"{kind}_1{n}", t) for n, t in zip(names, (before, after), strict=True)]
        uploads[f"{kind}_2"] = [zipfile.ZipInfo(f"{kind}_2{n}", before) for n in names]  # all of one time
    download(empty, "submissions.zip", zipped(*((second, b"new") for _, second in uploads.values())))
    download(empty, "submissions (1).zip", zipped(*((first, b"old") for first, _ in uploads.values())))
    said = collect(empty)
    submitted = empty.root / "grading" / "submitted"
    assert handed_in(empty).keys() == uploads.keys()
    for student, names in handed_in(empty).items():
        assert [(submitted / student / LESSON / name).read_bytes() for name in names] == [b"new"], student
    assert said.count("of the same student is newer") == len(uploads)


def test_what_computers_make_of_names_and_archives_is_no_obstacle_and_the_rest_is_named(empty):
    apple = b"\x00\x05\x16\x07" + b"\x00" * 100
    packed = zipped(
        ("my work.ipynb", b"felix"),
        ("__MACOSX/._my work.ipynb", apple),
        ("._other.ipynb", apple),
        (".ipynb_checkpoints/my work-checkpoint.ipynb", b"older"),
    )
    canvas = zipped(
        ("kleinfelix_7_107_work.zip", packed),
        ("upper_8_108_NEURON.IPYNB", b"upper"),
        ("noether_9_109_neuron.ipynb.txt", b"noether"),
        ("curie_10_110_neuron.IPYNB.json", b"curie"),
        ("bohr_11_111_neuron.html", b"<html>"),
        ("gauss_12_112_work.zip", zipped(*((f"part {n}.py", b"x = 1") for n in range(8)))),
        ("dirac_13_text.html", b"<html>"),
    )
    download(empty, "submissions.zip", canvas)
    said = collect(empty)
    submitted = empty.root / "grading" / "submitted"
    content = {
        folder.parent.name: [p.read_bytes() for p in folder.iterdir()] for folder in submitted.glob(f"*/{LESSON}")
    }
    wanted = {
        "kleinfelix_7": b"felix",
        "upper_8": b"upper",
        "noether_9": b"noether",
        "curie_10": b"curie",
        "bohr_11": b"bohr_11_111_neuron.html was left out, because it is no notebook.\n",
        "gauss_12": b"gauss_12_112_work.zip was left out, because it holds no notebook that could be taken out.\n",
    }
    assert content == {student: [data] for student, data in wanted.items()}
    names = {student: names for student, names in handed_in(empty).items() if student[:4] in ("bohr", "gaus")}
    assert names == {"bohr_11": ["neuron.html.left-out.txt"], "gauss_12": ["work.zip.left-out.txt"]}
    for name in ("bohr_11_111_neuron.html", "gauss_12_112_work.zip: part 0.py", "dirac_13_text.html"):
        assert name in said
    assert "part 7.py" not in said and "3 more files" in said


OTHER_FILES = {
    "pdf_1": [("report.pdf", b"%PDF-1.7")],
    "two_2": [("report.pdf", b"%PDF-1.7"), ("neuron.html", b"<html>")],
    "empty_3": [("work.zip", zipped())],
    "pictures_4": [("work.zip", zipped(("a.png", b"PNG"), ("b.png", b"PNG")))],
    "torn_5": [("work.zip", zipped(("neuron.ipynb", b"{}"))[:40])],
    "rar_6": [("work.rar", b"Rar!")],
    "long_7": [(f"{'x' * 200}.pdf", b"%PDF-1.7")],
}


def test_who_sent_no_notebook_has_a_row_that_says_what_was_sent(empty):
    files = [
        (f"{who}_{10 + n}_{name}", data) for who, sent in OTHER_FILES.items() for n, (name, data) in enumerate(sent)
    ]
    download(empty, "submissions.zip", zipped(*files, ("bob_8_12_neuron.ipynb", b"{}"), ("bob_8_13_report.pdf", b"%")))
    collect(empty)
    found = handed_in(empty)
    assert found.pop("bob_8") == ["neuron.ipynb"]
    assert found.keys() == OTHER_FILES.keys()
    for who, names in found.items():
        folder = empty.root / "grading" / "submitted" / who / LESSON
        assert all(name.endswith(".left-out.txt") for name in names)
        assert arrival.files(folder) == [name.removesuffix(".left-out.txt") for name in names]
        told = " ".join(path.read_text(encoding="utf-8") for path in folder.iterdir())
        assert len(names) == len(OTHER_FILES[who]) == told.count("was left out, because")
        assert all(name[:20] in told for name, _ in OTHER_FILES[who])


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("001", MOODLE_FLAT), ("ada-lovelace_12345", "neuron (1).ipynb")),
        (("001", "CS_1_2_x", "Ada_3_assignsubmission_file_", "neuron.ipynb"), ("ada_3", "neuron.ipynb")),
        (("001", "ada_12_34_work.zip", "bob_9_9_neuron.ipynb"), ("ada_12", "bob_9_9_neuron.ipynb")),
        (("001", "ada_LATE_12_34_neuron.ipynb"), ("ada_12", "neuron.ipynb")),
        (("001", "anon_hXY12_34_neuron.ipynb"), ("anon_hXY12", "neuron.ipynb")),
        (("001", "anon_LATE_hXY12_34_neuron.ipynb"), ("anon_hXY12", "neuron.ipynb")),
        (("001", "Ada_1_assignsubmission_file_a/b.ipynb".replace("/", "\\")), ("ada_1", "a-b.ipynb")),
        (("001", "Ada_1_assignsubmission_file_.ipynb"), ("ada_1", "notebook.ipynb")),
        (("001", "LATE_anon_12_34_neuron.ipynb"), ("anon_12", "neuron.ipynb")),
        (("001", "project_group1_1005_5005_neuron.ipynb"), ("project-group1_1005", "neuron.ipynb")),
        (("001", "a_b_LATE_1005_5005_my_own_1_2_neuron.ipynb"), ("a-b_1005", "my_own_1_2_neuron.ipynb")),
        (("001", "Default group_assignsubmission_file", "neuron.ipynb"), ("default-group", "neuron.ipynb")),
        (("001", "De_la Cruz_7_assignsubmission_file_", "neuron.ipynb"), ("de-la-cruz_7", "neuron.ipynb")),
        (("001", "diracpaul_1011_text.ipynb"), None),
        (("001", "neuron.ipynb"), None),
        (("001", "ada", "neuron.ipynb"), None),
    ],
)
def test_who_handed_in_a_file_is_told_from_its_names(parts, expected):
    assert owner(parts) == (Collected(*expected) if expected else None)


NAMES = ["Ada Lovelace", "ADA  LOVELACE", "Ada+Lovelace", "Ada\u202eLovelace", "Ada.Lovelace/..", "Àdà Lövelace"]


def test_people_with_names_that_look_alike_stay_apart_and_ids_are_safe():
    ids = [student_id(name, str(number)) for number, name in enumerate([*NAMES, "", "...", "\U0001f600", "a" * 500])]
    assert len(set(ids)) == len(ids)
    for made in ids:
        assert made == Path(made).name
        assert all(c.isalnum() or c in "-_" for c in made)
        assert len(made) < 60
    assert ids == [student_id(name, str(n)) for n, name in enumerate([*NAMES, "", "...", "\U0001f600", "a" * 500])]


def test_the_configuration_takes_our_plugins(own):
    said = own.nbgrader("zip_collect", LESSON, "--force")
    assert UnpackDownloads.__name__ in said.stdout + said.stderr
