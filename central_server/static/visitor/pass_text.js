// The text of a pass, composed on the phone. The layout is that of access_core/passes/pass_token.py.

export const STEP_S = 15;
export const REVEAL_BYTES = 16;

const PREFIX = "CP1:";
// RFC 9285, table 1; also the alphanumeric set of QR codes.
const BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
// A CBOR byte string of 18 bytes (RFC 8949, 3.1): step and reveal.
const BYTE_STRING_OF_18 = 0x52;

/** Text of `bytes`: three characters for two bytes, two for a last single byte. */
export function base45(bytes) {
  let text = "";
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    const number = bytes[i] * 256 + bytes[i + 1];
    text += BASE45[number % 45] + BASE45[Math.floor(number / 45) % 45] + BASE45[Math.floor(number / 2025)];
  }
  if (bytes.length % 2) {
    const last = bytes[bytes.length - 1];
    text += BASE45[last % 45] + BASE45[Math.floor(last / 45)];
  }
  return text;
}

/** What the phone shows at `step`: the signed part, then step and reveal. */
export function passText(signedPart, step, reveal) {
  const sequence = new Uint8Array(signedPart.length + 3 + reveal.length);
  sequence.set(signedPart);
  sequence.set([BYTE_STRING_OF_18, step >> 8, step & 0xff], signedPart.length);
  sequence.set(reveal, signedPart.length + 3);
  return PREFIX + base45(sequence);
}

/** The step that a right clock shows at `nowMs`; below 1 before the pass begins. */
export function stepAt(notBeforeS, nowMs) {
  return Math.floor((nowMs / 1000 - notBeforeS) / STEP_S) + 1;
}

/** Bytes of base64 text. */
export function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** Base64 text of bytes. */
export function toBase64(bytes) {
  return btoa(String.fromCharCode(...bytes));
}
