// Watch one frame: every trusted act of the person becomes one message with what was acted on and the page at that moment.
(parts, texts) => {
  if (window.__nightclerk || location.protocol === "chrome-error:") return;
  const tools = parts.describe;
  const isTop = window === window.top;
  const state = { mode: "", looking: false, count: 0 };
  const post = (message) => window.__nightclerk_record ? window.__nightclerk_record(JSON.stringify(message)) : Promise.resolve(null);

  // ------------------------------------------------------------------------------- what is sent
  const frameOf = (view) => { try { return view.frameElement; } catch { return null; } };
  const print = (e) => { try { return parts.fingerprint().of(e); } catch { return null; } }; // a page too odd to be described has none
  const scene = (marked) => {
    const marks = new Map();
    const mark = (e, name) => { if (e) marks.set(e, [...(marks.get(e) || []), name]); };
    const described = {};
    for (const [name, e] of Object.entries(marked)) {
      mark(e, name);
      const facts = tools.of(e);
      if (facts.row) { mark(facts.row.element, `${name}.row`); delete facts.row.element; }
      facts.scopes.forEach((scope, n) => { mark(scope.element, `${name}.scope${n}`); delete scope.element; });
      if (name === "target" || name === "to") facts.print = print(e);
      described[name] = facts;
    }
    const frames = [];
    let view = window;
    for (let holder = frameOf(view); holder; holder = frameOf(view)) {
      mark(holder, `frame${frames.length}`);
      const facts = tools.of(holder);
      delete facts.row; facts.scopes.forEach((scope) => delete scope.element);
      frames.push(facts);
      view = view.parent;
    }
    return { facts: described, frames, complete: view === window.top, page: parts.snapshot(view.document, marks) };
  };
  const address = () => ({ url: (() => { try { return window.top.location.href; } catch { return ""; } })(), title: (() => { try { return window.top.document.title; } catch { return document.title; } })() });
  const tell = (kind, seen, more) => { state.count += 1; bar && bar.show(state); return post({ kind, ...address(), ...seen, ...more }); };

  // ----------------------------------------------------------------------------------- helpers
  const ours = (event) => event.composedPath().some((n) => n.nodeType === 1 && n.hasAttribute("data-nightclerk"));
  const hit = (event) => { const n = event.composedPath()[0]; return n instanceof Element ? n : n && n.parentElement; };
  const TEXTS = new Set(["text", "search", "email", "tel", "url", "number", "password", "date", "time", "datetime-local", "month", "week", "color", "range", ""]);
  const isText = (e) => e.isContentEditable || e.localName === "textarea" || (e.localName === "input" && TEXTS.has(e.type));
  const typable = (e) => isText(e) && !e.readOnly;
  const closest = (e, css) => { for (let n = e; n; n = tools.parentOf(n)) if (n.matches(css)) return n; return null; };
  const ACTIVE = "a[href], button, summary, [role=button], [role=link], [role=tab], [role=menuitem], [role=option], [role=treeitem], [role=combobox], [role=checkbox], [role=radio], [role=switch], [role=menuitemcheckbox], [role=menuitemradio], input, select, textarea, [onclick]";
  const actOn = (e) => {
    const active = closest(e, ACTIVE);
    if (active) return active;
    if (!closest(e, "[role=listbox], [role=option]"))
      for (let n = closest(e, "[class*=select i]:not(select)"), up = 0; n && up < 4 && n.matches("[class*=select i]"); n = tools.parentOf(n), up++) {
        const combo = n.querySelector("[role=combobox]");
        if (combo && tools.visible(combo)) return combo;
      }
    let chosen = e;
    const text = tools.squeeze(e.innerText);
    if (getComputedStyle(e).cursor === "pointer")
      for (let n = tools.parentOf(e); n && getComputedStyle(n).cursor === "pointer" && tools.squeeze(n.innerText) === text; n = tools.parentOf(n)) chosen = n;
    return chosen;
  };
  const SECRET = /密码|口令|password|passwd|passphrase|\bpin\b|支付码|secret/i;
  const CODE = /验证码|校验码|动态码|captcha|one-time|\botp\b|verification code/i;
  const secrecy = (e) => {
    const words = `${e.id} ${e.getAttribute("name") || ""} ${e.placeholder || ""} ${e.autocomplete || ""} ${e.getAttribute("aria-label") || ""} ${e.labels ? [...e.labels].map((l) => l.textContent).join(" ") : ""}`;
    if (e.type === "password" || SECRET.test(words) || /current-password|new-password/.test(e.autocomplete)) return "password";
    return CODE.test(words) ? "code" : "";
  };
  const valueOf = (e) => e.isContentEditable ? e.innerText : e.value;

  // ---------------------------------------------------------------------------------- pointing
  const pointing = () => state.mode === "read" || state.mode === "expect";
  const swallow = (event) => { event.preventDefault(); event.stopImmediatePropagation(); };
  const pointed = (event) => {
    const e = hit(event);
    const selected = String(getSelection());
    tell(state.mode, scene({ target: e }), { value: tools.textOf(e), selected });
    setMode("");
  };
  const setMode = (mode) => { state.mode = mode; bar && bar.show(state); post({ kind: "state", mode, looking: state.looking }); };
  const command = (word, more) => {
    if (word === "read" || word === "expect" || word === "commit") setMode(state.mode === word ? "" : word);
    else if (word === "look") { state.looking = !state.looking; tell("look", { facts: {}, frames: [] }, { value: state.looking ? "start" : "end" }); setMode(""); }
    else if (word === "moved") post({ kind: "bar", ...more });
    else post({ kind: word, ...more });
  };
  const bar = isTop ? parts.toolbar(texts, command) : null;
  const SHORTCUTS = { KeyR: "read", KeyE: "expect", KeyL: "look", KeyK: "commit", KeyS: "stop" };

  // ------------------------------------------------------------------------------------ clicks
  let down = null;
  let dragging = null;
  let entered = 0;
  let activated = null; // the field that the browser clicks by itself after a click inside of its label
  const on = (type, react) => addEventListener(type, (event) => { if (!ours(event)) react(event); }, true);
  const labelOf = (e) => { const label = closest(e, "label"); return label && label.control && label.control !== e ? label : null; };
  const inPanel = (e, label) => { // a list or a calendar that the page put into the label is no part of its words
    for (let n = e; n && n !== label; n = tools.parentOf(n)) if (/^(absolute|fixed)$/.test(getComputedStyle(n).position) || n.matches("td, li, [role=option], [role=gridcell]")) return true;
    return false;
  };
  const ignoredClick = (e) => {
    const label = labelOf(e);
    if (label && !closest(e, "a[href], button")) return label.control.matches("[type=checkbox], [type=radio], [type=file]") || !inPanel(e, label); // its field is told of on its own
    return closest(e, "select, option") || e.matches("input[type=file]") || (e.matches("input[type=checkbox], input[type=radio]") ? false : e.localName === "html" || e.localName === "body");
  };
  const TICKS = "[role=checkbox], [role=switch], [role=radio], [role=menuitemcheckbox]";
  on("pointerdown", (event) => {
    if (!event.isTrusted || event.button !== 0) return;
    flush();
    activated = null;
    if (pointing()) return swallow(event);
    const raw = hit(event);
    if (!raw) return;
    const e = actOn(raw);
    const menus = hover.chain(raw);
    const marked = { target: e };
    menus.forEach((menu, n) => { marked[`hover${n}`] = menu; });
    down = { raw, e, at: performance.now(), x: event.clientX, y: event.clientY, scene: ignoredClick(raw) || typable(e) && document.activeElement === e ? null : scene(marked) };
  });
  on("mousedown", (event) => { if (pointing()) swallow(event); });
  on("pointerup", (event) => {
    if (pointing()) return swallow(event);
    if (!event.isTrusted || !down || dragging) return;
    const far = Math.hypot(event.clientX - down.x, event.clientY - down.y) > 12;
    const raw = document.elementsFromPoint(event.clientX, event.clientY).find((n) => n !== down.raw && !down.raw.contains(n));
    if (far && down.scene && !isText(down.e) && String(getSelection()) === "" && !closest(down.e, "a[href], select")) {
      const start = down;
      down = null;
      const seen = start.scene;
      const end = scene({ to: raw || document.body });
      tell("drag", { ...seen, facts: { ...seen.facts, to: end.facts.to } }, { to_page: end.page, dx: event.clientX - start.x, dy: event.clientY - start.y, pointer: true });
      entered = performance.now() + 60; // the click that may follow belongs to the drag
      return;
    }
    const was = down;
    setTimeout(() => { if (down === was && was && was.scene && !was.raw.isConnected) clicked(was, was.e); }, 60); // it went away under the mouse
  });
  on("mouseup", (event) => { if (pointing()) swallow(event); });
  const clicked = (from, e) => {
    down = null;
    const commit = state.mode === "commit";
    tell("click", from.scene, { soft: isText(e) && !e.readOnly, commit });
    if (commit) setMode("");
    hover.forget();
  };
  on("click", (event) => {
    if (pointing()) { swallow(event); return event.isTrusted ? pointed(event) : undefined; }
    if (!event.isTrusted || performance.now() < entered) return;
    const raw = hit(event);
    if (!raw) return;
    if (raw === activated) { activated = null; return; }
    if (event.detail === 0 && raw.matches("[type=submit], button") && performance.now() - lastEnter < 100) return; // Enter has been told of
    if (raw.matches("input[type=checkbox], input[type=radio]")) {
      const aim = tools.visible(raw) || !raw.labels || !raw.labels.length ? raw : raw.labels[0];
      const early = down && down.e === aim && down.scene;
      down = null;
      tell("check", early || scene({ target: aim }), { value: raw.checked ? "on" : "off" });
      return;
    }
    if (ignoredClick(raw)) { down = null; return; }
    const label = labelOf(raw);
    if (label && !closest(raw, "a[href], button")) activated = label.control;
    const e = actOn(raw);
    const tick = closest(raw, TICKS);
    if (tick) {
      const was = tick.getAttribute("aria-checked") === "true";
      const radio = tick.getAttribute("role") === "radio";
      const early = down && down.e === tick ? down.scene : scene({ target: tick });
      down = null;
      if (tick.hasAttribute("aria-checked")) return void tell("check", early, { value: radio || !was ? "on" : "off" });
      return void tell("click", early, {});
    }
    const from = down && down.scene && (down.e === e || !down.raw.isConnected || e.contains(down.e)) ? down : { scene: scene({ target: e }) };
    if (typable(e) && !from.scene) return;
    clicked(from, e);
  });

  on("dblclick", (event) => {
    const raw = event.isTrusted && !pointing() && hit(event);
    if (raw && !isText(raw) && !raw.matches("input, select")) tell("double_click", scene({ target: actOn(raw) }), {});
  });
  on("contextmenu", (event) => {
    const raw = event.isTrusted && !pointing() && hit(event);
    if (!raw) return;
    const seen = scene({ target: actOn(raw) });
    setTimeout(() => { if (event.defaultPrevented) tell("right_click", seen, {}); }); // else the browser's own menu came
  });

  // ------------------------------------------------------------------------------------ typing
  let typing = null; // {e, scene} of the field that is being typed in
  let composing = false;
  const begin = (e) => { if (!typing || typing.e !== e) { flush(); typing = { e, scene: scene({ target: e }), dirty: false }; } };
  const say = (e) => {
    begin(e);
    const secret = secrecy(e);
    const fresh = typing.dirty ? { facts: {}, frames: [] } : typing.scene;
    const number = typing.dirty ? { again: true } : {};
    typing.dirty = true;
    post({ kind: "fill", ...address(), ...fresh, ...number, secret, value: secret ? "" : valueOf(e) });
    if (!number.again) { state.count += 1; bar && bar.show(state); }
  };
  const flush = () => { typing = null; };
  const editable = (e) => { if (!e || !e.isContentEditable) return e; let n = e; while (n.parentElement && n.parentElement.isContentEditable) n = n.parentElement; return n; };
  on("beforeinput", (event) => { const e = editable(hit(event)); if (event.isTrusted && e && isText(e)) begin(e); });
  on("compositionstart", () => { composing = true; });
  on("compositionend", (event) => { composing = false; const e = editable(hit(event)); if (e && isText(e)) say(e); });
  on("input", (event) => {
    const e = editable(hit(event));
    if (!e) return;
    if (e.matches("input[type=file]")) return void files(e);
    if (!event.isTrusted) return;
    if (e.localName === "select") return void tell("choose", scene({ target: e }), { value: [...e.selectedOptions].map((o) => tools.squeeze(o.text)) });
    if (isText(e) && !composing && !event.isComposing) say(e);
  });
  const files = async (e) => {
    const seen = scene({ target: e });
    const read = (file) => new Promise((resolve) => {
      if (file.size > 20_000_000) return resolve("");
      const reader = new FileReader();
      reader.onload = () => resolve(String(reader.result).split(",")[1] || "");
      reader.onerror = () => resolve("");
      reader.readAsDataURL(file);
    });
    const chosen = [...e.files];
    tell("upload", seen, { files: chosen.map((f) => f.name) });
    for (const file of chosen) post({ kind: "file", name: file.name, content: await read(file) });
  };

  // ---------------------------------------------------------------------------------- keyboard
  let lastEnter = -1000;
  const EDITS = new Set(["c", "x", "v", "a", "z", "y", "insert"]);
  const ALONE = /^(Enter|Escape|F\d+|Delete|Insert|Arrow(Up|Down|Left|Right))$/;
  const chord = (event) => [event.ctrlKey && "Control", event.metaKey && "Meta", event.altKey && "Alt", event.shiftKey && (event.key.length > 1 || event.ctrlKey || event.altKey) && "Shift",
    event.key === " " ? "Space" : event.key].filter(Boolean).join("+");
  on("keydown", (event) => {
    if (!event.isTrusted || event.repeat || event.isComposing || event.keyCode === 229 || event.getModifierState("AltGraph")) return;
    if (event.altKey && event.shiftKey && SHORTCUTS[event.code]) { swallow(event); return command(SHORTCUTS[event.code]); }
    if (["Control", "Shift", "Alt", "Meta", "Tab", "CapsLock", "Process"].includes(event.key)) return;
    const e = editable(hit(event)) || document.body;
    const writing = isText(e) && !e.readOnly;
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    if (modified && EDITS.has(event.key.toLowerCase())) return;
    if (!modified) {
      if (event.key === "Enter" && (e.localName === "textarea" || e.isContentEditable || e.matches("button, a[href], summary, input[type=submit], input[type=button], input[type=file]"))) return;
      if (writing && !/^(Enter|Escape|F\d+)$/.test(event.key) && !(/^Arrow(Up|Down)$/.test(event.key) && (e.getAttribute("role") === "combobox" || e.getAttribute("aria-autocomplete")))) return;
      if (!writing && event.key.length === 1) { if (event.key === " " || e.localName === "select" || e.localName === "body") return; }
      else if (!ALONE.test(event.key)) return;
      if (/^Arrow/.test(event.key) && (e.localName === "select" || e.localName === "body" || e.matches("input[type=radio], input[type=range], input[type=number], input[type=date]"))) return;
    } else if (event.key.length === 1 && writing && event.altKey && !event.ctrlKey && event.key.charCodeAt(0) > 126) return;
    if (event.key === "Enter") lastEnter = performance.now();
    const seen = scene({ target: e });
    flush();
    tell("press", seen, { value: chord(event) });
  });
  on("copy", (event) => {
    const text = tools.squeeze(String(getSelection()));
    if (!text || !event.isTrusted) return;
    const node = getSelection().rangeCount ? getSelection().getRangeAt(0).commonAncestorContainer : null;
    const e = node && (node.nodeType === 1 ? node : node.parentElement);
    if (e) tell("copy", scene({ target: e }), { value: tools.textOf(e), selected: text });
  });

  // ------------------------------------------------------------------------------------- drags
  on("dragstart", (event) => { if (event.isTrusted) { dragging = { scene: scene({ target: actOn(hit(event)) }) }; down = null; } });
  on("drop", (event) => {
    if (!event.isTrusted || !dragging) return;
    const end = scene({ to: hit(event) });
    tell("drag", { ...dragging.scene, facts: { ...dragging.scene.facts, to: end.facts.to } }, { to_page: end.page });
    dragging = null;
  });
  on("dragend", () => { dragging = null; });

  // ------------------------------------------------------------------------------------- start
  const hover = parts.hover(tools);
  const apply = (known) => { if (known) Object.assign(state, known); if (bar) bar.show(state); };
  Object.defineProperty(window, "__nightclerk", { value: { apply, ask: (q) => bar && bar.ask(q), scene, describe: tools.of, snapshot: parts.snapshot } });
  const ready = () => { if (bar) { bar.attach(); new MutationObserver(bar.attach).observe(document, { childList: true, subtree: true, attributeFilter: ["open"] }); } post({ kind: "hello", ...address() }).then(apply, () => null).then(() => bar && bar.settle()); addEventListener("load", () => bar && bar.settle()); };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", ready); else ready();
}
