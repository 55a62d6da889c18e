// Watches a visit until something changes, then loads the page again: it may be a pass by then.

const LOOK_EVERY_MS = 1_000;
// After this long without news a look every ten seconds must do: it saves the battery.
const CALM_AFTER_MS = 10 * 60_000;
const CALM_EVERY_MS = 10_000;

const visit = document.querySelector("[data-visit-version]");
if (visit) watch(visit.dataset.stateUrl, Number(visit.dataset.visitVersion));

function watch(stateUrl, version) {
  const began = performance.now();
  const look = async () => {
    if (document.visibilityState === "visible") {
      try {
        const answer = await fetch(stateUrl, { cache: "no-store" });
        if (answer.status === 404 || (answer.ok && (await answer.json()).version !== version)) {
          location.reload();
          return;
        }
      } catch {
        // No network: what is on the page stays, and a pass goes on rotating.
      }
    }
    const calm = performance.now() - began > CALM_AFTER_MS;
    setTimeout(look, calm ? CALM_EVERY_MS : LOOK_EVERY_MS);
  };
  setTimeout(look, LOOK_EVERY_MS);
}
