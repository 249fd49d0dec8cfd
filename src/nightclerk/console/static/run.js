// The replay: moments by arrow keys, the box over the picture, deep links; and the picture of now while a run goes on.
"use strict";
(() => {
  const list = document.getElementById("moments");
  const image = document.getElementById("picture");
  const overlay = document.getElementById("overlay");
  const stage = document.getElementById("stage");
  if (!stage) return;
  const run = stage.dataset.run;
  const rows = list ? [...list.querySelectorAll("[data-number]")] : [];
  let at = -1;

  function drawBox(box, width, height) {
    overlay.replaceChildren();
    if (!box || !width || !height) return;
    overlay.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    ["x", "y", "width", "height"].forEach((name, i) => rect.setAttribute(name, box[i] + [-4, -4, 8, 8][i]));
    rect.setAttribute("rx", 6);
    overlay.append(rect);
  }

  function paint(sha256, box) {
    stage.dataset.pictured = sha256 ? "yes" : "no";
    overlay.replaceChildren();
    if (!sha256) return;
    const address = `/shots/${encodeURIComponent(run)}/${sha256}.webp`;
    const draw = () => drawBox(box, image.naturalWidth, image.naturalHeight);
    if (image.getAttribute("src") === address && image.complete) draw();
    else {
      image.onload = draw;
      image.src = address;
    }
  }

  // ----------------------------------------------------------------------------------------------- replay
  const boxOf = (row) => (row.dataset.box ? row.dataset.box.split(",").map(Number) : null);

  // A moment without a picture of its own shows the latest one before it, without a box.
  function pictureFor(index) {
    for (let i = index; i >= 0; i -= 1) if (rows[i].dataset.picture) return [rows[i].dataset.picture, i === index ? boxOf(rows[i]) : null];
    return ["", null];
  }

  function go(index, { link = true } = {}) {
    if (!rows.length) return;
    at = Math.max(0, Math.min(rows.length - 1, index));
    rows.forEach((row, i) => row.classList.toggle("nc-here", i === at));
    rows.forEach((row, i) => (i === at ? row.setAttribute("aria-current", "step") : row.removeAttribute("aria-current")));
    const row = rows[at];
    row.scrollIntoView({ block: "nearest" });
    const [sha256, box] = pictureFor(at);
    paint(sha256, box);
    document.getElementById("caption").replaceChildren(...[...row.querySelector("template").content.cloneNode(true).childNodes]);
    document.getElementById("position").textContent = `${row.dataset.number} / ${list.dataset.total}`;
    if (link) history.replaceState(null, "", `#step=${row.dataset.number}`);
    for (const next of [at + 1, at + 2, at - 1]) {
      if (rows[next] && rows[next].dataset.picture) new Image().src = `/shots/${encodeURIComponent(run)}/${rows[next].dataset.picture}.webp`;
    }
  }

  function turn(which) {
    const link = document.getElementById(which === 1 ? "page-next" : "page-before");
    if (link) location.assign(link.href + (which === 1 ? "" : "#step=last"));
  }

  function move(by) {
    if (at + by >= rows.length) turn(1);
    else if (at + by < 0) turn(-1);
    else go(at + by);
  }

  function fromLink() {
    const wanted = /#step=(\d+|last)/.exec(location.hash);
    if (!wanted) return go(Math.max(0, rows.findIndex((row) => row.dataset.picture)), { link: false });
    if (wanted[1] === "last") return go(rows.length - 1);
    const index = rows.findIndex((row) => row.dataset.number === wanted[1]);
    if (index >= 0) return go(index);
    const query = new URLSearchParams(location.search);
    const page = Math.ceil(Number(wanted[1]) / Number(list.dataset.rows));
    if (query.has("only") || query.has("key") || Number(query.get("page") || 1) === page) return go(0, { link: false });
    query.set("page", page);
    location.replace(`${location.pathname}?${query}#step=${wanted[1]}`);
  }

  if (rows.length) {
    list.addEventListener("click", (event) => {
      const row = event.target.closest("[data-number]");
      if (row) go(rows.indexOf(row));
    });
    document.getElementById("before").addEventListener("click", () => move(-1));
    document.getElementById("next").addEventListener("click", () => move(1));
    addEventListener("hashchange", fromLink);
    fromLink();
  }
  for (const mark of document.querySelectorAll("[data-go]")) mark.addEventListener("click", () => (location.hash = `#step=${mark.dataset.go}`));

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
    const acts = { ArrowRight: () => move(1), ArrowLeft: () => move(-1), Home: () => go(0), End: () => go(rows.length - 1) };
    if (event.key === "f") document.getElementById("only-failed")?.click();
    else if (acts[event.key] && rows.length) {
      event.preventDefault();
      acts[event.key]();
    }
  });

  // ------------------------------------------------------------------------------------------------- live
  const ticker = document.getElementById("ticker");
  document.addEventListener("nc:film", (event) => {
    for (const line of event.detail.lines) {
      if (line.kind === "picture") {
        paint(line.picture, line.box);
        continue;
      }
      if (!ticker) continue;
      const row = document.createElement("li");
      row.className = `nc-m-${line.kind}`;
      row.append(line.text);
      if (line.value) {
        const value = document.createElement("b");
        value.textContent = line.value;
        row.append(" ", value);
      }
      ticker.append(row);
      while (ticker.children.length > 60) ticker.firstElementChild.remove();
      ticker.scrollTop = ticker.scrollHeight;
      if (line.kind === "step") document.getElementById("live-step").textContent = line.text;
    }
  });
  document.addEventListener("nc:run", (event) => {
    const { run: changed, state } = event.detail;
    if (changed === run && stage.dataset.live && !["running", "queued"].includes(state)) location.reload();
  });
})();
