// The live pass: makes the chain once, then shows a new code every 15 s without any request.

import { drawCode } from "./code_canvas.js";
import { linkAt, makeChain, makeSeed } from "./chain.js";
import { PassClock } from "./pass_clock.js";
import { STEP_S, fromBase64, passText, stepAt, toBase64 } from "./pass_text.js";
import { keepForOffline } from "./offline.js";

const LOOK_EVERY_MS = 200;
const TRY_AGAIN_MS = 3_000;
const TAKEN_ELSEWHERE = 409;

const page = document.querySelector("[data-pass]");
if (page) run(page);

async function run(root) {
  const pass = readPass(root);
  const clock = new PassClock();
  const show = (state) => showState(root, state);
  keepForOffline();
  keepAwake();
  watchClock(root, pass, clock);
  const own = heldHere(pass, root);
  if (own === null) {
    show("elsewhere");
    return;
  }
  show("preparing");
  const progress = root.querySelector("[data-progress]");
  const links = await makeChain(pass.id, own.seed, own.length, (share) => {
    progress.value = share;
  });
  const anchor = toBase64(linkAt(links, 0));
  if (pass.anchor !== "" && pass.anchor !== anchor) {
    show("elsewhere");
    return;
  }
  const known = pass.signed || own.signed;
  const signedPart = known || (await askForSignature(root, pass, anchor, show));
  if (signedPart === null) {
    show("elsewhere");
    return;
  }
  keepOwn(pass, { ...own, signed: signedPart });
  rotate(root, pass, clock, { links, length: own.length, signedPart: fromBase64(signedPart) });
}

/** What the server wrote into the page. Times in seconds since 1970 UTC. */
function readPass(root) {
  const data = root.dataset;
  return {
    id: fromBase64(data.passId),
    key: `campus-pass-seed-${data.passId}`,
    notBeforeS: Number(data.notBeforeS),
    notAfterS: Number(data.notAfterS),
    anchor: data.anchor,
    isForAnother: "forAnother" in data,
    claim: new URLSearchParams(location.search).get("claim") ?? "",
    signed: data.signed,
    anchorUrl: data.anchorUrl,
    stateUrl: data.stateUrl,
  };
}

/**
 * What this phone holds of the pass: seed and length of its chain, and the signed part once it is
 * there. New ones if nobody holds any yet; null if another phone does. The length is kept because
 * a visit that is shortened later keeps its chain.
 */
function heldHere(pass, root) {
  const fresh = {
    seed: makeSeed(),
    length: Math.ceil((pass.notAfterS - pass.notBeforeS) / STEP_S),
    signed: "",
  };
  try {
    const kept = localStorage.getItem(pass.key);
    if (kept !== null) {
      const [length, seed, signed] = kept.split(" ");
      return { seed: fromBase64(seed), length: Number(length), signed };
    }
  } catch {
    root.querySelector("[data-note=unkept]").hidden = false;
  }
  if (pass.anchor !== "" || pass.isForAnother) return null;
  keepOwn(pass, fresh);
  return fresh;
}

/** Keeps it for the next time the page is opened, with or without a network. */
function keepOwn(pass, { seed, length, signed }) {
  try {
    localStorage.setItem(pass.key, `${length} ${toBase64(seed)} ${signed}`);
  } catch {
    // Storage is refused, which the page says already.
  }
}

/** The signed part, asked for until the centre answers; null if another phone was first. */
async function askForSignature(root, pass, anchor, show) {
  for (;;) {
    try {
      const answer = await fetch(pass.anchorUrl, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ pass_id: toBase64(pass.id), anchor, claim: pass.claim }),
      });
      if (answer.status === TAKEN_ELSEWHERE) return null;
      if (answer.ok) {
        const { signed } = await answer.json();
        root.dataset.signed = signed;
        root.dataset.anchor = anchor;
        keepForOffline();
        return signed;
      }
      if (answer.status === 404) location.reload();
    } catch {
      // No network: said on the page, tried again below.
    }
    show("waiting-for-network");
    await new Promise((resolve) => {
      setTimeout(resolve, TRY_AGAIN_MS);
    });
  }
}

function rotate(root, pass, clock, { links, length, signedPart }) {
  const canvas = root.querySelector("canvas");
  const seconds = root.querySelector("[data-seconds]");
  const bar = root.querySelector("[data-bar]");
  let drawn = "";
  const look = () => {
    const nowMs = clock.nowMs();
    if (nowMs < pass.notBeforeS * 1000) return showState(root, "early");
    if (nowMs >= pass.notAfterS * 1000) return showState(root, "over");
    showState(root, "live");
    const step = Math.min(stepAt(pass.notBeforeS, nowMs), length);
    const wanted = `${step}/${canvas.parentElement.clientWidth}`;
    if (wanted !== drawn) {
      const text = passText(signedPart, step, linkAt(links, step));
      drawCode(canvas, text);
      canvas.dataset.text = text;
      canvas.dataset.step = String(step);
      drawn = wanted;
    }
    const leftMs = (pass.notBeforeS + step * STEP_S) * 1000 - nowMs;
    seconds.textContent = String(Math.max(1, Math.ceil(leftMs / 1000)));
    bar.value = Math.max(0, leftMs / (STEP_S * 1000));
  };
  look();
  setInterval(look, LOOK_EVERY_MS);
  document.addEventListener("visibilitychange", look);
}

/** Shows the one part of the page that fits, hides the others. */
function showState(root, state) {
  if (root.dataset.state === state) return;
  root.dataset.state = state;
  for (const part of root.querySelectorAll("[data-show]")) {
    part.hidden = !part.dataset.show.split(" ").includes(state);
  }
}

/** Measures the phone's clock now, and again whenever the page or the network comes back. */
function watchClock(root, pass, clock) {
  const note = root.querySelector("[data-note=clock]");
  const measure = async () => {
    note.hidden = !clock.isFarOff();
    if (document.visibilityState !== "visible") return;
    try {
      const askedMs = Date.now();
      const answer = await fetch(pass.stateUrl, { cache: "no-store" });
      const answeredMs = Date.now();
      if (!answer.ok) return;
      const { now_ms: centreMs } = await answer.json();
      clock.measure(centreMs, askedMs, answeredMs);
    } catch {
      // Without a network the last difference stays in use.
    }
    note.hidden = !clock.isFarOff();
  };
  measure();
  document.addEventListener("visibilitychange", measure);
  window.addEventListener("online", measure);
}

/** Asks the browser to keep the screen on; where it cannot, the hint on the page must do. */
function keepAwake() {
  const ask = async () => {
    if (document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
    try {
      await navigator.wakeLock.request("screen");
    } catch {
      // Refused, for instance to save power.
    }
  };
  ask();
  document.addEventListener("visibilitychange", ask);
}
