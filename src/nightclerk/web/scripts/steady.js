// Whether the document still is what `private.js` measured: {steady, touched: boxes of what changed in between}.
() => {
  const watch = window[Symbol.for("nightclerk.watch")];
  if (!watch) return { steady: false, touched: null, now: null }; // another document has taken its place
  delete window[Symbol.for("nightclerk.watch")];
  const records = [...watch.touched, ...watch.observer.takeRecords()];
  watch.observer.disconnect();
  const now = watch.collect();
  if (!records.length && JSON.stringify(now) === watch.was) return { steady: true, touched: [], now: null };
  const element = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement || node.host || document.documentElement);
  const touched = [...new Set(records.map((record) => element(record.target)))]
    .map((node) => node.getBoundingClientRect())
    .map((r) => [r.left, r.top, r.width, r.height]);
  return { steady: false, touched, now };
}
