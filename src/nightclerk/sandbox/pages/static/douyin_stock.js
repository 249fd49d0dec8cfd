// 库存管理: search, edit in place, save; one row, one write.
const base = ROOT + '/ffa/g/stock';
const headers = ['商品名称', '商家编码', '价格', '现货库存', '更新时间', '操作'];
const fill = virtualTable(document.getElementById('stock-table'), headers, (row) => {
  const stock = node('span', 'stock-Nd7', String(row.quantity)), edit = node('button', 'btn-Tz9 btn-link-Tz9', WORDS.edit), acts = node('span', '', '');
  edit.type = 'button';
  edit.addEventListener('click', () => {
    const field = node('input', 'stock-input-Nd7', ''), save = node('button', 'btn-Tz9 btn-primary-Tz9', WORDS.save);
    field.value = row.quantity;
    field.setAttribute('aria-label', row.sku + ' ' + WORDS.field);
    save.type = 'button';
    save.addEventListener('click', async () => {
      save.disabled = true;
      const answer = await post(base + '/save', {sku: row.sku, quantity: field.value});
      save.disabled = false;
      if (!answer.ok) { toast(answer.message, 'error'); return; }
      toast('库存已更新');
      query();
    });
    stock.replaceChildren(field);
    acts.replaceChildren(save);
    field.focus();
    field.select();
  });
  acts.append(edit);
  return [node('span', 'goods-3Ja', row.title), node('b', 'num-8Uq', row.sku), node('span', '', '¥' + row.price), stock, node('small', '', row.changed_at || '-'), acts];
}, 52);
const text = document.querySelector('#q-sku, [data-query]');
async function query() {
  document.getElementById('row-count').textContent = '-';
  fill(await fetchRows(base + '/rows?' + new URLSearchParams({text: text.value})));
}
document.getElementById('do-query').addEventListener('click', query);
text.addEventListener('keydown', (event) => { if (event.key === 'Enter') query(); });
query();
