// 订单管理: the order table, the export dialog, the drawer of exports, the ship drawer.
const base = ROOT + '/ffa/morder/order';
const headers = ['订单编号', '商品信息', '应付金额', '收件人', '订单状态', '售后状态', '物流', '操作'];
const fill = virtualTable(document.getElementById('order-table'), headers, (row) => {
  const number = node('span', '', ''), act = row.can_ship ? node('button', 'btn-Tz9 btn-link-Tz9', '发货') : node('span', 'muted-p0', row.tracking ? '查看物流' : '详情');
  number.append(node('b', 'num-8Uq', row.number), node('small', '', row.created));
  if (row.can_ship) { act.type = 'button'; act.addEventListener('click', () => ship(row)); }
  const parcel = node('span', '', '');
  if (row.tracking) parcel.append(node('span', 'carrier-Wy2', row.carrier), node('small', 'track-Lm4', row.tracking));
  return [number, node('span', 'goods-3Ja', row.goods), node('span', '', '¥' + row.total), node('span', 'recipient-2mW', row.to), node('span', 'state-Qe6', row.status), node('span', 'aftersale-Cz1', row.after_sale), parcel, act];
}, 62);

const number = document.getElementById('q-number');
async function query() {
  document.getElementById('row-count').textContent = '-';
  fill(await fetchRows(base + '/rows?' + new URLSearchParams({number: number.value})));
}
document.getElementById('do-query').addEventListener('click', query);
number.addEventListener('keydown', (event) => { if (event.key === 'Enter') query(); });
query();

document.getElementById('do-export').addEventListener('click', () => {
  const part = openPart('tpl-export');
  part.querySelector('[data-do=submit]').addEventListener('click', async () => {
    const value = (name) => part.querySelector(`[data-part=${name}]`).value;
    const answer = await post(base + '/export', {first: value('first'), last: value('last')});
    if (!answer.ok) { part.complain(answer.message); return; }
    part.close();
    toast('导出任务已提交，请在导出记录中下载');
    records();
  });
});

async function records() {
  const part = openPart('tpl-records');
  const show = async () => {
    const answer = await fetch(base + '/exports', {headers: {Accept: 'application/json'}});
    if (answer.status === 401) { location.reload(); return; }
    const jobs = (await answer.json()).jobs;
    part.querySelector('[class^=HistoryDataLists]').replaceChildren(...jobs.map((job) => {
      const line = node('div', 'record-Xf9', '');
      line.dataset.job = job.number;
      const facts = node('span', '', '');
      facts.append(node('b', 'record-no-Xf9', job.number), node('small', '', '申请时间 ' + job.asked_at + ' · 提交时间 ' + job.range));
      const act = node(job.ready ? 'a' : 'span', job.ready ? 'btn-Tz9 btn-primary-Tz9' : 'muted-p0', job.ready ? '下载' : '生成中');
      if (job.ready) act.href = base + '/export-file/' + job.number;
      line.append(facts, act);
      return line;
    }));
  };
  part.querySelector('[data-do=refresh]').addEventListener('click', show);
  await show();
}
document.getElementById('do-records').addEventListener('click', records);

function ship(row) {
  const part = openPart('tpl-ship');
  part.querySelector('[data-part=number]').textContent = row.number;
  part.querySelector('[data-part=to]').textContent = row.to;
  const field = part.querySelector('[role=combobox]');
  let carrier = '';
  virtualSelect(field, CARRIERS, document.getElementById('portal-root-Zx2'), (name) => { carrier = name; field.textContent = name; });
  part.querySelector('[data-do=ship]').addEventListener('click', async (event) => {
    event.target.disabled = true;
    const answer = await post(base + '/ship', {number: row.number, carrier, tracking: part.querySelector('#ship-no').value});
    event.target.disabled = false;
    if (!answer.ok) { part.complain(answer.message); return; }
    part.close();
    toast('发货成功');
    query();
  });
}
