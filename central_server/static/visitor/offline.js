// Keeps this page and what it loads, so that a reload without a network still shows the pass.

const KEPT_IN = "campus-pass-1";

/** Registers the worker and stores the page as it is now; silent where the browser cannot. */
export async function keepForOffline() {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register("/visit/worker.js", { scope: "/visit/" });
    const kept = await caches.open(KEPT_IN);
    const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
    const assets = loaded.filter((address) => new URL(address).pathname.startsWith("/static/"));
    await kept.addAll([location.pathname, ...new Set(assets)]);
  } catch {
    // Not a secure origin, or no room: the page works as long as it stays open.
  }
}
