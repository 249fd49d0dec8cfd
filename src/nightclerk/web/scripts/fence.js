// The fence of commits, in the page: an event of a click or key that comes after its permit is over is swallowed
// before any handler of the page sees it. It runs first in every document (an init script), minds nothing until a
// commit arms it, and counts what it let through, so that "nothing was clicked" can be proven.
() => {
  if (window.__nightclerkFence) return window.__nightclerkFence;
  const KINDS = ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click', 'auxclick', 'dblclick', 'touchstart',
    'touchend', 'keydown', 'keypress', 'keyup', 'beforeinput', 'input', 'change', 'submit', 'drop'];
  const STRAGGLER_MS = 1000;
  let armed = null;
  let shutUntil = 0;
  const late = () => performance.now() >= armed.until || Date.now() >= armed.untilWall;
  const mind = (event) => {
    const closed = armed ? late() : shutUntil > performance.now();
    if (closed) {
      event.stopImmediatePropagation();
      event.preventDefault();
      if (armed) armed.swallowed += 1;
    } else if (armed) {
      armed.passed += 1;
    }
  };
  for (const kind of KINDS) window.addEventListener(kind, mind, {capture: true, passive: false});
  const fence = {
    now: () => [performance.now(), Date.now()],
    arm: (until, untilWall) => { armed = {until, untilWall, passed: 0, swallowed: 0}; shutUntil = 0; },
    // What came: after this nothing is minded any more, but where nothing had passed, stragglers stay outside.
    settle: () => {
      const came = armed ? {passed: armed.passed, swallowed: armed.swallowed} : null;
      if (came && !came.passed) shutUntil = performance.now() + STRAGGLER_MS;
      armed = null;
      return came;
    },
  };
  Object.defineProperty(window, '__nightclerkFence', {value: fence});
  return fence;
}
