"""What ends the grading of a class or stands in its way. Apart from what raises it, which is slow to import."""


class GradebookBusy(Exception):
    """Another program keeps the gradebook locked; nothing of this attempt was stored."""


class Unwritable(Exception):
    """What must be kept before anything is graded can't be written: one sentence."""


class PoolFailed(Exception):
    """The place of the runs can't be reached (any more): one sentence. What was finished before is kept."""
