// Sending: what must not be lost goes through the outbox, what can be pressed again goes at once.

import { Outbox, Watch } from "../room.js";
import { place, root } from "./page.js";

const PATIENCE = 20_000;
let token = "";

/** The link to the server: "ok", "lost", "server", "signed-out" or "gone". */
export const link = { state: "", changed: () => {} };

function linked(state) {
  if (link.state === state) return;
  const was = link.state;
  link.state = state;
  link.changed();
  if (state === "ok" && was) {
    outbox.wait = 1000;
    outbox.flush();
  }
}

const linkOf = (status) => {
  if (status === 401) return "signed-out";
  if (status === 404) return "gone";
  if (status === 0) return "lost";
  return status < 500 ? "ok" : "server";
};

const headers = () => ({ "X-Person": root.dataset.person });

async function ask(path, options) {
  const response = await fetch(place(path), {
    ...options,
    cache: "no-store",
    credentials: "same-origin",
    signal: AbortSignal.timeout?.(PATIENCE),
  });
  // A hotel's own page may answer in the server's place: that is no answer.
  if (response.redirected) throw new Error("not the server");
  return response;
}

const isJson = (response) =>
  (response.headers.get("Content-Type") ?? "").startsWith("application/json");

async function newToken() {
  const response = await ask("token.json", { headers: headers() });
  if (response.ok) token = (await response.json()).token;
  return response;
}

async function once(path, data) {
  const body = JSON.stringify(data);
  const all = { ...headers(), "Content-Type": "application/json", "X-CSRFToken": token };
  return ask(path, { method: "POST", headers: all, body });
}

/** Post to the console. Whoever signed in again has a new token: it is fetched when needed. */
export async function post(path, data = {}) {
  if (!token) {
    const response = await newToken();
    if (!response.ok) return response;
  }
  let response = await once(path, data);
  if (response.status === 403 && !isJson(response)) {
    const renewed = await newToken();
    if (!renewed.ok) return renewed;
    response = await once(path, data);
  }
  // What is far too large is refused before the console's own views see it: no use to try again.
  if ([400, 413].includes(response.status)) return response;
  // Otherwise only what those views say counts, however well it looks.
  if ((response.ok || response.status < 500) && !isJson(response)) throw new Error("not ours");
  return response;
}

const WAYS = {
  say: (entry) => post("say/", entry),
  undo: ({ of }) => post("undo/", { of }),
  revise: ({ id, text, revision }) => post(`statements/${id}/revise/`, { text, revision }),
  next: ({ item, after, seat, at }) => {
    const ago = Math.max(0, Math.round((Date.now() - at) / 1000));
    return post("turns/next/", { item, after, seat, ago: Math.min(ago, 604_800) });
  },
};

/** What hears of deliveries; the page sets these. */
export const hears = { changed: () => {}, sent: () => {}, refused: () => {} };

export const outbox = new Outbox(`console-${root.dataset.dialogue}-${root.dataset.person}`, {
  send: (entry) => WAYS[entry.way](entry),
  changed: () => hears.changed(),
  sent: (entry, answer) => {
    linked("ok");
    hears.sent(entry, answer);
  },
  refused: (entry, answer, status) => hears.refused(entry, answer, status),
  delayed: (status) => linked(linkOf(status)),
});

export const watch = new Watch(place("state.json"), {
  changed: () => {},
  linked: (_, status) => linked(linkOf(status)),
  every: 1200, // with its own journey and that of a statement, within two seconds
});

/**
 * Do something that can be pressed again: {} where it worked, {errors} where it did not. Every
 * screen learns of it by its next question; this one asks at once.
 */
export async function act(path, data = {}) {
  let response;
  try {
    response = await post(path, data);
  } catch {
    linked("lost");
    return { errors: { all: null } };
  }
  if ([401].includes(response.status) || response.status >= 500) linked(linkOf(response.status));
  const answer = await response.json().catch(() => ({}));
  watch.now();
  if (response.ok) return answer;
  return { ...answer, errors: answer.errors ?? { all: null } };
}
