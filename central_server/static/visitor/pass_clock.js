// The phone's clock, corrected by the centre's.
//
// The difference is measured whenever the centre answers and kept for the times without a network.

const KEPT_AS = "campus-pass-clock-offset-ms";
// Beyond this a person is told: the gate accepts a code for 30 s after its time.
export const TELL_FROM_MS = 30_000;
// A slower answer says too little about the time: the phone may have slept meanwhile.
const SLOWEST_ANSWER_MS = 4_000;

export class PassClock {
  #offsetMs = Number(readKept()) || 0;

  /** Takes the centre's time `centreMs`, asked for at `askedMs` and answered at `answeredMs` (phone). */
  measure(centreMs, askedMs, answeredMs) {
    const tookMs = answeredMs - askedMs;
    if (tookMs < 0 || tookMs > SLOWEST_ANSWER_MS) return;
    this.#offsetMs = Math.round(centreMs - (askedMs + answeredMs) / 2);
    try {
      localStorage.setItem(KEPT_AS, String(this.#offsetMs));
    } catch {
      // Storage is refused: the measured value serves as long as the page is open.
    }
  }

  /** The right time, milliseconds since 1970 UTC. */
  nowMs() {
    return Date.now() + this.#offsetMs;
  }

  /** Whether the phone is so wrong that its owner should set it right. */
  isFarOff() {
    return Math.abs(this.#offsetMs) > TELL_FROM_MS;
  }
}

function readKept() {
  try {
    return localStorage.getItem(KEPT_AS);
  } catch {
    return null;
  }
}
