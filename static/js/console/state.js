// What is in the room: what the server said last, with what this browser has still to send on top.

import { isFacilitator, keep, kept, say } from "./page.js";
import { outbox, watch } from "./sending.js";

const rows = new Map(); // statements by id
export const room = { state: null, skew: 0, heard: () => {} };
let askedAgain = 0;
let called = { item: null, turns: [], version: 0 }; // the turns as a call was answered last

/** Take in what the server says. */
export function take(state) {
  if (state.since === 0) rows.clear();
  // What was asked before a call may be answered after it: nobody speaks again who has spoken.
  if (state.current === called.item && state.version < called.version) state.turns = called.turns;
  room.state = state;
  room.skew = state.now - Date.now();
  learn(state.statements);
  const known = [...rows.values()].filter((row) => row.version <= state.version).length;
  if ((rows.size < state.n || known > state.n) && askedAgain !== state.version) {
    // Something was erased, or came to light with no change of its own.
    askedAgain = state.version;
    watch.restart();
  }
  room.heard();
}

/** Statements as an answer brings them: a screen never goes back to an older one. */
export function learn(statements = []) {
  for (const row of statements) {
    const there = rows.get(row.id);
    if (!there || there.version <= row.version) rows.set(row.id, row);
  }
  if (room.state) remember();
}

export function learnTurns({ item, turns, version }) {
  if (!turns || version < called.version) return;
  called = { item, turns, version };
  if (room.state?.current !== item || room.state.version >= version) return;
  room.state.turns = turns;
  remember();
}

// Without a network the page opens with what it knew, but with no names: they stay on the server.
let remembering = 0;
function remember() {
  remembering ||= setTimeout(rememberNow, 300);
}

function rememberNow() {
  if (!remembering) return;
  clearTimeout(remembering);
  remembering = 0;
  const seats = room.state.seats.map(({ name, ...seat }) => seat);
  keep("state", { ...room.state, seats, statements: [...rows.values()].slice(-400) });
}
addEventListener("pagehide", rememberNow);

export function recall() {
  const state = kept("state");
  if (!state || room.state) return;
  room.state = state;
  learn(state.statements);
  room.heard();
}

export const serverNow = () => Date.now() + room.skew;
export const item = () => room.state?.agenda.find((one) => one.id === room.state.current) ?? null;
export const rowOf = (id) => rows.get(id);

export function whoIs(seat) {
  const name = isFacilitator && room.state?.seats.find((one) => one.seat === seat)?.name;
  return name ? say("seat-name", { seat, name }) : say("seat", { seat });
}

/** The turns of the running round, with the calls made here that the server has not heard yet. */
export function turns() {
  const running = item();
  if (!running?.byTurns) return [];
  const found = room.state.turns.map((turn) => ({ ...turn }));
  for (const entry of outbox.waiting) {
    if (entry.way !== "next" || entry.item !== running.id || entry.refused) continue;
    const on = found.find((turn) => turn.state === "speaking");
    // A page that was opened again without a network may not know of the call before this one.
    const from = on ?? found.find((turn) => turn.id === entry.after && turn.state === "waiting");
    if ((from?.id ?? null) !== entry.after) continue;
    if (from) from.state = "done";
    const called = found.find((turn) => turn.seat === entry.seat);
    if (!called) continue;
    called.state = "speaking";
    called.startedAt = entry.at + room.skew;
    called.endsAt = called.startedAt + running.turnSeconds * 1000;
    called.seconds = running.turnSeconds;
  }
  return found;
}

export const speaking = () => turns().find((turn) => turn.state === "speaking") ?? null;

/** Statements, the newest first: those on their way on top of those the server has. */
export function statements() {
  const found = new Map([...rows.values()].map((row) => [row.key ?? row.id, { ...row }]));
  let coming = 0;
  for (const entry of outbox.waiting) {
    if (entry.refused) continue;
    if (entry.way === "say" && !found.has(entry.key)) {
      found.set(entry.key, {
        ...{ id: null, key: entry.key, code: "", kind: entry.kind, text: entry.text },
        ...{ seat: entry.seat, turn: entry.turn, item: entry.item, state: "coming", spoken: "" },
        ...{ sector: "", themes: [], about: [], order: (coming += 1), language: "" },
      });
    } else if (entry.way === "undo") {
      const row = found.get(entry.of);
      if (row) Object.assign(row, { state: "withdrawn", reason: "…", isWaiting: true });
    } else if (entry.way === "revise") {
      const row = [...found.values()].find((one) => one.id === entry.id);
      if (row) Object.assign(row, { text: entry.text, isWaiting: true });
    }
  }
  const place = (row) => row.id ?? 1e15 + row.order;
  return [...found.values()].sort((a, b) => place(b) - place(a));
}
