// Where what was typed is kept: in this tab, for the person who typed it, for some hours.

const PREFIX = "typed ";
const HOURS = 8;
const MOST = 20; // forms
const LARGEST = 1_000_000; // characters of one form
const ALTOGETHER = 2_000_000; // characters; a browser keeps about five million

const person = document.body.dataset.person ?? "";
const placeOf = (name) => `${PREFIX}${person}\n${name}`;

function places() {
  return Array.from({ length: sessionStorage.length }, (_, index) => sessionStorage.key(index)).filter((place) =>
    place.startsWith(PREFIX),
  );
}

function read(place) {
  try {
    return JSON.parse(sessionStorage.getItem(place));
  } catch {
    return null; // somebody else's
  }
}

export const recall = (name) => (person ? read(placeOf(name)) : null);
export const forget = (name) => sessionStorage.removeItem(placeOf(name));

// Whether there is room for it.
export function keepTyped(name, what) {
  const text = JSON.stringify({ ...what, at: Date.now() });
  if (!person || text.length > LARGEST) return false;
  try {
    sessionStorage.setItem(placeOf(name), text);
  } catch {
    return false; // the browser keeps nothing, or no more
  }
  makeRoom();
  return true;
}

// The oldest goes where there is too much.
function makeRoom() {
  const newest = places().sort((one, other) => (read(other)?.at ?? 0) - (read(one)?.at ?? 0));
  let size = 0;
  newest.forEach((place, index) => {
    size += sessionStorage.getItem(place).length;
    if (index && (index >= MOST || size > ALTOGETHER)) sessionStorage.removeItem(place);
  });
}

// What this person typed: pairs of a form's name and what is kept of it.
export const allTyped = () =>
  places()
    .filter((place) => person && place.startsWith(placeOf("")))
    .map((place) => [place.slice(placeOf("").length), read(place)]);

export function forgetAll() {
  for (const place of places()) sessionStorage.removeItem(place);
}

// What is old goes, and what somebody else typed in this tab as soon as it is known who is here.
export function forgetOld() {
  for (const place of places()) {
    const isOld = !(read(place)?.at > Date.now() - HOURS * 3_600_000);
    if (isOld || (person && !place.startsWith(placeOf("")))) sessionStorage.removeItem(place);
  }
}
