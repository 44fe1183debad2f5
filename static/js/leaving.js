// Nobody leaves by accident what they have not saved, and a session that ends takes nothing along.

import { isKept, keepAll, unfinished } from "./drafts.js";
import { one } from "./page.js";
import { stopWaiting } from "./waiting.js";

let isLeaving = false;

// Whoever says so leaves without being asked.
export function leave() {
  isLeaving = true;
}

addEventListener("beforeunload", (event) => {
  keepAll();
  if (isLeaving || !unfinished().length) return;
  stopWaiting(); // whoever stays has sent nothing
  event.preventDefault();
  event.returnValue = ""; // older browsers ask only then
});
addEventListener("pageshow", () => {
  isLeaving = false;
});

// Without anything typed the page shows the way in; else it stays as it is, and says so.
export function signedOut() {
  const forms = unfinished();
  if (!forms.length) return location.reload();
  if (one(".signed-out")) return;
  keepAll();
  const note = one("#signed-out").content.firstElementChild.cloneNode(true);
  const isAll = forms.every(isKept);
  one(isAll ? "[data-unkept-text]" : "[data-kept-text]", note).remove();
  const link = one("a", note);
  link.href = location.pathname + location.search;
  if (isAll) link.addEventListener("click", leave);
  one("header.bar").after(note);
}

// A part of the page may ask, and be told, before the socket is closed.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.detail.xhr.getResponseHeader("HX-Refresh") !== "true" || !unfinished().length) return;
  event.preventDefault();
  signedOut();
});
