"""Filling in a form of the desk as a person does, whichever kind of field stands there."""

from playwright.sync_api import Locator, Page


def fill_in(form: Locator, **fields: str) -> None:
    """Each field holds its value: typed, chosen from a list, or ticked."""
    for name, value in fields.items():
        field = form.locator(f"[name={name}]").first
        kind = field.evaluate("(element) => element.type")
        if kind in ("radio", "checkbox"):
            form.locator(f"[name={name}][value={value}]").check()
        elif kind == "select-one":
            field.select_option(value)
        else:
            field.fill(value)


def carry_out(page: Page, name: str, **fields: str) -> None:
    """One form of the incident's page was unfolded, filled in and sent, and nothing in it was wrong."""
    page.locator("summary", has_text=name).first.click()
    form = page.locator("details[open] form", has=page.locator("button", has_text=name)).first
    fill_in(form, **fields)
    with page.expect_navigation():
        form.locator("button", has_text=name).click()
    if page.locator(".wrong").count():
        raise AssertionError(f"{name}: {page.locator('main').inner_text()}")
