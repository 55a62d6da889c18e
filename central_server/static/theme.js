// Tabler's dark palette follows an attribute; this sets it as the device asks.
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const apply = () => {
  document.documentElement.dataset.bsTheme = dark.matches ? "dark" : "light";
};
dark.addEventListener("change", apply);
apply();
