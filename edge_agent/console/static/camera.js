// The newest picture twice a second, with the outlines of the codes that the decoder saw.
const camera = document.getElementById("camera");
const words = document.getElementById("camera-words");
const list = document.getElementById("camera-codes");
const picture = camera.querySelector("img");
const drawing = camera.querySelector("svg");
const SVG = "http://www.w3.org/2000/svg";
const EVERY_MS = 500;

function draw(seen) {
  picture.src = seen.picture;
  picture.hidden = false;
  drawing.setAttribute("viewBox", `0 0 ${seen.width} ${seen.height}`);
  drawing.replaceChildren(...seen.codes.map((code) => {
    const outline = document.createElementNS(SVG, "polygon");
    outline.setAttribute("points", code.points);
    return outline;
  }));
  list.replaceChildren(...seen.codes.map((code) => {
    const line = document.createElement("li");
    line.textContent = code.outcome;
    return line;
  }));
  const nothing = seen.codes.length ? "" : ` · ${camera.dataset.noCode}`;
  words.textContent = `${camera.dataset.age} ${seen.age_ms} ${camera.dataset.unit}${nothing}`;
}

async function look() {
  try {
    if (document.visibilityState === "visible") {
      const response = await fetch(camera.dataset.picture, { signal: AbortSignal.timeout(4000), redirect: "error" });
      if (response.status === 200) draw(await response.json());
    }
  } catch {
    words.textContent = camera.dataset.none;
  }
  setTimeout(look, EVERY_MS);
}

look();
