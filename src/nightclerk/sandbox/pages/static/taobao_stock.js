// 库存管理: one row, one 保存.
document.querySelectorAll('[data-save]').forEach((button) => button.addEventListener('click', async () => {
  const row = button.closest('tr');
  button.disabled = true;
  const answer = await post(ROOT + '/home.htm/SellManage/stock/save', {sku: button.dataset.save, quantity: row.querySelector('input').value});
  button.disabled = false;
  if (!answer.ok) { toast(answer.message, 'error'); return; }
  row.querySelector('.quantity').textContent = answer.quantity;
  toast('保存成功');
}));
