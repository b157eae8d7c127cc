"""Which of a student's attempts counts: the latest, or the best after what lateness costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autograder.batch.attempts import BEST, Attempts
from autograder.batch.handed_in import HandedIn
from autograder.batch.results import Results
from autograder.submission import grade as grading
from autograder.submission.grade import Graded

if TYPE_CHECKING:
    from nbgrader.api import Gradebook
    from traitlets.config import Config

Penalty = Callable[[HandedIn, float], float]


@dataclass(frozen=True)
class Counted:
    """The attempt that counts, which number it is of how many, and what is known of all of them, oldest first."""

    handed: HandedIn
    attempts: int
    history: tuple[dict[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """Part of the documented form of `autograder grade --json`."""
        return {
            "attempt": self.handed.attempt,
            "attempts": self.attempts,
            "handed_in": self.handed.handed_in,
            "history": list(self.history),
        }


def wanted(attempts: Sequence[HandedIn], count: str) -> Sequence[HandedIn]:
    """The attempts that must be graded today so that it can be said which counts."""
    return attempts if count == BEST else attempts[-1:]


def choose(graded: Mapping[HandedIn, Graded], penalty: Penalty) -> HandedIn:
    """The attempt that is worth most after its penalty; of equals the one that costs least, then the later one.

    An attempt that could not be graded counts only when there is no other. While one of them failed through us, it
    can't be said which is best: that one is returned, which is no score.
    """
    last = max(graded, key=lambda handed: handed.attempt)
    if failed := [handed for handed, each in graded.items() if each.verdict == grading.INFRA]:
        return failed[0]
    worth = {}
    for handed, each in graded.items():
        if each.verdict == grading.GRADED:
            costs = penalty(handed, each.score) if len(graded) > 1 else 0.0
            worth[handed] = each.score - costs, -costs, handed.attempt
    return max(worth, key=worth.__getitem__) if worth else last


def counted(
    handed: HandedIn,
    grades: Mapping[HandedIn, Graded],
    history: Sequence[HandedIn],
    attempts: Attempts,
    results: Results,
) -> Counted:
    """What is known of all attempts. grades: of those that were graded today; of the others what they got last."""
    entries = []
    for each in history:
        if each in grades:
            got: Mapping[str, Any] = grades[each].to_json()
        else:
            got = results.latest(each.student, each.digest) or attempts.first_result(each)
        entries.append(
            {
                "attempt": each.attempt,
                "handed_in": each.handed_in,
                "file": each.kept.relative_to(attempts.root).as_posix() if each.kept else None,
                **{field: got.get(field) for field in ("verdict", "score", "max_score")},
                "counts": each == handed,
            }
        )
    return Counted(handed, len(history), tuple(entries))


def nothing(handed: HandedIn, score: float) -> float:
    """What lateness costs where it costs nothing."""
    return 0.0


def late_penalties(config: Config, lesson: str, gradebook: Gradebook, used: bool) -> Penalty:
    """What nbgrader's late penalty plugin takes from a score. used: whether grading uses it at all."""
    from nbgrader.preprocessors import AssignLatePenalties  # slow to import, and seldom needed

    penalties = AssignLatePenalties(config=config)
    penalties.init_plugin()
    assignment = gradebook.find_assignment(lesson)
    for_all, for_some = assignment.duedate, {each.student.id: each.duedate for each in assignment.submissions}

    def penalty(handed: HandedIn, score: float) -> float:
        due = for_some.get(handed.student, for_all)
        late = (handed.when - due).total_seconds() if handed.when and due else 0.0
        if not used or late <= 0:
            return 0.0
        costs = penalties.plugin_inst.late_submission_penalty(handed.student, score, late)
        return min(max(float(costs or 0.0), 0.0), score)

    return penalty
