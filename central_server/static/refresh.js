// Keeps a part of the page fresh: asks for the page again and swaps the part, while it is watched.
const part = document.querySelector("[data-refresh-ms]");

async function refresh() {
  if (document.hidden || part.contains(document.activeElement)) return;
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const swapped = fresh.getElementById(part.id);
    if (swapped) part.replaceChildren(...swapped.childNodes);
  } catch {
    // Away from the network: the next turn tries again.
  }
}

setInterval(refresh, Number(part.dataset.refreshMs));
