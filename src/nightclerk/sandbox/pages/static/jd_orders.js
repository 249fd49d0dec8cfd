// 订单查询与跟踪: cards in a scroll box, ten more at its end; the route lives in the hash and moves by itself.
const box = document.getElementById('cards');
const query = document.getElementById('order-number');
let turn = 0, loading = false, total = 0;

const tabNow = () => (location.hash.match(/^#\/(\w+)/) || [, 'allOrders'])[1];
const el = (tag, cls, text) => { const node = document.createElement(tag); node.className = cls; if (text !== undefined) node.textContent = text; return node; };

function card(order) {
  const node = el('article', 'card');
  node.dataset.order = order.number;
  node.setAttribute('aria-label', '订单 ' + order.number);
  const head = el('div', 'card-header');
  head.append(el('span', 'order-info-btn', '订单编号 '), el('b', 'number', order.number), el('span', 'created', '下单时间 ' + order.created), el('em', 'status', order.status));
  const body = el('div', 'card-body'), goods = el('div', 'goods');
  order.lines.forEach((line) => {
    const sku = el('div', 'sku-info-card');
    sku.append(el('i', 'pic', line.title.slice(3, 4)), el('span', 'title', line.title), el('small', 'sku', line.sku), el('span', 'price', '¥' + line.price), el('span', 'count', '×' + line.count));
    goods.append(sku);
  });
  const who = el('div', 'customer');
  who.append(el('b', 'name', order.name), el('span', 'phone', order.phone), el('small', 'address', order.address));
  const act = el('div', 'acts');
  act.append(el('b', 'total', '¥' + order.total));
  if (order.can_ship) { const out = el('a', 'jdm-btn primary', '出库'); out.href = ROOT + '/order/singleOut/' + order.number; act.append(out); }
  if (order.tracking) act.append(el('small', 'parcel', order.carrier + ' '), el('small', 'tracking', order.tracking));
  body.append(goods, who, act);
  node.append(head, body);
  return node;
}

async function more() {
  if (loading) return;
  loading = true;
  const mine = turn;
  document.getElementById('busy').hidden = false;
  const asked = new URLSearchParams({tab: tabNow(), number: query.value.trim(), from: box.querySelectorAll('.card').length});
  const answer = await fetch(ROOT + '/jdm/trade/cards?' + asked, {headers: {Accept: 'application/json'}});
  if (answer.status === 401) { location.reload(); return; }
  const found = await answer.json();
  loading = false;
  if (mine !== turn) { more(); return; }
  total = found.total;
  found.cards.forEach((order) => box.append(card(order)));
  if (!total) box.replaceChildren(el('p', 'jdm-empty', '暂无符合条件的订单'));
  document.getElementById('total').textContent = total;
  document.getElementById('loaded').textContent = box.querySelectorAll('.card').length;
  document.getElementById('busy').hidden = true;
  box.setAttribute('aria-busy', 'false');
}

function show() {
  turn += 1;
  box.setAttribute('aria-busy', 'true');
  document.querySelectorAll('[role=tab]').forEach((tab) => tab.setAttribute('aria-selected', String(tab.dataset.tab === tabNow())));
  box.replaceChildren();
  more();
}

document.querySelectorAll('[role=tab]').forEach((tab) => tab.addEventListener('click', () => { location.hash = '#/' + tab.dataset.tab; }));
document.getElementById('query').addEventListener('click', show);
document.getElementById('reset').addEventListener('click', () => { query.value = ''; show(); });
query.addEventListener('keydown', (event) => { if (event.key === 'Enter') show(); });
box.addEventListener('scroll', () => { if (box.scrollTop + box.clientHeight > box.scrollHeight - 30 && box.querySelectorAll('.card').length < total) more(); });
addEventListener('hashchange', show);
if (!location.hash) { show(); setTimeout(() => { if (!location.hash) location.hash = '#/waitOut'; }, 400); } else show();
