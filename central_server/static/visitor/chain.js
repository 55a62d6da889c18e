// The hash chain of a rotating pass, made on the phone: access_core/passes/rotation.py says why.
//
// c_N is random; c_(i-1) = first 16 bytes of SHA-256(pass id, i as two bytes, c_i). The server is
// told the anchor c_0 only.

import { sha256 } from "../vendor/noble-hashes-2.4.0/sha2.js";
import { REVEAL_BYTES } from "./pass_text.js";

// Long enough to be efficient, short enough that a tap is answered at once (INP, 200 ms).
const SLICE_MS = 25;
const HASHES_BETWEEN_LOOKS = 200;

/** A fresh c_N. */
export function makeSeed() {
  return crypto.getRandomValues(new Uint8Array(REVEAL_BYTES));
}

/**
 * Every link c_0 … c_length in one array, 16 bytes each, from the seed c_length.
 *
 * Works in slices so that the page stays alive; `onProgress` is told the share done, 0..1.
 */
export async function makeChain(passId, seed, length, onProgress = () => {}) {
  const links = new Uint8Array((length + 1) * REVEAL_BYTES);
  links.set(seed, length * REVEAL_BYTES);
  const block = new Uint8Array(passId.length + 2 + REVEAL_BYTES);
  block.set(passId);
  let sliceEnds = performance.now() + SLICE_MS;
  for (let index = length; index > 0; index -= 1) {
    block[passId.length] = index >> 8;
    block[passId.length + 1] = index & 0xff;
    block.set(linkAt(links, index), passId.length + 2);
    links.set(sha256(block).subarray(0, REVEAL_BYTES), (index - 1) * REVEAL_BYTES);
    if (index % HASHES_BETWEEN_LOOKS === 0 && performance.now() > sliceEnds) {
      onProgress((length - index) / length);
      await nextTurn();
      sliceEnds = performance.now() + SLICE_MS;
    }
  }
  onProgress(1);
  return links;
}

/** c_index of a chain. */
export function linkAt(links, index) {
  return links.subarray(index * REVEAL_BYTES, (index + 1) * REVEAL_BYTES);
}

/** Lets the browser paint and answer; a message is not throttled as a timer is. */
function nextTurn() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
