// Small comforts of the booking form; it works without them.

const KEPT_AS = "campus-visitor-details";
const KEPT_FIELDS = ["name", "phone", "email", "plate"];
const SENT_FOR_MS = 10_000;

const form = document.querySelector("#booking");
if (form) {
  recall();
  document.querySelector("#problems")?.focus();
  form.addEventListener("submit", (event) => {
    // The switch of language sends the form too, but books nothing.
    if (event.submitter?.name === "lang") return;
    remember();
    holdBack();
  });
}

/** Fills in what this phone remembers, where nothing is typed yet. */
function recall() {
  const offer = document.querySelector("#remember-field");
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT_AS) ?? "null");
    offer.hidden = false;
    if (kept === null) return;
    document.querySelector("#remember").checked = true;
    for (const name of KEPT_FIELDS) {
      const field = form.elements[name];
      if (field.value === "" && typeof kept[name] === "string") field.value = kept[name];
    }
  } catch {
    offer.hidden = true;
  }
}

/** Keeps the details on this phone if asked to, else forgets them. */
function remember() {
  try {
    if (!document.querySelector("#remember").checked) {
      localStorage.removeItem(KEPT_AS);
      return;
    }
    const details = KEPT_FIELDS.map((name) => [name, form.elements[name].value]);
    localStorage.setItem(KEPT_AS, JSON.stringify(Object.fromEntries(details)));
  } catch {
    // Storage is refused: nothing is kept.
  }
}

/** Shows that the form is on its way; a second press would find the same booking anyhow. */
function holdBack() {
  const send = document.querySelector("#send");
  const words = send.textContent;
  send.textContent = send.dataset.sending;
  setTimeout(() => {
    send.textContent = words;
  }, SENT_FOR_MS);
}
