// Keeps this page and what it loads, so that a reload without a network still shows the pass.

const KEPT_IN = "campus-pass-1";

let storing = Promise.resolve();

/** Registers the worker and stores the page as the centre has it now; silent where it cannot. */
export function keepForOffline() {
  // One after the other: an older page must not overwrite a newer one.
  storing = storing.then(store);
  return storing;
}

async function store() {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register("/visit/worker.js", { scope: "/visit/" });
    const kept = await caches.open(KEPT_IN);
    const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
    const assets = loaded.filter((address) => new URL(address).pathname.startsWith("/static/"));
    await kept.addAll([location.pathname, ...new Set(assets)]);
    await forgetOldAssets(kept, new Set(assets));
  } catch {
    // Not a secure origin, or no room: the page works as long as it stays open.
  }
}

/** Takes out what an earlier version of the centre's pages had loaded. */
async function forgetOldAssets(kept, assets) {
  for (const request of await kept.keys()) {
    const isAsset = new URL(request.url).pathname.startsWith("/static/");
    if (isAsset && !assets.has(request.url)) await kept.delete(request);
  }
}
