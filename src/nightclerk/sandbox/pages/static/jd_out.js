// 订单出库: one parcel, one click.
const form = document.querySelector('.out-form');
if (form) document.getElementById('out').addEventListener('click', async (event) => {
  event.target.disabled = true;
  const answer = await post(`${ROOT}/order/singleOut/${form.dataset.number}/out`, {carrier: document.getElementById('carrier').value, tracking: document.getElementById('waybill').value});
  event.target.disabled = false;
  if (answer.ok) { toast('出库成功'); setTimeout(() => location.reload(), 2500); return; }
  const box = document.getElementById('complaint');
  box.textContent = answer.message;
  box.hidden = false;
});
