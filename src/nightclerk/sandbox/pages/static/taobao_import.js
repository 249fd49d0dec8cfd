// 批量导入库存: one file, one 开始导入; what the shop refuses is listed row by row.
document.querySelector('#import').addEventListener('submit', async (event) => {
  event.preventDefault();
  let answer;
  try {
    const sent = await fetch(ROOT + '/home.htm/SellManage/stock/import/send', {method: 'POST', headers: {Accept: 'application/json'}, body: new FormData(event.target)});
    answer = await sent.json();
  } catch (lost) {
    answer = {ok: false, message: '网络异常，请稍后重试'};
  }
  for (const fault of answer.faults || []) {
    const row = document.querySelector('.import-faults tbody').insertRow();
    row.insertCell().textContent = fault.sku;
    row.insertCell().textContent = fault.why;
  }
  toast(answer.message, answer.ok ? 'success' : 'error');
});
