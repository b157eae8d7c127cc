"""Late penalties by the configured plugin, also when due dates, the policy or points given by hand change later."""

from __future__ import annotations

from nbgrader.api import Assignment, SubmittedAssignment, SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.orm import Session, selectinload
from traitlets.config import Config
from traitlets.utils.importstring import import_item


class PenaltiesInPlace(AssignLatePenalties):
    """nbgrader's AssignLatePenalties within a session that is open already."""

    def penalise(self, session: Session, submission: SubmittedAssignment, submitted: SubmittedNotebook) -> None:
        """Set the penalty by the configured plugin. session: the one both belong to, with the points set."""
        submitted.late_submission_penalty = None
        if submission.total_seconds_late > 0:
            session.flush()
            session.expire(submitted, ["score"])
            self.init_plugin()
            penalty = self.plugin_inst.late_submission_penalty(
                submission.student_id, submitted.score, submission.total_seconds_late
            )
            if penalty is not None:
                submitted.late_submission_penalty = self._check_late_penalty(submitted, penalty)

    def renew(self, session: Session, lesson: str) -> list[str]:
        """Set the penalty anew for everybody who is late with a lesson, or paid for it: whose changed, sorted."""
        found = session.query(SubmittedAssignment).join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        found = found.filter(Assignment.name == lesson).options(selectinload(SubmittedAssignment.notebooks))
        changed = set()
        for submission in found:
            late = submission.total_seconds_late > 0
            for submitted in submission.notebooks:
                before = submitted.late_submission_penalty or 0.0
                if late or before:
                    self.penalise(session, submission, submitted)
                    if (submitted.late_submission_penalty or 0.0) != before:
                        changed.add(submission.student_id)
        return sorted(changed)


def configured(config: Config) -> PenaltiesInPlace | None:
    """What the course's settings say of lateness; None where grading takes nothing for it."""
    steps = config.Autograde.get("autograde_preprocessors", [AssignLatePenalties])
    used = AssignLatePenalties in [import_item(step) if isinstance(step, str) else step for step in steps]
    penalties = PenaltiesInPlace(config=config)
    return penalties if used and penalties.enabled else None
