// Every page: the live socket with its badge, refreshing what changed, keys, and forms that cannot be sent twice.
"use strict";
(() => {
  const body = document.body;
  const badge = document.getElementById("live");
  const typing = (element) => element && element.matches("input:not([type=radio]):not([type=checkbox]), textarea, select");

  // ------------------------------------------------------------------------------------------- refreshing
  let refreshing = false;
  const zone = () => document.getElementById("fresh");

  function refresh() {
    const target = zone();
    if (!target || refreshing) return;
    if (target.contains(document.activeElement) && typing(document.activeElement)) {
      offer();
      return;
    }
    refreshing = true;
    const focused = document.activeElement && document.activeElement.id;
    htmx
      .ajax("GET", location.pathname + location.search, { target: "#fresh", select: "#fresh", swap: "outerHTML" })
      .then(() => focused && document.getElementById(focused) && document.getElementById(focused).focus())
      .finally(() => (refreshing = false));
  }

  function offer() {
    const bar = document.querySelector(".nc-fresh-bar");
    if (bar) bar.hidden = false;
  }

  let pending = 0;
  function changed(topics) {
    const target = zone();
    if (!target || !topics.some((topic) => (target.dataset.topics || "").split(" ").includes(topic))) return;
    if (target.dataset.refresh === "ask") offer();
    else {
      clearTimeout(pending);
      pending = setTimeout(refresh, 50 + Math.random() * 250); // not all tabs in the same moment
    }
  }

  function countTasks(number) {
    for (const cell of document.querySelectorAll('[data-cell="open_tasks"]')) {
      cell.textContent = number < 100 ? String(number) : "99+";
      cell.hidden = number === 0;
    }
  }

  function patchRun(message) {
    for (const row of document.querySelectorAll(`[data-run="${CSS.escape(message.run)}"]`)) {
      for (const name of ["step", "item"]) {
        const cell = row.querySelector(`[data-cell="${name}"]`);
        if (cell && message[name] !== undefined) cell.textContent = message[name];
      }
    }
    document.dispatchEvent(new CustomEvent("nc:run", { detail: message }));
  }

  // ---------------------------------------------------------------------------------------------- socket
  const backoff = { tries: 0 };
  function show(link) {
    if (!badge) return;
    badge.dataset.link = link;
    badge.querySelector("span").textContent = body.dataset[{ on: "liveText", lost: "lostText", connecting: "connectingText" }[link]];
  }

  function connect() {
    const watched = document.querySelector("[data-watch-run]");
    const query = watched ? `?run=${encodeURIComponent(watched.dataset.watchRun)}` : "";
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}${body.dataset.socket}${query}`);
    let sequence = 0;
    socket.onopen = () => {
      show("on");
      if (backoff.tries > 0 && zone() && zone().dataset.refresh === "auto") refresh();
      backoff.tries = 0;
    };
    socket.onmessage = (event) => {
      const message = JSON.parse(event.data);
      if (message.seq !== sequence + 1 && sequence) refresh();
      sequence = message.seq;
      if (message.type === "changed") {
        countTasks(message.open_tasks);
        changed(message.topics);
      } else if (message.type === "run") patchRun(message);
      else if (message.type === "film") document.dispatchEvent(new CustomEvent("nc:film", { detail: message }));
    };
    socket.onclose = (event) => {
      if (event.code === 4401) {
        location.assign("/sign-in?back=" + encodeURIComponent(location.pathname + location.search));
        return;
      }
      show("lost");
      backoff.tries += 1;
      setTimeout(connect, Math.min(15000, 400 * 2 ** Math.min(backoff.tries, 6)) * (0.5 + Math.random()));
    };
  }
  let leaving = false;
  addEventListener("pagehide", () => (leaving = true));
  if (body.dataset.socket && !leaving) connect();

  // ----------------------------------------------------------------------------------------------- forms
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent && form.method === "post") {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    // A download leaves the page where it is: its button works again.
    if (form.dataset.again !== undefined) setTimeout(() => delete form.dataset.sent, 3000);
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
    const drop = event.target.closest("[data-drop]");
    if (drop && event.target.files.length) drop.querySelector("[data-drop-name]").textContent = event.target.files[0].name;
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-refresh-now]")) refresh();
    for (const menu of document.querySelectorAll(".nc-user[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  for (const drop of document.querySelectorAll("[data-drop]")) {
    const input = drop.querySelector("input");
    drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("nc-over"); });
    drop.addEventListener("dragleave", () => drop.classList.remove("nc-over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.classList.remove("nc-over");
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  const now = document.querySelector("form[data-submit-now]");
  if (now) now.requestSubmit();

  // ---------------------------------------------------------------------------------------------- tables
  // A table that is wider than the screen is scrolled by keys, too.
  function reach() {
    for (const box of document.querySelectorAll(".table-responsive")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  }
  reach();
  addEventListener("resize", reach);
  document.addEventListener("htmx:afterSettle", reach);

  // ------------------------------------------------------------------------------------------------ keys
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "l") document.querySelector("#language-form button").click();
    else if (event.key === "d")
      [...document.querySelectorAll("#look-form button")].find((button) => button.offsetParent).click();
    else if (event.key === "/") {
      const search = document.querySelector("[data-search]");
      if (!search) return;
      event.preventDefault();
      search.focus();
      search.select();
    }
  });
})();
