// The agenda by pointer: drag an item to its place. The buttons Up and Down do the same without this.
// In the form of an item: show only the rules that matter to its kind.

const list = document.querySelector("[data-agenda]");
const items = () => [...list.querySelectorAll("[data-item]")];
const order = () => items().map((item) => item.dataset.item);

function say(words) {
  document.getElementById(list.dataset.status).textContent = words;
}

function put(keys) {
  const there = new Map(items().map((item) => [item.dataset.item, item]));
  list.append(...keys.map((key) => there.get(key)));
}

async function save(before) {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", list.querySelector("[name=csrfmiddlewaretoken]").value);
  for (const key of order()) body.append("item", key);
  let said = list.dataset.failed;
  try {
    const response = await fetch(list.dataset.address, { method: "POST", body });
    const answer = await response.json();
    if (response.ok) {
      list.innerHTML = answer.items; // ours, made by the same template as the page
      showHandles();
      say(list.dataset.saved);
      return;
    }
    said = answer.errors.join(" ");
  } catch {
    // Not reached, or signed out: the words of the page say so.
  }
  put(before);
  say(said);
}

function showHandles() {
  list.classList.add("agenda--dragged");
  for (const handle of list.querySelectorAll("[data-handle]")) handle.hidden = false;
}

function drag(event) {
  const item = event.target.closest("[data-handle]")?.closest("[data-item]");
  if (!item || event.button !== 0) return;
  event.preventDefault();
  const before = order();
  item.classList.add("is-dragged");

  const over = ({ clientY }) => {
    const others = items().filter((other) => other !== item);
    const next = others.find((other) => {
      const box = other.getBoundingClientRect();
      return clientY < box.top + box.height / 2;
    });
    if (next !== (item.nextElementSibling ?? undefined)) list.insertBefore(item, next ?? null);
  };
  const leave = new AbortController();
  const end = (isKept) => {
    leave.abort();
    item.classList.remove("is-dragged");
    if (!isKept) put(before);
    else if (order().join() !== before.join()) save(before);
  };
  const { signal } = leave;
  addEventListener("pointermove", over, { signal });
  addEventListener("pointerup", () => end(true), { signal });
  addEventListener("pointercancel", () => end(false), { signal });
  addEventListener("keydown", ({ key }) => key === "Escape" && end(false), { signal });
}

if (list) {
  showHandles();
  list.addEventListener("pointerdown", drag);
}

const form = document.querySelector("[data-agenda-item]");
if (form) {
  const kind = form.elements.kind;
  const show = () => {
    for (const part of form.querySelectorAll("[data-kinds]")) {
      const matters = part.dataset.kinds.split(" ").includes(kind.value);
      part.hidden = Boolean(kind.value) && !matters && !part.querySelector(".field--error");
    }
  };
  kind.addEventListener("change", show);
  show();
}
