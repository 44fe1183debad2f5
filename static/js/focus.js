// The focus outlives a swap. htmx keeps it for elements with an id; here is the rest.

import { all, one } from "./page.js";

const STOPS = "a[href], button, summary, input, select, textarea, [tabindex]";
let lost = null; // the root, what the element was, and how many like it stood before it

// A link is where it leads: what it says, such as the size of an area, may be what has changed.
// The menu of a part is the link that it came for, which is there again when the value is got again.
const likeness = (element) =>
  (element.matches(".act > a, .act > details > summary") && `more of ${element.closest("[id]").id}`) ||
  element.getAttribute("href") ||
  [element.localName, element.name, element.getAttribute("aria-label"), element.textContent.trim()].join("\n");

const alike = (root, like) => all(STOPS, root).filter((element) => likeness(element) === like);

// When an edit has ended, saved or not, the focus is again at what was edited.
let edited = "";

export function rememberEdit(root) {
  const form = one("[data-editing]", root);
  edited = form ? form.id.replace("e-", "") || "value" : "";
}

export function restoreEdit() {
  if (!edited || document.activeElement !== document.body) return;
  const place = one(`#v-${edited}`) ?? one(`#u-${edited}`) ?? one("#value .tree summary, #value .tree a.leaf");
  place?.focus({ preventScroll: true });
  edited = "";
}

export function rememberFocus(root) {
  const here = document.activeElement;
  if (here === document.body && lost) return; // a swap before this one has yet to give it back
  lost = null;
  if (here.id || !root.contains(here)) return;
  const like = likeness(here);
  lost = { id: root.id, like, at: alike(root, like).indexOf(here) };
}

export function restoreFocus() {
  const root = lost && document.getElementById(lost.id);
  if (!root) return;
  if (document.activeElement === document.body) alike(root, lost.like)[lost.at]?.focus({ preventScroll: true });
  lost = null;
}
