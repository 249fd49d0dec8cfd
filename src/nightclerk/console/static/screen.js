// A run's screen: the picture about once a second, four times while one's own hands are on it, and what the hands do.
"use strict";
(() => {
  const home = document.getElementById("screen");
  if (!home) return;
  const view = document.getElementById("view");
  const why = document.getElementById("why");
  const typing = document.getElementById("typing");
  const address = (word) => `/runs/${encodeURIComponent(home.dataset.run)}/${word}`;
  const BUTTONS = ["left", "middle", "right"];
  let number = 0;
  let mine = false;
  let size = [0, 0];

  // ------------------------------------------------------------------------------------------------ seeing
  function say(text) {
    document.querySelector("#told b").textContent = text;
  }

  function hint(text) {
    why.hidden = !text;
    if (text) why.querySelector("span").textContent = text;
  }

  function show(facts) {
    mine = facts.mine && facts.phase === "held";
    home.dataset.phase = facts.phase;
    home.dataset.mine = mine ? "yes" : "no";
    say(facts.told);
    hint(facts.why);
    for (const name of ["item", "app", "where", "acts"]) document.getElementById(`fact-${name}`).textContent = facts[name] || "–";
    const take = document.querySelector("[data-phase-working]");
    const back = document.querySelector("[data-phase-mine]");
    if (take) take.hidden = facts.phase !== "working";
    if (back) back.hidden = !facts.mine;
    typing.hidden = !mine;
  }

  async function paint(body) {
    const picture = await createImageBitmap(body);
    if (view.width !== picture.width || view.height !== picture.height) [view.width, view.height] = [picture.width, picture.height];
    view.getContext("2d").drawImage(picture, 0, 0);
    picture.close();
  }

  // False when there is nothing more to be seen here.
  async function look() {
    const answer = await fetch(`${address("sight")}?after=${number}`, { redirect: "manual" });
    if (answer.type === "opaqueredirect") return location.assign(`/sign-in?back=${encodeURIComponent(location.pathname)}`);
    if (answer.status === 409) {
      say((await answer.json()).error);
      hint("");
      home.dataset.phase = "over";
      mine = false;
      return false;
    }
    if (!answer.ok) return true;
    const facts = JSON.parse(decodeURIComponent(answer.headers.get("Sight")));
    const body = await answer.blob();
    show(facts);
    size = facts.size;
    if (body.size) {
      await paint(body);
      number = facts.number;
      view.dataset.painted = number;
    }
    return true;
  }

  async function watch() {
    let going = true;
    try {
      if (!document.hidden) going = await look();
    } catch {
      hint(document.body.dataset.lostText);
    }
    if (going !== false) setTimeout(watch, mine ? 250 : 1000);
  }

  // ------------------------------------------------------------------------------------------------ acting
  const line = [];
  let sending = false;

  async function flush() {
    if (sending || !line.length) return;
    sending = true;
    const hands = line.splice(0, 100);
    const headers = { "Content-Type": "application/json", "X-CSRF-Token": home.dataset.csrf };
    try {
      const answer = await fetch(address("hands"), { method: "POST", headers, body: JSON.stringify({ hands }) });
      if (!answer.ok) {
        line.length = 0; // what comes after a lost gesture would land somewhere else
        say((await answer.json()).error);
      }
    } catch {
      line.length = 0;
      hint(document.body.dataset.lostText);
    }
    sending = false;
    setTimeout(flush, 90);
  }

  function push(hand) {
    if (!mine) return;
    line.push(hand);
    flush();
  }

  function at(event) {
    const box = view.getBoundingClientRect();
    const part = (value, length) => Math.min(1, Math.max(0, value / length));
    return { x: Math.round(part(event.clientX - box.left, box.width) * size[0]), y: Math.round(part(event.clientY - box.top, box.height) * size[1]) };
  }

  const mouse = (gesture) => (event) => {
    if (!mine) return;
    event.preventDefault();
    typing.focus({ preventScroll: true });
    push({ gesture, ...at(event), button: BUTTONS[event.button] || "left", clicks: Math.min(3, Math.max(1, event.detail)) });
  };
  let moved = 0;
  view.addEventListener("mousedown", mouse("down"));
  view.addEventListener("mouseup", mouse("up"));
  view.addEventListener("contextmenu", (event) => mine && event.preventDefault());
  view.addEventListener("mousemove", (event) => {
    const now = performance.now();
    if (!mine || now - moved < (event.buttons ? 50 : 200)) return;
    moved = now;
    push({ gesture: "move", ...at(event) });
  });
  view.addEventListener("wheel", (event) => {
    if (!mine) return;
    event.preventDefault();
    push({ gesture: "wheel", ...at(event), wheel: Math.round(event.deltaY) });
  }, { passive: false });

  // Text goes through a field of our own, so that Chinese input methods and pasting work; keys go as chords.
  function typed() {
    if (typing.value) push({ gesture: "text", text: typing.value });
    typing.value = "";
  }
  typing.addEventListener("input", (event) => !event.isComposing && typed());
  typing.addEventListener("compositionend", typed);
  typing.addEventListener("keydown", (event) => {
    event.stopPropagation(); // the page's own keys rest while the screen has the hands
    if (event.isComposing || ["Control", "Alt", "Shift", "Meta", "Process"].includes(event.key)) return;
    if (event.altKey && event.key === "Enter") {
      event.preventDefault();
      document.getElementById("back-go-on").focus(); // the way out for people without a mouse
      return;
    }
    const chord = event.ctrlKey || event.altKey || event.metaKey;
    if (!chord && event.key.length === 1) return;
    if (event.ctrlKey && event.key.toLowerCase() === "v") return; // what is pasted comes as text
    event.preventDefault();
    const held = [["ctrlKey", "Control"], ["altKey", "Alt"], ["metaKey", "Meta"], ["shiftKey", "Shift"]];
    const name = event.key === " " ? "Space" : event.key.length === 1 ? event.key.toUpperCase() : event.key;
    push({ gesture: "key", key: [...held.filter(([flag]) => event[flag]).map(([, word]) => word), name].join("+") });
  });

  watch();
})();
