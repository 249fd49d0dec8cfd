// What somebody typed into a form outlives a session that ends and a page that goes stale: it comes back with the page.
"use strict";
(() => {
  const forms = [...document.querySelectorAll("form[data-draft]")];
  const name = (form) => `draft ${location.pathname} ${form.getAttribute("action")}`;
  const fields = (form) => [...form.querySelectorAll("input[type=text], input:not([type]), textarea")].filter((one) => one.name);

  // A said word means that a form was taken: its draft has done its work.
  if (new URLSearchParams(location.search).has("said")) {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith("draft ")) sessionStorage.removeItem(key);
  }
  for (const form of forms) {
    const kept = JSON.parse(sessionStorage.getItem(name(form)) || "{}");
    for (const field of fields(form)) if (kept[field.name] !== undefined && kept[field.name] !== field.value) field.value = kept[field.name];
    form.addEventListener("input", () => {
      sessionStorage.setItem(name(form), JSON.stringify(Object.fromEntries(fields(form).map((one) => [one.name, one.value]))));
    });
  }
})();
