"""What `import widgets` finds in a lesson's notebook: the figures of the lesson in the working folder.

They lie out of sight, in `.lesson/widgets/`, so that beside a notebook there is nothing to trip over.
"""

import importlib.util
import sys
from pathlib import Path

_package = Path.cwd() / ".lesson" / "widgets" / "__init__.py"
if not _package.is_file():
    raise ModuleNotFoundError(f"There are no figures in {Path.cwd()}: open the notebook in its lesson's folder.")
_spec = importlib.util.spec_from_file_location(__name__, _package)
sys.modules[__name__] = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(sys.modules[__name__])
