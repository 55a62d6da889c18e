// Answers from what was kept when the network does not. Served as /visit/worker.js.

const KEPT_IN = "campus-pass-1";
// At a gate with a bad network a visitor should not look at an empty page.
const PATIENCE_MS = 3_000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const address = new URL(request.url);
  if (address.origin !== self.location.origin) return;
  if (address.pathname.startsWith("/static/")) event.respondWith(keptFirst(request));
  else if (request.mode === "navigate") event.respondWith(networkFirst(request, address));
});

async function keptFirst(request) {
  return (await caches.match(request)) || fetch(request);
}

async function networkFirst(request, address) {
  const kept = await caches.match(address.pathname, { ignoreVary: true });
  try {
    return await fetch(request, kept ? { signal: AbortSignal.timeout(PATIENCE_MS) } : {});
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}
