// Change a page the way sites change. Answers {elements, targets}: what the engine sees afterwards of each target.
// Ground truth is a property of the nodes (`__truth`), which no attribute shows and no engine reads.
(job) => {
  let seed = job.seed >>> 0;
  const random = () => { seed = (seed * 1664525 + 1013904223) >>> 0; return seed / 4294967296; };
  const pick = (list) => list[Math.floor(random() * list.length)];
  const shuffled = (list) => { const out = [...list]; for (let i = out.length - 1; i > 0; i--) { const j = Math.floor(random() * (i + 1)); [out[i], out[j]] = [out[j], out[i]]; } return out; };
  const engine = () => (job.engine)();
  const all = () => [...document.querySelectorAll("body *")].filter((e) => !/^(SCRIPT|STYLE|LINK)$/.test(e.tagName));
  const targets = () => all().filter((e) => e.__truth !== undefined);
  const texts = (e) => [...e.childNodes].filter((n) => n.nodeType === 3 && n.data.trim());
  const setText = (e, change) => {
    const deep = document.createTreeWalker(e, 4);
    let done = false;
    for (let n = deep.nextNode(); n; n = deep.nextNode()) if (n.data.trim()) { n.data = change(n.data); done = true; break; }
    for (const name of ["aria-label", "placeholder", "title"]) if (e.getAttribute(name)) { e.setAttribute(name, change(e.getAttribute(name))); done = true; }
    if (/^(submit|button|reset)$/.test(e.getAttribute("type") || "") && e.tagName === "INPUT") { e.value = change(e.value); done = true; }
    return done;
  };
  const clone = (e) => { const copy = e.cloneNode(true); for (const one of [copy, ...copy.querySelectorAll("*")]) { one.removeAttribute("id"); delete one.__truth; } return copy; };
  const swap = (e, tag) => {
    const made = document.createElement(tag);
    for (const { name, value } of [...e.attributes]) if (!["href", "type"].includes(name)) made.setAttribute(name, value);
    made.append(...e.childNodes);
    if (tag === "a") { made.setAttribute("href", "#"); made.setAttribute("role", "button"); }
    made.__truth = e.__truth;
    e.replaceWith(made);
    return made;
  };
  const hash = (text) => { let h = 7; for (const c of text) h = (h * 31 + c.charCodeAt(0)) >>> 0; return h.toString(36); };
  const SYNONYMS = [["Search", "Find"], ["Save", "Store"], ["Edit", "Modify"], ["Add", "Create"], ["Remove", "Delete"], ["View", "Show"], ["Submit", "Submit now"], ["Sign in", "Log in"], ["Sign Out", "Log out"], ["Login", "Sign in"], ["Logout", "Sign out"], ["Dashboard", "Overview dashboard"], ["Profile", "Your profile"], ["Settings", "Preferences"], ["Password", "Your password"], ["Email", "E-mail"]];
  const relabel = (text) => { for (const [a, b] of SYNONYMS) if (text.toLowerCase().includes(a.toLowerCase())) return text.replace(new RegExp(a, "i"), b); return text.trim().split(/\s+/).length > 1 ? text.toLowerCase() : `${text.trim()}…`; };
  const ZH = { search: "搜索", save: "保存", edit: "编辑", add: "添加", remove: "删除", delete: "删除", view: "查看", submit: "提交", sign: "登", in: "录", out: "出", login: "登录", logout: "退出登录", dashboard: "仪表盘", profile: "资料", settings: "设置", password: "密码", email: "邮箱", forms: "表单", tables: "表格", charts: "图表", general: "常规", home: "主页", messages: "消息", next: "下一页", previous: "上一页", cancel: "取消", close: "关闭", user: "用户", name: "姓名", address: "地址", all: "全部", more: "更多", read: "阅读", components: "组件", buttons: "按钮", page: "页面", pages: "页面", register: "注册", widgets: "部件" };
  const translate = (text) => text.replace(/[A-Za-z]+/g, (w) => ZH[w.toLowerCase()] || hash(w.toLowerCase()).replace(/[0-9a-z]/g, (c) => String.fromCharCode(0x4e00 + c.charCodeAt(0) * 37)).slice(0, 2));
  const QUALIFIED = [(t) => `${t} all`, (t) => `${t} as draft`, (t) => `Batch ${t.toLowerCase()}`, (t) => `${t} later`, (t) => `${t} and close`, (t) => `Don't ${t.toLowerCase()}`, (t) => `全部${t}`, (t) => `${t}并提交`];
  const OPPOSITE = ["Delete", "Cancel", "Reject", "Reset", "Previous", "Export", "驳回", "撤回", "删除", "Abbrechen"];
  const decoy = (e) => {
    // What is left standing where the element was: nearly it, and not it.
    const copy = clone(e);
    const kind = pick(["qualifier", "opposite", "noun", "number", "nothing"]);
    const href = copy.getAttribute("href");
    if (href && !href.startsWith("#")) copy.setAttribute("href", kind === "number" ? href.replace(/(\.html?)?$/, "-2$1") : `other-${hash(href)}.html`);
    if (copy.getAttribute("name")) copy.setAttribute("name", `${copy.getAttribute("name")}_2`);
    if (kind === "nothing") return null;
    const noun = pick(["Warehouse", "Invoices", "Carrier", "供应商", "Region"]);
    const changed = setText(copy, (t) => kind === "qualifier" ? pick(QUALIFIED)(t.trim()) : kind === "opposite" ? pick(OPPOSITE) : kind === "number" ? `${t.trim()} 2` : noun);
    const label = e.labels && e.labels[0];
    if (label && !label.contains(e)) { copy.setAttribute("aria-label", noun); return copy; }
    return changed ? copy : null;
  };
  const removed = new Set();
  const remove = (gone, withDecoy) => {
    for (const e of gone) {
      if (!e.isConnected) continue;
      const href = e.getAttribute("href");
      removed.add(e.__truth);
      for (const other of all()) // a second way to the same thing would be a right answer
        if (other !== e && href && !href.startsWith("#") && other.getAttribute("href") === href) { removed.add(other.__truth); other.remove(); }
      const left = withDecoy ? decoy(e) : null;
      if (left) { const copies = left.querySelectorAll("*"); [...e.querySelectorAll("*")].forEach((inner, n) => { if (inner.__truth !== undefined && copies[n]) copies[n].__truth = inner.__truth; }); } // what lies inside is still itself
      const label = e.labels && e.labels[0] && !e.labels[0].contains(e) ? e.labels[0] : null;
      if (label) label.remove();
      const said = engine().of(e, false).name;
      if (left) e.replaceWith(left); else e.remove();
      if (left && said && engine().of(left, false).name === said) left.remove(); // nobody could tell it from the element
    }
  };
  const change = {
    same: () => {},
    ids: () => { for (const e of all()) if (e.id) { const old = e.id; const made = `x${hash(old)}`; for (const l of document.querySelectorAll(`label[for="${CSS.escape(old)}"]`)) l.setAttribute("for", made); e.id = made; } },
    classes: () => { for (const e of all()) if (e.getAttribute("class")) e.setAttribute("class", e.getAttribute("class").split(/\s+/).map((c) => `css-${hash(c)}1`).join(" ")); },
    renamed_classes: () => { for (const e of all()) if (e.getAttribute("class")) e.setAttribute("class", e.getAttribute("class").split(/\s+/).map((c) => `v2-${c}`).join(" ")); },
    wrappers: () => { for (const e of targets()) if (random() < 0.7 && !/^(TR|TD|TH|LI|OPTION)$/.test(e.tagName)) { const w = document.createElement("div"); w.className = "wrap"; e.replaceWith(w); w.append(e); } },
    reorder: () => { for (const p of new Set(targets().map((e) => e.parentElement))) if (p && p.children.length > 1 && p.children.length < 40) p.append(...shuffled([...p.children])); for (const p of document.querySelectorAll("ul, tbody, .row")) if (p.children.length < 40) p.append(...shuffled([...p.children])); },
    relabel: () => { for (const e of targets()) { setText(e, relabel); const l = e.labels && e.labels[0]; if (l && !l.contains(e)) setText(l, relabel); } },
    translate: () => { const w = document.createTreeWalker(document.body, 4); for (let n = w.nextNode(); n; n = w.nextNode()) if (!/^(SCRIPT|STYLE)$/.test(n.parentElement.tagName)) n.data = translate(n.data); for (const e of all()) for (const a of ["aria-label", "placeholder", "title", "alt"]) if (e.getAttribute(a)) e.setAttribute(a, translate(e.getAttribute(a))); },
    components: () => { for (const e of targets()) { if (e.tagName === "BUTTON") swap(e, "a"); else if (e.tagName === "A" && /btn/.test(e.className)) swap(e, "button"); } },
    attributes: () => { for (const e of targets()) for (const a of ["name", "title", "placeholder", "data-testid", "href"]) if (e.getAttribute(a) && random() < 0.5) { if (a === "href") e.setAttribute(a, e.getAttribute(a).replace(/^(?!#|http)/, "/app/v2/")); else e.removeAttribute(a); } },
    twins: () => { const shelf = document.createElement("section"); shelf.innerHTML = "<h3>Shortcuts</h3>"; for (const e of shuffled(targets()).slice(0, 8)) { const c = clone(e); c.removeAttribute("name"); shelf.append(c); } (random() < 0.5 ? document.body.prepend(shelf) : document.body.append(shelf)); },
    copies: () => { for (const e of shuffled(targets()).slice(0, 10)) { const c = clone(e); c.style.display = "none"; e.before(c); } },
    framed: () => { const box = [...document.querySelectorAll("main, .content, .content-wrapper, .container-fluid, .right_col, form, .card")].find((b) => targets().some((t) => b.contains(t))); if (!box) return; const f = document.createElement("iframe"); f.id = "inner"; f.style.cssText = "width:900px;height:900px"; box.replaceWith(f); f.contentDocument.body.append(f.contentDocument.adoptNode(box)); },
    shadowed: () => { for (const box of shuffled([...document.querySelectorAll("form, nav, .card, .box, .panel")]).slice(0, 4)) { if (!box.isConnected || box.getRootNode() !== document) continue; const host = document.createElement("x-part"); box.replaceWith(host); host.attachShadow({ mode: "open" }).append(box); } },
    neighbours: () => { for (const e of shuffled(targets()).slice(0, 15)) { const left = decoy(e); if (left) (random() < 0.5 ? e.before(left) : e.after(left)); } },
    redesign: () => { change.ids(); change.renamed_classes(); change.wrappers(); change.reorder(); change.components(); },
    rewritten: () => { change.classes(); change.relabel(); change.wrappers(); change.attributes(); },
    removed: () => remove(job.gone.map((n) => targets().find((e) => e.__truth === n)).filter(Boolean), false),
    removed_decoys: () => remove(job.gone.map((n) => targets().find((e) => e.__truth === n)).filter(Boolean), true),
    removed_redesign: () => { change.removed_decoys(); change.renamed_classes(); change.wrappers(); change.reorder(); },
    removed_translated: () => { change.removed_decoys(); change.translate(); },
    removed_twins: () => { change.twins(); change.removed(); for (const e of [...document.querySelectorAll("section")]) if (e.firstElementChild && e.firstElementChild.textContent === "Shortcuts") for (const c of [...e.children].slice(1)) c.setAttribute("href", "#x"); },
  };
  if (job.learn) {
    const api = engine();
    const controls = api.gather().map((seen, i) => ({ seen, e: api.nodes[i] })).filter(({ seen, e }) => !seen.hidden && e.getRootNode() === document);
    const chosen = shuffled(controls).slice(0, job.most);
    return chosen.map(({ e }, n) => { e.__truth = n; return api.of(e); });
  }
  change[job.scenario]();
  const api = engine();
  const known = new Map(), elements = [];
  const number = (e, seen) => { if (!known.has(e)) { known.set(e, elements.length); elements.push(seen); } return known.get(e); };
  const answers = job.wanted.map((wanted, n) => {
    const seen = api.gather(wanted, 48);
    const candidates = api.nodes.map((e, i) => number(e, seen[i]));
    const truth = api.nodes.findIndex((e) => e.__truth === n);
    return { candidates, truth, there: !removed.has(n) };
  });
  return { elements, answers, total: api.total };
}
