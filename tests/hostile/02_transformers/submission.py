"""Row 2: transformers that drop asserts and replace cells."""

VERDICTS = {"norm": "FAILED"}

DROP_ASSERTS = """
import ast
class Drop(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()
get_ipython().ast_transformers.append(Drop())
"""
REPLACE_CELLS = """
def replace(lines):
    return ["5.0"] if any("check(" in line for line in lines) else lines
get_ipython().input_transformers_post.append(replace)
"""


def variants(canary):
    """A wrong function behind each transformer."""
    wrong = "def norm(x):\n    return 1.0, 1.0"
    return {
        "syntax tree": {"cells": [DROP_ASSERTS], "norm": wrong},
        "input": {"cells": [REPLACE_CELLS], "norm": wrong},
    }
