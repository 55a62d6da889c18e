// The live list: rows arrive made by the server, each batch with its number. The browser names
// the last number when it comes back, so nothing is missed.
const MAX_ROWS = 500;
const list = document.querySelector("[data-live-after]");
const state = document.getElementById("live-state");
const query = new URLSearchParams({ after: list.dataset.liveAfter, lang: list.dataset.liveLang });
const line = new EventSource(`/log/live?${query}`);

line.addEventListener("open", () => {
  state.textContent = state.dataset.on;
  state.classList.add("is-on");
});
line.addEventListener("error", () => {
  state.textContent = state.dataset.off;
  state.classList.remove("is-on");
});
line.addEventListener("message", (message) => {
  document.getElementById("no-events")?.remove();
  const parsed = document.createElement("template");
  parsed.innerHTML = message.data;
  for (const row of parsed.content.children) row.classList.add("is-new");
  list.prepend(parsed.content);
  while (list.rows.length > MAX_ROWS) list.deleteRow(-1);
});
