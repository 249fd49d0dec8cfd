// What tells an element from its neighbours: role, name, label, text, attributes, row, surroundings, a path of last resort.
(() => {
  const squeeze = (text) => (text || "").replace(/[\s\u200b]+/g, " ").trim();
  const attribute = (e, name) => e.getAttribute(name) || "";
  const parentOf = (n) => {
    if (n.assignedSlot) return n.assignedSlot;
    const root = n.getRootNode();
    return n.parentElement || (root instanceof ShadowRoot ? root.host : null);
  };
  const INPUTS = { button: "button", submit: "button", reset: "button", image: "button", checkbox: "checkbox", radio: "radio",
    range: "slider", number: "spinbutton", search: "searchbox", text: "textbox", email: "textbox", tel: "textbox", url: "textbox" };
  const TAGS = { button: "button", textarea: "textbox", h1: "heading", h2: "heading", h3: "heading", h4: "heading", h5: "heading",
    h6: "heading", img: "img", table: "table", tr: "row", td: "cell", th: "columnheader", option: "option", dialog: "dialog",
    nav: "navigation", main: "main", li: "listitem", ul: "list", ol: "list", fieldset: "group", summary: "" };
  const roleOf = (e) => {
    const said = attribute(e, "role").split(/\s+/)[0];
    if (said) return said;
    const tag = e.localName;
    if (tag === "a") return e.hasAttribute("href") ? "link" : "";
    if (tag === "select") return e.multiple || e.size > 1 ? "listbox" : "combobox";
    if (tag === "input") return e.hasAttribute("list") && INPUTS[e.type] === "textbox" ? "combobox" : INPUTS[e.type] || "";
    return TAGS[tag] || "";
  };
  const shown = (e) => {
    const style = getComputedStyle(e);
    return style.display !== "none" && style.visibility === "visible";
  };
  const visible = (e) => {
    if (!e.isConnected || !shown(e)) return false;
    const box = e.getBoundingClientRect();
    return box.width > 0 && box.height > 0;
  };
  const pseudo = (e, which) => {
    const content = getComputedStyle(e, which).content;
    const text = /^"(.*)"$/.exec(content || "");
    return text ? text[1] : "";
  };
  const contentName = (e) => {
    let text = pseudo(e, "::before");
    const children = e.shadowRoot ? e.shadowRoot.childNodes : e.localName === "slot" ? e.assignedNodes() : e.childNodes;
    for (const child of children) {
      if (child.nodeType === 3) text += child.data;
      if (child.nodeType !== 1 || ["script", "style", "noscript"].includes(child.localName)) continue;
      if (attribute(child, "aria-hidden") === "true" || !shown(child)) continue;
      const own = attribute(child, "aria-label") || (child.localName === "img" ? attribute(child, "alt") : "") || contentName(child);
      const inline = getComputedStyle(child).display.startsWith("inline");
      text += inline ? own : ` ${own} `;
    }
    return text + pseudo(e, "::after");
  };
  const labelled = (e) => {
    const ids = attribute(e, "aria-labelledby").split(/\s+/).filter(Boolean);
    const root = e.getRootNode();
    return squeeze(ids.map((id) => root.getElementById && root.getElementById(id)).filter(Boolean).map((n) => n.textContent).join(" "));
  };
  const labelOf = (e) => {
    const labels = e.labels ? [...e.labels] : [];
    return labelled(e) || attribute(e, "aria-label") || squeeze(labels.map((l) => l.textContent).join(" "));
  };
  const FROM_CONTENT = ["button", "link", "tab", "menuitem", "menuitemcheckbox", "menuitemradio", "option", "checkbox", "radio", "switch",
    "heading", "cell", "gridcell", "columnheader", "row", "treeitem", "tooltip"];
  const nameOf = (e) => {
    const role = roleOf(e);
    const direct = labelled(e) || squeeze(attribute(e, "aria-label"));
    if (direct) return direct;
    if (e.labels && e.labels.length) return squeeze([...e.labels].map(contentName).join(" "));
    if (e.localName === "input" && ["submit", "button", "reset"].includes(e.type)) return squeeze(e.value || attribute(e, "title"));
    if (e.localName === "img" || e.type === "image") return squeeze(attribute(e, "alt") || attribute(e, "title"));
    if (e.localName === "fieldset") return squeeze((e.querySelector(":scope > legend") || {}).textContent);
    if (e.localName === "table") return squeeze((e.caption || {}).textContent);
    if (FROM_CONTENT.includes(role)) return squeeze(contentName(e)) || squeeze(attribute(e, "title"));
    return squeeze(attribute(e, "title") || attribute(e, "placeholder"));
  };
  const ownText = (e) => squeeze([...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data).join(" "));
  const textOf = (e) => squeeze(e.matches("input, textarea") ? e.value : e.matches("select") ? [...e.selectedOptions].map((o) => o.text).join(" ") : e.innerText || e.textContent);
  const DATA = /^data-(?!v-|reactid|nightclerk)/;
  const dataOf = (e) => Object.fromEntries([...e.attributes].filter((a) => DATA.test(a.name) && a.value && a.value.length <= 60).map((a) => [a.name, a.value]));
  const step = (e) => {
    const parent = e.parentElement || e.getRootNode();
    const same = [...parent.children].filter((n) => n.localName === e.localName);
    return same.length > 1 ? `${e.localName}:nth-of-type(${same.indexOf(e) + 1})` : e.localName;
  };
  const pathOf = (e) => {
    const steps = [];
    for (let node = e; node && node.localName !== "html" && steps.length < 30; ) {
      steps.unshift(step(node));
      const root = node.getRootNode();
      const crosses = !node.parentElement && root instanceof ShadowRoot;
      if (crosses) steps.unshift(" ");
      node = crosses ? root.host : node.parentElement;
    }
    return steps.join(" > ").replace(/ >   > /g, " ");
  };
  const brief = (e) => ({ tag: e.localName, role: roleOf(e), name: nameOf(e), id: attribute(e, "id"), classes: [...e.classList], data: dataOf(e),
    test_id: attribute(e, "data-testid") });
  const isRepeated = (e) => {
    if (e.localName === "tr") return !!e.closest("tbody, table") && !e.querySelector(":scope > th:first-child:last-child");
    const role = attribute(e, "role");
    if (role === "row" || role === "listitem" || e.localName === "li") return true;
    const parent = e.parentElement;
    if (!parent || e.classList.length === 0) return false;
    const twins = [...parent.children].filter((n) => n.localName === e.localName && n.className.split(" ")[0] === e.className.split(" ")[0]);
    return twins.length > 1 && e.children.length > 1;
  };
  const within = (e, row) => {
    const steps = [];
    for (let node = e; node && node !== row; node = parentOf(node)) steps.unshift(step(node));
    return steps.join(" > ");
  };
  const cellsOf = (row) => {
    const cells = row.querySelectorAll("td, th, [role=cell], [role=gridcell], [role=rowheader]");
    const parts = cells.length ? [...cells] : [...row.querySelectorAll("*")].filter((n) => n.children.length === 0);
    return parts.filter(visible).map((n) => squeeze(n.innerText)).filter((t) => t && t.length <= 60).slice(0, 40);
  };
  const rowOf = (e) => {
    let found = null;
    for (let n = e, up = 0; n && n.localName !== "body" && up < 12; n = parentOf(n), up++)
      if (n !== e && isRepeated(n) && !["menu", "menubar", "listbox", "tablist"].includes(n.parentElement ? attribute(n.parentElement, "role") : "")) { found = n; break; }
    if (!found) return null;
    const twins = [...found.parentElement.children].filter((n) => n !== found && n.localName === found.localName);
    return { element: found, ...brief(found), cells: cellsOf(found), others: twins.slice(0, 60).map(cellsOf), columns: headersOf(found), column: columnOf(e, found), inner: within(e, found) };
  };
  const headersOf = (row) => {
    const table = row.closest("table, [role=grid], [role=table]");
    return table ? [...table.querySelectorAll("thead th, tr:first-child th, [role=columnheader]")].map((n) => squeeze(n.innerText)).slice(0, 40) : [];
  };
  const columnOf = (e, row) => {
    const cell = e.closest("td, th, [role=cell], [role=gridcell]");
    if (!cell || !row.contains(cell)) return "";
    return headersOf(row)[[...cell.parentElement.children].indexOf(cell)] || "";
  };
  const SCOPES = "dialog, form, fieldset, table, section, article, aside, nav, header, footer, main, [role=dialog], [role=alertdialog], [role=region], [role=group], [role=tabpanel], [role=toolbar], [role=menu], [role=form]";
  const scopesOf = (e) => {
    const found = [];
    for (let n = parentOf(e); n && n.localName !== "body"; n = parentOf(n))
      if (n.matches(SCOPES) || n.id) found.push({ element: n, ...brief(n), heading: squeeze((n.querySelector("h1,h2,h3,h4,legend,[class*=title]") || {}).innerText).slice(0, 40) });
    return found.slice(0, 6);
  };
  const headingOf = (e) => {
    const all = [...document.querySelectorAll("h1, h2, h3, h4, legend, [role=heading]")].filter(visible);
    let last = "";
    for (const h of all) if (h.compareDocumentPosition(e) & 4) last = squeeze(h.innerText);
    return last.slice(0, 40);
  };
  const POPUPS = /dropdown|popup|popover|picker|listbox|menu|calendar|autocomplete|suggest|options|typeahead|select__list|flyout/i;
  const popupOf = (e) => {
    for (let n = e; n && n.localName !== "body"; n = parentOf(n)) {
      const floats = ["absolute", "fixed"].includes(getComputedStyle(n).position);
      if (["listbox", "menu", "tooltip"].includes(attribute(n, "role"))) return attribute(n, "role");
      if (floats && POPUPS.test(`${attribute(n, "class")} ${n.id} ${n.localName}`)) return "floating";
    }
    return "";
  };
  const before = (e) => {
    // a caption that stands before a field without being its label
    let n = e;
    for (let up = 0; n && up < 4; up++, n = parentOf(n)) {
      const p = n.previousElementSibling;
      if (p && !p.matches("input, select, textarea, button, a") && !p.querySelector("input, select, textarea, button")) { const t = squeeze(p.innerText); if (t && t.length <= 20) return t; }
    }
    return "";
  };
  const of = (e) => {
    const row = rowOf(e);
    return { tag: e.localName, type: attribute(e, "type"), role: roleOf(e), name: nameOf(e), label: labelOf(e), text: textOf(e).slice(0, 300), own: ownText(e).slice(0, 120),
      placeholder: attribute(e, "placeholder"), title: attribute(e, "title"), alt: attribute(e, "alt"), test_id: attribute(e, "data-testid"),
      id: attribute(e, "id"), field: attribute(e, "name"), href: attribute(e, "href"), classes: [...e.classList], data: dataOf(e),
      autocomplete: attribute(e, "autocomplete"), path: pathOf(e), before: before(e), heading: headingOf(e), popup: popupOf(e),
      readonly: !!e.readOnly, editable: e.isContentEditable || false, haspopup: attribute(e, "aria-haspopup"), value: attribute(e, "value"),
      src: attribute(e, "src"), row, scopes: scopesOf(e), visible: visible(e) };
  };
  return { of, squeeze, parentOf, visible, roleOf, attribute, textOf, brief };
})()
