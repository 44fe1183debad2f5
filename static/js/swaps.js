// Swaps: an open edit stays, folded parts stay folded, rows hold still under the pointer.

import { rememberEdit, rememberFocus, restoreEdit, restoreFocus } from "./focus.js";
import { postpone, show, stale, topicsOf, watch } from "./live.js";
import { all, one } from "./page.js";
import { sayTimes } from "./times.js";

const folds = new Map(); // id of a part of the tree → whether it is open

function rememberFolds(root) {
  for (const part of all("details[id]", root)) folds.set(part.id, part.open);
}

function restoreFolds(root) {
  for (const part of all("details[id]", root)) {
    if (folds.has(part.id)) part.open = folds.get(part.id);
  }
}

// What was just said about a value stays for its time, however often the value is got again.
const said = new Map(); // note → when it has been read

function rememberNotes(root) {
  for (const note of all("[data-said-for]", root)) {
    if (!said.has(note)) said.set(note, performance.now() + Number(note.dataset.saidFor));
  }
}

function restoreNotes() {
  for (const [note, until] of said) {
    if (performance.now() > until) said.delete(note);
    else if (!note.isConnected) one("#value > .notes")?.prepend(note);
  }
}

// A search in the value goes on when the value is got again: the same words, in what it is now.
// They are in the new field within the same turn, so that nothing typed meanwhile is lost.
let sought = "";

function rememberSearch(root) {
  sought = one("#search-value", root)?.value ?? "";
}

function carrySearch() {
  const field = sought && one("#search-value");
  if (!field) return;
  field.value = sought;
  field.setSelectionRange(sought.length, sought.length);
}

function restoreSearch() {
  const field = sought && one("#search-value");
  sought = "";
  if (field) htmx.trigger(field, "search");
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
  sayTimes();
  if (isWaiting || fresh.size) {
    element.addEventListener("pointerleave", () => stale(topicsOf(element)), { once: true });
  }
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig, xhr } = event.detail;
  rememberFolds(target);
  if (requestConfig?.triggeringEvent?.type === "stale") rememberFocus(target);
  if (requestConfig?.triggeringEvent?.type === "stale") rememberNotes(target);
  else {
    said.clear();
    if (target.id === "value") rememberEdit(target);
  }
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
  } else if (target.id === "value") rememberSearch(target);
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "value") carrySearch();
});

document.addEventListener("htmx:afterSettle", (event) => {
  restoreFolds(document);
  restoreNotes();
  if (event.target.id === "value") restoreSearch();
  restoreFocus();
  sayTimes();
  watch();
  markOpenKey();
  one("[autofocus]", event.detail.elt)?.focus();
  if (event.target.id === "value") restoreEdit();
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
  // Whoever signed in anew needs a new token in the forms that were open; the refusal brings one.
  const token = one("[name=csrfmiddlewaretoken]", page)?.value;
  if (token) for (const field of all("[name=csrfmiddlewaretoken]")) field.value = token;
  const note = document.createElement("p");
  note.className = "error";
  note.setAttribute("role", "alert");
  const isTyped = one("input:not([type=hidden]), textarea, select", form);
  note.textContent = isTyped ? `${words} What you typed is still here.` : words;
  one(".error[role=alert]", form)?.remove();
  form.append(note);
}

// A link that gets a part of the page: `data-into` is what the answer replaces (`.act`: fills),
// `data-part` its address where that is not the link's own. One listener, since a tree has
// hundreds of them.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-into]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const swap = link.dataset.into === ".act" ? "innerHTML" : "outerHTML";
  const target = link.closest(link.dataset.into);
  htmx.ajax("GET", link.dataset.part || link.getAttribute("href"), { source: link, target, swap });
});
