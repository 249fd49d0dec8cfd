// The recorder's own small bar: it floats over the page in a closed shadow root and is never recorded itself.
(texts, hear) => {
  const CSS = `
    :host { all: initial; position: fixed; inset: auto; margin: 0; padding: 0; border: 0; background: none; z-index: 2147483647; overflow: visible; }
    .bar { display: flex; align-items: center; gap: 2px; padding: 5px 6px 5px 4px; border-radius: 12px; background: #1d2537; color: #eef1f8;
      font: 13px/1.3 "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", "Segoe UI", system-ui, sans-serif; box-shadow: 0 6px 24px rgba(13,20,38,.34), 0 0 0 1px rgba(255,255,255,.08) inset; user-select: none; white-space: nowrap; }
    .grip { display: flex; align-items: center; gap: 8px; padding: 4px 10px 4px 8px; cursor: grab; }
    .grip:active { cursor: grabbing; }
    .dot { width: 9px; height: 9px; border-radius: 50%; background: #ff5c5c; box-shadow: 0 0 0 3px rgba(255,92,92,.22); }
    .name { font-weight: 600; letter-spacing: .02em; }
    .count { color: #9fabc6; font-variant-numeric: tabular-nums; min-width: 4.2em; }
    .split { width: 1px; align-self: stretch; margin: 4px 4px; background: rgba(255,255,255,.13); }
    button { all: unset; box-sizing: border-box; padding: 6px 10px; border-radius: 8px; cursor: pointer; color: #dfe5f3; }
    button:hover { background: rgba(255,255,255,.1); }
    button:focus-visible { box-shadow: 0 0 0 2px #7fa7ff; }
    button.on { background: #3d6df2; color: #fff; }
    button.stop { background: #eef1f8; color: #1d2537; font-weight: 600; margin-left: 4px; }
    button.stop:hover { background: #fff; }
    .hint, .ask { margin-top: 6px; padding: 8px 12px; border-radius: 10px; background: #fff; color: #222b3a; box-shadow: 0 6px 24px rgba(13,20,38,.24), 0 0 0 1px #dde2ec; font: 13px/1.5 "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", "Segoe UI", system-ui, sans-serif; max-width: 460px; white-space: normal; }
    .hint[hidden], .ask[hidden] { display: none; }
    .up { position: absolute; bottom: 100%; left: 0; width: max-content; margin: 0 0 6px; }
    .ask b { display: block; margin-bottom: 6px; }
    .ask button { display: block; width: 100%; color: #222b3a; padding: 6px 10px; }
    .ask button:hover { background: #eef2fd; }
    .ask button.likely { background: #e6edff; color: #1b3fa8; font-weight: 600; }`;
  const host = document.createElement("nightclerk-bar");
  host.setAttribute("data-nightclerk", "");
  const root = host.attachShadow({ mode: "closed" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  root.adoptedStyleSheets = [sheet];
  const make = (tag, cls, text, parent) => {
    const e = document.createElement(tag);
    if (cls) e.className = cls;
    if (text) e.textContent = text;
    parent.append(e);
    return e;
  };
  const bar = make("div", "bar", "", root);
  const grip = make("div", "grip", "", bar);
  make("span", "dot", "", grip);
  make("span", "name", texts.title, grip);
  const count = make("span", "count", "", grip);
  make("span", "split", "", bar);
  const buttons = {};
  for (const word of ["read", "expect", "look", "commit"]) {
    buttons[word] = make("button", word, texts[word], bar);
    buttons[word].title = texts[`${word}_tip`];
    buttons[word].addEventListener("click", () => hear(word));
  }
  make("button", "stop", texts.stop, bar).addEventListener("click", () => hear("stop"));
  const hint = make("div", "hint", "", root);
  hint.hidden = true;
  const panel = make("div", "ask", "", root);
  panel.hidden = true;

  const above = () => { // at the lower edge what it says stands over it
    const low = host.getBoundingClientRect().top > innerHeight / 2;
    for (const e of [hint, panel]) e.classList.toggle("up", low);
  };
  const show = (state) => {
    above();
    count.textContent = texts.count.replace("{n}", state.count || 0);
    for (const [word, button] of Object.entries(buttons)) button.classList.toggle("on", state.mode === word || (word === "look" && !!state.looking));
    hint.hidden = !state.mode;
    hint.textContent = state.mode ? texts[`${state.mode}_hint`] : "";
    if (state.x !== undefined && state.x !== null) move(state.x, state.y);
  };
  const ask = ({ id, question, choices, likely }) => {
    panel.replaceChildren();
    make("b", "", question, panel);
    choices.forEach((choice, number) => make("button", number === likely ? "likely" : "", choice, panel)
      .addEventListener("click", () => { panel.hidden = true; hear("answer", { id, answer: number }); }));
    above();
    panel.hidden = false;
  };
  const move = (x, y) => {
    host.style.setProperty("left", `${Math.max(4, Math.min(innerWidth - 120, x))}px`, "important");
    host.style.setProperty("top", `${Math.max(4, Math.min(innerHeight - 44, y))}px`, "important");
    host.style.setProperty("transform", "none", "important");
  };
  grip.addEventListener("pointerdown", (down) => {
    const box = host.getBoundingClientRect();
    const [dx, dy] = [down.clientX - box.left, down.clientY - box.top];
    grip.setPointerCapture(down.pointerId);
    const drag = (e) => move(e.clientX - dx, e.clientY - dy);
    grip.addEventListener("pointermove", drag);
    grip.addEventListener("pointerup", (e) => { grip.removeEventListener("pointermove", drag); hear("moved", { x: e.clientX - dx, y: e.clientY - dy }); }, { once: true });
  });
  const PLACES = [["50%", "10px"], ["50%", "calc(100% - 54px)"], ["calc(100% - 240px)", "10px"], ["240px", "calc(100% - 54px)"], ["240px", "10px"]];
  const CONTROLS = "a[href], button, input, select, textarea, summary, label, [role], [onclick], [tabindex]";
  const covers = () => { // how many of the page's controls lie below it
    const box = host.getBoundingClientRect(), below = new Set();
    for (let x = box.left + 4; x < box.right; x += 16)
      for (let y = box.top + 4; y < box.bottom; y += 12)
        for (const e of document.elementsFromPoint(x, y)) if (e !== host && e.matches(CONTROLS) && e.getBoundingClientRect().height < 200) below.add(e);
    return below.size;
  };
  const settle = () => { // stand where it is least in the way, until the person has put it somewhere
    const put = ([left, top]) => { host.style.setProperty("left", left, "important"); host.style.setProperty("top", top, "important"); };
    if (host.style.getPropertyValue("transform") === "none") return;
    const counts = PLACES.map((place) => { put(place); return covers(); });
    put(PLACES[counts.indexOf(Math.min(...counts))]);
  };
  const attach = () => {
    const modal = [...document.querySelectorAll("dialog:modal")].pop();
    const home = modal || document.documentElement;
    if (!home || host.parentNode === home) return;
    home.append(host);
    for (const [name, value] of [["position", "fixed"], ["left", "50%"], ["top", "10px"], ["transform", "translateX(-50%)"], ["z-index", "2147483647"]]) if (!host.style.getPropertyValue(name)) host.style.setProperty(name, value, "important");
    host.setAttribute("popover", "manual");
    try { host.showPopover(); } catch { /* an old browser shows it without the top layer */ }
  };
  return { attach, show, ask, settle, host };
}
