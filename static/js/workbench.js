// The workbench by keyboard. Without this it is a page with boxes to tick and buttons to press.

const byId = (id) => document.getElementById(id);
const form = byId("sort");
const rows = form ? [...form.querySelectorAll('input[name="of"]')] : [];
const place = `w2i-workbench:${location.pathname}`;

/** A value of this browser; private windows have none, and the page goes on. */
function kept(storage, name) {
  try {
    return storage.getItem(name);
  } catch {
    return null;
  }
}
function keep(storage, name, value) {
  try {
    if (value === null) storage.removeItem(name);
    else storage.setItem(name, value);
  } catch {
    // Nothing is lost but comfort.
  }
}

// ---- Proposals that are being computed ----

const waiting = document.querySelector("[data-waits]");
if (waiting) setTimeout(() => location.reload(), 2_000);

// ---- Which statement one is at ----

let at = -1; // nowhere yet

function go(to, { quietly = false } = {}) {
  if (!rows.length) return;
  at = Math.min(Math.max(to, 0), rows.length - 1);
  rows[at].focus({ preventScroll: true });
  rows[at].closest(".bench__row").scrollIntoView({ block: quietly ? "center" : "nearest" });
}

for (const [n, box] of rows.entries()) {
  box.addEventListener("focus", () => {
    at = n;
    keep(sessionStorage, place, JSON.stringify({ id: box.id, n }));
  });
}

// ---- What is ticked ----

const order = rows.filter((box) => box.checked);
let anchor = -1;

function ticked(box) {
  const was = order.indexOf(box);
  if (was >= 0) order.splice(was, 1);
  if (box.checked) order.push(box);
}

function count() {
  const it = byId("ticked");
  const n = order.length;
  it.textContent = n === 1 ? it.dataset.one : n ? it.dataset.many.replace("{n}", n) : it.dataset.none;
}

function tick(box, isOn) {
  if (box.checked === isOn) return;
  box.checked = isOn;
  ticked(box);
}

if (form) {
  form.addEventListener("change", ({ target }) => {
    if (target.name !== "of") return;
    ticked(target);
    anchor = rows.indexOf(target);
    count();
  });
  if (order.length) count();
}

// ---- Acting ----

/** Press one of the form’s buttons, for what is ticked or else for where one is. */
function act(verb) {
  const everything = byId("everything");
  if (!order.length && !everything?.checked && at >= 0) tick(rows[at], true);
  form.querySelector(`button[value="${verb}"]`).click();
}

form?.addEventListener("submit", () => {
  byId("first").value = order[0]?.value ?? "";
});

/** Go to a box that writes; Enter there does what stands first beside it. */
function write(id) {
  const box = byId(id);
  box.focus();
  box.select();
}

for (const [id, verb] of [["act-theme", "add-theme"], ["act-about", "link"]]) {
  byId(id)?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    act(verb);
  });
}

function highlight() {
  const those = order.length ? order : rows.slice(at, at + 1);
  const areLit = those.length && those.every((box) => "lit" in box.dataset);
  act(areLit ? "unhighlight" : "highlight");
}

const undo = () => byId("undo-last")?.click();

// ---- Keys ----

const dialog = byId("keys-dialog");
const single = byId("single-keys");
if (single) {
  single.checked = kept(localStorage, "w2i-workbench:single-keys") !== "off";
  single.addEventListener("change", () => {
    keep(localStorage, "w2i-workbench:single-keys", single.checked ? null : "off");
    drawKeys();
  });
}

function drawKeys() {
  for (const it of document.querySelectorAll(".bench__head kbd, #show-keys kbd")) {
    it.hidden = !single.checked;
  }
}

function showKeys() {
  dialog.showModal();
  byId("close-keys").focus();
}

const byKey = {
  j: () => go(at + 1),
  k: () => go(at - 1),
  ArrowDown: () => go(at + 1),
  ArrowUp: () => go(at - 1),
  x: () => {
    if (at >= 0) tick(rows[at], !rows[at].checked);
    anchor = at;
    go(at);
  },
  X: () => {
    if (at < 0) return;
    const from = anchor < 0 ? at : anchor;
    const step = from <= at ? 1 : -1;
    for (let n = from; n !== at + step; n += step) tick(rows[n], true);
    go(at);
  },
  a: () => {
    const all = rows.every((box) => box.checked);
    for (const box of rows) tick(box, !all);
    go(at);
  },
  t: () => write("act-theme"),
  r: () => write("act-about"),
  h: highlight,
  d: () => act("near"),
};

const isAtRow = () => rows.includes(document.activeElement);
const isText = (it) =>
  it.matches?.("textarea, select, [contenteditable]") ||
  (it.matches?.("input") && !["checkbox", "radio", "button", "submit"].includes(it.type));

if (dialog) {
  byId("show-keys").hidden = false;
  byId("show-keys").addEventListener("click", showKeys);
  drawKeys();
  addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (dialog.open || event.isComposing || event.altKey) return;
    if (isText(target)) {
      if (key === "Escape") {
        event.preventDefault();
        go(at);
      }
      return;
    }
    if (event.ctrlKey || event.metaKey) {
      if (key.toLowerCase() === "z" && !event.shiftKey) {
        event.preventDefault();
        undo();
      }
      return;
    }
    const isArrow = key.startsWith("Arrow");
    if (isArrow ? !isAtRow() : !single.checked) return;
    if (key === "?") showKeys();
    else if (key === "/") write("id_q");
    else if (key === "z") undo();
    else if (key in byKey && rows.length) {
      byKey[key]();
      count();
    } else return;
    event.preventDefault();
  });
}

// ---- Back where one was ----

const refused = byId("refused") ?? document.querySelector(".acts .errorlist");
const isBack = refused || location.hash === "#results" || document.querySelector(".messages");
const was = JSON.parse(kept(sessionStorage, place) ?? "null");
// At once, for some keys are pressed before the focus is there.
if (was && isBack) {
  const there = rows.findIndex((box) => box.id === was.id);
  // What was sorted away leaves its place to the next one.
  at = Math.min(there < 0 ? was.n : there, rows.length - 1);
}

function comeBack() {
  const box = refused && document.querySelector(".acts .field--error input");
  if (box) box.focus();
  else if (refused || (was && isBack)) go(at, { quietly: true });
}

/** Screen readers pass over what is there when a page opens. */
function tellWhatWasDone() {
  const said = document.querySelector(".messages .notice");
  const last = location.hash === "#results" ? byId("last-step") : null;
  const words = (said ?? last)?.textContent.trim();
  if (words && byId("news")) byId("news").textContent = words;
}

// Once the browser has gone to the place its address names, which takes the focus away.
addEventListener("load", () =>
  setTimeout(() => {
    if (!isAtRow() && !isText(document.activeElement)) comeBack();
    tellWhatWasDone();
  }, 50),
);
