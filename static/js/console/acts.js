// What is done to a statement: one dialog for all that needs words, one press for the rest.

import { newKey } from "../room.js";
import { byId, copyOf, kept, keep, say, show, tooLong, write } from "./page.js";
import { learn, room, rowOf, statements } from "./state.js";
import { act, outbox } from "./sending.js";

const dialog = byId("act");
const form = byId("act-form");
const fields = byId("act-fields");
let open = null; // { path, data(): what is sent, done() }
let before = null;

/** Do something at once, and show what came of it. */
export async function doIt(row, verb, data = {}) {
  if (row.id === null) return {};
  const answer = await act(`statements/${row.id}/${verb}/`, data);
  learn(answer.statements);
  room.heard();
  if (answer.errors) problem(answer.errors);
  return answer;
}

const messageOf = (errors) => {
  const texts = Object.values(errors).flat().filter(Boolean);
  return texts.length ? texts.join(" ") : say("not-sent");
};

export function problem(errors) {
  write(byId("received"), messageOf(errors));
}

function ask(name, row, fill, send) {
  const template = document.querySelector(`template[data-fields="${name}"]`);
  before = document.activeElement;
  fields.replaceChildren(template.content.cloneNode(true));
  byId("act-title").textContent = template.dataset.title;
  const go = byId("act-go");
  go.textContent = template.dataset.go ?? go.dataset.save;
  const quote = byId("act-quote");
  show(quote, Boolean(row));
  quote.className = `voice voice--${row?.kind ?? ""}`;
  quote.textContent = row ? `${row.code} ${row.text}` : "";
  fillIn(fill);
  complain(null);
  open = send;
  dialog.showModal();
  const first = fields.querySelector("input, textarea, select");
  first.focus();
  if (first.select) first.select();
}

function fillIn(values) {
  for (const [name, value] of Object.entries(values)) {
    const field = form.elements[name];
    if (field.type === "checkbox") field.checked = value;
    else field.value = value;
  }
}

function typed() {
  const data = {};
  for (const field of form.elements) {
    if (!field.name) continue;
    if (field.type === "checkbox") data[field.name] = field.checked;
    else data[field.name] = field.value;
  }
  return data;
}

/** Say beside its field what is wrong. */
function complain(errors) {
  for (const it of fields.querySelectorAll(".errorlist")) it.remove();
  for (const it of fields.querySelectorAll(".field--error")) it.classList.remove("field--error");
  for (const it of form.elements) it.removeAttribute("aria-invalid");
  const whole = byId("act-error");
  show(whole, false);
  if (!errors) return;
  const rest = [];
  for (const [name, texts] of Object.entries(errors)) {
    const field = form.elements[name];
    if (!field || !texts) {
      rest.push(...(texts ?? [say("not-sent")]));
      continue;
    }
    field.setAttribute("aria-invalid", "true");
    field.focus();
    if (!field.closest(".field")) {
      // One of a row of small boxes: there is no room beside it.
      rest.push(`${field.labels[0]?.textContent}: ${texts.join(" ")}`);
      field.setAttribute("aria-describedby", "act-error");
      continue;
    }
    const says = document.createElement("p");
    Object.assign(says, { className: "errorlist", id: `${field.id}-error` });
    says.textContent = texts.join(" ");
    field.before(says);
    field.closest(".field").classList.add("field--error");
    field.setAttribute("aria-describedby", says.id);
  }
  write(whole, rest.join(" "));
  show(whole, rest.length > 0);
}

/** The statement of the same kind just above, as a first guess. */
function above(row) {
  const same = statements().filter(
    (one) => one.kind === row.kind && one.id && one.state !== "withdrawn",
  );
  const at = same.findIndex((one) => one.id === row.id);
  return same[at + 1] ?? same.find((one) => one.id !== row.id) ?? null;
}

const ASKS = {
  merge: (row) => {
    const other = above(row);
    return { other: other?.code ?? "", text: other ? `${other.text}\n${row.text}` : row.text };
  },
  duplicate: (row) => ({ other: above(row)?.code ?? "" }),
  split: (row) => ({ text: row.text }),
  move: (row) => ({ kind: row.kind }),
  themes: (row) => ({ themes: row.themes.join(", ") }),
  sector: (row) => ({ sector: row.sector }),
  about: (row) => ({ about: row.about.join(", ") }),
  withdraw: () => ({ reason: "" }),
  answer: (row) => ({
    text: row.answer?.text ?? "",
    answered_by: row.answer?.by ?? "",
    was_written_later: row.answer?.wasWrittenLater ?? false,
  }),
};
const PATH = { themes: "sort", sector: "sort", about: "sort" };

/** Begin an act on a statement: "merge", "withdraw", "post" and so on. */
export function begin(name, row) {
  if (!row || row.id === null) return;
  if (name === "post" || name === "hold") {
    doIt(row, name);
    return;
  }
  if (name === "answer" && row.kind !== "question") return;
  const key = newKey(); // of the pieces: the same where the same form is sent again
  ask(name, row, ASKS[name](row), (data) =>
    act(`statements/${row.id}/${PATH[name] ?? name}/`, name === "split" ? { ...data, key } : data),
  );
  if (name === "merge") follow(row);
}

/** The wording of both together follows the number that is chosen, until it is touched. */
function follow(row) {
  let isTouched = false;
  form.elements.text.addEventListener("input", () => (isTouched = true));
  form.elements.other.addEventListener("input", () => {
    const code = form.elements.other.value.trim().toUpperCase();
    const other = statements().find((one) => one.code === code);
    if (other && !isTouched) form.elements.text.value = `${other.text}\n${row.text}`;
  });
}

export function enterCounts(item) {
  ask("counts", null, {}, (data) => act("counts/", { ...data, item: item.id }));
}

function close() {
  dialog.close();
}

// ---- Editing the wording, in its place ----

export const isEdited = (row) => Boolean(kept("edits")?.[row.id]);

function keepEdit(id, value) {
  const edits = { ...kept("edits") };
  if (value === null) delete edits[id];
  else edits[id] = value;
  keep("edits", edits);
}

/** Put an editor into a statement's row. A refresh leaves it alone. */
export function edit(it, row) {
  if (row.id === null || it.querySelector(".edit")) return;
  const there = kept("edits")?.[row.id] ?? { text: row.text, revision: row.revision };
  const editor = copyOf("edit-template");
  const area = editor.querySelector("textarea");
  area.value = there.text;
  it.firstElementChild.append(editor);
  it.classList.add("said--edited");
  keepEdit(row.id, there);
  const end = (isHere) => {
    keepEdit(row.id, null);
    editor.remove();
    it.classList.remove("said--edited");
    it.print = "";
    room.heard();
    if (isHere) it.focus();
  };
  const wrong = editor.querySelector(".errorlist");
  const complainOf = (words) => {
    write(wrong, words);
    show(wrong, Boolean(words));
    area.setAttribute("aria-invalid", String(Boolean(words)));
  };
  const save = () => {
    const text = area.value;
    complainOf(tooLong(text));
    if (!wrong.hidden) return;
    if (text.trim() && text !== rowOf(row.id)?.text) {
      outbox.add({ way: "revise", id: row.id, code: row.code, text, revision: there.revision });
    }
    end(true);
  };
  area.addEventListener("input", () => {
    complainOf("");
    keepEdit(row.id, { ...there, text: area.value });
  });
  area.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      save();
    } else if (event.key === "Escape") {
      event.preventDefault();
      end(true);
    }
  });
  editor.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  editor.querySelector("[data-cancel]").addEventListener("click", () => end(true));
  return area;
}

export function start() {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const go = byId("act-go");
    go.disabled = true;
    const answer = await open(typed());
    go.disabled = false;
    learn(answer.statements);
    room.heard();
    if (answer.errors) complain(answer.errors);
    else close();
  });
  byId("act-cancel").addEventListener("click", close);
  dialog.addEventListener("close", () => {
    if (before?.isConnected) before.focus();
  });
  // Enter sends from every field but one of several lines; there Ctrl and Enter does.
  form.addEventListener("keydown", (event) => {
    const isSent = event.ctrlKey || event.metaKey || event.target.tagName === "SELECT";
    if (event.key !== "Enter" || !isSent) return;
    event.preventDefault();
    form.requestSubmit();
  });
}
