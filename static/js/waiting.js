// Whoever waits is told so, and nothing is sent a second time meanwhile.

import { one } from "./page.js";

const SOON = 700; // ms; what is done by then needs no words
const LONGEST = 30_000; // ms; the browser does not say that a form it was sending was stopped
const PRESSES = new Set(["submit", "click", undefined]); // htmx.ajax has no event
const waiting = new Map(); // what was asked, a request or a form → the form or link that asked
let timer = 0;

function say(words) {
  const note = one("#waiting");
  if (note.textContent !== words) note.textContent = words;
}

function begin(asked, element) {
  if (!waiting.size) timer = setTimeout(() => say("Working on it …"), SOON);
  waiting.set(asked, element);
  element.setAttribute("aria-busy", "true");
}

function end(asked) {
  const element = waiting.get(asked);
  waiting.delete(asked);
  if (![...waiting.values()].includes(element)) element?.removeAttribute("aria-busy");
  if (waiting.size) return;
  clearTimeout(timer);
  say("");
}

export function stopWaiting() {
  for (const asked of [...waiting.keys()]) end(asked);
}

// Before it would be put into htmx's queue, to be sent once more when this one has failed.
document.addEventListener("htmx:confirm", (event) => {
  const { elt, triggeringEvent } = event.detail;
  if (waiting.size && PRESSES.has(triggeringEvent?.type) && [...waiting.values()].includes(elt)) event.preventDefault();
});

document.addEventListener("htmx:beforeSend", ({ detail: { elt, xhr, requestConfig } }) => {
  if (requestConfig.triggeringEvent?.type === "stale") return; // nobody asked
  begin(xhr, elt);
  xhr.addEventListener("loadend", () => {
    if (!xhr.getResponseHeader("HX-Redirect")) end(xhr); // else until the other page is there
  });
});

// A form that the browser sends by itself. One whose answer is a file (`data-file`) leaves the page
// as it is, so nothing tells when that has come.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || "file" in form.dataset || form.method === "dialog") return;
  if (waiting.has(form)) return event.preventDefault();
  begin(form, form);
  setTimeout(end, LONGEST, form);
});
addEventListener("pageshow", stopWaiting);
