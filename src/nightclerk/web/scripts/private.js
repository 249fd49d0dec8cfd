// What must be masked in one document: the boxes of `marked` elements, and every stretch of visible text that may hold
// people's data (its text, the text before it, a box for each character). Starts a watch that `steady.js` asks later.
(marked) => {
  const likely = (text) =>
    (text.match(/[\d０-９]/g) || []).length >= 4 || /[@＠]/.test(text) || /^\s*\d{3}\s*$/.test(text) ||
    /[省市区县旗州].*[\d０-９*一二三四五六七八九十路街道巷弄镇乡村]/.test(text) || /[\d０-９]\s*[号弄栋幢座楼室]/.test(text) ||
    /[\u4e00-\u9fff]\s?[A-Z][·•\s]?[A-Z0-9]{5}/.test(text);
  const nameLabel = /收件人|收货人|联系人|姓名|recipient|consignee/i;
  const inView = (r) => r && r.width > 0 && r.height > 0 && r.bottom > 0 && r.right > 0 && r.top < innerHeight && r.left < innerWidth;
  const boxOf = (r) => [r.left, r.top, r.width, r.height];
  const skipped = ["SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE", "OPTION", "TEXTAREA"];
  const quoted = (content) => (/^"(.*)"$/.exec(content || "") || ["", ""])[1];
  const collect = (shadows) => {
    const found = [];
    let before = "";
    const close = (run) => {
      if (!run.parts.length) return;
      const text = run.parts.map((part) => part.text).join("");
      if (text.trim()) {
        const suspect = likely(text) || nameLabel.test(text) || nameLabel.test(before);
        if (suspect && text.length <= 4000) keep(run, text);
        else if (suspect) for (const part of run.parts) whole(part.text, part.node.parentElement || part.node);
        before = text.trim().slice(-20);
      }
      run.parts = [];
    };
    const keep = (run, text) => {
      const boxes = run.parts.flatMap(characters);
      if (boxes.some((box) => box)) found.push({ text, label: before, boxes });
    };
    const characters = (part) => { // whole ones, as Python counts them: an emoji is one
      const letters = [...part.text];
      if (!part.range) return letters.map(() => (inView(part.rect) ? boxOf(part.rect) : null));
      const range = document.createRange();
      let at = 0;
      return letters.map((letter) => {
        range.setStart(part.node, at);
        range.setEnd(part.node, (at += letter.length));
        const rect = [...range.getClientRects()].find(inView);
        return rect ? boxOf(rect) : null;
      });
    };
    const whole = (text, element) => {
      const rect = element.getBoundingClientRect();
      if (text && inView(rect)) found.push({ text, label: before, whole: boxOf(rect) });
    };
    const drawn = (element, which, run) => { // what a style sheet draws from an attribute: content: attr(data-phone)
      if (![...element.attributes].some((one) => likely(one.value))) return;
      const text = quoted(getComputedStyle(element, which).content);
      if (text) run.parts.push({ text, node: element, rect: element.getBoundingClientRect() });
    };
    const field = (element) => {
      const chosen = element.selectedOptions ? [...element.selectedOptions].map((o) => o.text).join(" ") : element.value;
      whole(chosen || element.placeholder, element);
    };
    const walk = (node, run) => {
      for (const child of node.childNodes) {
        if (child.nodeType === Node.TEXT_NODE && child.data) run.parts.push({ text: child.data, node: child, range: true });
        if (child.nodeType !== Node.ELEMENT_NODE || skipped.includes(child.tagName)) {
          if (child.tagName === "TEXTAREA") field(child);
          continue;
        }
        if (child.matches("input, select")) field(child);
        const own = !/^(inline|contents|ruby)/.test(getComputedStyle(child).display);
        if (own) close(run);
        drawn(child, "::before", run);
        walk(child, run);
        if (child.shadowRoot) {
          shadows.push(child.shadowRoot);
          const inner = { parts: [] };
          walk(child.shadowRoot, inner);
          close(inner);
        }
        drawn(child, "::after", run);
        if (own) close(run);
      }
    };
    const run = { parts: [] };
    if (document.body) walk(document.body, run);
    close(run);
    const rects = marked.map((node) => node.getBoundingClientRect()).filter(inView).map(boxOf);
    return { marked: rects, runs: found, scale: window.devicePixelRatio };
  };
  const shadows = [];
  const seen = collect(shadows);
  const watch = { collect: () => collect([]), was: JSON.stringify(seen), touched: [] };
  watch.observer = new MutationObserver((records) => watch.touched.push(...records));
  const all = { childList: true, subtree: true, characterData: true, attributes: true };
  for (const root of [document, ...shadows]) watch.observer.observe(root, all);
  if (window[Symbol.for("nightclerk.watch")]) window[Symbol.for("nightclerk.watch")].observer.disconnect();
  window[Symbol.for("nightclerk.watch")] = watch;
  return seen;
}
