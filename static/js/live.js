// Live: which parts of the page are stale.
//
// Elements with `data-topic` know how to get themselves again (`hx-get`). The socket says which
// topics are stale; nothing else comes over it.

import { signedOut } from "./leaving.js";
import { all, one } from "./page.js";

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

export const topicsOf = (element) => (element.dataset.topic || "").split(" ").filter(Boolean);

export function show(state) {
  const badge = one("#badge");
  if (!badge) return;
  badge.dataset.state = state;
  badge.firstElementChild.textContent = WORDS[state];
  badge.title = state === "paused" ? "Press to follow the store again" : "Press to pause";
}

export function watch(force = false) {
  const topics = [...new Set(all("[data-topic]").flatMap(topicsOf))];
  const wanted = topics.join(" ");
  if (socket?.readyState !== WebSocket.OPEN || (wanted === watched && !force)) return;
  watched = wanted;
  socket.send(JSON.stringify({ watch: topics }));
}

export function stale(topics) {
  for (const element of all("[data-topic]")) {
    if (topics === null || topicsOf(element).some((topic) => topics.includes(topic))) {
      due.add(element.id);
    }
  }
  fetchDue();
}

const paceOf = (id) => Number(document.getElementById(id)?.dataset.pace || PACE);

export function fetchDue() {
  clearTimeout(timer);
  if (isPaused || document.hidden) return;
  let pace = Infinity;
  // What is fetched oftenest is what is looked at: it goes first, and what may be older waits for
  // another turn, so that the server and the page have nothing else to do meanwhile.
  for (const id of [...due].sort((one, other) => paceOf(one) - paceOf(other))) {
    const element = document.getElementById(id);
    if (element?.matches(".htmx-request") || (resting.get(id) ?? 0) > performance.now()) continue;
    if (paceOf(id) > pace) break;
    due.delete(id);
    if (!element?.dataset.topic) continue;
    pace = paceOf(id);
    resting.set(id, performance.now() + pace);
    htmx.trigger(element, "stale");
  }
  if (due.size) timer = setTimeout(fetchDue, PACE / 4);
}

// Not now: the element is due again in `wait` milliseconds.
export function postpone(id, wait) {
  due.add(id);
  resting.set(id, performance.now() + wait);
  timer = setTimeout(fetchDue, wait);
}

export function connect() {
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
    if (code === SIGNED_OUT) return show("off") ?? signedOut();
    attempts += 1;
    show(isPaused ? "paused" : attempts > 4 ? "off" : "reconnecting");
    const wait = Math.min(LONGEST_WAIT, 250 * 2 ** attempts) * (0.5 + Math.random() / 2);
    setTimeout(connect, wait);
  });
}

export function pause() {
  isPaused = !isPaused;
  show(isPaused ? "paused" : socket ? "live" : "reconnecting");
  if (!isPaused) fetchDue();
}
