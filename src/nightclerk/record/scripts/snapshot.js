// The page as a tree of plain values: no script, no style sheet, no typed text; what was visible stays visible.
(() => {
  const DROPPED = new Set(["script", "style", "link", "meta", "noscript", "base", "object", "embed", "video", "audio", "canvas", "template", "nightclerk-bar"]);
  const BLOCKS = new Set(["html", "body", "div", "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "form", "fieldset", "section", "article", "aside", "nav", "header",
    "footer", "main", "dl", "dt", "dd", "pre", "blockquote", "figure", "figcaption", "hr", "address", "legend", "details", "summary", "center", "search", "hgroup", "menu"]);
  const OWN = { li: "list-item", table: "table", tr: "table-row", td: "table-cell", th: "table-cell", thead: "table-header-group", tbody: "table-row-group",
    tfoot: "table-footer-group", caption: "table-caption", col: "table-column", colgroup: "table-column-group", option: "block", optgroup: "block", button: "inline-block", input: "inline-block",
    select: "inline-block", textarea: "inline-block", progress: "inline-block", meter: "inline-block" };
  const usual = (tag) => OWN[tag] || (BLOCKS.has(tag) ? "block" : "inline");
  const KEPT_VALUE = new Set(["button", "submit", "reset", "checkbox", "radio", "image"]);
  const GONE = /^(on|style$|src$|srcset$|nonce$|integrity$|srcdoc$|data-nightclerk)/;
  const REPLACED = new Set(["img", "input", "select", "textarea", "iframe", "svg", "progress", "meter"]);
  const attributesOf = (e) => {
    const kept = {};
    for (const { name, value } of e.attributes) {
      if (GONE.test(name) || value.length > 500) continue;
      if (name === "value" && e.localName === "input" && !KEPT_VALUE.has(e.type)) continue;
      kept[name] = value;
    }
    return kept;
  };
  const content = (e, which) => {
    const found = /^"(.*)"$/.exec(getComputedStyle(e, which).content || "");
    return found ? found[1] : "";
  };
  const styled = (e, style, node, parentVisibility) => {
    const css = {};
    if (style.display !== usual(e.localName)) css.display = style.display;
    if (style.visibility !== parentVisibility) css.visibility = style.visibility;
    const box = e.getBoundingClientRect();
    const empty = e.childElementCount === 0 && !e.shadowRoot && !(e.textContent || "").trim();
    if (empty || REPLACED.has(e.localName)) {
      const flat = box.width === 0 || box.height === 0;
      if (flat && REPLACED.has(e.localName)) Object.assign(css, { width: "0", height: "0", padding: "0", border: "0", overflow: "hidden", position: "absolute" });
      else if (!flat && !["input", "select", "textarea", "br", "tr", "td", "th", "col"].includes(e.localName)) {
        if (style.display === "inline") css.display = "inline-block";
        css["min-width"] = `${Math.ceil(box.width)}px`;
        css["min-height"] = `${Math.ceil(box.height)}px`;
      }
    }
    if (Object.keys(css).length) node.y = css;
    const pseudo = [content(e, "::before"), content(e, "::after")];
    if (pseudo[0] || pseudo[1]) node.p = pseudo;
  };
  const holds = (e, marks) => [...marks.keys()].some((marked) => {
    for (let n = marked; n; n = n.parentNode || n.host || (n.defaultView && n.defaultView.frameElement)) if (n === e) return true;
    return false;
  });
  const nodes = (list, marks, visibility) => {
    const made = [];
    for (const child of list) {
      if (child.nodeType === 3 && child.data) made.push(child.data);
      else if (child.nodeType === 1 && !DROPPED.has(child.localName)) made.push(one(child, marks, visibility));
    }
    return made;
  };
  const one = (e, marks, parentVisibility) => {
    const node = { t: e.localName, a: attributesOf(e) };
    const style = getComputedStyle(e);
    if (marks.has(e)) node.m = marks.get(e);
    if (style.display === "none" && e.localName !== "head") {
      if (e.localName !== "option" && e.localName !== "optgroup") node.y = { display: "none" };
      if (!holds(e, marks) && !["option", "optgroup", "datalist"].includes(e.localName)) return node;
    } else styled(e, style, node, parentVisibility);
    if (e.localName === "svg") { const title = e.querySelector("title"); return title ? Object.assign(node, { c: [{ t: "title", a: {}, c: [title.textContent] }] }) : node; }
    if (e.localName === "textarea") return node;
    if (e.shadowRoot && e.localName !== "nightclerk-bar") node.s = nodes(e.shadowRoot.childNodes, marks, style.visibility);
    if (e.localName === "iframe" || e.localName === "frame") {
      const inner = documentOf(e);
      if (inner) node.f = one(inner.documentElement, marks, "visible");
      return node;
    }
    const children = nodes(e.childNodes, marks, style.visibility);
    if (children.length) node.c = children;
    return node;
  };
  const documentOf = (frame) => { try { return frame.contentDocument; } catch { return null; } };
  // marks: Map(element -> list of names); the document that holds all others is taken.
  return (document, marks) => one(document.documentElement, marks, "visible");
})()
