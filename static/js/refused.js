// Why something is off, for those who cannot hover: a tap, a click or Enter on it says its title
// beside it. It is said in a line outside of what live updates replace.

import { one } from "./page.js";

const OFF = "[aria-disabled=true][title]:not([href])"; // one with an address leads to the reason
const GAP = 6; // px between the two, and from the edge of the window

function place(note, control) {
  const { left, top, bottom } = control.getBoundingClientRect();
  const { offsetWidth: wide, offsetHeight: high } = note;
  const below = bottom + GAP;
  note.style.left = `${Math.max(GAP, Math.min(left, innerWidth - wide - GAP))}px`;
  note.style.top = `${below + high > innerHeight ? Math.max(GAP, top - high - GAP) : below}px`;
}

function say(control) {
  const note = one("#why-not");
  if (note.textContent !== control.title) note.textContent = control.title;
  place(note, control);
}

function close() {
  const note = one("#why-not");
  if (note.textContent) note.textContent = "";
}

function press({ target }) {
  const control = target.closest(OFF);
  if (control) say(control);
  else if (!target.closest("#why-not")) close();
}

// A tap on what is no link is no click everywhere, and what assistive technology presses is no tap.
document.addEventListener("pointerup", press);
document.addEventListener("click", press);
document.addEventListener("keydown", (event) => {
  const control = event.target.closest(OFF);
  if (control && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    say(control);
  } else if (event.key === "Escape" || event.key === "Tab") close();
});
document.addEventListener("scroll", close, { capture: true, passive: true });
addEventListener("resize", close);
