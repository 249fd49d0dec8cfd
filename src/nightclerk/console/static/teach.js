// Marking fields on an invoice's page: a drag over the value writes a mark in points; marks can be typed as well.
"use strict";
(() => {
  const marks = document.getElementById("marks");
  const chosen = () => document.querySelector('input[name="field"]:checked');

  function lines() {
    return marks.value.split("\n").map((line) => line.trim()).filter(Boolean);
  }

  function draw() {
    for (const sheet of document.querySelectorAll(".nc-teach")) {
      const rects = lines()
        .map((line) => /^(\w+)=(\d+):([\d.]+),([\d.]+),([\d.]+),([\d.]+)$/.exec(line))
        .filter((found) => found && found[2] === sheet.dataset.page)
        .map((found) => rectOf(found.slice(3).map(Number), found[1]));
      sheet.querySelector("svg").replaceChildren(...rects);
    }
  }

  function rectOf([left, top, right, bottom], name) {
    const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    const sizes = { x: left, y: top, width: right - left, height: bottom - top };
    for (const [key, value] of Object.entries(sizes)) rect.setAttribute(key, value);
    const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
    title.textContent = name;
    rect.append(title);
    return rect;
  }

  function place(sheet, event) {
    const box = sheet.getBoundingClientRect();
    const clamp = (value) => Math.min(1, Math.max(0, value));
    return [
      clamp((event.clientX - box.left) / box.width) * Number(sheet.dataset.width),
      clamp((event.clientY - box.top) / box.height) * Number(sheet.dataset.height),
    ];
  }

  for (const sheet of document.querySelectorAll(".nc-teach")) {
    let from = null;
    sheet.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      from = place(sheet, event);
      sheet.setPointerCapture(event.pointerId);
    });
    sheet.addEventListener("pointerup", (event) => {
      if (!from) return;
      const to = place(sheet, event);
      const edges = [Math.min(from[0], to[0]), Math.min(from[1], to[1]), Math.max(from[0], to[0]), Math.max(from[1], to[1])];
      from = null;
      if (edges[2] - edges[0] < 3 || edges[3] - edges[1] < 3) return;
      const field = chosen().value;
      const kept = lines().filter((line) => !line.startsWith(`${field}=`));
      marks.value = [...kept, `${field}=${sheet.dataset.page}:${edges.map((edge) => edge.toFixed(1)).join(",")}`].join("\n");
      marks.dispatchEvent(new Event("input", { bubbles: true }));
      const next = chosen().closest("label").nextElementSibling;
      if (next) next.querySelector("input").checked = true;
    });
  }
  marks.addEventListener("input", draw);
  addEventListener("pageshow", draw);
  draw();
})();
