// What somebody typed is not thrown away unasked.

import { all, one } from "./page.js";

export function isChanged(field) {
  if (field.localName === "select") return all("[selected]", field).some((option) => !option.selected);
  if (field.type === "hidden" || !("defaultValue" in field)) return false;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  return field.value !== field.defaultValue;
}

// After a look at the change, or a complaint, what was typed is the form's own content.
export const isUnfinished = (form) =>
  [...form.elements].some(isChanged) || Boolean(one("[name=shown], [name=change_type], .error", form));

// What the answer to a request takes the place of; a save brings the value anew.
function replaced({ elt, target, requestConfig }) {
  const { parameters, verb } = requestConfig;
  const isSave = verb === "post" && (!("step" in parameters) || parameters.step === "save");
  const root = isSave && elt.closest("[data-editing]") ? one("#value") : target;
  return all("[data-editing]", root ?? target).filter((form) => !form.contains(elt));
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.requestConfig.triggeringEvent?.type === "stale") return; // it asks nobody and takes nothing
  const form = replaced(event.detail).find(isUnfinished);
  if (!form || window.confirm("What you typed is not saved. Leave it?")) return;
  event.preventDefault();
  one("input:not([type=hidden]), textarea, select", form)?.focus();
});

// Whoever types how long means just that.
document.addEventListener("input", ({ target }) => {
  if (target.name === "amount") one("[name=when][value=in]", target.form)?.click();
});

// Another kind of field takes over what was typed before it came.
let typed = null;
const fieldIn = (root) => one("[name=text]:not([type=radio])", root);

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id !== "made") return;
  const now = fieldIn(detail.target)?.value;
  typed = now !== undefined && now !== (detail.requestConfig.parameters.text ?? "") ? now : null;
});

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (typed === null || detail.target.id !== "made") return;
  const field = fieldIn(detail.target);
  if (field) field.value = typed;
  typed = null;
});
