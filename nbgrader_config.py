"""nbgrader's settings for this course: where things are, what stays with the instructor, our runner instead of its own.

Edit what concerns your class (course_id, the gradebook's db_url, the exchange) at the end.
"""

import contextlib
import os
import shutil
import sys
from pathlib import Path

from nbgrader.preprocessors import AssignLatePenalties, CheckCellMetadata, LimitOutput

from autograder.lesson.release import AUTHORS_ONLY
from autograder.nbgrader_plugin import formulas
from autograder.nbgrader_plugin.autograde import GradeSubmission, SaveResults
from autograder.nbgrader_plugin.beforehand import find_out_first
from autograder.nbgrader_plugin.export import ExportGrades
from autograder.nbgrader_plugin.feedback import TEMPLATES, FeedbackExporter, FeedbackGrades
from autograder.nbgrader_plugin.literal_folders import take_folders_literally
from autograder.nbgrader_plugin.safe_html import markdown2html
from autograder.nbgrader_plugin.shown_code import highlight_code
from autograder.nbgrader_plugin.submitted import SubmissionExporter, prepare

c = get_config()  # noqa: F821 (nbgrader defines it)
root = Path(__file__).resolve().parent
if str(root) not in sys.path:
    sys.path.append(str(root))  # where a plugin of your own may lie, such as one for late work

# Directories: solutions/ and lessons/ are part of the course, grading/ belongs to your class.
c.CourseDirectory.root = str(root)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "lessons"
for step in ("submitted", "autograded", "feedback", "solution", "source_with_tests"):
    setattr(c.CourseDirectory, f"{step}_directory", f"grading/{step}")
with contextlib.suppress(OSError):  # a course that can't be written to can still be read and validated
    (root / "grading").mkdir(exist_ok=True)
c.CourseDirectory.db_url = f"sqlite:///{root / 'grading' / 'gradebook.db'}"
if shutil.which("alembic") is None:  # nbgrader starts it by name to make the gradebook: it lies beside this Python
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])

take_folders_literally()  # a student's folder may be called `[ada]`
# What is refused is refused before anything is changed, and `nbgrader generate_assignment` makes the same lessons/ as
# `autograder release`.
find_out_first(root)

# Never copied anywhere: to lessons/, beside a submission, or back to a student. Of hidden folders only `.lesson` goes
# along (what its name hides from learners, a class needs all the same).
c.CourseDirectory.ignore = [*AUTHORS_ONLY, "*.md", "*.pyc", "__pycache__", ".[!l]*", ".l[!e]*", "*.part"]

# `nbgrader autograde` reads what was handed in with care, runs it in our sandbox and stores our verdict.
c.Autograde.pre_convert_hook = prepare
c.Autograde.exporter_class = SubmissionExporter
c.Autograde.autograde_preprocessors = [
    GradeSubmission,
    LimitOutput,
    SaveResults,
    AssignLatePenalties,
    CheckCellMetadata,
]
# c.GradeSubmission.sandbox = "none"  # only where bubblewrap doesn't work and you trust every submission

# Feedback: our template, which asks for nothing from other servers. (nbgrader sets its own template for every
# HTMLExporter, so that ours must be named here.)
c.GenerateFeedback.exporter_class = FeedbackExporter
c.GenerateFeedback.preprocessors = [FeedbackGrades]
c.FeedbackExporter.template_name = "ground_up_feedback"
c.FeedbackExporter.extra_template_basedirs = [str(TEMPLATES)]
c.FeedbackExporter.filters = {"markdown2html": formulas.markdown2html, "highlight_code": highlight_code}

# `nbgrader release_feedback`: who handed in another way than through the exchange stops nobody.
c.ExchangeFactory.release_feedback = "autograder.nbgrader_plugin.release_feedback.ReleaseFeedback"

# `nbgrader export`: what could not be graded has no score, and no cell is a formula.
c.ExportApp.plugin_class = ExportGrades

# `nbgrader zip_collect` reads what Moodle and Canvas let you download, and what students packed into it.
c.ZipCollectApp.extractor_plugin = "autograder.nbgrader_plugin.unpack.UnpackDownloads"
c.ZipCollectApp.collector_plugin = "autograder.nbgrader_plugin.collect.CollectDownloads"

# What students write is shown in formgrader and feedback without its scripts and forms.
c.HTMLExporter.filters = {"markdown2html": markdown2html, "highlight_code": highlight_code}

# Your class.
c.CourseDirectory.course_id = "ground_up"
