// Scroll an open option list until the option `wanted` is drawn. Answers {found, offered: texts seen on the way}.
async (list, [wanted, optionCss]) => {
  const squeeze = (text) => (text || "").replace(/\s+/g, " ").trim();
  const scrolls = (node) => node.scrollHeight > node.clientHeight + 4 && node.clientHeight > 0 && /auto|scroll|hidden/.test(getComputedStyle(node).overflowY);
  const pane = [list, ...list.querySelectorAll("*")].filter(scrolls).pop();
  const offered = new Set();
  const look = () => {
    for (const option of list.querySelectorAll(optionCss)) offered.add(squeeze(option.innerText));
    return offered.has(wanted);
  };
  const texts = () => [...list.querySelectorAll(optionCss)].map((option) => option.innerText).join("|");
  const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const drawn = async (before) => { for (let turn = 0; turn < 20 && texts() === before; turn++) await frame(); };
  if (pane && pane.scrollTop) { const before = texts(); pane.scrollTop = 0; await drawn(before); }
  let found = look();
  for (let turn = 0; pane && !found && turn < 3000; turn++) {
    const was = pane.scrollTop;
    const before = texts();
    pane.scrollTop = was + pane.clientHeight * 0.9;
    await drawn(before);
    found = look();
    if (pane.scrollTop === was) break;
  }
  return { found, offered: [...offered].filter((text) => text) };
}
