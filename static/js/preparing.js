// A text in preparation: what is chosen is saved by itself, and the text beside it follows. The page
// works without this, by its buttons.

const form = document.querySelector("[data-preparation]");
const said = form.querySelector("[data-said]");
const preview = document.querySelector("[data-preview]");
const words = form.dataset;
const WAIT = 700; // milliseconds after the last letter
const AGAIN = 5000; // ... and after a save that did not arrive

let timer;
let isOut = false;
let isOld = false; // changed since the save that is under way

async function save() {
  if (isOut) {
    isOld = true;
    return;
  }
  isOut = true;
  isOld = false;
  timer = undefined;
  said.textContent = words.saving;
  const body = new FormData(form);
  body.set("autosave", "1");
  let wait = 0;
  try {
    const response = await fetch(form.action, { method: "POST", body });
    if (![200, 409, 422].includes(response.status)) throw new Error(response.status);
    preview.innerHTML = await response.text(); // ours, made by the same template as the page
    if (response.ok) form.elements.revision.value = preview.firstElementChild.dataset.revision;
    said.textContent = response.ok ? words.saved : words.refused;
  } catch {
    said.textContent = words.failed;
    wait = AGAIN;
  }
  isOut = false;
  if (isOld || wait) later(wait || WAIT);
}

function later(wait = WAIT) {
  clearTimeout(timer);
  timer = setTimeout(save, wait);
}

form.addEventListener("input", (event) => {
  // Whoever writes words of their own wants them.
  const own = event.target.closest(".prepare-own");
  if (own && event.target.value.trim()) {
    const choice = form.querySelector(`[name="${event.target.name.replace("own-", "do-")}"][value="own"]`);
    if (choice) choice.checked = true;
  }
  if (event.target.value === "own" && event.target.type === "radio") {
    const box = event.target.closest("fieldset").querySelector(".prepare-own");
    box.open = true;
  }
  later();
});

// Leaving with something unsaved: send it along, the browser need not wait for an answer.
addEventListener("pagehide", () => {
  if (!timer) return;
  clearTimeout(timer);
  const body = new FormData(form);
  body.set("autosave", "1");
  navigator.sendBeacon(form.action, body);
});
form.addEventListener("submit", () => {
  clearTimeout(timer);
  timer = undefined;
});
