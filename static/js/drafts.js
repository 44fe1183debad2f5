// What was typed comes back: after a click elsewhere, a reload, or signing in again.
//
// A form is known by where it is sent and by the kind of its field. What replaces something masked,
// or stands where something was revealed, is kept nowhere (`data-unkept`).

import { allTyped, forget, forgetAll, forgetOld, keepTyped, recall } from "./kept.js";
import { all, one } from "./page.js";
import { isChanged, isUnfinished } from "./typed.js";

const PAUSE = 300; // ms without a keystroke
const NOT_TYPED = new Set(["hidden", "password", "file", "search", "submit", "button"]);
const address = () => location.pathname + location.search;
const opened = new Map(); // form → the address that it was got from
const unkept = new Set(); // forms of which something could not be kept
let timer = 0;
let isOver = false; // this person signs out here
let waiting = null; // what has yet to be filled in when the field of another kind has come

const nameOf = (form) => `${form.getAttribute("action")} ${one("[name=control][type=hidden]", form)?.value ?? ""}`;
const formsIn = (root) => all("form[data-editing]:not([data-done])", root);
const fieldsOf = (form) =>
  [...form.elements].filter((field) => field.name && "value" in field && !NOT_TYPED.has(field.type) && !("asked" in field.dataset));

export const unfinished = () => formsIn(document).filter(isUnfinished);
export const isKept = (form) => !("unkept" in form.dataset) && !unkept.has(nameOf(form));

function keep(form) {
  const name = nameOf(form);
  if ("unkept" in form.dataset) return;
  if (!isUnfinished(form)) return forget(name);
  const fields = { ...recall(name)?.fields };
  for (const field of fieldsOf(form)) {
    if (!isChanged(field) && !(field.name in fields)) continue;
    if (field.type === "checkbox") fields[field.name] = field.checked;
    else if (field.type !== "radio" || field.checked) fields[field.name] = field.value;
  }
  if (!Object.keys(fields).length) return;
  const about = { page: address(), from: opened.get(name) ?? address(), what: form.dataset.editing };
  const digest = one("[name=digest]", form)?.value ?? "";
  if (keepTyped(name, { fields, digest, ...about })) unkept.delete(name);
  else unkept.add(name);
}

export function keepAll() {
  clearTimeout(timer);
  if (isOver) return;
  for (const form of formsIn(document)) if (isUnfinished(form)) keep(form);
}

function done(form) {
  form.dataset.done = "";
  forget(nameOf(form));
}

// Whether anything in the form became other than it was.
function fill(form, fields) {
  let isOther = false;
  for (const field of fieldsOf(form).filter(({ name }) => name in fields)) {
    const wanted = fields[field.name];
    const isMark = field.type === "checkbox" || field.type === "radio";
    const now = isMark ? field.checked : field.value;
    const then = field.type === "radio" ? field.value === wanted : wanted;
    if (now === then) continue;
    isOther = true;
    if (isMark) field.checked = then;
    else field.value = then;
  }
  return isOther;
}

const said = (name) => one(`#${name}`).content.firstElementChild.cloneNode(true);

function switchKind(form, fields) {
  waiting = fields;
  one("[name=control][type=radio]:checked", form).dispatchEvent(new Event("change", { bubbles: true }));
}

function bringBack(form) {
  const draft = recall(nameOf(form));
  const kind = one("[name=control][type=radio]:checked", form)?.value;
  if (!draft || !fill(form, draft.fields)) return;
  const note = said("typed-before");
  one("[data-changed]", note).hidden = !draft.digest || draft.digest === one("[name=digest]", form)?.value;
  form.prepend(note);
  if (one("[name=control][type=radio]:checked", form)?.value !== kind) switchKind(form, draft.fields);
}

// After a look at the change there is a field more than in the form that was sent.
function fillNew(form, sent) {
  const fields = Object.entries(recall(nameOf(form))?.fields ?? {}).filter(([name]) => !(name in sent));
  fill(form, Object.fromEntries(fields));
}

function discard(form) {
  const kind = one("[name=control][type=radio]:checked", form)?.value;
  forget(nameOf(form));
  form.reset();
  one("[data-typed-before]", form)?.remove();
  if (one("[name=control][type=radio]:checked", form)?.value !== kind) switchKind(form, {});
  fieldsOf(form)[0]?.focus();
}

// What was typed here in a form that is not open: a note leads to it.
function offer() {
  const notes = one("#value > .notes");
  if (!notes) return;
  for (const note of all("[data-typed-here]", notes)) note.remove();
  const open = new Set(formsIn(document).map(nameOf));
  for (const [name, draft] of allTyped()) {
    if (!draft || draft.page !== address() || open.has(name)) continue;
    const note = said("typed-here");
    one("code", note).textContent = draft.what || "this value";
    one("[data-go-on]", note).href = draft.from;
    one("[data-discard]", note).addEventListener("click", () => note.remove(forget(name)));
    notes.append(note);
  }
}

function goOn(event, link) {
  const from = link.getAttribute("href");
  const way = all("#value a[href]").find((each) => each !== link && [each.dataset.part, each.getAttribute("href")].includes(from));
  if (!way) return;
  event.preventDefault();
  for (let part = way.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  way.click();
}

// A form that was sent and is not in the answer was done with, if the answer says so.
function settleSent() {
  const open = new Set(formsIn(document).map(nameOf));
  for (const [name, draft] of allTyped()) {
    if (!draft?.isSent) continue;
    if (!open.has(name) && one(".note.good")) forget(name);
    else keepTyped(name, { ...draft, isSent: false });
  }
}

document.addEventListener("DOMContentLoaded", () => {
  forgetOld();
  settleSent();
  for (const form of formsIn(document)) bringBack(form);
  offer();
});

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, ({ target }) => {
    const form = target.closest("form[data-editing]");
    clearTimeout(timer);
    if (form) timer = setTimeout(keepAll, PAUSE);
    if (form && !isUnfinished(form)) forget(nameOf(form));
  });
}
document.addEventListener("visibilitychange", keepAll);
addEventListener("pagehide", keepAll);

document.addEventListener("click", (event) => {
  const form = event.target.closest("form[data-editing]");
  const link = event.target.closest("[data-go-on]");
  if (form && event.target.closest("[data-cancel]")) done(form);
  if (form && event.target.closest("[data-discard]")) discard(form);
  if (link) goOn(event, link);
});

function end() {
  isOver = true; // what was typed is still in the page, until it is gone
  forgetAll();
}
addEventListener("pageshow", () => {
  isOver = false;
});

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-sign-out]")) addEventListener("pagehide", end, { once: true });
  if (event.defaultPrevented || !event.target.matches("form[data-editing]")) return;
  const name = nameOf(event.target);
  keepAll();
  const draft = recall(name);
  if (draft) keepTyped(name, { ...draft, isSent: true });
  event.target.dataset.done = "";
});

document.addEventListener("htmx:beforeOnLoad", ({ detail: { elt, xhr, requestConfig } }) => {
  const form = elt.closest("form[data-editing]");
  const isEnd = xhr.getResponseHeader("HX-Redirect") || xhr.getResponseHeader("HX-Retarget") === "#value";
  if (form && requestConfig.verb === "post" && xhr.status < 300 && isEnd) done(form);
});

document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (target.id === "made" && waiting) {
    fill(target.closest("form"), waiting);
    waiting = null;
  }
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const { requestConfig, pathInfo } = detail;
  const forms = [...formsIn(detail.elt), ...(detail.elt.matches?.("form[data-editing]") ? [detail.elt] : [])];
  for (const form of forms) {
    if (requestConfig?.verb === "get") opened.set(nameOf(form), pathInfo.requestPath);
    if (requestConfig?.verb === "post") fillNew(form, requestConfig.parameters);
    else if (!one("[data-typed-before]", form)) bringBack(form);
  }
  offer();
});
