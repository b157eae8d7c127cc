"""What the lessons share. In a notebook also where a learner asks for what concerns the whole course:

course.progress()               how far am I, and what is next
course.export_progress()        my progress as a file
course.import_progress("FILE")  take such a file in, on another computer for example
course.show_what_i_built()      a page to show others
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.learner.for_learners import export_progress, import_progress, progress, show_what_i_built

__all__ = ["export_progress", "import_progress", "progress", "show_what_i_built"]


def __getattr__(name: str) -> Any:
    """One of those functions; imported when somebody asks, since every lesson imports this package."""
    if name in __all__:
        from autograder.learner import for_learners

        return getattr(for_learners, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *__all__]
