// The page: its words, its templates, and lists that change without disturbing anybody.

export const root = document.getElementById("console");
export const isFacilitator = Boolean(root.dataset.facilitator);
export const byId = (id) => document.getElementById(id);
export const place = (path) => root.dataset.place + path;

const words = Object.fromEntries(
  [...byId("words").content.querySelectorAll("[data-word]")].map((it) => [
    it.dataset.word,
    it.textContent,
  ]),
);

/** What the page says in its language: `say("seat", { seat: 12 })`. */
export const say = (word, values = {}) =>
  (words[word] ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

/** What is wrong with a statement that is too long; empty where it is not. */
export function tooLong(text) {
  const longest = Number(root.dataset.longest);
  const n = [...text.trim()].length;
  return n > longest ? say("too-long", { n, longest }) : "";
}

export const copyOf = (template) => byId(template).content.firstElementChild.cloneNode(true);

/** Write a text only where it differs: screen readers hear what is written again. */
export function write(it, text) {
  if (it.textContent !== text) it.textContent = text;
}

export function show(it, isShown) {
  if (it.hidden === isShown) it.hidden = !isShown;
}

export function button(label, about, act) {
  const it = copyOf("button-template");
  it.children[0].textContent = label;
  it.children[1].textContent = about ? `: ${about}` : "";
  it.addEventListener("click", act);
  return it;
}

/**
 * Make a list show rows: those that are there stay the elements they are, and keep the focus.
 * `fill(element, row)` is called where a row differs from what its element showed.
 */
export function sync(list, rows, { key, make, fill, also = () => "" }) {
  const there = new Map([...list.children].map((it) => [it.dataset.key, it]));
  let before = null;
  for (const row of rows) {
    const name = String(key(row));
    let it = there.get(name);
    there.delete(name);
    if (!it) {
      it = make(row);
      it.dataset.key = name;
    }
    const print = JSON.stringify(row) + also(row);
    if (it.print !== print) {
      it.print = print;
      fill(it, row);
    }
    const at = before ? before.nextElementSibling : list.firstElementChild;
    if (at !== it) {
      // Moving an element takes its focus away.
      const focused = it.contains(document.activeElement) ? document.activeElement : null;
      list.insertBefore(it, at);
      focused?.focus({ preventScroll: true });
    }
    before = it;
  }
  for (const it of there.values()) {
    if (!it.querySelector(".edit")) it.remove();
  }
}

/** Tell those who can't see the page. */
export const tell = (text) => write(byId("news"), text);

export const isField = (it) => Boolean(it?.closest?.("input, textarea, select"));

/** A value kept in this browser, for this dialogue and person. */
const prefix = `w2i-console:${root.dataset.dialogue}:${root.dataset.person}:`;
export const keptName = (name) => prefix + name;
export function kept(name) {
  try {
    return JSON.parse(localStorage.getItem(prefix + name));
  } catch {
    return null;
  }
}
export function keep(name, value) {
  try {
    if (value === null) localStorage.removeItem(prefix + name);
    else localStorage.setItem(prefix + name, JSON.stringify(value));
  } catch {
    // No room left: the page goes on, and Outbox.add says so where it matters.
  }
}
