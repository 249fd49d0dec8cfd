// Which menu opened because the mouse came over something: asked at a click, so that the recorded flow hovers first.
(tools) => {
  const MENUS = "ul, ol, menu, [role=menu], [class*=menu i], [class*=dropdown i], [class*=submenu i], [class*=popover i], [class*=flyout i]";
  const opened = new Map(); // container -> the element that the mouse was over when it appeared
  let known = null;
  let timer = 0;
  let under = null;
  const shown = () => new Set([...document.querySelectorAll(MENUS)].slice(0, 400).filter(tools.visible));
  const look = () => {
    const now = shown();
    if (known) for (const menu of now) if (!known.has(menu) && under && !menu.contains(under)) opened.set(menu, under);
    for (const menu of [...opened.keys()]) if (!now.has(menu)) opened.delete(menu);
    known = now;
  };
  const owner = (e) => e.closest("a, button, [role=menuitem], [role=button], [aria-haspopup], li, [tabindex]") || e;
  const over = (event) => {
    if (known === null) return void (known = shown());
    const e = event.composedPath()[0];
    if (!(e instanceof Element)) return;
    under = owner(e);
    look();
    again(120);
  };
  // Kits wait before they open a menu: looked for while the mouse rests, less and less often.
  const again = (delay) => {
    clearTimeout(timer);
    timer = setTimeout(() => { look(); if (delay < 4000) again(delay * 2); }, delay);
  };
  // After a click, what appears is the click's doing.
  const forget = () => { clearTimeout(timer); opened.clear(); known = null; setTimeout(() => { known = shown(); }, 150); };
  const chain = (e) => {
    look();
    const found = [];
    for (const [menu, trigger] of opened) if (menu.contains(e) && trigger !== e && trigger.isConnected) found.push([menu, trigger]);
    found.sort((a, b) => (a[0].contains(b[0]) ? -1 : 1));
    return [...new Set(found.map((pair) => pair[1]))];
  };
  const start = () => { known = shown(); };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start); else start();
  addEventListener("pointerover", over, true);
  return { chain, forget };
}
