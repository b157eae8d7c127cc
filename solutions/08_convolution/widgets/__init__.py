"""Lesson 08's moving figure: a kernel slides over a picture.

    import widgets
    widgets.kernel_workbench()      # or with settings: widgets.kernel_workbench(preset="blur", size="5", stride=2)

It runs on your own output_size, pad, conv2d, conv2d_loops, max_pool and edge_kernels as soon as they are written. The
line under the figure says which of them it runs on, and what it runs on until then.
"""

from .figure import KernelWorkbench


def kernel_workbench(**state):
    """Show the workbench. Settings: image, preset, size, edits, added, flip, bias, stride, padding, dilation, relu,
    pool, run, at, growing, seed, digit, drawing, round.
    """
    return KernelWorkbench().show(**state)
