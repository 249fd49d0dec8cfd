// Which of the nodes stands next to `anchor`: nearest of all, or nearest to its right or below it. -1 when none does.
(nodes, [how, anchor]) => {
  const box = (node) => node.getBoundingClientRect();
  const a = box(anchor);
  const between = (low, high, from, to) => Math.min(high, to) - Math.max(low, from);
  const gap = (low, high, from, to) => Math.max(0, from - high, low - to);
  const fits = (b) => {
    if (how === "right_of") return b.left >= a.right - 2 && between(a.top, a.bottom, b.top, b.bottom) > 0;
    if (how === "below") return b.top >= a.bottom - 2 && between(a.left, a.right, b.left, b.right) > 0;
    return true;
  };
  let best = -1, least = Infinity;
  nodes.forEach((node, place) => {
    const b = box(node);
    if (node === anchor || !fits(b)) return;
    const away = Math.hypot(gap(a.left, a.right, b.left, b.right), gap(a.top, a.bottom, b.top, b.bottom));
    if (away < least) [best, least] = [place, away];
  });
  return best;
}
