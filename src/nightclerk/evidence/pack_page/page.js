"use strict";
// Replays one run from the data in this page. Everything is put on the screen as text, never as markup.
const data = JSON.parse(document.getElementById("data").textContent);
const ROW = 34;
const $ = (id) => document.getElementById(id);
const state = { language: "zh", now: -1, only: false, item: "", search: "", rows: [], shown: [] };

function say(key, facts = {}) {
  const text = data.words[state.language][key] ?? key.split(".").pop();
  return text.replace(/\{(\w+)\}/g, (whole, name) => facts[name] ?? whole);
}
function ending(outcome) {
  return known(`console.outcome_of_step.${outcome}`, known(`console.state.${outcome}`, known(`console.run_state.${outcome}`, outcome)));
}
function known(key, otherwise) { return data.words[state.language][key] ?? otherwise; }
function make(tag, kind, text) {
  const node = document.createElement(tag);
  if (kind) node.className = kind;
  if (text !== undefined) node.textContent = shown(text);
  return node;
}
function shown(value) {
  const text = typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
  // no turned writing direction and no control character from a journal changes how the page reads
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}
function local(at, long) {
  const moment = new Date(at);
  const pad = (n) => String(n).padStart(2, "0");
  const clock = `${pad(moment.getHours())}:${pad(moment.getMinutes())}:${pad(moment.getSeconds())}`;
  return long ? `${moment.getFullYear()}-${pad(moment.getMonth() + 1)}-${pad(moment.getDate())} ${clock}` : clock;
}
function span(ms) { return ms < 1000 ? `${ms} ms` : ms < 60000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(ms / 60000)} min ${Math.round((ms % 60000) / 1000)} s`; }
function title(one) {
  if (one.kind === "step") return one.title ?? "";
  if (one.verb) return `${known(`console.verb.${one.verb}`, one.verb)} ${one.title ?? ""}`.trim();
  return known(`console.note.${one.what || one.kind}`, one.what || one.kind);
}
function facts(list, entries) {
  list.replaceChildren();
  for (const [name, value, mono] of entries) {
    if (value === undefined || value === null || value === "") continue;
    const pair = make("div");
    pair.append(make("dt", "", name), make("dd", mono ? "mono" : "", value));
    list.append(pair);
  }
}

function parts() { // a run that several machines worked on has a page for each of them
  $("parts").replaceChildren();
  if (data.parts.length < 2) return;
  $("parts").append(make("span", "", say("pack.parts", { n: data.parts.length })));
  for (const [at, part] of data.parts.entries()) {
    const here = part.run === data.run;
    const link = make(here ? "b" : "a", "", String(at + 1));
    if (!here) link.href = part.page;
    $("parts").append(link);
  }
}

// ---------------------------------------------------------------------------------------- frame
function frame() {
  document.documentElement.lang = state.language === "zh" ? "zh-CN" : "en";
  document.title = `${shown(data.run)} · NightClerk`;
  for (const node of document.querySelectorAll("[data-say]")) node.textContent = say(node.dataset.say);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", say(node.dataset.label));
  for (const node of document.querySelectorAll("[data-hint]")) { node.placeholder = say(node.dataset.hint); node.setAttribute("aria-label", say(node.dataset.hint)); }
  $("language").textContent = state.language === "zh" ? "English" : "中文";
  $("language").lang = state.language === "zh" ? "en" : "zh-CN";
  $("bot").textContent = shown(data.facts.bot ?? data.run);
  $("run").textContent = shown(data.run);
  parts();
  badges();
  const took = data.began && data.ended ? span(new Date(data.ended) - new Date(data.began)) : "";
  const of = data.facts;
  facts($("facts"), [
    [say("pack.began"), data.began && local(data.began, true)], [say("pack.took"), took], [say("pack.by"), of.started_by],
    [say("pack.machine"), of.machine], [say("pack.flow"), of.flow], [say("pack.day"), of.day],
    [say("pack.parameters"), of.parameters && Object.keys(of.parameters).length ? JSON.stringify(of.parameters) : ""],
    [say("pack.counts"), data.closing.counts && Object.entries(data.closing.counts).filter(([, n]) => n).map(([k, n]) => `${ending(k)} ${n}`).join(" · ")],
    [say("pack.steps"), data.steps],
  ]);
  $("verdict").textContent = data.verdict[state.language].map(shown).join("\n");
  $("verdict").className = data.state === "broken" ? "verdict bad" : "verdict";
  const failures = data.moments.filter((one) => one.bad).length;
  $("failures").textContent = say("pack.failures", { n: failures });
  $("failures").disabled = failures === 0;
  choices();
  fileTable();
  facts($("proof"), [[say("pack.lines"), data.head.seq], [say("pack.hash"), data.head.hash, true], [say("pack.public_key"), data.key, true]]);
  $("removed").replaceChildren(...data.removed.map((one) => make("li", "", say(`pack.removed_${one.kind}`, { n: one.removed, at: local(one.at, true), who: one.who, why: one.why }))));
}
function badges() {
  const outcome = data.outcome ? ending(data.outcome) : say("pack.not_ended");
  const tone = data.outcome === "done" ? "good" : data.outcome ? "bad" : "wait";
  const proof = { sealed: "good", open: "wait", broken: "bad", removed: "" }[data.state];
  const kids = [make("span", `badge ${tone}`, outcome), make("span", `badge ${proof}`, say(`pack.state_${data.state}`))];
  if (data.facts.rehearse) kids.push(make("span", "badge wait", say("pack.rehearsal")));
  $("badges").replaceChildren(...kids);
}
function choices() {
  const keys = [...new Set(data.items.map((one) => one.key))];
  const all = new Option(say("pack.all_items", { n: keys.length }), "");
  $("item").replaceChildren(all, ...keys.map((key) => new Option(shown(key), key)));
  $("item").value = state.item;
  $("item").hidden = keys.length < 2;
}
function fileTable() {
  $("files-card").hidden = data.files.length === 0;
  $("files").replaceChildren(...data.files.map((file) => {
    const row = make("tr"), name = make("td");
    if (file.there) {
      const link = make("a", "", file.name);
      link.href = `runs/${encodeURIComponent(data.run)}/files/${encodeURIComponent(file.path)}`;
      link.download = shown(file.name);
      name.append(link);
    } else name.append(make("span", "quiet", `${file.name} (${say("pack.gone")})`));
    row.append(name, make("td", "", known(`console.file.${file.kind}`, file.kind)), make("td", "", `${(file.bytes / 1024).toFixed(1)} KB`), make("td", "mono", file.sha256));
    return row;
  }));
}

// ------------------------------------------------------------------------------------- timeline
function choose() {
  const search = state.search.toLowerCase();
  const fits = (one) => (!state.only || one.bad) && (!state.item || one.item === state.item) &&
    (!search || `${title(one)} ${one.value ?? ""} ${one.item ?? ""} ${one.step ?? ""} ${JSON.stringify(one.facts ?? {})}`.toLowerCase().includes(search));
  state.shown = data.moments.map((one, number) => number).filter((number) => fits(data.moments[number]));
  state.rows = [];
  let item = "";
  for (const number of state.shown) {
    const one = data.moments[number];
    if ((one.item ?? "") !== item) { item = one.item ?? ""; if (item) state.rows.push({ head: item }); }
    state.rows.push({ number });
  }
  $("tall").style.height = `${state.rows.length * ROW}px`;
  bar();
  draw();
}
function draw() {
  const box = $("rows"), first = Math.max(0, Math.floor(box.scrollTop / ROW) - 10);
  const last = Math.min(state.rows.length, first + Math.ceil(box.clientHeight / ROW) + 20);
  const nodes = [];
  for (let place = first; place < last; place += 1) nodes.push(rowAt(place));
  $("tall").replaceChildren(...nodes);
}
function rowAt(place) {
  const { head, number } = state.rows[place];
  const row = make("div", "row");
  row.style.top = `${place * ROW}px`;
  if (head !== undefined) { row.classList.add("head-row"); row.append(make("span", "mono", head)); return row; }
  const one = data.moments[number];
  row.classList.add(one.kind, `d${Math.min(one.depth ?? 0, 3)}`);
  if (one.bad) row.classList.add("failed");
  row.setAttribute("role", "option");
  row.setAttribute("aria-selected", String(number === state.now));
  const text = make("span", "text");
  text.append(make("b", "", title(one)));
  if (one.value !== undefined) text.append(make("span", "", ` ${one.value}`));
  const end = make("span", "end");
  if (one.commit) end.append(make("span", "lock", say("pack.commit")));
  if (one.outcome && one.outcome !== "ok") end.append(make("span", "", ending(one.outcome)));
  if (one.ms !== undefined) end.append(make("span", "", span(one.ms)));
  else if (one.picture) end.append(make("span", "dot"));
  row.append(make("time", "", local(one.at)), text, end);
  row.addEventListener("click", () => go(number));
  return row;
}
function bar() {
  const steps = data.moments.map((one, number) => [one, number]).filter(([one]) => one.kind === "step" && !one.depth).slice(0, 600);
  $("bar").hidden = steps.length < 2;
  $("bar").replaceChildren(...steps.map(([one, number]) => {
    const piece = make("i", one.bad ? "failed" : "");
    piece.style.flexGrow = Math.max(one.ms ?? 1, 1);
    piece.addEventListener("click", () => go(number));
    return piece;
  }));
}

// ---------------------------------------------------------------------------------------- stage
function go(number) {
  if (!(number >= 0 && number < data.moments.length)) return;
  state.now = number;
  const place = state.rows.findIndex((row) => row.number === number), box = $("rows");
  if (place >= 0 && (place * ROW < box.scrollTop || (place + 2) * ROW > box.scrollTop + box.clientHeight)) box.scrollTop = Math.max(0, place * ROW - box.clientHeight / 3);
  draw();
  show(data.moments[number]);
  const at = state.shown.indexOf(number);
  $("position").textContent = at < 0 ? `– / ${state.shown.length}` : `${at + 1} / ${state.shown.length}`;
  history.replaceState(null, "", `#${number + 1}`);
}
function step(way) {
  const at = state.shown.indexOf(state.now);
  const next = at < 0 ? (way > 0 ? state.shown.find((n) => n > state.now) : state.shown.findLast((n) => n < state.now)) : state.shown[at + way];
  if (next !== undefined) go(next);
}
function pictureOf(number) {
  for (let n = number; n >= 0; n -= 1) if (data.moments[n].picture) return [data.moments[n].picture, n === number];
  return ["", true];
}
function show(one) {
  const [picture, own] = pictureOf(state.now), image = $("picture");
  const unpictured = one.facts?.unpictured;
  $("screen").dataset.picture = picture && !unpictured ? "yes" : "no";
  $("empty").textContent = unpictured ? say(unpictured === "budget" ? "pack.budget" : "pack.secret_screen") : say("pack.no_picture");
  if (picture) image.src = `runs/${encodeURIComponent(data.run)}/pictures/${picture}.webp`;
  image.alt = say("pack.picture");
  image.dataset.own = own ? "yes" : "no";
  boxes(one);
  detail(one, own, picture);
}
function boxes(one) {
  const image = $("picture"), overlay = $("overlay");
  overlay.replaceChildren();
  if (!one.box || !image.naturalWidth) return;
  overlay.setAttribute("viewBox", `0 0 ${image.naturalWidth} ${image.naturalHeight}`);
  overlay.style.width = `${image.clientWidth}px`;
  overlay.style.height = `${image.clientHeight}px`;
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  ["x", "y", "width", "height"].forEach((name, n) => rect.setAttribute(name, one.box[n]));
  if (one.commit) rect.classList.add("commit");
  if (image.dataset.own === "no") rect.classList.add("guess");
  overlay.append(rect);
}
function detail(one, own, picture) {
  const head = make("h3", "", title(one)), list = make("dl", "facts"), kids = [head];
  if (one.commit) head.append(make("span", "badge bad", say("pack.commit_long")));
  if (one.outcome) head.append(make("span", `badge ${one.bad ? "bad" : "good"}`, one.outcome === "ok" ? "✓" : ending(one.outcome)));
  if (one.value !== undefined) { const line = make("p"); line.append(make("span", "value", one.value)); kids.push(line); }
  const { reason, unpictured, ...rest } = one.facts ?? {};
  if (reason) kids.push(make("p", "reason", reason));
  if (picture && !own && !unpictured) kids.push(make("p", "quiet", say("pack.older_picture")));
  facts(list, [[say("pack.when"), local(one.at, true)], [say("pack.step"), one.kind === "step" ? "" : one.step], [say("pack.item"), one.item, true],
    ["SHA-256", one.sha256, true], ...Object.entries(rest).map(([name, value]) => [known(`console.fact.${name}`, name), value, true])]);
  $("detail").replaceChildren(...kids, list);
}

// ------------------------------------------------------------------------------------- controls
function look(name) { document.documentElement.dataset.look = name; }
function all() { frame(); choose(); if (state.now >= 0) go(state.now); }
$("language").addEventListener("click", () => { state.language = state.language === "zh" ? "en" : "zh"; all(); });
$("look").addEventListener("click", () => look(document.documentElement.dataset.look === "dark" ? "light" : "dark"));
$("before").addEventListener("click", () => step(-1));
$("after").addEventListener("click", () => step(1));
function onlyFailures() { state.only = !state.only; $("failures").setAttribute("aria-pressed", String(state.only)); choose(); if (state.shown.length) go(state.shown.includes(state.now) ? state.now : state.shown[0]); }
$("failures").addEventListener("click", onlyFailures);
$("item").addEventListener("change", (event) => { state.item = event.target.value; choose(); if (state.shown.length) go(state.shown[0]); });
$("search").addEventListener("input", (event) => { state.search = event.target.value; choose(); });
$("rows").addEventListener("scroll", draw);
$("picture").addEventListener("load", () => { if (state.now >= 0) boxes(data.moments[state.now]); });
$("picture").addEventListener("error", () => { $("screen").dataset.picture = "no"; $("empty").textContent = say("pack.gone_picture"); });
window.addEventListener("resize", () => { draw(); if (state.now >= 0) boxes(data.moments[state.now]); });
document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, select") || event.metaKey || event.ctrlKey || event.altKey) return;
  const act = { ArrowRight: () => step(1), ArrowDown: () => step(1), j: () => step(1), ArrowLeft: () => step(-1), ArrowUp: () => step(-1), k: () => step(-1), f: onlyFailures, F: onlyFailures, Home: () => go(state.shown[0]), End: () => go(state.shown.at(-1)) }[event.key];
  if (act) { event.preventDefault(); act(); }
});
state.language = (navigator.language || "zh").startsWith("zh") ? "zh" : "en";
look(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
all();
const asked = Number(location.hash.slice(1));
const firstBad = data.moments.findIndex((one) => one.bad);
go(asked >= 1 ? asked - 1 : firstBad >= 0 ? firstBad : 0);
