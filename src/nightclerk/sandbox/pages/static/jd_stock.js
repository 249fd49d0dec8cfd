// 库存管理: a box over the page for one SKU.
const portal = document.getElementById('jdm-portal');
document.querySelectorAll('[data-edit]').forEach((button) => button.addEventListener('click', () => {
  const card = button.closest('.ware-card');
  portal.replaceChildren(document.getElementById('stock-box').content.cloneNode(true));
  portal.querySelector('#box-sku').textContent = button.dataset.edit;
  const field = portal.querySelector('#new-stock');
  field.value = card.querySelector('.quantity').textContent;
  portal.querySelector('[data-do=cancel]').addEventListener('click', () => portal.replaceChildren());
  portal.querySelector('[data-do=save]').addEventListener('click', async () => {
    const answer = await post(ROOT + '/jdm/ware/stock/save', {sku: button.dataset.edit, quantity: field.value});
    if (!answer.ok) { const box = portal.querySelector('[role=alert]'); box.textContent = answer.message; box.hidden = false; return; }
    card.querySelector('.quantity').textContent = answer.quantity;
    portal.replaceChildren();
    toast('修改成功');
  });
}));
