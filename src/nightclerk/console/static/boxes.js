// Draws the box of an element over its picture, in the picture's own pixels, and scrolls nothing.
"use strict";
(() => {
  for (const frame of document.querySelectorAll("[data-boxed]")) {
    const image = frame.querySelector("img");
    const overlay = frame.querySelector("svg");
    const box = frame.dataset.boxed.split(",").map(Number);
    const draw = () => {
      if (box.length !== 4 || !image.naturalWidth) return;
      overlay.setAttribute("viewBox", `0 0 ${image.naturalWidth} ${image.naturalHeight}`);
      const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      ["x", "y", "width", "height"].forEach((name, i) => rect.setAttribute(name, box[i] + [-4, -4, 8, 8][i]));
      rect.setAttribute("rx", 5);
      overlay.replaceChildren(rect);
    };
    if (image.complete) draw();
    else image.addEventListener("load", draw);
  }
})();
