// Keeps open pages true, and the keyboard useful. Without it every page works, but nothing follows.
//
// Each part works on the elements that are in the page at that moment, so it does not matter how
// they came there.

import { coverInTime } from "./js/cover.js";
import "./js/drafts.js";
import "./js/keyboard.js";
import "./js/leaving.js";
import { connect, fetchDue, pause } from "./js/live.js";
import { all, one } from "./js/page.js";
import "./js/refused.js";
import "./js/swaps.js";
import "./js/typed.js";
import "./js/waiting.js";
import { sayTimes } from "./js/times.js";

// A preview lies above the link of its row, so that its text can be selected.
document.addEventListener("click", (event) => {
  const row = event.target.closest(".keys .preview")?.closest("tr");
  if (!row || event.target.closest("a") || !getSelection().isCollapsed) return;
  one("a", row).dispatchEvent(new MouseEvent("click", event));
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
document.addEventListener("visibilitychange", coverInTime);
setInterval(coverInTime, 1000);
setInterval(sayTimes, 200); // a countdown is late by so much at most
sayTimes();
connect();
