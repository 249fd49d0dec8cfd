// Every stretch of visible text that may hold people's data: its text, the text before it, a box for each character.
() => {
  const likely = (text) =>
    (text.match(/\d/g) || []).length >= 7 || text.includes("@") || /[省市区县旗州].*[\d*]/.test(text) ||
    /[\u4e00-\u9fff][A-Z][·•\s]?[A-Z0-9]{5}/.test(text);
  const nameLabel = /收件人|收货人|联系人|姓名|recipient|consignee/i;
  const found = [];
  const inView = (r) => r.width > 0 && r.height > 0 && r.bottom > 0 && r.right > 0 && r.top < innerHeight && r.left < innerWidth;
  const boxOf = (r) => [r.left, r.top, r.width, r.height];
  let before = "";
  const close = (run) => {
    if (!run.nodes.length) return;
    const text = run.nodes.map((node) => node.data).join("");
    if (!text.trim()) return;
    if (text.length <= 4000 && (likely(text) || nameLabel.test(text) || nameLabel.test(before))) keep(run, text);
    else if (text.length > 4000 && likely(text)) keepWhole(run, text);
    before = text.trim().slice(-20);
  };
  const keep = (run, text) => {
    const boxes = [];
    let seen = false;
    for (const node of run.nodes) {
      const range = document.createRange();
      for (let i = 0; i < node.data.length; i++) {
        range.setStart(node, i);
        range.setEnd(node, i + 1);
        const rect = range.getClientRects()[0];
        const visible = rect && inView(rect);
        seen = seen || visible;
        boxes.push(visible ? boxOf(rect) : null);
      }
    }
    if (seen) found.push({ text, label: before, boxes });
  };
  const keepWhole = (run, text) => {
    const rects = run.nodes.map((node) => node.parentElement.getBoundingClientRect()).filter(inView);
    for (const rect of rects) found.push({ text, label: before, whole: boxOf(rect) });
  };
  const inline = (element) => /^(inline|contents|ruby)/.test(getComputedStyle(element).display);
  const walk = (node, run) => {
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) run.nodes.push(child);
      if (child.nodeType !== Node.ELEMENT_NODE || ["SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE"].includes(child.tagName)) continue;
      if (child.matches("input, textarea, select")) field(child);
      const own = !inline(child);
      if (own) { close(run); run.nodes = []; }
      walk(child, run);
      if (child.shadowRoot) { const inner = { nodes: [] }; walk(child.shadowRoot, inner); close(inner); }
      if (own) { close(run); run.nodes = []; }
    }
  };
  const field = (element) => {
    const chosen = element.selectedOptions ? [...element.selectedOptions].map((o) => o.text).join(" ") : element.value;
    const rect = element.getBoundingClientRect();
    if (chosen && inView(rect)) found.push({ text: chosen, label: before, whole: boxOf(rect) });
  };
  if (document.body) { const run = { nodes: [] }; walk(document.body, run); close(run); }
  return found;
}
