// Ctrl+K: pages, commands and incidents, found by their text or by the first letters of their pinyin.
import { choose, rowOf } from "./rows.js";

const MOST = 12;
let things;

const find = (name) => document.getElementById(name);

async function load(dialog) {
  const answer = await fetch(dialog.dataset.from, { headers: { accept: "application/json" } });
  things = answer.ok ? (await answer.json()).things : [];
}

function ranked(term) {
  const wanted = term.trim().toLowerCase();
  if (!wanted) return things.slice(0, MOST);
  const place = (thing) => {
    const at = thing.text.toLowerCase().indexOf(wanted);
    const initial = thing.initials.indexOf(wanted);
    return at >= 0 ? at : initial >= 0 ? initial + 0.5 : -1;
  };
  return things
    .map((thing) => ({ thing, at: place(thing) }))
    .filter(({ at }) => at >= 0)
    .sort((one, other) => one.at - other.at)
    .slice(0, MOST)
    .map(({ thing }) => thing);
}

function draw(term) {
  const found = ranked(term);
  const lines = found.map((thing, number) => {
    const line = document.createElement("li");
    const kind = document.createElement("span");
    const text = document.createElement("bdi");
    line.id = `found-${number}`;
    line.setAttribute("role", "option");
    line.setAttribute("aria-selected", String(number === 0));
    line.dataset.href = thing.href;
    kind.className = "quiet small";
    kind.textContent = thing.kind;
    text.textContent = thing.text;
    line.append(kind, text);
    return line;
  });
  if (!lines.length) {
    const none = document.createElement("li");
    none.className = "quiet";
    none.textContent = find("palette").dataset.none;
    lines.push(none);
  }
  find("palette-found").replaceChildren(...lines);
  follow();
}

function follow() {
  const line = find("palette-found").querySelector("[aria-selected=true]");
  find("palette-term").setAttribute("aria-activedescendant", line?.id ?? "");
  line?.scrollIntoView({ block: "nearest" });
}

function move(by) {
  const lines = [...find("palette-found").querySelectorAll("[role=option]")];
  if (!lines.length) return;
  const at = lines.findIndex((line) => line.getAttribute("aria-selected") === "true");
  lines[at]?.setAttribute("aria-selected", "false");
  lines[(at + by + lines.length) % lines.length].setAttribute("aria-selected", "true");
  follow();
}

function go(line) {
  if (!line?.dataset.href) return;
  find("palette").close();
  const row = line.dataset.href.startsWith("#") && rowOf(line.dataset.href.slice(1));
  if (row) choose(row);
  else location.assign(line.dataset.href);
}

export function openPalette() {
  const dialog = find("palette");
  if (!dialog) return;
  const term = find("palette-term");
  new MutationObserver(async () => {
    if (!dialog.open) return;
    term.value = "";
    if (!things) await load(dialog);
    draw(term.value);
  }).observe(dialog, { attributeFilter: ["open"] });
  term.addEventListener("input", () => things && draw(term.value));
  term.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      go(find("palette-found").querySelector("[aria-selected=true]"));
    } else if (event.key === "Escape") {
      event.preventDefault(); // an old browser keeps the key for the field
      dialog.close();
    }
  });
  find("palette-found").addEventListener("click", (event) => go(event.target.closest("[role=option]")));
}
