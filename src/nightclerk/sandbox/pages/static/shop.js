// Shared by the practice shops: one POST a write, toasts that go by themselves, a virtual portal-mounted select.
async function post(url, body) {
  let answer;
  try {
    answer = await fetch(url, {method: 'POST', headers: {'Content-Type': 'application/json', Accept: 'application/json'}, body: JSON.stringify(body)});
  } catch (lost) {
    return {ok: false, message: '网络异常，请稍后重试', unsure: true};
  }
  if (answer.status === 401) { location.reload(); return {ok: false, message: '登录已失效', login: true}; }
  try { return await answer.json(); } catch (broken) { return {ok: false, message: '系统繁忙，请稍后重试', unsure: true}; }
}

function toast(text, kind) {
  const box = document.createElement('div');
  box.className = 'shop-toast ' + (kind || 'success');
  box.setAttribute('role', 'status');
  box.textContent = text;
  document.body.append(box);
  setTimeout(() => box.remove(), 3000);
}

// The list lives in a portal at the end of the body and draws only the options that are in view.
function virtualSelect(field, options, portal, onPick) {
  const height = 34, shown = 8;
  const panel = document.createElement('div');
  panel.className = 'next-overlay-inner select-panel';
  panel.setAttribute('role', 'listbox');
  const space = document.createElement('div');
  space.style.cssText = `height:${options.length * height}px;position:relative`;
  panel.append(space);
  const draw = () => {
    const first = Math.max(0, Math.floor(panel.scrollTop / height) - 1);
    space.replaceChildren(...options.slice(first, first + shown + 2).map((name, n) => {
      const item = document.createElement('div');
      item.className = 'next-menu-item';
      item.setAttribute('role', 'option');
      item.textContent = name;
      item.style.cssText = `top:${(first + n) * height}px;height:${height}px`;
      item.addEventListener('click', () => { close(); onPick(name); });
      return item;
    }));
  };
  const close = () => { panel.remove(); field.setAttribute('aria-expanded', 'false'); document.removeEventListener('mousedown', away, true); };
  const away = (event) => { if (!panel.contains(event.target) && !field.contains(event.target)) close(); };
  const open = () => {
    if (panel.isConnected) { close(); return; }
    const at = field.getBoundingClientRect();
    panel.style.cssText = `left:${at.left}px;top:${at.bottom + 4}px;width:${at.width}px;height:${height * Math.min(shown, options.length)}px`;
    portal.append(panel);
    field.setAttribute('aria-expanded', 'true');
    panel.scrollTop = 0;
    draw();
    document.addEventListener('mousedown', away, true);
  };
  panel.addEventListener('scroll', draw);
  field.addEventListener('click', open);
  field.addEventListener('keydown', (event) => { if (event.key === 'Enter' || event.key === 'ArrowDown') { event.preventDefault(); open(); } });
}
