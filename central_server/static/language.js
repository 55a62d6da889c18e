// Another language without losing what is typed: the form that is sent for it takes along what
// stands in the page's other forms.
document.addEventListener("formdata", (event) => {
  const { formData, target } = event;
  if (!formData.has("lang") || target.method !== "post") return;
  for (const form of document.forms) {
    if (form === target || form.method !== "post") continue;
    for (const [name, value] of typedIn(form)) if (!formData.has(name)) formData.append(name, value);
  }
});

/** What somebody has changed in the text fields of a form. */
function typedIn(form) {
  const fields = [...form.elements].filter((field) => field.name && field.type !== "hidden");
  const changed = fields.filter((field) => "defaultValue" in field && field.value !== field.defaultValue);
  return changed.map((field) => [field.name, field.value]);
}
