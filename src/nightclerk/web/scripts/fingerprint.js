// Everything that tells an element from its neighbours: {of(element), gather(wanted, limit), nodes, pathOf(element)}.
// One pass over the page with its open shadow roots and same-origin frames; hidden elements are gathered and flagged.
() => {
  const bump = (map, key) => map.set(key, (map.get(key) || 0) + 1);
  const squeeze = (text) => (text || "").replace(/\s+/g, " ").trim();
  const attr = (e, name) => e.getAttribute(name) || ""; // never e.id or form.name: a field called "id" would answer
  const up = (e) => e.assignedSlot || e.parentElement || (e.getRootNode() && e.getRootNode().host) || null;
  const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=link], [role=tab], [role=menuitem], [role=menuitemcheckbox], [role=menuitemradio], [role=option], [role=checkbox], [role=radio], [role=switch], [role=combobox], [role=textbox], [role=searchbox], [role=spinbutton], [role=slider], [role=treeitem], [contenteditable=''], [contenteditable=true], [onclick], [data-toggle], [data-bs-toggle]";
  const SKIPPED = new Set(["SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE", "HEAD", "LINK", "META"]);
  const ROLES = { A: "link", BUTTON: "button", SELECT: "combobox", TEXTAREA: "textbox", SUMMARY: "button", TABLE: "table", UL: "list", OL: "list", LI: "listitem", NAV: "navigation", MAIN: "main", FORM: "form", IMG: "img", TR: "row", TD: "cell", TH: "columnheader", DIALOG: "dialog", OPTION: "option", H1: "heading", H2: "heading", H3: "heading", H4: "heading", H5: "heading", H6: "heading" };
  const INPUTS = { button: "button", submit: "button", reset: "button", image: "button", checkbox: "checkbox", radio: "radio", range: "slider", number: "spinbutton", search: "searchbox" };
  const roleOf = (e) => {
    const given = attr(e, "role").split(" ")[0];
    if (given) return given;
    if (e.tagName === "INPUT") return INPUTS[(attr(e, "type") || "text").toLowerCase()] || "textbox";
    if (e.tagName === "A") return e.hasAttribute("href") ? "link" : "";
    return ROLES[e.tagName] || (e.isContentEditable ? "textbox" : "");
  };
  const isField = (e) => /^(INPUT|SELECT|TEXTAREA)$/.test(e.tagName) && !/^(button|submit|reset|image)$/i.test(attr(e, "type"));
  const words = (e) => {
    // Text as a reader meets it: no scripts, no hidden helpers, no options of a select, pictures by their alt text.
    let text = "";
    for (const child of e.childNodes) {
      if (child.nodeType === 3) text += child.data;
      else if (child.nodeType === 1 && !SKIPPED.has(child.tagName) && child.tagName !== "SELECT" && attr(child, "aria-hidden") !== "true")
        text += child.tagName === "IMG" ? ` ${attr(child, "alt")} ` : child.tagName === "svg" ? ` ${squeeze((child.querySelector("title") || {}).textContent)} ` : ` ${words(child)} `;
      if (text.length > 400) break;
    }
    return squeeze(text);
  };
  const byIds = (e, ids) => squeeze(ids.split(/\s+/).map((id) => { const one = id && e.getRootNode().getElementById && e.getRootNode().getElementById(id); return one ? words(one) : ""; }).join(" "));
  const ITEM = ".ant-form-item, .el-form-item, .form-group, .form-item, .form-row, .mb-3, .field, .arco-form-item, .t-form__item, .layui-form-item";
  const labelOf = (e) => {
    if (e.labels && e.labels.length) return squeeze([...e.labels].map(words).join(" "));
    if (!isField(e)) return "";
    const item = e.closest(ITEM);
    const label = item && item.querySelectorAll("label").length === 1 ? item.querySelector("label") : null;
    if (label) return words(label);
    const cell = e.closest("td, dd");
    const before = cell && cell.previousElementSibling;
    return before && /^(TH|TD|DT)$/.test(before.tagName) && !before.querySelector("input, select, textarea") ? words(before) : "";
  };
  const NAMED_BY_CONTENT = /^(button|link|tab|menuitem|menuitemcheckbox|menuitemradio|option|checkbox|radio|switch|treeitem|heading|columnheader|rowheader|cell|tooltip|summary)$/;
  const names = new Map();
  const nameOf = (e) => {
    if (names.has(e)) return names.get(e);
    const type = attr(e, "type").toLowerCase();
    let name = attr(e, "aria-labelledby") ? byIds(e, attr(e, "aria-labelledby")) : "";
    name = name || squeeze(attr(e, "aria-label"));
    if (!name && e.tagName === "INPUT" && /^(button|submit|reset)$/.test(type)) name = squeeze(attr(e, "value"));
    if (!name && (e.tagName === "IMG" || type === "image")) name = squeeze(attr(e, "alt"));
    if (!name && isField(e)) name = labelOf(e);
    if (!name && !isField(e) && NAMED_BY_CONTENT.test(roleOf(e))) name = words(e);
    name = name || squeeze(attr(e, "title")) || squeeze(attr(e, "placeholder"));
    names.set(e, name);
    return name;
  };
  const HASHED = /^(css|sc|jsx?|emotion|svelte|ng|_ng\w+|data-v)-[\w-]*\d|__[A-Za-z0-9]{5,}$|_[A-Za-z0-9]{5,}_\d+$|^[a-z]{1,3}[A-Z0-9]\w{3,}$|\d{3,}|^[A-Za-z]{5,8}\d[A-Za-z0-9]*$|^(?=\w*[a-z])(?=\w*\d)[a-z0-9]{6,}$/;
  const STATES = /^(active|show|open|opened|disabled|focus|focused|hover|selected|checked|collapsed|collapse|in|on|is-\w+|ng-\w+|has-\w+|ant-click-animating.*)$/;
  const tokens = new Map(); // of a class attribute: pages repeat them a thousand times
  const classesOf = (e) => {
    const said = attr(e, "class");
    if (!tokens.has(said)) tokens.set(said, said.split(/\s+/).filter((c) => c && c.length < 40 && !HASHED.test(c) && !STATES.test(c)).slice(0, 8));
    return tokens.get(said);
  };
  const GENERATED = /\d{4,}|^(el-id-|ember|react|radix|headlessui|ext-gen|mui|rc_|:r)|[0-9a-f]{8,}/i;
  const idOf = (e) => (GENERATED.test(attr(e, "id")) ? "" : attr(e, "id"));
  const hrefOf = (e) => {
    const href = attr(e, "href") || attr(e, "formaction");
    if (!href || /^(#|javascript:)/i.test(href.trim())) return "";
    if (!addresses.has(href)) addresses.set(href, addressOf(href, e.baseURI));
    return addresses.get(href);
  };
  const addresses = new Map();
  const addressOf = (href, base) => {
    if (/^\/[^/#]*[^#]*$/.test(href) && !href.startsWith("//")) return href; // most are plain paths: no URL is parsed
    try {
      const url = new URL(href, base); // a link to another house is told by the house as well; ours has many addresses
      const own = !url.hostname || url.hostname === new URL(base).hostname;
      return (own ? "" : `//${url.hostname}`) + url.pathname + url.search;
    } catch { return href; }
  };
  const testIdOf = (e) => attr(e, "data-testid") || attr(e, "data-test-id") || attr(e, "data-test") || attr(e, "data-cy") || attr(e, "data-qa");
  const step = (e) => e.tagName.toLowerCase() + (idOf(e) ? `#${idOf(e)}` : "") + classesOf(e).slice(0, 2).map((c) => `.${c}`).join("");
  const hiddenNow = (e) => !(e.checkVisibility ? e.checkVisibility({ checkOpacity: false, checkVisibilityCSS: true }) : e.getClientRects().length) || e.getClientRects().length === 0;
  const LANDMARK = "nav, header, footer, main, aside, form, dialog, [role=dialog], [role=alertdialog], [role=navigation], [role=main], [role=banner], [role=search], [role=tabpanel], [role=toolbar], [role=menu], [role=grid], table, fieldset, section[aria-label]";
  const landmarkName = (e) => {
    const said = squeeze(attr(e, "aria-label")) || (attr(e, "aria-labelledby") ? byIds(e, attr(e, "aria-labelledby")) : "") || (e.tagName === "FIELDSET" ? squeeze((e.querySelector("legend") || {}).textContent) : "");
    return `${roleOf(e) || e.tagName.toLowerCase()}${said ? `:${said.slice(0, 30)}` : idOf(e) ? `#${idOf(e)}` : ""}`;
  };
  const HEADING = "h1, h2, h3, h4, h5, h6, legend, [role=heading], .card-title, .panel-title, .modal-title, .ant-card-head-title, .el-card__header, .box-title";
  const headings = new Map();
  const headingOf = (e) => {
    const root = e.getRootNode();
    if (!headings.has(root)) headings.set(root, [...root.querySelectorAll(HEADING)]);
    let best = "";
    for (const one of headings.get(root)) {
      if (!(one.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING)) break;
      if (!one.contains(e) && one !== e) best = one;
    }
    return best ? words(best).slice(0, 60) : "";
  };
  const signature = (e) => `${e.tagName}.${attr(e, "class").split(/\s+/).filter((c) => c && !STATES.test(c)).slice(0, 3).join(".")}`;
  const rows = new Map();
  const rowOf = (e) => {
    // The repeated thing that an element lives in: a table row, a list entry, a card among cards of the same make.
    for (let node = e, depth = 0; node && depth < 9; node = node.parentElement, depth++) {
      if (node.tagName === "THEAD" || node.tagName === "NAV") return null;
      const parent = node.parentElement;
      if (!parent || node === e) continue;
      const isRow = node.tagName === "TR" || attr(node, "role") === "row";
      if (isRow) return node;
      if (!/^(LI|DIV|ARTICLE|SECTION)$/.test(node.tagName) || node.children.length < 2 || node.querySelector("ul, ol, nav, table")) continue;
      if (node.tagName !== "LI" && !attr(node, "class")) continue;
      const like = [...parent.children].filter((one) => signature(one) === signature(node));
      if (like.length > 2 && pieces(node).some((piece) => !words(e).includes(piece))) return node;
    }
    return null;
  };
  const pieces = (row) => {
    if (rows.has(row)) return rows.get(row);
    const found = [];
    const walk = (node) => {
      for (const child of node.childNodes) {
        if (child.nodeType === 3 && child.data.trim()) found.push(squeeze(child.data).slice(0, 60));
        else if (child.nodeType === 1 && !SKIPPED.has(child.tagName) && !/^(BUTTON|SELECT|TEXTAREA|INPUT)$/.test(child.tagName)) walk(child);
        if (found.length > 16) return;
      }
    };
    walk(row);
    rows.set(row, found);
    return found;
  };
  const shared = new Map(); // of a parent: in how many of its first rows each text stands
  const rowKeyOf = (row) => {
    const parent = row.parentElement;
    if (!shared.has(parent)) {
      const seen = new Map(), sample = [...parent.children].slice(0, 40);
      for (const one of sample) for (const piece of new Set(pieces(one))) bump(seen, piece);
      shared.set(parent, { seen, sample });
    }
    const { seen, sample } = shared.get(parent);
    const own = sample.includes(row) ? 1 : 0;
    return [...new Set(pieces(row))].filter((piece) => (seen.get(piece) || 0) - own <= (sample.length - own) / 4).slice(0, 8);
  };
  const heads = new Map();
  const headOf = (table) => {
    if (!heads.has(table)) heads.set(table, [...table.querySelectorAll("thead tr:last-of-type > *, [role=columnheader]")]);
    return heads.get(table);
  };
  const columnOf = (e) => {
    const cell = e.closest("td, th, [role=gridcell], [role=cell]");
    const table = cell && cell.closest("table, [role=grid], [role=table]");
    if (!table || !cell.parentElement) return "";
    const place = [...cell.parentElement.children].indexOf(cell);
    const head = headOf(table)[place];
    return head ? words(head).slice(0, 40) : "";
  };
  const around = (e, forward) => {
    // The nearest texts before or after an element in reading order, within its own document.
    const found = [];
    const document = e.ownerDocument;
    const walker = document.createTreeWalker(e.getRootNode() === document ? document.body || document : e.getRootNode(), 4);
    walker.currentNode = e;
    if (forward) { let last = e; while (last.lastChild) last = last.lastChild; walker.currentNode = last; }
    for (let turn = 0; turn < 60 && found.length < 4; turn++) {
      const node = forward ? walker.nextNode() : walker.previousNode();
      if (!node) break;
      const parent = node.parentElement;
      if (node.data.trim() && parent && !SKIPPED.has(parent.tagName) && parent.tagName !== "OPTION" && parent.tagName !== "TEXTAREA" && !e.contains(node)) found.push(squeeze(node.data).slice(0, 40));
    }
    return found;
  };
  const groupOf = (e) => {
    // What stands beside it in the smallest thing that says more than the element itself: the card of its button.
    const own = words(e);
    for (let node = up(e), depth = 0; node && node.tagName !== "BODY" && depth < 6; node = up(node), depth++) {
      const beside = pieces(node).filter((piece) => !own.includes(piece));
      if (beside.length) return beside.length > 12 ? [] : beside.slice(0, 6);
    }
    return [];
  };
  const iconOf = (e) => {
    const icon = e.querySelector("i[class], svg[class], span[class*=icon], use");
    if (!icon) return "";
    return attr(icon, "href") || attr(icon, "xlink:href") || attr(icon, "data-icon") || attr(icon, "class").split(/\s+/).filter((c) => /[a-z]-[a-z]/.test(c) && !HASHED.test(c)).slice(-1)[0] || "";
  };
  const quick = (e) => ({ role: roleOf(e), tag: e.tagName.toLowerCase(), name: nameOf(e), id: idOf(e), href: hrefOf(e), test_id: testIdOf(e), field_name: GENERATED.test(attr(e, "name")) ? "" : attr(e, "name") });
  const full = (e, place, extra) => {
    const path = pathTo(e), landmarks = [];
    for (let node = up(e); node && node.tagName !== "BODY"; node = up(node)) {
      if (landmarks.length < 3 && node.matches(LANDMARK)) landmarks.push(landmarkName(node));
    }
    const row = rowOf(e);
    const box = e.getBoundingClientRect();
    const own = isField(e) ? "" : [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data).join(" ");
    const type = attr(e, "type").toLowerCase();
    const made = {
      ...quick(e), type, text: squeeze(own) || (NAMED_BY_CONTENT.test(roleOf(e)) ? words(e) : ""), label: labelOf(e),
      placeholder: squeeze(attr(e, "placeholder")), title: squeeze(attr(e, "title")), alt: squeeze(attr(e, "alt")),
      value: /^(button|submit|reset|checkbox|radio)$/.test(type) || e.tagName === "BUTTON" ? squeeze(attr(e, "value")) : "",
      classes: classesOf(e), path, landmarks, heading: headingOf(e), form: e.form && e.form.getAttribute ? attr(e.form, "id") || attr(e.form, "name") || (attr(e.form, "action") || "").split("?")[0] : "",
      row: row ? rowKeyOf(row) : [], in_row: !!row, column: row ? columnOf(e) : "", before: row ? [] : around(e, false), after: row ? [] : around(e, true),
      choices: e.tagName === "SELECT" ? [...e.options].slice(0, 12).map((option) => squeeze(option.text)).filter(Boolean) : [],
      group: row ? [] : groupOf(e), icon: iconOf(e), box: [box.left, box.top, box.width, box.height].map(Math.round),
      frame: place.frame, shadow: place.shadow, hidden: hiddenNow(e) || place.hidden, control: e.matches(CONTROLS), ...extra,
    };
    return Object.fromEntries(Object.entries(made).filter(([, value]) => !(value === "" || value === false || (Array.isArray(value) && !value.length))));
  };
  const placeOf = (e) => {
    const shadow = [], frame = [];
    for (let root = e.getRootNode(); root && root.host; root = root.host.getRootNode()) shadow.unshift(step(root.host));
    let view = e.ownerDocument.defaultView;
    try {
      for (; view && view !== view.top && view.frameElement; view = view.parent) frame.unshift(frameStep(view.frameElement));
    } catch { frame.unshift("*"); }
    return { frame, shadow, hidden: false };
  };
  const frameStep = (f) => `iframe${idOf(f) ? `#${idOf(f)}` : attr(f, "name") ? `[name=${attr(f, "name")}]` : ""}`;
  // All elements of all roots, each with the place that it lives in.
  const everything = (visit) => {
    const enter = (root, place) => {
      const controls = new Set(root.querySelectorAll(CONTROLS));
      for (const e of root.querySelectorAll("*")) {
        if (SKIPPED.has(e.tagName) || e.namespaceURI === "http://www.w3.org/2000/svg") continue;
        visit(e, place, controls.has(e));
        if (e.shadowRoot) enter(e.shadowRoot, { ...place, shadow: [...place.shadow, step(e)] });
        if (e.tagName !== "IFRAME" && e.tagName !== "FRAME") continue;
        let inner = null;
        try { inner = e.contentDocument; } catch { inner = null; }
        if (inner && inner.body) enter(inner, { frame: [...place.frame, frameStep(e)], shadow: [], hidden: place.hidden || hiddenNow(e) });
      }
    };
    enter(document, placeOf(document.documentElement)); // a pass may begin inside a frame of another origin
  };
  const plain = (text) => (text || "").toLowerCase().replace(/\s+/g, "");
  const sets = new Map();
  const PAIR = (text) => { if (!sets.has(text)) sets.set(text, pairs(text)); return sets.get(text); };
  const pathTo = (e) => {
    const path = [];
    for (let node = up(e); node && node.tagName !== "BODY" && path.length < 5; node = up(node)) path.push(step(node));
    return path;
  };
  const pairs = (text) => { const set = new Set(); for (let i = 0; i + 1 < text.length; i++) set.add(text.slice(i, i + 2)); return set; };
  const alike = (a, b) => { if (!a || !b) return 0; if (a === b) return 1; const [x, y] = [PAIR(a), PAIR(b)]; let both = 0; for (const p of x) both += y.has(p); return (2 * both) / Math.max(1, x.size + y.size); };
  const overlap = (a, b) => (a && b && a.length && b.length ? a.filter((one) => b.includes(one)).length / Math.max(a.length, b.length) : 0);
  // Rough scores that only decide which candidates are looked at closely: by what was said of it, then by its place.
  const rough = (wanted, one, e) => {
    let score = 0;
    for (const [key, weight] of [["test_id", 5], ["id", 5], ["field_name", 4], ["href", 3]]) if (wanted[key] && wanted[key] === one[key]) score += weight;
    score += 5 * alike(plain(wanted.name), plain(one.name));
    if (wanted.text && !one.name) score += 3 * alike(plain(wanted.text), plain(words(e)));
    score += (wanted.role === one.role) + (wanted.tag === one.tag) * 0.5 + ((wanted.type || "") === attr(e, "type").toLowerCase()) * 0.5;
    if (wanted.placeholder && squeeze(attr(e, "placeholder")) === wanted.placeholder) score += 2;
    if (wanted.title && squeeze(attr(e, "title")) === wanted.title) score += 2;
    return score;
  };
  const rougher = (wanted, e) => {
    let score = 0;
    if (wanted.icon && iconOf(e) === wanted.icon) score += 1.5;
    score += 1.5 * overlap(wanted.classes, classesOf(e));
    const path = wanted.path || [];
    for (let node = up(e), i = 0; node && i < path.length && i < 3; node = up(node), i++) score += 0.5 * (path[i] === step(node));
    return score;
  };
  // Short stand-ins for what a control says: neighbours and look-alikes are kept as these, not as texts.
  const hashed = (text) => { let h = 0x811c9dc5; for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0; return ((h >>> 16) ^ (h & 0xffff)).toString(16).padStart(4, "0"); };
  const keyOf = (e, one) => `${one.role}|${one.name ? one.name.toLowerCase() : `${attr(e, "type").toLowerCase()}.${iconOf(e)}.${classesOf(e).slice(0, 2).join(".")}`}`;
  const masked = new Map();
  const kinToken = (key) => { if (!masked.has(key)) masked.set(key, hashed(key.replace(/\d+/g, "0"))); return masked.get(key); };
  const KIN = 6, OTHERS = 12;
  const kin = (found, place, step) => {
    const tokens = [];
    for (let i = place + step; i >= 0 && i < found.length && tokens.length < KIN; i += step) if (found[i].control) tokens.push(kinToken(found[i].key));
    return tokens;
  };
  const relatives = (tally, found, mine) => ({
    token: hashed(mine.key), kin_before: kin(found, mine.place_in, -1), kin_after: kin(found, mine.place_in, 1),
    counts: { ...counts(tally, mine.one), twins: tally.key.get(mine.key), nth: mine.nth },
  });
  // How many of its visible twins stand in the same path with the same classes: 1 when those tell it from them.
  const alikeIn = (found, mine) => {
    const lookOf = (e) => [...pathTo(e), ...classesOf(e)].join(" ");
    const look = lookOf(mine.e);
    return found.filter((one) => one.key === mine.key && lookOf(one.e) === look && (one === mine || !hiddenNow(one.e))).length;
  };
  const others = (raw, found, mine) => {
    const scored = found.filter((one) => one.control && one.key !== mine.key).map((one) => ({ key: one.key, score: rough(raw, one.one, one.e) }));
    return [...new Set(scored.sort((a, b) => b.score - a.score).slice(0, OTHERS).map((one) => hashed(one.key)))];
  };
  const counts = (tally, one) => ({ name: tally.name.get(one.name) || 0, role_name: tally.role_name.get(`${one.role}|${one.name}`) || 0, id: tally.id.get(one.id) || 0, href: tally.href.get(one.href) || 0, field_name: tally.field_name.get(one.field_name) || 0 });
  let whole = null;
  const tallied = (also) => {
    if (!also && whole) return whole;
    const tally = { name: new Map(), role_name: new Map(), id: new Map(), href: new Map(), field_name: new Map(), key: new Map() };
    const found = [], orders = new Map();
    everything((e, place, control) => {
      if (!(control || (also && also(e)))) return;
      const one = quick(e);
      orders.set(one.role, (orders.get(one.role) || 0) + 1);
      const key = keyOf(e, one);
      found.push({ e, one, place, key, control, place_in: found.length, nth: tally.key.get(key) || 0, order: orders.get(one.role) - 1 });
      bump(tally.key, key);
      if (one.name) { bump(tally.name, one.name); bump(tally.role_name, `${one.role}|${one.name}`); }
      if (one.id) bump(tally.id, one.id);
      if (one.href) bump(tally.href, one.href);
      if (one.field_name) bump(tally.field_name, one.field_name);
    });
    if (!also) whole = { tally, found };
    return { tally, found };
  };
  const described = new Map();
  const describe = (tally, found, mine) => {
    if (!described.has(mine.e)) described.set(mine.e, full(mine.e, mine.place, { order: mine.order, ...relatives(tally, found, mine) }));
    return described.get(mine.e);
  };
  const api = { nodes: [], total: 0 };
  // One element. `thorough`: with its order among its likes and how rare its name, id and href are (a pass over the page).
  api.of = (e, thorough = true) => {
    if (!thorough) return full(e, placeOf(e), {});
    const { tally, found } = tallied(e.matches(CONTROLS) ? null : (other) => other === e);
    const mine = found.find((one) => one.e === e);
    if (!mine) return full(e, placeOf(e), {});
    const raw = full(e, placeOf(e), { order: mine.order, ...relatives(tally, found, mine) });
    return { ...raw, counts: { ...raw.counts, alike: alikeIn(found, mine) }, others: others(raw, found, mine) };
  };
  // Every control of the page; with `wanted`, also what is of its kind, and only the `limit` most like it.
  api.gather = (wanted = null, limit = 48) => {
    const also = wanted && !wanted.control ? (e) => (roleOf(e) === (wanted.role || "") && e.tagName.toLowerCase() === wanted.tag) || (wanted.id && idOf(e) === wanted.id) || (wanted.test_id && testIdOf(e) === wanted.test_id) : null;
    const { tally, found } = tallied(also);
    api.total = found.length;
    let close = found;
    if (wanted) {
      const best = (list, most) => [...list].sort((a, b) => b.score - a.score).slice(0, most);
      for (const one of found) one.score = rough(wanted, one.one, one.e);
      close = best(found, limit * 6);
      for (const one of close) one.score += rougher(wanted, one.e);
      close = best(close, limit);
    }
    api.nodes = close.map((one) => one.e);
    return close.map((one) => describe(tally, found, one));
  };
  // The way down to an element by tag and place, for when nothing better tells it apart.
  api.pathOf = (e) => {
    const parts = [];
    for (let node = e; node && node.nodeType === 1; node = node.parentElement) {
      const parent = node.parentElement;
      const same = parent ? [...parent.children].filter((one) => one.tagName === node.tagName) : [];
      parts.unshift(node.tagName.toLowerCase() + (same.length > 1 ? `:nth-of-type(${same.indexOf(node) + 1})` : ""));
      if (idOf(node) && node !== e) { parts[0] = `${node.tagName.toLowerCase()}[id="${idOf(node)}"]`; break; }
    }
    return parts.join(" > ");
  };
  return api;
}
