// What was said, what waits for review, and what needs a decision.

import { newKey } from "../room.js";
import { begin, doIt, edit, isEdited } from "./acts.js";
import { button, byId, copyOf, isField, say, show, sync, write } from "./page.js";
import { focus as focusCapture } from "./capture.js";
import { item, room, rowOf, statements, whoIs } from "./state.js";
import { outbox } from "./sending.js";

const STEP = 40;
const said = byId("said");
const inbox = byId("inbox");
const aside = byId("aside");
const LISTS = [said, inbox, aside];
let shown = STEP;
let chosen = null; // the key of the statement the tools act on
let rows = [];

const keyOf = (row) => row.key ?? row.id;
const start40 = (row) => row.text.slice(0, 40);
const find = (key) => rows.find((row) => String(keyOf(row)) === String(key)) ?? null;

// ---- One statement ----

function make(row) {
  const it = copyOf("statement-template");
  it.addEventListener("focusin", () => choose(it.dataset.key));
  it.addEventListener("click", () => choose(it.dataset.key));
  return it;
}

function stateOf(row) {
  if (row.isWaiting || row.state === "coming") return say("waiting");
  if (row.state === "held") return row.reason ? say("set-aside", row) : say("held");
  if (row.state === "withdrawn") {
    return row.wasTakenBack ? say("taken-back") : say("withdrawn", row);
  }
  return say("saved");
}

function fill(it, row) {
  it.classList.toggle("said--withdrawn", row.state === "withdrawn");
  const kind = it.querySelector(".kind");
  kind.className = `kind kind--${row.kind}`;
  write(kind, say(`kind-${row.kind}`));
  const words = it.querySelector(".said__text");
  write(words, row.text);
  if (row.language) words.lang = row.language;
  const meta = [
    ...[row.code, row.seat ? whoIs(row.seat) : "", stateOf(row)],
    row.splitFrom ? say("split-from", { code: row.splitFrom }) : "",
    row.replacedBy ? say("replaced-by", { code: row.replacedBy }) : "",
  ];
  write(it.querySelector(".said__meta"), meta.filter(Boolean).join(" · "));
  part(it, ".said__spoken", row.spoken && say("as-spoken", { text: row.spoken }));
  const about = [row.sector && say(`sector-${row.sector}`), ...row.themes, ...row.about];
  part(it, ".said__about", about.filter(Boolean).join(" · "));
  const by = row.answer?.by;
  part(it, ".said__answer", row.answer && say(by ? "answered-by" : "answered", row.answer));
  if (!it.querySelector(".edit")) acts(it, row);
}

function part(it, selector, text) {
  const found = it.querySelector(selector);
  write(found, text || "");
  show(found, Boolean(text));
}

/** The buttons of a row: the rest stands above the list. */
function acts(it, row) {
  const about = start40(row);
  const place = it.querySelector(".said__acts");
  const on = (name) => () => perform(name, find(keyOf(row)), it);
  const names = [];
  if (row.id === null) names.push();
  else if (row.state === "held") names.push("post", "edit", "hold", "merge", "withdraw");
  else if (row.state === "withdrawn") names.push("post-again");
  else names.push("edit", "undo");
  if (row.kind === "question" && row.state === "posted" && !row.answer) names.unshift("answer");
  if (row.state === "held" && row.reason) names.splice(names.indexOf("hold"), 1);
  const print = names.join();
  if (place.dataset.names === print) return;
  place.dataset.names = print;
  place.replaceChildren(
    ...names.map((name) => {
      const made = button(say(name), about, on(name));
      if (name === "post") made.classList.remove("button--quiet");
      return made;
    }),
  );
}

function perform(name, row, it) {
  if (!row || row.id === null) return;
  if (name === "edit") edit(it, row)?.focus();
  else if (name === "undo" && row.state === "withdrawn") doIt(row, "post");
  else if (name === "undo") undo(row);
  else if (name === "post-again") doIt(row, "post");
  else begin(name, row);
}

/** By its key where it has one: that waits in the outbox if the network is gone. */
function undo(row) {
  if (row.key) outbox.add({ way: "undo", of: row.key });
  else begin("withdraw", row);
}

// ---- Choosing one ----

function choose(key) {
  if (chosen === key) return;
  chosen = key;
  mark();
}

function mark() {
  const row = find(chosen);
  for (const list of LISTS) {
    for (const it of list.children) {
      const isIt = it.dataset.key === String(chosen);
      it.classList.toggle("said--chosen", isIt);
      it.tabIndex = isIt ? 0 : -1;
    }
  }
  if (!document.querySelector(".said--chosen") && said.firstElementChild) {
    said.firstElementChild.tabIndex = 0;
  }
  const isThere = row !== null && row.id !== null;
  write(byId("chosen"), isThere ? say("chosen", row) : say("chosen-none"));
  for (const tool of byId("tools").querySelectorAll("button")) {
    tool.disabled =
      !isThere ||
      (tool.dataset.act === "answer" && row.kind !== "question") ||
      (tool.dataset.act === "post" && row.state === "posted") ||
      (tool.dataset.act === "withdraw" && row.state === "withdrawn");
  }
}

const KEYS = {
  ...{ e: "edit", u: "undo", m: "merge", d: "duplicate", s: "split", k: "move", t: "themes" },
  ...{ g: "sector", r: "about", a: "answer", p: "post", h: "hold", x: "withdraw" },
};

function pressed(event) {
  if (isField(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  const it = event.target.closest("li");
  if (!it) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const next = event.key === "ArrowDown" ? it.nextElementSibling : it.previousElementSibling;
    next?.focus();
  } else if (event.key === "Escape") {
    focusCapture();
  } else if (KEYS[event.key]) {
    event.preventDefault();
    perform(KEYS[event.key], find(it.dataset.key), it);
  }
}

// ---- What needs a decision ----

function makeProblem(entry) {
  const it = copyOf("problem-template");
  const area = it.querySelector("textarea");
  area.value = entry.text ?? "";
  const drop = () => outbox.drop(entry.key);
  const again = () => {
    const { refused, status, answer, key, at, n, ...fresh } = entry;
    const revision = rowOf(entry.id)?.revision ?? entry.revision;
    const same = entry.way === "say" ? { key: newKey() } : { revision };
    outbox.add({ ...fresh, ...same, text: area.value });
    drop();
  };
  const isConflict = entry.way === "revise" && entry.status === 409;
  it.querySelector(".problem__acts").append(
    button(say(isConflict ? "use-mine" : "send-again"), area.value.slice(0, 40), again),
    button(say(isConflict ? "keep-theirs" : "discard"), area.value.slice(0, 40), drop),
  );
  return it;
}

function fillProblem(it, entry) {
  const isConflict = entry.way === "revise" && entry.status === 409;
  const why = Object.values(entry.answer?.errors ?? {}).flat().join(" ");
  const isSaid = why ? `${say("refused")} ${why}` : say("refused-unsaid");
  const words = isConflict ? say("conflict", entry) : isSaid;
  write(it.querySelector(".problem__says"), words);
  const theirs = it.querySelector(".problem__theirs");
  const now = rowOf(entry.id) ?? entry.answer?.statements?.[0];
  write(theirs, isConflict ? (now?.text ?? "") : "");
  show(theirs.parentElement, isConflict);
}

function drawProblems() {
  // A call that came too late has no word in it to lose.
  for (const entry of outbox.waiting) {
    if (entry.refused && (entry.way === "next" || entry.way === "undo")) outbox.drop(entry.key);
  }
  const refused = outbox.waiting.filter((entry) => entry.refused);
  show(byId("problems"), refused.length > 0);
  const withNow = refused.map((entry) => ({ ...entry, now: rowOf(entry.id)?.version }));
  sync(byId("problem-list"), withNow, {
    key: (entry) => entry.key,
    make: makeProblem,
    fill: fillProblem,
  });
}

// ---- All of it ----

function drawCodes() {
  const codes = rows.filter((row) => row.code && row.state !== "withdrawn").slice(0, 100);
  sync(byId("codes"), codes.map(({ code, text }) => ({ code, text: text.slice(0, 60) })), {
    key: (row) => row.code,
    make: () => document.createElement("option"),
    fill: (it, row) => {
      it.value = row.code;
      it.textContent = row.text;
    },
  });
}

function drawTotals() {
  const counts = new Map();
  for (const row of rows) {
    if (row.state === "posted" || row.state === "coming") {
      counts.set(row.kind, (counts.get(row.kind) ?? 0) + 1);
    }
  }
  const kinds = ["hope", "concern", "question", "reservation", "idea", "commitment"];
  const there = kinds.filter((kind) => counts.has(kind));
  write(
    byId("totals"),
    there
      .map((kind) => [kind, counts.get(kind)])
      .map(([kind, n]) => say(n === 1 ? `total-${kind}-1` : `total-${kind}`, { n }))
      .join(", "),
  );
}

export function draw() {
  rows = statements();
  const withWithdrawn = byId("with-withdrawn").checked;
  // What was typed here waits here even where it is not shown yet; what phones sent, in the inbox.
  const isInbox = (row) => row.state === "held" && row.channel !== "console";
  const isSaid = (row) => (withWithdrawn || row.state !== "withdrawn") && !isInbox(row);
  const mine = rows.filter(isSaid);
  // Who sits where may be learnt after what they said.
  const order = { key: keyOf, make, fill, also: (row) => (row.seat ? whoIs(row.seat) : "") };
  sync(said, mine.slice(0, shown), order);
  show(byId("said-empty"), mine.length === 0);
  const more = mine.length - shown;
  show(byId("show-more"), more > 0);
  write(byId("show-more"), say("show-more", { n: Math.min(more, STEP) }));

  const waiting = rows.filter(isInbox).reverse();
  sync(inbox, waiting.filter((row) => !row.reason), order);
  sync(aside, waiting.filter((row) => row.reason), order);
  const n = inbox.children.length;
  write(byId("inbox-count"), n ? say("to-review", { n }) : say("none-to-review"));
  write(byId("inbox-number"), n ? ` (${n})` : "");
  show(byId("aside-part"), aside.children.length > 0);

  const open = rows.filter((row) => row.kind === "question" && row.state === "posted");
  const unanswered = open.filter((row) => !row.answer && row.id !== null).reverse();
  show(byId("questions-part"), unanswered.length > 0);
  sync(byId("questions"), unanswered, {
    key: keyOf,
    make: (row) => {
      const it = document.createElement("li");
      it.className = "statement flow";
      const words = document.createElement("p");
      const about = start40(row);
      it.append(words, button(say("answer"), about, () => begin("answer", rowOf(row.id))));
      return it;
    },
    fill: (it, row) => write(it.firstElementChild, `${row.code} ${row.text}`),
  });

  drawProblems();
  drawTotals();
  drawCodes();
  mark();
  for (const it of said.children) {
    const row = find(it.dataset.key);
    if (row?.id && isEdited(row)) edit(it, row);
  }
}

export function start() {
  for (const list of LISTS) list.addEventListener("keydown", pressed);
  byId("tools").addEventListener("click", (event) => {
    const name = event.target.closest("button")?.dataset.act;
    const it = document.querySelector(".said--chosen");
    if (name) perform(name, find(chosen), it);
  });
  byId("show-more").addEventListener("click", () => {
    shown += STEP;
    draw();
  });
  byId("with-withdrawn").addEventListener("change", draw);
}
