"""`nbgrader release_feedback` where not everybody handed in through the exchange."""

from __future__ import annotations

import glob
from pathlib import Path

from nbgrader.exchange.default import ExchangeReleaseFeedback
from nbgrader.utils import temp_attrs

from autograder.nbgrader_plugin.arrival import TIMESTAMP

_KEY = "submission_secret.txt"  # what the exchange gave the submission; the page is found again by it


class ReleaseFeedback(ExchangeReleaseFeedback):
    """Releases the pages of those who can fetch them, and names the others.

    nbgrader's own stops in the middle of the class at the first student whose submission came another way.
    """

    def copy_files(self) -> None:
        pages = [Path(path) for path in glob.glob(f"{self.src_path}/*.html")]
        others = {page.parents[1].name for page in pages if not _came_by_the_exchange(page.parent)}
        if others:
            self.log.warning(
                "Handed in otherwise than through the exchange, so that nothing can be fetched; send them their "
                "pages: %s",
                ", ".join(sorted(others)),
            )
        excluded = ",".join([*filter(None, [self.coursedir.student_id_exclude]), *sorted(others)])
        with temp_attrs(self.coursedir, student_id_exclude=excluded):
            super().copy_files()


def _came_by_the_exchange(folder: Path) -> bool:
    return (folder / _KEY).is_file() and (folder / TIMESTAMP).is_file()
