// A list that follows what is typed: the same page, asked for again, with its results put in the
// place of these. Without this the form's button does it.

const box = document.querySelector("[data-finding]");
const form = box.querySelector("form");
const said = box.querySelector("[data-said]");
const WAIT = 250; // milliseconds after the last letter

let timer;
let asking;

async function find() {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) query.set(name, value);
  const asked = query.toString();
  const address = asked ? `?${asked}` : location.pathname;
  asking?.abort();
  asking = new AbortController();
  try {
    const response = await fetch(address, { signal: asking.signal });
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const found = page.querySelector("#results");
    if (!found) return;
    box.querySelector("#results").replaceWith(document.adoptNode(found));
    said.textContent = found.querySelector("caption, [data-count], .empty p")?.textContent.trim() ?? "";
    history.replaceState(null, "", address);
  } catch {
    // Taken back for a newer question, or no network: the button still works.
  }
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(find, WAIT);
}

form.addEventListener("input", later);
form.addEventListener("submit", () => clearTimeout(timer));
