// The one script of ours: it keeps open pages true, and the keyboard useful.
//
// Elements with `data-topic` know how to get themselves again (`hx-get`). The socket says which
// topics are stale; nothing else comes over it. Every part below works on elements that are in the
// page at that moment, so it does not matter how they came there.

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// --- times: said again every second, against the server's clock

const SKEW = Date.now() / 1000 - Number(document.documentElement.dataset.now || Date.now() / 1000);
const now = () => Date.now() / 1000 - SKEW;
const MINUTE = 60, HOUR = 3600, DAY = 86400;
const FRESH = 8;
const several = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

function ago(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  if (s < MINUTE) return `${s} s ago`;
  if (s < HOUR) return `${Math.floor(s / MINUTE)} min ago`;
  if (s < DAY) return `${Math.floor(s / HOUR)} h ago`;
  return `${several(Math.floor(s / DAY), "day")} ago`;
}

function left(seconds) {
  if (seconds <= 0) return "expired";
  if (seconds < MINUTE) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < HOUR) return `${Math.round(seconds / MINUTE)} min`;
  if (seconds < 2 * DAY) return `${Math.round(seconds / HOUR)} h`;
  return several(Math.round(seconds / DAY), "day");
}

function countdown(seconds) {
  const s = Math.max(0, Math.round(seconds));
  const two = (number) => String(number).padStart(2, "0");
  if (s < MINUTE) return `${s} s`;
  if (s < HOUR) return `${Math.floor(s / MINUTE)} min ${two(s % MINUTE)} s`;
  if (s < DAY) return `${Math.floor(s / HOUR)} h ${two(Math.floor((s % HOUR) / MINUTE))} min`;
  return `${several(Math.floor(s / DAY), "day")} ${Math.floor((s % DAY) / HOUR)} h`;
}

const SAID = {
  ago: (at) => ago(now() - at),
  left: (at) => left(at - now()),
  countdown: (at) => countdown(at - now()),
  clock: (at) => new Date(at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }),
};

function sayTimes() {
  for (const time of all("time[datetime]")) {
    const at = Date.parse(time.dateTime) / 1000;
    const how = Object.keys(SAID).find((name) => name in time.dataset);
    if (!how || Number.isNaN(at)) continue;
    const text = SAID[how](at);
    if (time.textContent !== text) time.textContent = text;
    if (!time.dataset.local) {
      time.dataset.local = "1";
      time.title = new Date(at * 1000).toLocaleString([], { dateStyle: "full", timeStyle: "medium" });
    }
  }
  for (const row of all(".fresh[data-changed]")) {
    if (now() - Date.parse(row.dataset.changed) / 1000 > FRESH) row.classList.remove("fresh");
  }
}

// --- live: which parts of the page are stale

const PACE = 300; // ms between two fetches of one element, unless its `data-pace` says otherwise
const LONGEST_WAIT = 15_000;
const SIGNED_OUT = 4401; // the close code of a session that has ended
const WORDS = { live: "Live", reconnecting: "Reconnecting", off: "Not live", paused: "Paused" };

let socket = null;
let attempts = 0;
let isPaused = false;
let watched = "";
const due = new Set(); // ids of elements to fetch again
const resting = new Map(); // element id → when it may be fetched again
let timer = 0;

const topicsOf = (element) => (element.dataset.topic || "").split(" ").filter(Boolean);

function show(state) {
  const badge = one("#badge");
  if (!badge) return;
  badge.dataset.state = state;
  badge.firstElementChild.textContent = WORDS[state];
  badge.title = state === "paused" ? "Press to follow the store again" : "Press to pause";
}

function watch(force = false) {
  const topics = [...new Set(all("[data-topic]").flatMap(topicsOf))];
  const wanted = topics.join(" ");
  if (socket?.readyState !== WebSocket.OPEN || (wanted === watched && !force)) return;
  watched = wanted;
  socket.send(JSON.stringify({ watch: topics }));
}

function stale(topics) {
  for (const element of all("[data-topic]")) {
    if (topics === null || topicsOf(element).some((topic) => topics.includes(topic))) {
      due.add(element.id);
    }
  }
  fetchDue();
}

function fetchDue() {
  clearTimeout(timer);
  if (isPaused || document.hidden) return;
  for (const id of due) {
    const element = document.getElementById(id);
    if (element?.matches(".htmx-request") || (resting.get(id) ?? 0) > performance.now()) continue;
    due.delete(id);
    if (!element?.dataset.topic) continue;
    resting.set(id, performance.now() + Number(element.dataset.pace || PACE));
    htmx.trigger(element, "stale");
  }
  if (due.size) timer = setTimeout(fetchDue, PACE / 4);
}

// Not now: the element is due again in `wait` milliseconds.
function postpone(id, wait) {
  due.add(id);
  resting.set(id, performance.now() + wait);
  timer = setTimeout(fetchDue, wait);
}

function connect() {
  if (!one("#badge")) return;
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const fresh = new WebSocket(`${scheme}://${location.host}/live/`);
  fresh.addEventListener("open", () => {
    const wasAway = attempts > 0;
    socket = fresh;
    attempts = 0;
    show(isPaused ? "paused" : "live");
    watch(true);
    if (wasAway) stale(null); // whatever was said meanwhile was not heard
  });
  fresh.addEventListener("message", (event) => {
    const said = JSON.parse(event.data);
    if (Array.isArray(said.stale)) stale(said.stale);
  });
  fresh.addEventListener("close", ({ code }) => {
    socket = null;
    if (code === SIGNED_OUT) return location.reload();
    attempts += 1;
    show(isPaused ? "paused" : attempts > 4 ? "off" : "reconnecting");
    const wait = Math.min(LONGEST_WAIT, 250 * 2 ** attempts) * (0.5 + Math.random() / 2);
    setTimeout(connect, wait);
  });
}

function pause() {
  isPaused = !isPaused;
  show(isPaused ? "paused" : socket ? "live" : "reconnecting");
  if (!isPaused) fetchDue();
}

// --- swaps: an open edit stays, folded parts stay folded, rows hold still under the pointer

const folds = new Map(); // id of a part of the tree → whether it is open

function rememberFolds(root) {
  for (const part of all("details[id]", root)) folds.set(part.id, part.open);
}

function restoreFolds(root) {
  for (const part of all("details[id]", root)) {
    if (folds.has(part.id)) part.open = folds.get(part.id);
  }
}

function parsed(html, id) {
  return new DOMParser().parseFromString(html, "text/html").getElementById(id);
}

// Rows that are there get their new content in place; what would move the rest waits.
function mergeRows(element, html) {
  const update = parsed(html, element.id);
  if (!update) return;
  const fresh = new Map(all("tbody tr[id]", update).map((row) => [row.id, row]));
  let isWaiting = false;
  for (const row of all("tbody tr[id]", element)) {
    const next = fresh.get(row.id);
    fresh.delete(row.id);
    row.classList.toggle("leaving", !next);
    if (!next) isWaiting = true;
    else if (next.outerHTML !== row.outerHTML) {
      row.className = next.className;
      row.dataset.changed = next.dataset.changed || "";
      [...next.cells].forEach((cell, index) => {
        if (index || !row.contains(document.activeElement)) row.cells[index]?.replaceWith(cell);
      });
      htmx.process(row);
    }
  }
  if (isWaiting || fresh.size) {
    element.addEventListener("pointerleave", () => stale(topicsOf(element)), { once: true });
  }
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig, xhr } = event.detail;
  rememberFolds(target);
  if (requestConfig?.triggeringEvent?.type !== "stale" || !event.detail.shouldSwap) return;
  if (one("[data-menu][open], .htmx-request", target)) {
    event.detail.shouldSwap = false;
    postpone(target.id, 500);
  } else if (one("[data-editing]", target)) {
    event.detail.shouldSwap = false;
    const update = parsed(xhr.responseText, target.id);
    if (update?.dataset.digest !== target.dataset.digest) {
      for (const note of all("[data-meanwhile]", target)) note.hidden = false;
    }
  } else if ("steady" in target.dataset && target.matches(":hover")) {
    event.detail.shouldSwap = false;
    mergeRows(target, xhr.responseText);
  }
});

document.addEventListener("htmx:afterSettle", (event) => {
  restoreFolds(document);
  sayTimes();
  watch();
  markOpenKey();
  one("[autofocus]", event.detail.elt)?.focus();
});

function markOpenKey() {
  const open = one("#value[hx-get]")?.getAttribute("hx-get");
  for (const row of all("#rows tr[id]")) {
    const isOpen = one("a[href]", row)?.getAttribute("href") === open;
    if (isOpen) row.setAttribute("aria-selected", "true");
    else row.removeAttribute("aria-selected");
  }
}

document.addEventListener("htmx:sendError", () => show("reconnecting"));
document.addEventListener("htmx:responseError", (event) => {
  const { requestConfig, pathInfo } = event.detail;
  if (requestConfig.triggeringEvent?.type === "stale") return;
  // The whole page says what happened; a form stays, with the words beside it.
  if (requestConfig.verb === "get") location.assign(pathInfo.requestPath);
  else showFailure(event.detail);
});

function showFailure({ elt, xhr }) {
  const form = elt.closest("form") ?? elt;
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const words = one("[data-said]", page)?.textContent ?? "The server did not answer as expected.";
  const note = document.createElement("p");
  note.className = "error";
  note.setAttribute("role", "alert");
  note.textContent = `${words} What you typed is still here.`;
  one(".error[role=alert]", form)?.remove();
  form.append(note);
}

// --- keyboard

const isTyping = (element) => element.matches("input, textarea, select, [contenteditable]");

function walk(list, step) {
  const stops = all("tbody a[id], a.place, .found a, .recent a", list).filter((a) => a.offsetParent);
  const at = stops.indexOf(document.activeElement);
  const next = stops[at < 0 ? (step > 0 ? 0 : stops.length - 1) : at + step];
  next?.focus();
  return Boolean(next);
}

function walkTree(tree, key) {
  const stops = all("summary:not(.act summary), a.leaf, .node[tabindex]", tree).filter((e) => e.offsetParent);
  const here = document.activeElement;
  const at = stops.indexOf(here);
  const part = here.matches("summary") ? here.parentElement : null;
  if (key === "ArrowRight" && part && !part.open) part.open = true;
  else if (key === "ArrowLeft" && part?.open) part.open = false;
  else if (key === "ArrowLeft") (part?.parentElement ?? here).closest("details")?.querySelector("summary")?.focus();
  else stops[Math.min(stops.length - 1, Math.max(0, at + (key === "ArrowUp" ? -1 : 1)))]?.focus();
}

function pressArrow(event) {
  const here = document.activeElement;
  const tree = here.closest("[data-tree]");
  const list = here.closest("[data-list]");
  if (here.id === "jump") return event.key === "ArrowDown" && walk(one("#found"), 1);
  if (isTyping(here) && !("search" in here.dataset)) return false;
  if (tree) return walkTree(tree, event.key) ?? true;
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return false;
  if (list) return walk(list, event.key === "ArrowDown" ? 1 : -1);
  const home = "search" in here.dataset || here === document.body;
  return home && walk(one("[data-steady]") ?? one("[data-list]") ?? document, 1);
}

function pressEscape() {
  const here = document.activeElement;
  const cancel = one("[data-cancel]", here.closest("[data-editing]") ?? document.createElement("i"));
  if (cancel) cancel.click();
  else if (here.closest("[data-menu]")?.open) here.closest("[data-menu]").open = false;
  else here.blur();
}

document.addEventListener("keydown", (event) => {
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
  let isUsed = true;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") one("#jump")?.select();
  else if (isPlain && event.key.startsWith("Arrow")) isUsed = pressArrow(event);
  else if (event.key === "Escape" && !one("dialog[open]")) pressEscape();
  else if (!isPlain || isTyping(event.target)) isUsed = false;
  else if (event.key === "/") (one("#search-value") ?? one("#search"))?.select();
  else if (event.key === "?") one("#help")?.showModal();
  else isUsed = false;
  if (isUsed) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("#badge")) pause();
  if (event.target.closest("[data-help-open]")) one("#help")?.showModal();
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    event.preventDefault();
    navigator.clipboard?.writeText(copy.dataset.copy);
  }
  for (const menu of all("[data-menu][open]")) {
    if (!menu.contains(event.target) || copy) menu.open = false;
  }
});

for (const hidden of all("[data-help-open], [data-scripted]")) hidden.hidden = false;
document.addEventListener("visibilitychange", fetchDue);
setInterval(sayTimes, 1000);
sayTimes();
connect();
