// 订单导出中心: ask for one encrypted file.
document.getElementById('ask').addEventListener('click', async (event) => {
  event.target.disabled = true;
  const answer = await post(ROOT + '/jdm/trade/export/ask', {first: document.getElementById('first').value, last: document.getElementById('last').value});
  event.target.disabled = false;
  if (answer.ok) { location.search = '?asked=' + answer.number; return; }
  const box = document.getElementById('complaint');
  box.textContent = answer.message;
  box.hidden = false;
});
