// What was revealed does not stay on an open page: it is covered in time, and when the page is left,
// so that the browser's Back does not bring it back.

import { leave } from "./leaving.js";
import { one } from "./page.js";
import { now } from "./times.js";

let until = Number(document.body.dataset.coversAt || 0); // seconds since the epoch; 0: nothing is

document.body.addEventListener("revealed", (event) => {
  until = Math.max(until, Number(event.detail.value));
});

// Without the part after `#`, so that the page is got anew in any case.
function again() {
  leave();
  location.replace(location.pathname + location.search);
}

function cover() {
  document.body.classList.add("covered");
  one("[data-cover]").hidden = false;
}

export function coverInTime() {
  if (!until || now() < until) return;
  cover();
  if (one("[data-editing]")) one("[data-cover-editing]").hidden = false;
  else {
    until = 0;
    again();
  }
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-cover-leave]")) return;
  event.preventDefault();
  again();
});

addEventListener("pagehide", () => {
  if (until) cover();
});
addEventListener("pageshow", (event) => {
  if (event.persisted && until) again();
});
