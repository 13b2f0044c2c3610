// The wall follows its room. The page is complete without this: it only spares somebody reloading.

import { Watch } from "./room.js";

const wall = () => document.querySelector("#wall");
const link = document.querySelector("#link");
const blank = document.querySelector("#row").content.firstElementChild;

const watch = new Watch(wall().dataset.state, {
  changed(state) {
    link.textContent = "";
    if (!follow(state)) renew();
  },
  linked(ok, status) {
    if (!ok) link.textContent ||= link.dataset.lost;
    else if (status === 304) link.textContent = "";
  },
});
watch.version = Number(wall().dataset.version);
watch.start();

/** Brings the page up to date; false where it takes more than statements and numbers. */
function follow(state) {
  const here = wall();
  if (state.screen !== here.dataset.screen) return false;
  const lists = state.columns.map(({ key }) => here.querySelector(`[data-column="${key}"]`));
  const isKnown = (list, row) => "text" in row || find(list, row.id);
  const isWhole = state.columns.every(
    ({ rows }, n) => lists[n] && rows.every((row) => isKnown(lists[n], row)),
  );
  if (!isWhole) return false;

  state.columns.forEach(({ key, count, rows }, n) => {
    here.querySelector(`[data-count="${key}"]`).textContent = count;
    arrange(lists[n], rows);
  });
  const said = here.querySelector("[data-said]");
  if (said && said.textContent !== state.said) said.textContent = state.said;
  return true;
}

const find = (list, id) => list.querySelector(`:scope > [data-id="${id}"]`);

/** Makes a list of statements what `rows` says, touching no more of it than it must. */
function arrange(list, rows) {
  const ids = new Set(rows.map((row) => String(row.id)));
  for (const item of [...list.children]) if (!ids.has(item.dataset.id)) item.remove();
  rows.forEach((row, place) => {
    const item = find(list, row.id) ?? made(row.id);
    if (list.children[place] !== item) list.insertBefore(item, list.children[place] ?? null);
    fill(item, row);
  });
}

function made(id) {
  const item = document.importNode(blank, true);
  item.dataset.id = id;
  item.addEventListener("animationend", () => item.classList.remove("wall__row--new"));
  return item;
}

function fill(item, { text, language, who }) {
  const [words, maker] = ["[data-text]", "[data-who]"].map((part) => item.querySelector(part));
  if (text !== undefined && words.textContent !== text) words.textContent = text;
  if (language !== undefined) words.lang = language;
  if (maker.textContent !== who) maker.textContent = who;
  maker.hidden = !who;
}

/** Another item is on, or something is missing here: the page itself knows how that looks. */
async function renew() {
  watch.tag = ""; // asked again should this fail
  try {
    const response = await fetch(location.href, { cache: "no-store" });
    if (!response.ok || response.redirected) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector("#wall");
    if (!fresh) return;
    wall().replaceWith(document.adoptNode(fresh));
    document.title = page.title;
    watch.version = Number(fresh.dataset.version);
  } catch {
    link.textContent = link.dataset.lost;
  }
}

const button = document.querySelector("#full-screen");
if (document.fullscreenEnabled) {
  button.hidden = false;
  button.addEventListener("click", () => document.documentElement.requestFullscreen());
  document.addEventListener("fullscreenchange", () => {
    button.hidden = document.fullscreenElement !== null;
  });
}
