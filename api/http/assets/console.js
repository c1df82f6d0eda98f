// The console's script. Every page works without it; it makes the desk fast.
import "htmx.org/dist/htmx.esm.js";
import "htmx.org/dist/ext/hx-csp.js";
import { openDialogs } from "./desk/dialogs.js";
import { listen } from "./desk/keys.js";
import { openLine } from "./desk/live.js";
import { openPalette } from "./desk/palette.js";
import { keepRows } from "./desk/rows.js";

const AGAIN_AFTER = 2_000;
const page = document.body.dataset;
const again = document.querySelector("a[data-again]");

openDialogs();
keepRows(page);
if (page.unit) {
  openPalette();
  listen();
}
if (page.cursor) {
  openLine(page);
}
if (again) {
  setTimeout(() => location.replace(again.href), AGAIN_AFTER);
}
