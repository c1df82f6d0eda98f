// Keys of the desk. What is typed into a field is never a key; a key does what a button of the row does, and no more.
import { current, choose, rows, say, step } from "./rows.js";
import { openDialog, isOpen } from "./dialogs.js";
import { renew } from "./live.js";

const MOVES = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

const DECIDE = ["1", "2", "3", "s", "h", "x"]; // keys that decide in some row: where this one has them not, it says so

const isTyping = (element) => element.closest?.("input:not([type=radio]):not([type=checkbox]), textarea, select");

function press(key) {
  const row = current() ?? document.querySelector("main .matter");
  const button = row?.querySelector(`[data-key="${CSS.escape(key)}"]`);
  button?.click();
  if (!button && DECIDE.includes(key) && row?.dataset.notHere) say(row.dataset.notHere);
  return Boolean(button);
}

function open(row) {
  const link = row?.querySelector(".title a");
  if (link) location.assign(link.href);
}

function undo() {
  const form = document.getElementById("undo");
  form?.requestSubmit();
  return Boolean(form);
}

function act(event) {
  const { key } = event;
  const low = key.toLowerCase();
  if (key in MOVES && rows().length) return step(MOVES[key]), true;
  if (low === "o" || (key === "Enter" && event.target.matches?.(".row"))) return open(current()), true;
  if (key === "Home" && rows().length) return choose(rows()[0]), true;
  if (low === "z") return undo();
  if (low === "r") return renew();
  if (key === "?") return openDialog("keys"), true;
  if (key === "/") return openDialog("palette"), true;
  if (low === "n") return document.querySelector("[data-page-key=n]")?.click(), true;
  return press(low);
}

export function listen() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const low = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && !event.altKey && low === "k") {
      event.preventDefault();
      openDialog("palette");
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && event.target.form?.matches("[data-sends]")) {
      event.preventDefault();
      event.target.form.requestSubmit();
      return;
    }
    if (isTyping(event.target) || isOpen()) return;
    if (event.ctrlKey && low === "z" && undo()) event.preventDefault();
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (act(event)) event.preventDefault();
  });
}
