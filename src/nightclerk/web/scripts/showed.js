// What the page shows, in a line: the dialog in front if there is one, else the title and the main text.
() => {
  const squeeze = (text) => (text || "").replace(/\s+/g, " ").trim();
  const shown = (node) => node.getClientRects().length > 0;
  const dialogs = [...document.querySelectorAll("dialog[open], [role=dialog], [role=alertdialog], [aria-modal=true]")];
  const dialog = dialogs.filter(shown).pop();
  if (dialog) return squeeze(dialog.innerText).slice(0, 2000);
  const main = document.querySelector("main, [role=main]");
  const body = main && shown(main) && squeeze(main.innerText) ? main : document.body;
  return squeeze(`${document.title} — ${body ? squeeze(body.innerText).slice(0, 2000) : ""}`);
}
