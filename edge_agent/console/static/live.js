// Replaces what changes by itself, once a second, and says when the agent is away.
const live = document.getElementById("live");
const away = document.getElementById("away");
const EVERY_MS = 1000;
let missed = 0;

async function look() {
  if (document.visibilityState !== "visible") return;
  const response = await fetch(live.dataset.live, { signal: AbortSignal.timeout(4000), redirect: "manual" });
  if (response.type === "opaqueredirect") {
    location.assign("/sign-in");
    return;
  }
  if (!response.ok) throw new Error(String(response.status));
  const html = await response.text();
  // Whoever stands on a link with the keyboard keeps the place.
  const at = live.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  live.innerHTML = html;
  if (at) live.querySelector(`a[href="${CSS.escape(at)}"]`)?.focus({ preventScroll: true });
}

async function again() {
  try {
    await look();
    missed = 0;
  } catch {
    missed += 1;
  }
  away.hidden = missed < 2;
  setTimeout(again, EVERY_MS);
}

setTimeout(again, EVERY_MS);
