"""A figure on a page, and what a reader does with it: for the browser tests of all figures."""

from __future__ import annotations

SQUARE = {"left": 52, "right": 10, "top": 8, "bottom": 40}  # margins of a plot with both axes named, in pixels
PLAIN = {"left": 38, "right": 10, "top": 8, "bottom": 24}  # of one with none named
BELOW = {"left": 38, "right": 10, "top": 8, "bottom": 40}  # of one with x named


class Shown:
    """A figure on a page, and what a reader does with it."""

    def __init__(self, page, index: int = 0) -> None:
        self.page = page
        self.root = page.locator(".gu-figure").nth(index)
        self.root.locator("canvas").first.wait_for(state="attached", timeout=60_000)  # it may be out of sight
        self.until("root.dataset.frame > 0")

    def until(self, condition: str, argument=None) -> None:
        """Wait for a condition in `root` and `argument`, written in JavaScript."""
        self.page.wait_for_function(
            f"([root, argument]) => {condition}", arg=[self.root.element_handle(), argument], timeout=20_000
        )

    @property
    def say(self) -> str:
        return self.root.get_attribute("data-say")

    @property
    def code(self) -> str:
        return self.root.get_attribute("data-code")

    @property
    def words(self) -> str:
        return self.root.inner_text()

    def picture(self, panel: int = 0) -> str:
        return self.root.locator("canvas").nth(panel).evaluate("canvas => canvas.toDataURL()")

    def after(self, action, attribute: str = "say") -> None:
        """Do something and wait until it shows in the description (or another data attribute)."""
        before = self.root.get_attribute(f"data-{attribute}")
        action()
        self.until(f"root.dataset.{attribute} !== argument", before)

    def control(self, name: str, part: str = ""):
        return self.root.locator(f'[data-control="{name}"] {part}'.strip())

    def button(self, text: str):
        return self.root.get_by_role("button", name=text, exact=True)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def slide(self, name: str, share: float) -> None:
        """Click on a slider's track, at this share of its length."""
        box = self.control(name, "input[type=range]").bounding_box()
        self.page.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] / 2)

    def type(self, name: str, text: str) -> None:
        field = self.control(name, "input[type=text]")
        field.click()
        field.fill(text)
        self.press("Enter")

    def choose(self, name: str, option: str) -> None:
        self.control(name, "select").select_option(option)

    def place(self, panel: int, margin: dict, share_x: float, share_y: float) -> tuple[float, float]:
        """Where a place of a plot is on the page; shares of the axes, from the left and from the top."""
        return within(self.root.locator("canvas").nth(panel), margin, share_x, share_y)

    def drag(self, *places: tuple[float, float]) -> None:
        self.page.mouse.move(*places[0])
        self.page.mouse.down()
        for place in places[1:]:
            self.page.mouse.move(*place, steps=4)
        self.page.mouse.up()

    def walk(self, thing: str, key: str = "]") -> None:
        """Walk to a thing with the bracket keys."""
        self.root.focus()
        while self.root.get_attribute("data-selected") != thing:
            self.after(lambda: self.press(key), "selected")

    def reset(self, start: str) -> None:
        if self.root.locator(".gu-help").count():
            self.press("Escape")
        self.button("Reset").click()
        self.until("root.dataset.say.startsWith(argument) && root.dataset.code.endsWith('()')", start)
        self.root.focus()

    def cut_off(self, also: str = "") -> list[str]:
        """The parts whose content is wider than they are; `also` names more of them, such as ", .gu-scroll"."""
        parts = f".gu-columns, .gu-column, .gu-panel, .gu-toolbar, .gu-scrubs{also}"
        return self.root.evaluate(
            """(root, parts) => [root, ...root.querySelectorAll(parts)]
                .filter((element) => element.scrollWidth > element.clientWidth + 1)
                .map((element) => element.className)""",
            parts,
        )


def within(canvas, margin: dict, share_x: float, share_y: float) -> tuple[float, float]:
    """Where a place of a plot is on the page, its canvas given; shares of the axes, from the left and from the top."""
    box = canvas.bounding_box()
    width = box["width"] - margin["left"] - margin["right"]
    height = box["height"] - margin["top"] - margin["bottom"]
    return box["x"] + margin["left"] + share_x * width, box["y"] + margin["top"] + share_y * height


def run_in_kernel(page, code: str) -> None:
    page.evaluate(
        "code => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({code}).done", code
    )
