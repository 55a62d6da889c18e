// Watches a visit until something changes, then loads the page again: it may be a pass by then.

// The centre answers as soon as it has news; this is only the pause between two questions.
const BETWEEN_MS = 250;
const AFTER_TROUBLE_MS = 3_000;

// A form on its way brings the next page itself; loading this one again would call it off.
let isLeaving = false;
document.addEventListener("submit", () => {
  isLeaving = true;
});

const visit = document.querySelector("[data-visit-version]");
if (visit) watch(visit.dataset.stateUrl, Number(visit.dataset.visitVersion));

async function watch(stateUrl, version) {
  for (;;) {
    await untilVisible();
    let pauseMs = BETWEEN_MS;
    try {
      const answer = await fetch(`${stateUrl}?seen=${version}`, { cache: "no-store" });
      if (answer.status === 404 || (answer.ok && (await answer.json()).version !== version)) {
        if (!isLeaving) location.reload();
        return;
      }
      if (!answer.ok) pauseMs = AFTER_TROUBLE_MS;
    } catch {
      // No network: what is on the page stays, and a pass goes on rotating.
      pauseMs = AFTER_TROUBLE_MS;
    }
    await new Promise((resolve) => {
      setTimeout(resolve, pauseMs);
    });
  }
}

/** A page that nobody sees asks nothing; it asks at once when it is seen again. */
function untilVisible() {
  if (document.visibilityState === "visible") return Promise.resolve();
  return new Promise((resolve) => {
    document.addEventListener("visibilitychange", () => resolve(), { once: true });
  });
}
