// The page as one still document: no script, no address, no typed value, layout written into each element.
// Texts come apart from the markup, in groups that belong together, so that they can be masked before they are put back.
(marked) => {
  const hidden = new Set(marked);
  const dropped = new Set(["SCRIPT", "NOSCRIPT", "STYLE", "LINK", "META", "BASE", "TEMPLATE", "OBJECT", "EMBED", "AUDIO", "VIDEO", "SOURCE"]);
  const kept = /^(id|class|name|type|role|for|placeholder|title|alt|aria-[a-z]+|data-[\w-]+|colspan|rowspan|scope|disabled|readonly|required|multiple|tabindex|contenteditable|hidden|open|label|dir|lang)$/;
  const layout = ["display", "visibility", "opacity", "position", "left", "top", "width", "height", "float", "overflow", "flex-direction", "flex-grow", "gap", "align-items", "justify-content", "grid-template-columns", "margin", "padding", "border-width", "border-style", "box-sizing", "font-size", "font-weight", "line-height", "white-space", "text-align", "pointer-events", "background-color", "color"];
  const groups = [];
  let group = null;
  const put = (text, veil) => {
    if (group === null) group = groups.push({ parts: [], veil: [] }) - 1;
    groups[group].parts.push(text);
    groups[group].veil.push(veil);
    return `\u0001${group}.${groups[group].parts.length - 1}\u0001`;
  };
  const alone = (text, veil) => { group = null; const mark = put(text, veil); group = null; return mark; };
  const attributes = (element, veil) => [...element.attributes]
    .filter((one) => kept.test(one.name))
    .map((one) => (one.value && !/^(id|class|type|role|for|tabindex)$/.test(one.name) ? ` ${one.name}="${alone(one.value.length > 300 ? "…" : one.value, veil)}"` : ` ${one.name}="${one.value.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)}"`))
    .join("");
  const style = (element) => {
    const now = getComputedStyle(element);
    return layout.map((name) => `${name}:${now.getPropertyValue(name)}`).join(";").replace(/["&<>]/g, "'");
  };
  const write = (element, veiled) => {
    if (dropped.has(element.tagName.toUpperCase())) return "";
    const veil = veiled || hidden.has(element);
    const tag = element.tagName.toLowerCase();
    const block = !/^(inline|contents|ruby)/.test(getComputedStyle(element).display);
    if (block) group = null;
    let extra = element.hasAttribute("href") ? ' href="#"' : "";
    if (element.matches("input, textarea, select")) extra += element.checked ? " checked" : "";
    if (element.matches("input[type=button], input[type=submit], input[type=reset]")) extra += ` value="${alone(element.value, veil)}"`;
    if (element.matches("option") && element.selected) extra += " selected";
    const box = /^(svg|canvas|iframe|img|math)$/.test(tag);
    let inside = "";
    if (!box && tag !== "textarea") {
      if (element.shadowRoot) inside += `<template shadowrootmode="open">${children(element.shadowRoot, veil)}</template>`;
      inside += children(element, veil);
    }
    if (block) group = null;
    const open = `<${tag}${attributes(element, veil)}${extra} style="${style(element)}">`;
    return /^(area|br|col|hr|img|input|wbr)$/.test(tag) ? open : `${open}${inside}</${tag}>`;
  };
  const children = (node, veil) => [...node.childNodes].map((child) => {
    if (child.nodeType === Node.TEXT_NODE) return child.data ? put(child.data, veil) : "";
    return child.nodeType === Node.ELEMENT_NODE ? write(child, veil) : "";
  }).join("");
  const body = document.body ? write(document.body, false) : "<body></body>";
  return { body, title: alone(document.title, false), groups };
}
