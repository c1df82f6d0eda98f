"""A person who has no mouse: everything is reached by keys, and what has the focus is to be seen."""

from dataclasses import dataclass

from playwright.sync_api import Page

MOST_TABS = 150
NO_MOUSE = """
for (const kind of ["mousedown", "pointerdown", "touchstart"])
  document.addEventListener(kind, () => console.error(`${kind}: somebody used a mouse`), true);
"""
MATCHES = "([selector, words]) => document.activeElement?.matches(selector) && \
  (document.activeElement.innerText || document.activeElement.value || '').includes(words)"
SEEN = """
() => {
  const element = document.activeElement, style = getComputedStyle(element), box = element.getBoundingClientRect();
  const x = Math.min(Math.max(box.left + Math.min(box.width / 2, 8), 1), innerWidth - 1);
  const y = Math.min(Math.max(box.top + Math.min(box.height / 2, 8), 1), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  const framed = element.closest("label") ?? element;
  const drawn = ({outlineStyle, outlineWidth}) => outlineStyle !== "none" && outlineWidth !== "0px";
  const outlined = (one) => drawn(getComputedStyle(one));
  return {
    outlined: outlined(element) || outlined(framed) || style.boxShadow !== "none",
    inside: box.bottom > 0 && box.top < innerHeight,
    covered: !(top && (element.contains(top) || top.contains(element) || framed.contains(top))),
  };
}
"""


@dataclass
class Keys:
    """Hands on the keyboard of one page. `pressed` counts keys and typed texts."""

    page: Page
    pressed: int = 0

    def press(self, *keys: str) -> None:
        """The keys were pressed, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def types(self, text: str) -> None:
        """The text stands where the focus is."""
        self.page.keyboard.type(text)
        self.pressed += 1

    def goes_to(self, selector: str, words: str = "") -> None:
        """The focus is on the next such element, reached with Tab alone; it can be seen, and nothing lies over it."""
        for _ in range(MOST_TABS):
            self.press("Tab")
            if self.page.evaluate(MATCHES, [selector, words]):
                break
        else:
            raise AssertionError(f"{selector} {words!r} is not reached with Tab on {self.page.url}")
        seen = self.page.evaluate(SEEN)
        assert seen == {"outlined": True, "inside": True, "covered": False}, (selector, words, seen)

    def follows(self, selector: str, words: str = "") -> None:
        """The link or button was reached and pressed, and the page that it leads to is there."""
        self.goes_to(selector, words)
        with self.page.expect_navigation():
            self.press("Enter")

    def unfolds(self, words: str) -> None:
        """The form of a step is open, and the focus is on its head."""
        self.goes_to("summary", words)
        self.press("Enter")
