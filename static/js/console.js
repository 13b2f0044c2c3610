// The console: capture in the middle, the agenda and the queue beside it. Nothing typed is lost:
// it is kept in this browser until the server has it.

import { byId, place, root, isField, say, write } from "./console/page.js";
import { hears, link, outbox, watch } from "./console/sending.js";
import { learn, learnTurns, recall, room, take } from "./console/state.js";
import * as acts from "./console/acts.js";
import * as capture from "./console/capture.js";
import * as rail from "./console/rail.js";
import * as said from "./console/said.js";

/** How it stands with what was typed, in one calm line. */
function drawLink() {
  const it = byId("link");
  // Calls of speakers wait too; what people fear for is words.
  const n = outbox.waiting.filter((entry) => !entry.refused && entry.way !== "next").length;
  const kept = n ? say("kept", { n }) : "";
  const lines = {
    "": say("loading"),
    ok: n ? say("sending", { n }) : say("all-saved"),
    lost: `${say("lost")} ${kept || say("goes-on")}`,
    server: `${say("server")} ${kept || say("goes-on")}`,
    "signed-out": `${say("signed-out")} ${kept}`,
    gone: say("gone"),
  };
  it.dataset.state = link.state;
  it.dataset.waiting = outbox.waiting.length;
  const words = lines[link.state];
  if (it.dataset.words === words) return;
  it.dataset.words = words;
  it.textContent = words;
  if (link.state === "signed-out") {
    const sign = document.createElement("a");
    Object.assign(sign, { href: root.dataset.signIn, target: "_blank", textContent: say("sign-in") });
    it.append(" ", sign);
  }
}

function draw() {
  drawLink();
  rail.draw();
  capture.draw();
  said.draw();
}

let isDue = false;
/** Draw once, however much changed at the same moment. */
function drawSoon() {
  if (isDue) return;
  isDue = true;
  queueMicrotask(() => {
    isDue = false;
    draw();
  });
}

hears.changed = drawSoon;
hears.sent = (entry, answer) => {
  learn(answer.statements);
  learnTurns(answer);
  capture.received(entry, answer);
  drawSoon();
  watch.now();
};
hears.refused = (_entry, answer) => {
  learn(answer.statements);
  drawSoon();
  watch.now();
};
link.changed = drawSoon;
room.heard = drawSoon;
watch.changed = take;

for (const part of [capture, said, rail, acts]) part.start();
recall();
draw();
watch.start();
outbox.flush();

// ---- Shortcuts ----

byId("show-keys").addEventListener("click", () => byId("keys-dialog").showModal());
addEventListener("keydown", (event) => {
  const isOpen = document.querySelector("dialog[open]");
  if (event.key === "?" && !isField(event.target) && !isOpen) byId("keys-dialog").showModal();
});

// ---- Opening without a network ----

if ("serviceWorker" in navigator) {
  addEventListener("load", async () => {
    try {
      await navigator.serviceWorker.register(place("worker.js"));
      const { active } = await navigator.serviceWorker.ready;
      const files = performance
        .getEntriesByType("resource")
        .map((entry) => entry.name)
        .filter((name) => new URL(name).origin === location.origin && /\.(js|css|svg)$/.test(name));
      active.postMessage({ files });
      navigator.serviceWorker.addEventListener("message", (event) => {
        if (event.data?.kept) root.dataset.offline = "yes";
      });
    } catch {
      // Private windows refuse it: the page then needs the network to open, and only for that.
    }
  });
}
write(byId("received"), "");
