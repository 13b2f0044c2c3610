// What every live screen of a room stands on: asking what is new, and sending so that nothing is
// lost. No words for people stand here: pages bring them in their own language.

/** A key made where a statement is typed. Sent twice, it is there once. */
export const newKey = () =>
  crypto.randomUUID?.() ??
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16),
  );

/**
 * Asks an address again and again, and hands over what it says when that has changed.
 *
 * `changed(state)` gets the parsed answer. `linked(ok)` hears whether the server answered at all.
 */
export class Watch {
  constructor(address, { changed, linked = () => {}, every = 2000 }) {
    Object.assign(this, { address, changed, linked, every });
    this.tag = "";
    this.version = 0;
    this.timer = 0;
    this.asked = 0;
    this.heard = 0;
    document.addEventListener("visibilitychange", () => document.hidden || this.now());
    addEventListener("online", () => this.now());
  }

  start() {
    this.now();
    return this;
  }

  /** Ask at once, for example after something was sent. */
  now() {
    clearTimeout(this.timer);
    return this.#ask().finally(() => {
      clearTimeout(this.timer);
      // Not all phones of a room at the same moment.
      this.timer = setTimeout(() => this.now(), this.every * (0.85 + Math.random() * 0.3));
    });
  }

  /** Forget what was heard: the next answer is whole again. */
  restart() {
    this.tag = "";
    this.version = 0;
    return this.now();
  }

  async #ask() {
    const question = (this.asked += 1);
    const address = new URL(this.address, location.href);
    address.searchParams.set("since", this.version);
    try {
      const response = await fetch(address, {
        headers: this.tag ? { "If-None-Match": this.tag } : {},
        cache: "no-store",
        signal: AbortSignal.timeout?.(10_000),
      });
      this.linked(response.ok || response.status === 304, response.status);
      if (!response.ok) return;
      const state = await response.json();
      // Two questions may be under way: an answer that comes late is not news.
      if (question < this.heard) return;
      this.heard = question;
      this.tag = response.headers.get("ETag") ?? "";
      this.version = state.version;
      this.changed(state);
    } catch {
      this.linked(false, 0);
    }
  }
}

/**
 * Statements on their way: each is kept in this browser from the moment it is typed until the
 * server says that it has it. They go in order, one at a time; those that fail wait and go again.
 *
 * `send(entry)` returns a promise of the server's Response. `changed()` hears of every change.
 * `refused(entry, answer, status)` gets what the server will never take; the entry stays kept, with
 * the answer, until `drop` is called. `delayed(status)` hears why nothing can be sent for now.
 */
export class Outbox {
  constructor(name, { send, changed = () => {}, sent = () => {}, refused = () => {}, delayed = () => {} }) {
    Object.assign(this, { send, changed, sent, refused, delayed });
    this.prefix = `w2i:${name}:`;
    this.isSending = false;
    this.wait = 1000;
    this.timer = 0;
    addEventListener("online", () => this.flush());
    addEventListener("storage", (event) => event.key?.startsWith(this.prefix) && this.changed());
  }

  /** What waits, oldest first, from every tab of this browser. */
  get waiting() {
    const entries = [];
    for (let at = 0; at < localStorage.length; at += 1) {
      const name = localStorage.key(at);
      if (name?.startsWith(this.prefix)) entries.push(JSON.parse(localStorage.getItem(name)));
    }
    return entries.sort((a, b) => a.at - b.at || a.n - b.n);
  }

  /** Keep an entry, then send it. Throws where the browser can't keep it: say so, lose nothing. */
  add(entry) {
    const last = Math.max(0, ...this.waiting.map((other) => other.n));
    const kept = { ...entry, key: entry.key ?? newKey(), at: Date.now(), n: last + 1 };
    localStorage.setItem(this.prefix + kept.key, JSON.stringify(kept));
    this.changed();
    this.flush();
    return kept;
  }

  drop(key) {
    localStorage.removeItem(this.prefix + key);
    this.changed();
  }

  async flush() {
    if (this.isSending) return;
    this.isSending = true;
    clearTimeout(this.timer);
    try {
      for (let entry; (entry = this.waiting.find((one) => !one.refused)); ) {
        if (!(await this.#deliver(entry))) break;
      }
    } finally {
      this.isSending = false;
    }
    if (this.waiting.some((one) => !one.refused)) {
      this.timer = setTimeout(() => this.flush(), this.wait);
      this.wait = Math.min(this.wait * 1.7, 15_000);
    }
  }

  /** Whether to go on with the next. */
  async #deliver(entry) {
    let response;
    try {
      response = await this.send(entry);
    } catch {
      return false;
    }
    if (response.ok) {
      this.wait = 1000;
      const answer = await response.json().catch(() => ({}));
      this.drop(entry.key);
      this.sent(entry, answer);
      return true;
    }
    // 400, 409, 413, 422: this entry will never be taken. Anything else may pass: a sign-in that
    // ended, too many at once, a server that is being restarted.
    if ([400, 404, 409, 410, 413, 422].includes(response.status)) {
      const answer = await response.json().catch(() => ({}));
      const kept = { ...entry, refused: true, status: response.status, answer };
      localStorage.setItem(this.prefix + entry.key, JSON.stringify(kept));
      this.changed();
      this.refused(entry, answer, response.status);
      return true;
    }
    this.delayed(response.status);
    return false;
  }
}
