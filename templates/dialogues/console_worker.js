// Opens the console where there is no network, once it has been opened with one. It answers for
// this one page and its files, keeps nothing of what is in the room, and always asks the network
// first.
const PAGE = "{{ place|escapejs }}";
const KEPT = `w2i-console:${PAGE}`;
const PATIENCE = 5000; // milliseconds a weak network gets before the kept page opens

const later = (ms) => new Promise((_, fail) => setTimeout(() => fail(new Error("slow")), ms));
const isWhole = (answer) => answer.status === 200 && answer.type === "basic" && !answer.redirected;

async function keep(address) {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (isWhole(answer)) await (await caches.open(KEPT)).put(address, answer);
}

async function openPage(request) {
  const cache = await caches.open(KEPT);
  const kept = await cache.match(PAGE);
  try {
    const answer = await (kept ? Promise.race([fetch(request), later(PATIENCE)]) : fetch(request));
    if (isWhole(answer)) await cache.put(PAGE, answer.clone());
    if (answer.status === 404) await cache.delete(PAGE);
    return kept && answer.status >= 500 ? kept : answer;
  } catch {
    return kept ?? Response.error();
  }
}

async function openFile(request) {
  const cache = await caches.open(KEPT);
  const kept = await cache.match(request.url);
  try {
    const answer = await (kept ? Promise.race([fetch(request), later(PATIENCE)]) : fetch(request));
    if (isWhole(answer)) await cache.put(request.url, answer.clone());
    return kept && !answer.ok ? kept : answer;
  } catch {
    return kept ?? Response.error();
  }
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(keep(PAGE).catch(() => {}));
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// The page names its files: here nobody knows them.
self.addEventListener("message", (event) => {
  const files = event.data?.files ?? [];
  const all = async () => {
    await Promise.all(files.map((file) => keep(file).catch(() => {})));
    const cache = await caches.open(KEPT);
    for (const request of await cache.keys()) {
      const isPage = new URL(request.url).pathname === PAGE;
      if (!isPage && files.length && !files.includes(request.url)) await cache.delete(request);
    }
    event.source?.postMessage({ kept: true });
  };
  event.waitUntil(all());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (address.pathname === PAGE) event.respondWith(openPage(request));
  } else if (["script", "style", "image", "font"].includes(request.destination)) {
    event.respondWith(openFile(request));
  }
});
