// What lies over an element at `point` (its centre when null)? Answers null when nothing does.
(element, point) => {
  if (!point && element.scrollIntoViewIfNeeded) element.scrollIntoViewIfNeeded(true);
  const box = element.getBoundingClientRect();
  const at = point || { x: box.left + box.width / 2, y: box.top + box.height / 2 };
  const parent = (node) => node.assignedSlot || node.parentElement || (node.getRootNode() && node.getRootNode().host) || null;
  const holds = (outer, inner) => {
    for (let node = inner; node; node = parent(node)) if (node === outer) return true;
    return false;
  };
  let top = document.elementFromPoint(at.x, at.y);
  while (top && top.shadowRoot) {
    const inner = top.shadowRoot.elementFromPoint(at.x, at.y);
    if (!inner || inner === top) break;
    top = inner;
  }
  if (!top || holds(element, top) || holds(top, element)) return { point: at, cover: null, framed: window !== window.top };
  const dialogWords = /modal|dialog|popup|popover|overlay|mask|drawer|survey|guide|toast|notification|layer|tour/i;
  const isOverlay = (node) => {
    const role = node.getAttribute("role") || "";
    if (node.tagName === "DIALOG" || role === "dialog" || role === "alertdialog") return true;
    if (node.getAttribute("aria-modal") === "true") return true;
    const style = getComputedStyle(node);
    if (!["fixed", "absolute"].includes(style.position)) return false;
    if (dialogWords.test(`${node.id} ${node.getAttribute("class") || ""}`)) return true;
    const rect = node.getBoundingClientRect();
    return rect.width * rect.height >= 0.25 * innerWidth * innerHeight;
  };
  let overlay = null;
  for (let node = top; node && node !== document.body; node = parent(node))
    if (isOverlay(node) && !holds(node, element)) overlay = node;
  const shown = (node) => node.getClientRects().length > 0;
  let text = ((overlay || top).innerText || "").trim();
  let controls = false;
  if (overlay) {
    const around = text ? [overlay] : [...document.querySelectorAll("dialog[open], [role=dialog], [role=alertdialog], [aria-modal=true]")];
    const speaking = around.find((node) => shown(node) && !holds(node, element)) || overlay;
    text = text || (speaking.innerText || "").trim();
    controls = [...speaking.querySelectorAll("button, a, input, [role=button], [class*=close i]")].some(shown);
  }
  const label = `<${top.tagName.toLowerCase()}${top.id ? "#" + top.id : ""}> ${(top.innerText || "").trim().slice(0, 1000)}`;
  return { point: at, cover: { overlay: !!overlay, text: text.replace(/\s+/g, " ").slice(0, 2000), controls, label }, framed: window !== window.top };
}
