// Times: said again and again, against the server's clock.

import { stale, topicsOf } from "./live.js";
import { all } from "./page.js";

// The server said its time after it was asked: from then on counts what the page took to come.
const ASKED = (performance.timeOrigin + (performance.getEntriesByType("navigation")[0]?.requestStart || 0)) / 1000;
const SKEW = ASKED - Number(document.documentElement.dataset.now || ASKED);
export const now = () => Date.now() / 1000 - SKEW;
const MINUTE = 60, HOUR = 3600, DAY = 86400;
const FRESH = 8;
const several = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

function ago(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 1) return "now";
  if (s < MINUTE) return `${s} s ago`;
  if (s < HOUR) return `${Math.floor(s / MINUTE)} min ago`;
  if (s < DAY) return `${Math.floor(s / HOUR)} h ago`;
  return `${several(Math.floor(s / DAY), "day")} ago`;
}

function left(seconds) {
  if (seconds <= -MINUTE) return `expired ${ago(-seconds)}`;
  if (seconds <= 0) return "expired";
  if (seconds < 1) return "under 1 s";
  if (Math.round(seconds) < MINUTE) return `${Math.round(seconds)} s`;
  if (seconds < HOUR) return `${Math.round(seconds / MINUTE)} min`;
  if (seconds < 2 * DAY) return `${Math.round(seconds / HOUR)} h`;
  return several(Math.round(seconds / DAY), "day");
}

function countdown(seconds) {
  if (seconds < 1) return "under 1 s";
  const s = Math.round(seconds);
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
  clock: (at) => new Date(at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", timeZoneName: "short" }),
};

// Past its moment, what is said of it (`data-past`) takes the place of the countdown, and what shows
// it is got again: the row or the value is gone.
function letGo(time) {
  const said = time.closest("[data-past]");
  const shown = time.closest("[data-topic]");
  if (said) said.textContent = said.dataset.past;
  if (shown) stale(topicsOf(shown));
}

export function sayTimes() {
  for (const time of all("time[datetime]")) {
    const at = Date.parse(time.dateTime) / 1000;
    const how = Object.keys(SAID).find((name) => name in time.dataset);
    if (!how || Number.isNaN(at)) continue;
    const text = SAID[how](at);
    if (time.textContent !== text) time.textContent = text;
    const isAhead = (how === "left" || how === "countdown") && at > now();
    if (time.dataset.ahead && !isAhead) letGo(time);
    if (isAhead) time.dataset.ahead = "1";
    else delete time.dataset.ahead;
    if (!time.dataset.local) {
      time.dataset.local = "1";
      // The person's own zone, by name: on paper nobody can ask which one it was.
      time.title = new Date(at * 1000).toLocaleString([], { dateStyle: "full", timeStyle: "long" });
    }
  }
  for (const row of all(".fresh[data-changed]")) {
    if (now() - Date.parse(row.dataset.changed) / 1000 > FRESH) row.classList.remove("fresh");
  }
}
