// Draws the code: black on white whatever the colour scheme, on whole device pixels.

import { encodeQR } from "../vendor/qr-0.7.0/index.js";

// ISO/IEC 18004: four modules of white around the symbol.
const QUIET_ZONE = 4;
const LARGEST_CSS_PX = 400;

/** Draws `text` into `canvas` as wide as its parent allows; returns the side in CSS pixels. */
export function drawCode(canvas, text) {
  const rows = encodeQR(text, "raw", { ecc: "medium", encoding: "alphanumeric", border: QUIET_ZONE });
  const ratio = window.devicePixelRatio || 1;
  const room = Math.min(canvas.parentElement.clientWidth, LARGEST_CSS_PX) * ratio;
  const module = Math.max(1, Math.floor(room / rows.length));
  const side = module * rows.length;
  canvas.width = side;
  canvas.height = side;
  canvas.style.width = `${side / ratio}px`;
  canvas.style.height = `${side / ratio}px`;
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, side, side);
  pen.fillStyle = "#000";
  rows.forEach((row, y) => {
    row.forEach((isDark, x) => {
      if (isDark) pen.fillRect(x * module, y * module, module, module);
    });
  });
  return side / ratio;
}
