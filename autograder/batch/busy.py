"""What stands in the way of grading and is nobody's fault here; apart from the gradebook, which is slow to import."""


class GradebookBusy(Exception):
    """Another program keeps the gradebook locked; nothing of this attempt was stored."""


class Unwritable(Exception):
    """What must be kept before anything is graded can't be written: one sentence."""
