// The agenda, the speaker and the clock, the queue, the votes, the balance, the seats.

import { button, byId, copyOf, isFacilitator, keep, kept, say, show, sync, write } from "./page.js";
import { enterCounts, problem } from "./acts.js";
import { callNext, focus, saveAll } from "./capture.js";
import { item, learnTurns, room, rowOf, serverNow, speaking, turns, whoIs } from "./state.js";
import { act } from "./sending.js";

const QUEUE = 6;
const MINUTE = 60_000;

async function press(path, data = {}) {
  const answer = await act(path, data);
  learnTurns(answer);
  room.heard();
  if (answer.errors) problem(answer.errors);
}

// ---- The agenda ----

function usedMinutes(one) {
  if (!one.startedAt) return 0;
  const until = one.endedAt ?? serverNow();
  // What a pause took moves the end, not the use.
  const planned = ((one.minutes ?? 0) + one.extra) * MINUTE;
  const used = one.endsAt && !one.endedAt ? planned - (one.endsAt - frozen(one)) : until - one.startedAt;
  return Math.max(0, Math.floor(used / MINUTE));
}

/** The moment a clock shows: it stands still while the item is paused. */
const frozen = (one) => (one.isPaused ? room.state.now : serverNow());

function timeOf(one) {
  const all = one.minutes === null ? null : one.minutes + one.extra;
  const n = usedMinutes(one);
  if (one.endedAt) return all === null ? say("done") : say("done-minutes", { n, all });
  if (!one.isRunning) return all === null ? "" : say("minutes", { n: all });
  if (all === null) return say("running-open", { n });
  return say(one.isPaused ? "running-paused" : "running", { n, all });
}

function drawAgenda() {
  const { agenda, current } = room.state;
  show(byId("agenda-empty"), agenda.length === 0);
  const rows = agenda.map((one) => ({ ...one, isCurrent: one.id === current }));
  sync(byId("agenda"), rows, {
    key: (one) => one.id,
    make: () => copyOf("agenda-template"),
    fill: (it, one) => {
      it.classList.toggle("status--done", Boolean(one.endedAt));
      it.classList.toggle("status--partly-in-place", one.isRunning);
      if (one.isCurrent) it.setAttribute("aria-current", "step");
      else it.removeAttribute("aria-current");
      write(it.querySelector(".agenda__text"), one.text);
      if (isFacilitator) agendaActs(it.querySelector(".agenda__acts"), one);
    },
  });
  tickAgenda();
}

function agendaActs(place, one) {
  const path = `items/${one.id}/`;
  const named = (label, act) => button(label, one.text.slice(0, 40), act);
  const made = one.isRunning
    ? [
        named(say(one.isPaused ? "resume" : "pause"), () => press(`${path}pause/`)),
        named(say("plus"), () => press(`${path}extend/`, { minutes: 5 })),
        named(say("minus"), () => press(`${path}extend/`, { minutes: -5 })),
        named(say("end"), () => press(`${path}end/`)),
      ]
    : [named(say(one.startedAt ? "start-again" : "start"), () => press(`${path}start/`))];
  const print = `${one.isRunning}${one.isPaused}${Boolean(one.startedAt)}`;
  if (place.dataset.print === print) return;
  place.dataset.print = print;
  const hadFocus = place.contains(document.activeElement);
  place.replaceChildren(...made);
  if (hadFocus) made[0].focus();
}

function tickAgenda() {
  for (const one of room.state.agenda) {
    const it = byId("agenda").querySelector(`[data-key="${one.id}"]`);
    if (!it) continue;
    write(it.querySelector(".agenda__time"), timeOf(one));
    const bar = it.querySelector("progress");
    const all = (one.minutes ?? 0) + one.extra;
    show(bar, one.isRunning && all > 0);
    bar.max = Math.max(all, 1);
    bar.value = Math.min(usedMinutes(one), bar.max);
  }
}

// ---- The speaker ----

let sounded = null;

function drawSpeaker() {
  const running = item();
  show(byId("turn"), Boolean(running?.byTurns));
  show(byId("queue-part"), Boolean(running?.byTurns));
  if (!running?.byTurns) return;
  const queue = turns();
  const on = queue.find((turn) => turn.state === "speaking");
  const waiting = queue.filter((turn) => turn.state === "waiting");
  const done = queue.filter((turn) => turn.state === "done").length;
  let words = say("nobody-queues");
  if (on) words = say("speaking", { who: whoIs(on.seat) });
  else if (waiting.length) words = say("nobody-yet");
  else if (queue.length) words = say("all-spoke");
  write(byId("speaker"), words);
  write(byId("spoken"), queue.length ? say("spoken", { n: done, all: queue.length }) : "");
  const label = on ? (waiting.length ? "next" : "end-turn") : "first";
  write(byId("next-label"), say(done && label === "first" ? "next" : label));
  byId("next").disabled = !on && waiting.length === 0;
  byId("later").disabled = byId("more-time").disabled = !on;
  show(byId("countdown"), Boolean(on));
  show(byId("time-bar"), Boolean(on));

  sync(byId("queue"), waiting.slice(0, QUEUE), { key: (turn) => turn.id, make: queueRow, fill: fillTurn, also: (turn) => whoIs(turn.seat) });
  const more = waiting.length - QUEUE;
  write(byId("queue-more"), more > 0 ? say("and-more", { n: more }) : "");
  const passed = queue.filter((turn) => turn.state === "skipped");
  show(byId("passed-part"), passed.length > 0);
  sync(byId("passed"), passed, { key: (turn) => turn.id, make: queueRow, fill: fillTurn, also: (turn) => whoIs(turn.seat) });
  tickSpeaker();
}

const queueRow = () => copyOf("queue-template");

function fillTurn(it, turn) {
  write(it.querySelector(".queue__who"), whoIs(turn.seat));
  const notes = [turn.byPhone && say("by-phone"), turn.hasLeft && say("has-left")];
  write(it.querySelector(".meta"), notes.filter(Boolean).join(", "));
  const about = say("seat", turn);
  const call = button(say("call"), about, () => {
    saveAll();
    callNext(turn);
    focus();
  });
  const other =
    turn.state === "skipped"
      ? button(say("come-back"), about, () => press(`turns/${turn.id}/back/`))
      : button(say("later"), about, () => press(`turns/${turn.id}/skip/`));
  it.querySelector(".queue__acts").replaceChildren(call, other);
}

function tickSpeaker() {
  const running = item();
  const on = speaking();
  if (!running || !on) return;
  const left = Math.ceil((on.endsAt - frozen(running)) / 1000);
  const isOver = left < 0;
  write(byId("seconds"), String(Math.abs(left)));
  const of = isOver ? say("over") : say("of-seconds", { n: on.seconds });
  write(byId("of-seconds"), running.isPaused ? `${of}, ${say("paused")}` : of);
  byId("countdown").classList.toggle("turn__time--over", left <= 0);
  const bar = byId("time-bar");
  bar.max = on.seconds;
  bar.value = Math.min(Math.max(left, 0), on.seconds);
  if (left === 0 && sounded !== on.id && !running.isPaused) {
    sounded = on.id;
    if (kept("sound")) chime();
  }
  if (left > 0 && sounded === on.id) sounded = null;
}

/** A soft tone of half a second. */
function chime() {
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const loud = audio.createGain();
  tone.frequency.value = 528;
  loud.gain.setValueAtTime(0.15, audio.currentTime);
  loud.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.5);
  tone.connect(loud).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.5);
  tone.addEventListener("ended", () => audio.close());
}

// ---- Votes ----

function cells(row, texts, scope) {
  row.replaceChildren(
    ...texts.map((text, at) => {
      const cell = document.createElement(scope || at === 0 ? "th" : "td");
      if (cell.tagName === "TH") cell.scope = scope || "row";
      cell.textContent = text;
      return cell;
    }),
  );
  return row;
}

function drawVotes() {
  const running = item();
  const started = room.state.agenda.filter((one) => one.kind === "scale" && one.startedAt);
  const scale = running?.kind === "scale" ? running : started.at(-1);
  show(byId("scale-part"), Boolean(scale));
  if (!scale) return;
  byId("enter-counts").dataset.item = scale.id;
  const { voted, counts } = room.state.votes[scale.id] ?? { voted: 0, counts: {} };
  const all = room.state.seats.length;
  const words = say("voted", { n: voted, all });
  const isHidden = voted > 0 && !counts.ballots;
  write(byId("scale-voted"), isHidden ? `${words} ${say("hidden-results")}` : words);
  const sources = ["ballots", "hands", "paper"].filter((source) => counts[source]);
  show(byId("scale-table"), sources.length > 0);
  const print = JSON.stringify(counts);
  if (byId("scale-table").print === print) return;
  byId("scale-table").print = print;
  cells(byId("scale-head"), [say("score"), ...sources.map((it) => say(`source-${it}`))], "col");
  byId("scale-rows").replaceChildren(
    ...Array.from({ length: 11 }, (_, score) =>
      cells(document.createElement("tr"), [score, ...sources.map((it) => counts[it][score])]),
    ),
  );
}

/** Each silent round whose words nobody has seen, whether it is still on or was left. */
function drawSilent() {
  const { agenda, current, silent } = room.state;
  const rows = agenda
    .filter((one) => one.isSilent && !one.isRevealed && (one.id === current || silent[one.id]))
    .map(({ id, text }) => ({ id, text, people: 0, written: 0, ...silent[id] }));
  show(byId("silent-part"), rows.length > 0);
  sync(byId("silent"), rows, {
    key: (one) => one.id,
    make: (one) => {
      const it = copyOf("silent-template");
      const reveal = it.querySelector("button");
      reveal?.addEventListener("click", () => press(`items/${one.id}/reveal/`));
      return it;
    },
    fill: (it, one) => {
      for (const name of it.querySelectorAll(".silent__name")) write(name, one.text);
      write(it.querySelector(".silent__count"), silentCount(one));
    },
  });
}

function silentCount({ people, written }) {
  if (!written) return say("silent-none");
  const many = (word, n) => say(n === 1 ? `${word}-1` : word, { n });
  // Those who were taken down without a seat are nobody in particular.
  const parts = [people && many("silent-people", people), many("silent-written", written)];
  return parts.filter(Boolean).join(", ");
}

// ---- Balance, seats, room ----

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

function drawBalance() {
  const { silent, sectors } = room.state.balance;
  show(byId("balance-part"), sectors.length > 0);
  const list = silent.length > 20 ? `${silent.slice(0, 20).join(", ")} …` : silent.join(", ");
  const seats = `${list} (${silent.length})`;
  write(byId("balance-silent"), silent.length ? say("silent", { seats }) : say("all-heard"));
  sync(byId("balance"), sectors, {
    key: (row) => row.sector,
    make: () => document.createElement("tr"),
    fill: (it, row) =>
      cells(it, [
        say(`sector-${row.sector}`),
        say("heard", { n: row.heard, all: row.people }),
        row.statements,
        clock(row.seconds),
      ]),
  });
}

function drawSeats() {
  const { seats } = room.state;
  show(byId("seats-part"), seats.length > 0);
  write(byId("seats-title"), say("seats", { n: seats.length }));
  if (!byId("seats").closest("details").open) return;
  sync(byId("seats"), seats, {
    key: (seat) => seat.seat,
    make: () => copyOf("queue-template"),
    fill: (it, seat) => {
      write(it.querySelector(".queue__who"), whoIs(seat.seat));
      const notes = [
        seat.sector && say(`sector-${seat.sector}`),
        seat.byPhone && say("by-phone"),
        seat.isHeld && say("seat-held"),
        seat.hasLeft && say("has-left"),
      ];
      write(it.querySelector(".meta"), notes.filter(Boolean).join(", "));
      if (!isFacilitator) return;
      const label = say(seat.isHeld ? "let-through" : "hold-seat");
      const path = `participants/${seat.seat}/hold/`;
      const hold = button(label, say("seat", seat), () => press(path, { is_held: !seat.isHeld }));
      it.querySelector(".queue__acts").replaceChildren(hold);
    },
  });
}

function drawRoom() {
  const { code, isOpen } = room.state.room;
  write(byId("code"), `${code.slice(0, 3)} ${code.slice(3)}`);
  write(byId("joining"), `(${say(isOpen ? "open" : "closed")})`);
  if (!isFacilitator) return;
  byId("room-open").disabled = isOpen;
  byId("room-close").disabled = !isOpen;
}

function drawThemes() {
  sync(byId("themes"), room.state.themes.map((name) => ({ name })), {
    key: (row) => row.name,
    make: () => document.createElement("option"),
    fill: (it, row) => (it.value = row.name),
  });
}

export function draw() {
  if (!room.state) return;
  drawAgenda();
  drawSpeaker();
  drawVotes();
  drawSilent();
  drawBalance();
  drawSeats();
  drawRoom();
  drawThemes();
}

export function start() {
  setInterval(() => {
    if (!room.state) return;
    tickSpeaker();
    tickAgenda();
  }, 250);
  byId("later").addEventListener("click", () => {
    const on = speaking();
    if (!on) return;
    saveAll();
    // Passed over, then whoever follows.
    press(`turns/${on.id}/skip/`).then(() => callNext());
    focus();
  });
  byId("more-time").addEventListener("click", () => {
    const on = speaking();
    if (on) press(`turns/${on.id}/extend/`, { seconds: 15 });
    focus();
  });
  const sound = byId("sound");
  sound.setAttribute("aria-pressed", String(Boolean(kept("sound"))));
  sound.addEventListener("click", () => {
    keep("sound", !kept("sound"));
    sound.setAttribute("aria-pressed", String(Boolean(kept("sound"))));
    if (kept("sound")) chime();
  });
  byId("enter-counts").addEventListener("click", (event) =>
    enterCounts({ id: Number(event.currentTarget.dataset.item) }),
  );
  byId("seats").closest("details").addEventListener("toggle", drawSeatsNow);
  byId("go-on")?.addEventListener("click", () => press("go-on/", { after: room.state.current }));
  byId("room-open")?.addEventListener("click", () => press("room/", { action: "open" }));
  byId("room-close")?.addEventListener("click", () => press("room/", { action: "close" }));
  byId("room-code")?.addEventListener("click", () => press("room/", { action: "code" }));
}

function drawSeatsNow() {
  if (room.state) drawSeats();
}
