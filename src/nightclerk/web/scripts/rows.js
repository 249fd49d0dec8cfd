// A table or grid as [{header: text}]. A virtual list is scrolled through to its end, so that no row is missing.
async (root) => {
  const squeeze = (text) => (text || "").replace(/\s+/g, " ").trim();
  const shown = (node) => { const r = node.getBoundingClientRect(); return r.width > 0 && r.height > 1; };
  const say = (cell) => {
    const control = cell.querySelector("input:not([type=checkbox]):not([type=radio]), textarea, select");
    if (!control) return squeeze(cell.innerText);
    const value = control.selectedOptions ? [...control.selectedOptions].map((o) => o.text).join(" ") : control.value;
    return control.tagName === "SELECT" ? squeeze(value) : squeeze(`${cell.innerText} ${value}`);
  };
  const headOf = () => {
    const cells = [...root.querySelectorAll("thead th, thead td, [role=columnheader]")].filter(shown);
    if (cells.length) return { cells, row: null };
    const row = [...root.querySelectorAll("tr, [role=row]")].find(shown);
    return { cells: row ? [...row.children] : [], row };
  };
  const head = headOf();
  const names = [];
  const addName = (text) => {
    const same = names.filter((name) => name === text || name.startsWith(`${text} (`)).length;
    names.push(same ? `${text} (${same + 1})` : text);
  };
  for (const cell of head.cells)
    for (let i = 0; i < (cell.colSpan || 1); i++) addName(squeeze(cell.innerText) || String(names.length + 1));
  const bodyRows = () => [...root.querySelectorAll("tr, [role=row]")].filter((row) =>
    row !== head.row && shown(row) && !row.closest("thead, [aria-hidden=true]") && !row.querySelector(":scope > [role=columnheader]"));
  const record = (row) => {
    const cells = [...row.children].filter((cell) =>
      /^(TD|TH)$/.test(cell.tagName) || /^((grid)?cell|rowheader)$/.test(cell.getAttribute("role") || ""));
    const message = cells.length === 1 && names.length > 1 && (cells[0].colSpan || 1) >= names.length;
    if (!cells.length || message) return null;
    const made = {};
    let column = 0;
    for (const cell of cells) { made[names[column] || String(column + 1)] = say(cell); column += cell.colSpan || 1; }
    const key = ["data-row-key", "aria-rowindex", "data-index"].map((name) => row.getAttribute(name)).find((value) => value);
    return { made, key: key ? `key ${key}` : JSON.stringify(made) };
  };
  const drawn = () => bodyRows().map(record).filter((row) => row);
  const scrolls = (node) => node.scrollHeight > node.clientHeight + 4 && node.clientHeight > 0 && /auto|scroll/.test(getComputedStyle(node).overflowY);
  const pane = [root, ...root.querySelectorAll("*")].find(scrolls);
  if (!pane) return drawn().map((row) => row.made);
  // Join what is drawn now to what was collected: the longest end of the one that begins the other.
  const collected = [];
  const join = (window) => {
    for (let size = Math.min(window.length, collected.length); size >= 0; size--) {
      const from = collected.length - size;
      if (window.slice(0, size).every((row, i) => row.key === collected[from + i].key)) {
        const known = new Set(collected.map((row) => row.key));
        collected.push(...window.slice(size).filter((row) => size > 0 || !known.has(row.key)));
        return;
      }
    }
  };
  const quiet = (still) => new Promise((done) => {
    const finish = () => { watch.disconnect(); clearTimeout(timer); clearTimeout(limit); requestAnimationFrame(() => done()); };
    const watch = new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(finish, still); });
    let timer = setTimeout(finish, still);
    const limit = setTimeout(finish, 1000);
    watch.observe(root, { childList: true, subtree: true, characterData: true });
  });
  const start = pane.scrollTop;
  pane.scrollTop = 0;
  await quiet(60);
  for (let turn = 0; turn < 3000; turn++) {
    join(drawn());
    const before = pane.scrollTop;
    pane.scrollTop = before + Math.max(40, pane.clientHeight * 0.6);
    await quiet(pane.scrollTop === before ? 400 : 60); // at the end, more rows may still be fetched
    if (pane.scrollTop === before && pane.scrollTop + pane.clientHeight >= pane.scrollHeight - 2) break;
  }
  join(drawn());
  pane.scrollTop = start;
  return collected.map((row) => row.made);
}
