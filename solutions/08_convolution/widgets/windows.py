"""Where the windows of a convolution lie on the picture. Places are rows and columns of the picture without padding."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Windows:
    """A picture of h×w pixels, a kernel of kh×kw cells, and how it slides."""

    h: int
    w: int
    kh: int
    kw: int
    stride: int
    padding: int
    dilation: int

    @property
    def tall(self):
        """Rows from the first cell of the kernel to the last, the gaps of a dilation included."""
        return (self.kh - 1) * self.dilation + 1

    @property
    def wide(self):
        return (self.kw - 1) * self.dilation + 1

    @property
    def tops(self):
        """The first row of each window, from above, on the picture with its padding."""
        return range(0, self.h + 2 * self.padding - self.tall + 1, self.stride)

    @property
    def lefts(self):
        """The first column of each window, from the left, on the picture with its padding."""
        return range(0, self.w + 2 * self.padding - self.wide + 1, self.stride)

    @property
    def rows(self):
        """How many windows lie below each other."""
        return len(self.tops)

    @property
    def columns(self):
        return len(self.lefts)

    @property
    def first(self):
        """The middle of the first window."""
        return (self.tall - 1) / 2 - self.padding, (self.wide - 1) / 2 - self.padding

    def nearest(self, at):
        """The window whose middle is nearest to a place: its row and column among the windows."""
        places = (round((value - start) / self.stride) for value, start in zip(at, self.first, strict=True))
        return tuple(min(max(i, 0), n - 1) for i, n in zip(places, (self.rows, self.columns), strict=True))

    def number(self, at):
        """The number of that window, row by row from 0."""
        row, column = self.nearest(at)
        return row * self.columns + column

    def middle(self, number):
        """The middle of the window of that number."""
        row, column = divmod(number, self.columns)
        return self.first[0] + row * self.stride, self.first[1] + column * self.stride

    def patch(self, padded, row, column):
        """The pixels that the kernel's cells lie on, (kh, kw)."""
        top, left, gap = self.tops[row], self.lefts[column], self.dilation
        return padded[top : top + self.tall : gap, left : left + self.wide : gap]
