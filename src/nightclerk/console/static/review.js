// Invoice review by keyboard: A accepts, R rejects, M matches anew, S shares out, O and W go to the orders and the
// remark (Escape leaves them), 1-9 picks a candidate, J and K go on; fields light up on the page.
"use strict";
(() => {
  const orders = document.getElementById("orders");
  const candidates = [...document.querySelectorAll('input[name="candidate"]')];

  function pick(radio) {
    radio.checked = true;
    if (orders) orders.value = radio.value;
  }
  for (const radio of candidates) radio.addEventListener("change", () => pick(radio));

  function light(name, on) {
    const box = document.getElementById(`box-${name}`);
    if (box) box.classList.toggle("nc-lit", on);
    const row = document.querySelector(`[data-field="${CSS.escape(name)}"]`);
    if (row) row.classList.toggle("nc-lit-row", on);
  }
  for (const row of document.querySelectorAll("[data-field]")) {
    for (const [event, on] of [["mouseenter", true], ["mouseleave", false], ["focus", true], ["blur", false]])
      row.addEventListener(event, () => light(row.dataset.field, on));
  }
  for (const box of document.querySelectorAll('[id^="box-"]')) {
    const name = box.id.slice(4);
    box.addEventListener("mouseenter", () => light(name, true));
    box.addEventListener("mouseleave", () => light(name, false));
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.matches("input, textarea")) event.target.blur();
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input:not([type=radio]), textarea, select")) return;
    const press = (id) => document.getElementById(id)?.click();
    const acts = { a: "accept", r: "reject", m: "rematch", j: "invoice-next", k: "invoice-before" };
    const fields = { o: "orders", w: "why", s: "shares" };
    if (acts[event.key]) press(acts[event.key]);
    else if (fields[event.key]) {
      const field = document.getElementById(fields[event.key]);
      if (!field) return;
      event.preventDefault();
      const folded = field.closest("details");
      if (folded) folded.open = true;
      field.focus();
      if (field.select) field.select();
    }
    else if (/^[1-9]$/.test(event.key) && candidates[event.key - 1]) pick(candidates[event.key - 1]);
  });
})();
