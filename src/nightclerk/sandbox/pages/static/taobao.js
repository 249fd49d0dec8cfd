// 已卖出的宝贝: the export dialog and the ship dialog.
const portal = document.getElementById('portal');
const base = ROOT + '/home.htm/trade-platform/tp';

function openDialog(id) {
  portal.replaceChildren(document.getElementById(id).content.cloneNode(true));
  const dialog = portal.querySelector('[role=dialog]');
  dialog.querySelectorAll('[data-do=cancel], .next-dialog-close').forEach((b) => b.addEventListener('click', () => portal.replaceChildren()));
  return dialog;
}

function complain(dialog, text) {
  const box = dialog.querySelector('[role=alert]');
  box.textContent = text;
  box.hidden = false;
}

document.getElementById('batch-export').addEventListener('click', () => {
  const dialog = openDialog('export-dialog');
  const make = dialog.querySelector('[data-do=make]');
  make.addEventListener('click', async () => {
    make.disabled = true;
    const asked = new URLSearchParams(location.search);
    const answer = await post(base + '/export', {
      kind: dialog.querySelector('[name=kind]:checked').value,
      fields: [...dialog.querySelectorAll('.field-ticks input:checked')].map((tick) => tick.value),
      first: asked.get('first') || '', last: asked.get('last') || '',
    });
    make.disabled = false;
    if (answer.ok) location.href = base + '/export-list';
    else complain(dialog, answer.message);
  });
});

document.querySelectorAll('[data-ship]').forEach((button) => button.addEventListener('click', () => {
  const dialog = openDialog('ship-dialog');
  const number = button.dataset.ship;
  dialog.querySelector('#ship-order').textContent = number;
  dialog.querySelector('#ship-to').textContent = button.dataset.to;
  const field = dialog.querySelector('[role=combobox]');
  let carrier = '';
  virtualSelect(field, CARRIERS, portal, (name) => { carrier = name; field.textContent = name; });
  const ship = dialog.querySelector('[data-do=ship]');
  ship.addEventListener('click', async () => {
    ship.disabled = true;
    const answer = await post(base + '/consign', {number, carrier, tracking: dialog.querySelector('input').value});
    ship.disabled = false;
    if (!answer.ok) { complain(dialog, answer.message); return; }
    portal.replaceChildren();
    toast('发货成功');
    setTimeout(() => location.reload(), 2500);
  });
}));
