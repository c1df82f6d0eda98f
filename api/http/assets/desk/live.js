// What happens while the page is open: a pill says how much is new, rows that changed elsewhere are marked, and nothing
// moves. A hidden tab lets its line go; once a minute it asks behind its last id, so that the title's badge stays true.
import { isMine, rowOf, rows } from "./rows.js";
import { ring } from "./sound.js";

const ASK_EVERY = 60_000;
const ASK_FOR = 3_000;
const GRAVE = 2;
const NEW = ["opened", "level_raised", "reopened"];
const news = new Set();
let page, line, place, title, isStale = false;

const isRow = (key) => rowOf(key) || isMine(key);

function pill() {
  const bar = document.getElementById("news");
  if (!bar || !(news.size || isStale)) return;
  const link = bar.firstElementChild ?? document.createElement("a");
  link.href = location.pathname;
  link.textContent = isStale ? page.stale : page.news.replace("#", news.size);
  if (!link.isConnected) bar.append(link);
  const waiting = Number(page.badge) + news.size;
  document.title = waiting ? `(${waiting}) ${title}` : title;
}

function mark(key) {
  const row = rowOf(key);
  if (row && !isMine(key)) row.classList.add("changed");
}

function onDecision({ incidents, alerts }) {
  for (const one of incidents) {
    const key = `incident-${one.incident}`;
    const row = rowOf(key);
    if (row && Number(row.dataset.revision) !== one.revision) mark(key);
    else if (one.is_new && one.state === "discovered" && !isRow(key)) news.add(key);
  }
  if (alerts.some((alert) => alert.level <= GRAVE && NEW.includes(alert.what))) ring();
}

function onGroups({ groups }) {
  const shown = rows().filter((row) => row.id.startsWith("group-"));
  const last = document.getElementById("more") ? Number(shown[shown.length - 1]?.dataset.at ?? 0) : 0;
  for (const one of groups) {
    const key = `group-${one.group}`;
    const row = rowOf(key);
    if (row && (!one.is_todo || Number(row.dataset.posts) !== one.posts)) mark(key);
    else if (one.is_todo && one.last_at >= last && !isRow(key)) news.add(key);
    else if (!one.is_todo) news.delete(key);
  }
}

function hear(kind, use) {
  line.addEventListener(kind, (event) => {
    place = event.lastEventId || place;
    use(JSON.parse(event.data));
    pill();
  });
}

function connect() {
  close();
  line = new EventSource(`/api/v1/alerts/stream?unit=${encodeURIComponent(page.unit)}&after=${encodeURIComponent(place)}`);
  hear("hello", () => {});
  hear("decision", onDecision);
  hear("groups", onGroups);
  hear("reset", () => {
    isStale = true;
  });
  line.addEventListener("error", () => {
    if (line?.readyState !== EventSource.CLOSED) return; // else the browser itself tries again
    isStale = true;
    pill();
  });
}

function close() {
  line?.close();
  line = undefined;
}

export function renew() {
  if (!news.size && !isStale) return false;
  location.assign(location.pathname);
  return true;
}

export function openLine(given) {
  page = given;
  place = page.cursor;
  title = document.title.replace(/^\(\d+\) /, "");
  const sync = () => (document.hidden ? close() : connect());
  document.addEventListener("visibilitychange", sync);
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => event.persisted && sync());
  setInterval(() => {
    if (!document.hidden) return;
    connect();
    setTimeout(() => document.hidden && close(), ASK_FOR);
  }, ASK_EVERY);
  sync();
}
