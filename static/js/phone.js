// What is on now, on a participant's phone. The page works without this; with it the page follows
// the room by itself, and what is sent waits on the phone until the server has it. What somebody
// is typing is never touched.

import { newKey, Outbox, Watch } from "./room.js";

const phone = document.getElementById("phone");
const words = phone.dataset;
const part = (id) => document.getElementById(id);
const now = part("now");
const language = document.documentElement.lang;
const plural = new Intl.PluralRules(language);
const numbered = (name, n) =>
  (words[`${name}${plural.select(n) === "one" ? "One" : "Other"}`] ?? "").replace("%n", n);

/** A copy of one of the page's templates, which hold all words for people. */
const made = (name) =>
  phone.querySelector(`template[data-for="${name}"]`).content.firstElementChild.cloneNode(true);

const fill = (element, name, text) => {
  for (const place of element.querySelectorAll(`[data-${name}]`)) place.textContent = text;
  return element;
};

const shown = (element, is) => element && (element.hidden = !is);

// ---- What is kept on the phone ----

const draftName = (round, kind) => `w2i:draft-${words.dialogue}:${round}:${kind}`;

const keep = (name, text) => {
  try {
    if (text.trim()) localStorage.setItem(name, JSON.stringify({ text, at: Date.now() }));
    else localStorage.removeItem(name);
  } catch {
    // A browser that keeps nothing: the text is in its box all the same.
  }
};

const kept = (name) => {
  try {
    return JSON.parse(localStorage.getItem(name))?.text ?? "";
  } catch {
    return "";
  }
};

const drafts = () => {
  const start = `w2i:draft-${words.dialogue}:`;
  const found = [];
  try {
    for (let at = 0; at < localStorage.length; at += 1) {
      const name = localStorage.key(at);
      if (!name.startsWith(start)) continue;
      const [round, kind] = name.slice(start.length).split(":");
      found.push({ name, round, kind, text: kept(name) });
    }
  } catch {
    // As above.
  }
  return found;
};

// ---- The link to the server ----

let misses = 0;
let trouble = "";

const sayLink = () => {
  const text = navigator.onLine ? trouble : words.linkPhone;
  if (part("link").textContent !== text) part("link").textContent = text;
};

const linked = (ok, status) => {
  misses = ok ? 0 : misses + 1;
  if (ok) trouble = "";
  else if (status === 404) trouble = words.linkGone;
  else if (status === 429) trouble = words.linkBusy;
  // One answer that is late is no trouble yet.
  else if (misses > 1) trouble = words.linkServer;
  sayLink();
};

addEventListener("online", sayLink);
addEventListener("offline", sayLink);

// ---- Sending ----

const token = () => phone.querySelector('[name="csrfmiddlewaretoken"]').value;

/** The form's token ends when somebody signs in with the same browser: fetch another. */
const renew = async () => {
  const answer = await fetch(location.pathname, { cache: "no-store" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector('#phone [name="csrfmiddlewaretoken"]');
  if (!fresh) {
    trouble = words.linkSeat;
    sayLink();
    return;
  }
  for (const field of phone.querySelectorAll('[name="csrfmiddlewaretoken"]')) field.value = fresh.value;
  for (const template of phone.querySelectorAll("template")) {
    for (const field of template.content.querySelectorAll('[name="csrfmiddlewaretoken"]')) field.value = fresh.value;
  }
};

const send = async (entry) => {
  const { what, kind, round, text, key, late, score } = entry;
  const body = what === "vote" ? { round, score } : { kind, round, text, key, ...(late && { late: "1" }) };
  const response = await fetch(what === "vote" ? words.voteUrl : words.sayUrl, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout?.(15_000),
  });
  linked(response.ok || response.status < 429, response.status);
  if (response.status === 403) await renew();
  return response;
};

const outbox = new Outbox(`phone-${words.dialogue}`, {
  send: (entry) =>
    send(entry).catch((error) => {
      linked(false, 0);
      throw error;
    }),
  changed: () => showWaiting(),
  sent: (entry, answer) => {
    if (entry.what === "vote") counted(entry, answer);
    else received(entry, answer);
  },
  refused: (entry, answer, status) => {
    if (entry.what === "vote") {
      outbox.drop(entry.key);
      news(fill(made("problem"), "text", answer.error || words.voteClosed));
      show();
      return;
    }
    // With the reason, so that it is still there after a reload.
    const name = outbox.prefix + entry.key;
    const code = answer.code ?? String(status);
    localStorage.setItem(name, JSON.stringify({ ...entry, refused: true, error: answer.error, code }));
    showWaiting();
  },
});

const waiting = () => {
  try {
    return outbox.waiting;
  } catch {
    return [];
  }
};

const news = (element) => part("news").replaceChildren(element);

const withAddress = (element, key) => {
  for (const link of element.querySelectorAll("[data-acts] a")) {
    link.href = link.href.replace("00000000-0000-0000-0000-000000000000", key);
  }
  return element;
};

const received = (entry, answer) => {
  const box = withAddress(fill(made(`received-${answer.kind}`), "text", answer.text), answer.key);
  const isOurs = answer.round === null;
  shown(box.querySelector("[data-late]"), isOurs);
  Object.assign(box.dataset, { round: answer.round ?? "", state: answer.state });
  news(box);
  const list = part("said").querySelector("ul");
  if (!list.querySelector(`[data-key="${CSS.escape(answer.key)}"]`)) {
    const line = withAddress(fill(made(`said-${answer.kind}`), "text", answer.text), answer.key);
    Object.assign(line.dataset, { key: answer.key, round: answer.round ?? "", kind: answer.kind, state: answer.state });
    list.prepend(line);
  }
  shown(part("said"), true);
  showActs();
};

const votedIn = new Set();

const counted = (entry, answer) => {
  votedIn.add(entry.round);
  const old = now.querySelector("[data-vote]");
  const box = made(answer.already ? "counted-before" : "counted");
  if (old && item && item.id === entry.round) old.replaceWith(box);
  else news(box);
};

// ---- What waits, and what was never sent ----

/** Whether the box that stands on the page asks for this, and is empty. */
const isFor = ({ kind, round }) =>
  form()?.dataset.say === kind && Number(form().elements.round.value) === round && !box().value.trim();

const showWaiting = () => {
  const entries = waiting();
  const list = part("waiting").querySelector("ul");
  part("waiting").querySelector("[data-count]").textContent = entries.length;
  list.replaceChildren(
    ...entries.map((entry) => {
      const line = made(entry.what === "vote" ? "waiting-vote" : `waiting-${entry.kind}`);
      line.dataset.entry = entry.key;
      if (entry.what !== "vote") {
        fill(line, "text", entry.text);
        fill(line, "error", entry.error ?? "");
        shown(line.querySelector("[data-error]"), entry.error);
        shown(line.querySelector('[data-do="late"]'), entry.refused && entry.code === "closed");
        shown(line.querySelector('[data-do="edit"]'), entry.refused && isFor(entry));
      }
      return line;
    }),
  );
  shown(part("waiting"), entries.length);
  shown(part("waiting").querySelector("[data-by-itself]"), entries.some((entry) => !entry.refused));
};

const showDrafts = () => {
  const here = box() && draftName(form().elements.round.value, form().dataset.say);
  const others = drafts().filter(({ name, round }) => name !== here && !isOn(Number(round)));
  part("drafts")
    .querySelector("ul")
    .replaceChildren(
      ...others.map(({ name, kind, text }) => {
        const line = fill(made(`waiting-${kind}`), "text", text);
        line.dataset.draft = name;
        shown(line.querySelector('[data-do="late"]'), true);
        return line;
      }),
    );
  shown(part("drafts"), others.length);
};

// ---- What is on ----

let item = null; // what the room is at, as the server says
let isKnown = false; // whether it has said anything yet
let onPage = now.dataset.item; // the round that stands on the page
let isComposing = false;

const form = () => now.querySelector("[data-say]");
const box = () => form()?.elements.text;
const isOn = (round) => (isKnown ? item?.is_open && item.id === round : String(round) === onPage);
const isTyping = () => isComposing || Boolean(box()?.value.trim());

const given = (round) => {
  const said = [...part("said").querySelectorAll(`li[data-round="${round}"]`)];
  const there = said.filter((line) => line.dataset.state !== "withdrawn").map((line) => line.dataset.kind);
  const going = waiting().filter((entry) => entry.round === round && entry.what !== "vote");
  return new Set([...there, ...going.map((entry) => entry.kind)]);
};

const noteOf = ({ is_silent: isSilent, is_revealed: isRevealed, posts_itself: posts }) =>
  isSilent && !isRevealed ? words.noteSilent : posts ? words.noteWall : words.noteHeld;

const sayForm = (kind) => {
  const it = made(`say-${kind}`);
  it.dataset.words = item.words;
  it.elements.round.value = item.id;
  it.elements.kind.value = kind;
  it.elements.key.value = newKey();
  it.elements.text.value = kept(draftName(item.id, kind));
  return fill(it, "note", noteOf(item));
};

/** Write the page anew for what is on. Only called while nobody types. */
const show = (chosen = "") => {
  const hadFocus = now.contains(document.activeElement);
  const parts = [];
  onPage = item ? String(item.id) : "";
  const title = document.createElement("h1");
  const look = item?.takes.length ? "phone__round" : "phone__title";
  Object.assign(title, { className: look, tabIndex: -1, textContent: item?.title ?? words.nothing });
  parts.push(title);
  if (!item) {
    parts.push(made("nothing"));
  } else {
    title.lang = words.language;
    if (!item.takes.length) parts.push(made("listen"));
    if (item.kind === "scale") {
      const isGoing = waiting().some((entry) => entry.what === "vote" && entry.round === item.id);
      if (votedIn.has(item.id)) parts.push(made("counted"));
      else if (!isGoing) {
        const vote = fill(made("vote"), "question", item.question);
        const question = vote.querySelector("[data-question]");
        question.classList.toggle("visually-hidden", item.question === item.title);
        vote.elements.round.value = item.id;
        parts.push(vote);
      }
    }
    if (item.takes.length) {
      const have = given(item.id);
      const kind = chosen || item.takes.find((one) => item.goes_on || !have.has(one));
      if (kind) parts.push(sayForm(kind));
      else {
        const done = made("done");
        done.querySelector("ul").append(...item.takes.map((one) => made(`more-${one}`)));
        parts.push(done);
      }
    }
  }
  now.replaceChildren(...parts);
  shown(part("moved"), false);
  if (hadFocus || chosen) (box() ?? now.querySelector("h1")).focus({ preventScroll: !chosen });
  countWords();
  showPlace();
  showActs();
  showDrafts();
  showWaiting();
};

const showPlace = () => {
  const text = words.place.replace("%n", item?.number).replace("%m", item?.of);
  part("place").textContent = item?.number ? ` · ${text}` : "";
};

/** Statements of a round that has closed are not changed here any more. */
const showActs = () => {
  for (const line of document.querySelectorAll("[data-round]")) {
    const isFree = line.dataset.state !== "withdrawn" && isOn(Number(line.dataset.round));
    shown(line.querySelector("[data-acts]"), isFree);
  }
};

/** What is typed for a round that has closed has its own ways on, above the box. */
const showMoved = (is) => {
  shown(part("moved"), is);
  for (const own of form()?.querySelectorAll("button, [data-note]") ?? []) own.hidden = is;
};

const changed = (state) => {
  const before = JSON.stringify(item);
  const isFirst = !isKnown;
  item = state.item;
  isKnown = true;
  if (!isFirst && before === JSON.stringify(item)) return;
  const isSame = onPage === (item ? String(item.id) : "");
  showPlace();
  showActs();
  showDrafts();
  // What was sent before the server said what is on has its box still there.
  const isGiven = isSame && form() && !item.goes_on && given(item.id).has(form().dataset.say);
  if (isFirst && isGiven && !isTyping()) {
    show();
    return;
  }
  if (isSame) {
    showMoved(false);
    if (item && form()) {
      form().dataset.words = item.words;
      fill(form(), "note", noteOf(item));
      countWords();
    }
    return;
  }
  if (isTyping()) {
    showMoved(true);
    return;
  }
  part("news").replaceChildren();
  if (now.querySelector("[data-vote] input:checked")) news(fill(made("problem"), "text", words.voteClosed));
  show();
};

// ---- Typing ----

const countOf = (text) => text.split(/\s+/u).filter(Boolean).length;

const countWords = () => {
  const it = form();
  if (!it) return;
  const most = Number(it.dataset.words);
  const left = most - countOf(it.elements.text.value);
  const line = it.querySelector(".helptext");
  if (!most) line.textContent = words.noLimit;
  else line.textContent = left < 0 ? numbered("over", -left) : numbered("left", left);
};

now.addEventListener("input", (event) => {
  if (event.target.matches("input[type=radio]")) fill(event.target.form, "problem", "");
  if (!event.target.matches("textarea")) return;
  keep(draftName(form().elements.round.value, form().dataset.say), event.target.value);
  fill(form(), "problem", "");
  countWords();
});
now.addEventListener("compositionstart", () => (isComposing = true));
now.addEventListener("compositionend", () => (isComposing = false));

/** Keep it on the phone and send it. False where this browser keeps nothing: the form goes then. */
const post = (entry) => {
  try {
    outbox.add(entry);
    return true;
  } catch {
    return false;
  }
};

const entryOf = (it, more = {}) => ({
  kind: it.dataset.say,
  round: Number(it.elements.round.value),
  text: it.elements.text.value,
  key: it.elements.key.value,
  ...more,
});

const problem = (it, text) => {
  fill(it, "problem", text);
  (it.elements.text ?? it.querySelector("input[type=radio]")).focus();
};

/** Send what stands in the box; the box empties once the phone holds it. */
const sendBox = (more) => {
  const it = form();
  const entry = entryOf(it, more);
  if (!entry.text.trim()) return problem(it, words.empty);
  const over = countOf(entry.text) - Number(it.dataset.words);
  if (Number(it.dataset.words) && over > 0) return problem(it, numbered("over", over));
  if (!post(entry)) return more ? undefined : it.submit();
  keep(draftName(entry.round, entry.kind), "");
  it.elements.text.value = "";
  if (isKnown) show();
  else it.elements.key.value = newKey();
  return undefined;
};

now.addEventListener("submit", (event) => {
  const it = event.target;
  if (it.matches("[data-say]")) {
    event.preventDefault();
    sendBox();
  } else if (it.matches("[data-vote]")) {
    const chosen = it.querySelector("input:checked");
    event.preventDefault();
    if (!chosen) return problem(it, words.choose);
    const entry = { what: "vote", round: Number(it.elements.round.value), score: Number(chosen.value) };
    // Not in the box any more: a second press sends nothing.
    if (!post(entry)) return it.submit();
    if (isKnown && !isTyping()) show();
    else {
      it.remove();
      (box() ?? now.querySelector("h1")).focus({ preventScroll: true });
    }
  }
  return undefined;
});

phone.addEventListener("click", (event) => {
  const more = event.target.closest("[data-more]");
  if (more && isKnown && item) {
    event.preventDefault();
    show(more.dataset.more);
    return;
  }
  const act = event.target.closest("[data-do]")?.dataset.do;
  if (!act) return;
  const { entry: key, draft } = event.target.closest("li")?.dataset ?? {};
  if (act === "go-on") show();
  else if (draft) actOnDraft(act, draft);
  else if (key) actOnEntry(act, key);
  else if (act === "late") sendBox({ late: true });
});

const actOnDraft = (act, name) => {
  const { round, kind, text } = drafts().find((draft) => draft.name === name);
  if (act === "late" && !post({ kind, text, round: Number(round), late: true })) return;
  keep(name, "");
  showDrafts();
};

const actOnEntry = (act, key) => {
  const entry = waiting().find((one) => one.key === key);
  if (!entry) return;
  if (act === "edit") {
    if (!isFor(entry)) return;
    box().value = entry.text;
    keep(draftName(form().elements.round.value, form().dataset.say), entry.text);
    countWords();
    box().focus();
  }
  outbox.drop(key);
  if (act === "late") {
    const { error, code, refused, ...again } = entry;
    post({ ...again, late: true });
  }
};

phone.querySelector(".phone__leave").addEventListener("submit", (event) => {
  if (waiting().length) {
    event.preventDefault();
    fill(event.target, "problem", words.leaveWaiting);
    return;
  }
  for (const { name } of drafts()) keep(name, "");
});

// ---- Begin ----

shown(part("refresh"), false);
if (box() && !box().value) box().value = kept(draftName(form().elements.round.value, form().dataset.say));
countWords();
showWaiting();
outbox.flush();
new Watch(words.stateUrl, { changed, linked }).start();
