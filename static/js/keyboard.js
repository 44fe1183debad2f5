// The keyboard: arrows in lists and trees, `/`, `?`, Ctrl K with Enter, Esc.

import { all, one } from "./page.js";

const isTyping = (element) => element.matches("input, textarea, select, [contenteditable]");

function walk(list, step) {
  const stops = all("tbody a[id], a.place, .found a, .card a[id], .recent a, .topics a", list).filter((a) => a.offsetParent);
  const at = stops.indexOf(document.activeElement);
  const next = stops[at < 0 ? (step > 0 ? 0 : stops.length - 1) : at + step];
  next?.focus();
  return Boolean(next);
}

function walkTree(tree, key) {
  const stops = all("summary:not(.act summary), a.leaf, a.further, .node[tabindex]", tree).filter((e) => e.offsetParent);
  const here = document.activeElement;
  const at = stops.indexOf(here);
  const part = here.matches("summary") ? here.parentElement : null;
  if (key === "ArrowRight" && part && !part.open) part.open = true;
  else if (key === "ArrowLeft" && part?.open) part.open = false;
  else if (key === "ArrowLeft") (part?.parentElement ?? here).closest("details")?.querySelector("summary")?.focus();
  else stops[Math.min(stops.length - 1, Math.max(0, at + (key === "ArrowUp" ? -1 : 1)))]?.focus();
}

function walkMenu(menu, key) {
  const stops = [one("summary", menu), ...all(".sheet a, .sheet button", menu)];
  const step = { ArrowDown: 1, ArrowUp: -1 }[key] ?? 0;
  stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length].focus();
}

function pressArrow(event) {
  const here = document.activeElement;
  const menu = here.closest("#value [data-menu][open]");
  if (menu) return walkMenu(menu, event.key) ?? true;
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

// In the palette, Enter opens what is found first, once it is about what is typed.
function pressEnter(here) {
  const found = one("#found");
  const first = found?.dataset.for === here.value.trim() && one("a", found);
  if (first) first.click();
  return Boolean(first);
}

function pressEscape() {
  const here = document.activeElement;
  const cancel = one("[data-cancel]", here.closest("[data-editing]") ?? document.createElement("i"));
  if (cancel) cancel.click();
  else if (here.closest("[data-menu]")?.open) {
    here.closest("[data-menu]").open = false;
    one("summary", here.closest("[data-menu]")).focus();
  } else here.blur();
}

document.addEventListener("keydown", (event) => {
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
  let isUsed = true;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") one("#jump")?.select();
  else if (isPlain && event.key.startsWith("Arrow")) isUsed = pressArrow(event);
  else if (event.key === "Enter" && event.target.id === "jump") isUsed = pressEnter(event.target);
  else if (event.key === "Escape" && !one("dialog[open]")) pressEscape();
  else if (!isPlain || isTyping(event.target)) isUsed = false;
  else if (event.key === "/") (one("#search-value") ?? one("#search"))?.select();
  else if (event.key === "?") one("#help")?.showModal();
  else isUsed = false;
  if (isUsed) event.preventDefault();
});
