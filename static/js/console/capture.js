// Capture: boxes for what is said now. Enter saves; after the last box the next speaker is called.

import { newKey } from "../room.js";
import { byId, copyOf, keep, kept, keptName, say, show, tell, tooLong, write } from "./page.js";
import { item, room, speaking, turns, whoIs } from "./state.js";
import { outbox } from "./sending.js";

const ANY = "any"; // the box where no round says what is taken down
const boxes = byId("boxes");
const all = () => [...boxes.children];
const text = (box) => box.querySelector("textarea");
const seat = (box) => box.querySelector(".box__seat input");

function make(kind) {
  const box = copyOf("box-template");
  box.dataset.kind = kind;
  box.classList.add(`kind--${kind}`);
  const label = box.querySelector(".box__label");
  const area = text(box);
  area.id = label.htmlFor = `box-${kind}`;
  label.textContent = say(kind === ANY ? "any" : `kind-${kind}`);
  if (kind === ANY) area.before(copyOf("any-template"));
  area.addEventListener("input", () => drafted(box));
  area.addEventListener("keydown", (event) => pressed(event, box));
  seat(box).addEventListener("input", () => drafted(box));
  seat(box).addEventListener("keydown", (event) => {
    if (event.key === "Enter") pressed(event, box);
  });
  const draft = kept(`draft-${kind}`);
  if (draft) {
    area.value = draft.text;
    box.draft = draft;
    seat(box).value = draft.seat ?? "";
    if (draft.chosen) box.querySelector(".box__kind").value = draft.chosen;
  }
  return box;
}

/** Keep what is half typed, and for whom: the speaker at its first letter. */
function drafted(box) {
  const typed = text(box).value;
  const kind = box.dataset.kind;
  complain(box, "");
  if (!typed) {
    box.draft = null;
    keep(`draft-${kind}`, null);
  } else {
    const turn = speaking();
    box.draft ??= { turn: turn?.id ?? null, turnSeat: turn?.seat ?? null, item: item()?.id ?? null };
    Object.assign(box.draft, { text: typed, seat: Number(seat(box).value) || null });
    box.draft.chosen = box.querySelector(".box__kind")?.value;
    keep(`draft-${kind}`, box.draft);
  }
  draw();
}

function complain(box, words) {
  const it = box.querySelector(".errorlist");
  write(it, words);
  show(it, Boolean(words));
  text(box).setAttribute("aria-invalid", String(Boolean(words)));
}

/** Bring the boxes in line with the running round; one that holds text stays. */
export function draw() {
  const running = item();
  const takes = running?.takes.length ? running.takes : [ANY];
  const there = new Map(all().map((box) => [box.dataset.kind, box]));
  const hadFocus = boxes.contains(document.activeElement);
  for (const [kind, box] of there) {
    if (!takes.includes(kind) && !text(box).value && room.state) box.remove();
  }
  if (room.state) {
    // Drafts of other rounds, from before the page was opened again.
    const drafts = ["hope", "concern", "question", "reservation", "idea", "commitment", ANY].filter(
      (kind) => kept(`draft-${kind}`) && !there.has(kind) && !takes.includes(kind),
    );
    for (const kind of [...takes, ...drafts]) if (!there.has(kind)) boxes.append(make(kind));
  }
  // The cursor waits in the first box, and follows where its own box goes away.
  const isNew = there.size === 0 && document.activeElement === document.body;
  if ((hadFocus || isNew) && !boxes.contains(document.activeElement)) focus();
  const turn = speaking();
  for (const box of all()) {
    const forSeat = box.draft?.turnSeat;
    show(box.querySelector(".box__seat"), !running?.byTurns);
    // Said only where it is not whom everybody sees speaking.
    const isLate = forSeat && forSeat !== turn?.seat;
    write(box.querySelector(".box__for"), isLate ? say("for-whom", { who: whoIs(forSeat) }) : "");
  }
}

/** Send what a box holds; false where it holds nothing, too much, or what can't be kept here. */
function save(box) {
  const typed = text(box).value;
  if (!typed.trim()) return false;
  const wrong = tooLong(typed);
  if (wrong) {
    complain(box, wrong);
    return false;
  }
  const draft = box.draft ?? {};
  const kind = box.querySelector(".box__kind")?.value ?? box.dataset.kind;
  const entry = {
    ...{ way: "say", key: newKey(), kind, text: typed, item: draft.item ?? null },
    ...{ turn: draft.turn ?? null, seat: draft.turnSeat ?? draft.seat ?? null },
  };
  try {
    outbox.add(entry);
  } catch {
    complain(box, say("full"));
    return false;
  }
  // What can be taken back, the last first.
  keep("done", [...(kept("done") ?? []), { key: entry.key, text: typed }].slice(-50));
  text(box).value = seat(box).value = "";
  box.draft = null;
  keep(`draft-${box.dataset.kind}`, null);
  return true;
}

const complains = (box) => !box.querySelector(".errorlist").hidden;

export function saveAll() {
  return all().map((box) => save(box)).some(Boolean);
}

/** Call whoever waits longest, or `called`: here at once, on the server when it can be reached. */
export function callNext(called = null) {
  const running = item();
  if (!running?.byTurns) return;
  const queue = turns();
  const on = queue.find((turn) => turn.state === "speaking");
  const turn = called ?? queue.find((one) => one.state === "waiting");
  if (!on && !turn) return;
  const entry = { way: "next", item: running.id, after: on?.id ?? null, seat: turn?.seat ?? null };
  try {
    outbox.add(entry);
  } catch {
    complain(all()[0], say("full"));
    return;
  }
  tell(turn ? say("calls", { who: whoIs(turn.seat) }) : say("all-spoke"));
}

export function undo() {
  const done = kept("done") ?? [];
  const last = done.pop();
  if (!last) {
    write(byId("received"), say("nothing-to-undo"));
    return;
  }
  keep("done", done);
  outbox.add({ way: "undo", of: last.key });
  write(byId("received"), say("undone", { text: last.text.slice(0, 60) }));
}

function pressed(event, box) {
  if (event.isComposing || event.keyCode === 229) return;
  const isCtrl = event.ctrlKey || event.metaKey;
  if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    if (event.repeat) return;
    if (isCtrl) {
      saveAll();
      callNext();
      focus();
    } else {
      enter(box);
    }
  } else if (event.key.toLowerCase() === "z" && isCtrl && !event.shiftKey && !text(box).value) {
    event.preventDefault();
    undo();
  } else if (event.key === "Escape") {
    byId("said").querySelector("[tabindex='0']")?.focus();
  }
}

function enter(box) {
  const these = all();
  const isLast = box === these.at(-1);
  if (!item()?.byTurns) {
    if (!save(box) && !complains(box)) complain(box, say("empty-box"));
    text(box).focus();
    return;
  }
  if (!isLast) {
    save(box);
    if (!complains(box)) text(these[these.indexOf(box) + 1]).focus();
    return;
  }
  // Who was typed for, if somebody else speaks by now: then nobody is called twice.
  const typedFor = box.draft?.turn;
  saveAll();
  if (these.some(complains)) return;
  if (!typedFor || typedFor === speaking()?.id) callNext();
  focus();
}

export function focus() {
  const first = all()[0];
  if (first) text(first).focus();
}

export function received(entry, answer) {
  if (entry.way !== "say") return;
  write(byId("received"), say("received", { code: answer.statements?.[0]?.code ?? "" }));
}

export function start() {
  byId("next").addEventListener("click", () => {
    saveAll();
    callNext();
    focus();
  });
  byId("save").addEventListener("click", () => {
    if (!saveAll() && !all().some(complains)) complain(all()[0], say("empty-box"));
    focus();
  });
  byId("undo").addEventListener("click", undo);
  byId("capture").addEventListener("submit", (event) => event.preventDefault());
  // Another tab sent the draft this one shows as well.
  addEventListener("storage", (event) => {
    for (const box of all()) {
      const isGone = event.key === keptName(`draft-${box.dataset.kind}`) && event.newValue === null;
      if (isGone && !document.hasFocus() && event.oldValue) {
        if (JSON.parse(event.oldValue).text === text(box).value) {
          text(box).value = "";
          box.draft = null;
        }
      }
    }
  });
}
