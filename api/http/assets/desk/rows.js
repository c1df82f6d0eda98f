// Rows of the queue: which one is current, and what becomes of one that was acted on. A row goes at once, and comes back
// with the reason where it is refused. Nothing else moves or vanishes while somebody works.

const PREVIEW_AFTER = 140;
const MOST_ROWS = 500;
let waiting = 0;
const LASTING = ["take", "open"];
const taken = [];
const mine = new Set();

export const rows = () => [...document.querySelectorAll(".rows > .row:not([hidden])")];
export const current = () => document.querySelector(".row[aria-current='true']:not([hidden])");
export const rowOf = (key) => document.getElementById(key);
export const isMine = (key) => mine.has(key);

export function choose(row, { focus = true } = {}) {
  if (!row) return;
  const before = document.querySelector(".row[aria-current='true']");
  if (before && before !== row) before.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  if (focus) row.focus();
  const preview = document.getElementById("preview");
  clearTimeout(waiting);
  if (preview && getComputedStyle(preview).position === "sticky") {
    waiting = setTimeout(() => show(row), PREVIEW_AFTER);
  }
}

export function show(row) {
  if (document.getElementById("preview")?.dataset.of === row.id) return;
  document.getElementById("preview").dataset.of = row.id;
  row.querySelector(".title a").click();
}

export function step(by) {
  const all = rows();
  const at = all.indexOf(current());
  if (by > 0 && at === all.length - 1) document.getElementById("more")?.click();
  choose(all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + by))]);
}

function take(row) {
  const all = rows();
  const next = all[all.indexOf(row) + 1] ?? all[all.indexOf(row) - 1];
  const hadFocus = row.contains(document.activeElement) || document.activeElement === document.body;
  mine.add(row.id);
  row.hidden = true;
  row.removeAttribute("aria-current");
  if (next) choose(next, { focus: hadFocus });
}

function giveBack(row) {
  row.hidden = false;
  mine.delete(row.id);
  choose(row);
}

function rowOfForm(form) {
  return form.closest(".row") ?? rowOf(form.dataset.row);
}

export function say(words) {
  const line = document.createElement("div");
  line.className = "flash";
  line.setAttribute("role", "alert");
  line.textContent = words;
  document.getElementById("flash")?.replaceChildren(line);
}

export function keepRows(page) {
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.(".row");
    if (row && row !== current()) choose(row, { focus: false });
  });
  document.addEventListener("click", (event) => {
    const more = event.target.closest?.("#more");
    if (more && rows().length >= MOST_ROWS) {
      event.preventDefault();
      event.stopPropagation();
      location.assign(more.href);
    }
    const title = event.target.closest?.(".row .title a");
    if (title && (event.ctrlKey || event.metaKey || event.shiftKey)) event.stopPropagation();
    else if (title) choose(title.closest(".row"), { focus: false });
  }, true);
  document.addEventListener("submit", (event) => {
    event.target.dataset.did = event.submitter?.value ?? "";
  }, true);
  document.addEventListener("htmx:before:request", (event) => {
    const form = event.detail.ctx.sourceElement;
    const row = form.matches?.("form") && rowOfForm(form);
    if (row && !row.hidden) take(row);
  });
  document.addEventListener("htmx:after:request", (event) => {
    const { sourceElement: form, response } = event.detail.ctx;
    if (form.id === "undo" && response?.status === 200) {
      const { row, did } = taken.pop() ?? {};
      if (row?.isConnected && !LASTING.includes(did)) giveBack(row);
      else location.reload();
      return;
    }
    const row = form.matches?.("form") && rowOfForm(form);
    if (!row) return;
    if (response?.status === 200) {
      taken.push({ row, did: form.dataset.did });
      form.closest("dialog")?.close();
    } else giveBack(row);
  });
  document.addEventListener("htmx:error", (event) => {
    const form = event.detail.ctx?.sourceElement;
    const row = form?.matches?.("form") && rowOfForm(form);
    if (row) giveBack(row);
    if (form) say(page.failed ?? "");
  });
}
