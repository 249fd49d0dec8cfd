// The payment form of the practice OA: chooser in an iframe, detail rows, computed total, uploads, submit.
const by = (id) => document.getElementById(id);
const uploads = [];

function complain(text) {
  by('alert').textContent = text;
  by('alert').hidden = !text;
  if (text) by('alert').scrollIntoView({block: 'center'});
}

by('browse').addEventListener('click', () => {
  by('payee-frame').src = `${ROOT}/workflow/payees`;
  by('chooser').hidden = false;
});
by('chooser-close').addEventListener('click', () => { by('chooser').hidden = true; });
window.choosePayee = ({payee, bank, account}) => {
  by('payee').value = payee;
  by('payee-name').textContent = payee;
  by('payee-name').classList.remove('placeholder');
  by('bank').textContent = bank;
  by('account').textContent = account;
  by('chooser').hidden = true;
};

function addRow() {
  const number = by('details').rows.length + 1;
  const row = by('details').insertRow();
  row.dataset.row = number;
  row.innerHTML = `<td class="no">${number}</td><td><input class="invoice" aria-label="发票号码 ${number}"></td><td><input class="order" aria-label="采购订单号 ${number}"></td><td class="num"><input class="amount" aria-label="金额 ${number}" inputmode="decimal"></td>`;
  row.querySelector('.amount').addEventListener('input', total);
}
by('add').addEventListener('click', addRow);
by('remove').addEventListener('click', () => { by('details').lastElementChild?.remove(); total(); });

const fen = (text) => (/^\d+(\.\d{1,2})?$/.test(text) ? Math.round(Number(text) * 100) : 0);
function total() {
  const sum = [...document.querySelectorAll('.amount')].reduce((all, field) => all + fen(field.value.replaceAll(',', '').trim()), 0);
  by('total').textContent = (sum / 100).toLocaleString('en-US', {minimumFractionDigits: 2, maximumFractionDigits: 2});
  const nodes = ['直属经理', '财务', ...(sum >= LIMITS.manager * 100 ? ['总经理'] : [])];
  by('route').textContent = sum > LIMITS.ceiling * 100 ? '超出本流程金额上限' : nodes.join(' → ');
  return sum;
}

by('files').addEventListener('change', async () => {
  for (const file of by('files').files) {
    const item = by('uploads').appendChild(document.createElement('li'));
    item.textContent = `${file.name} 上传中…`;
    const form = new FormData();
    form.append('file', file);
    const answer = await send('upload', form);
    if (!answer.ok) { item.remove(); complain(answer.message); continue; }
    uploads.push(answer.id);
    item.textContent = answer.name;
    item.className = 'done';
    by('upload-count').textContent = `已上传 ${uploads.length} 个文件`;
  }
  by('files').value = '';
});

async function send(where, body) {
  let answer;
  try {
    answer = await fetch(`${ROOT}/workflow/${where}`, {method: 'POST', body, headers: {Accept: 'application/json'}});
    if (answer.status === 401) { location.href = `${ROOT}/login?timeout=1`; return {ok: false, message: '登录超时'}; }
    return await answer.json();
  } catch (lost) {
    return {ok: false, message: '网络异常，未收到服务器应答。请到“我的请求”中确认流程是否已提交。'};
  }
}

function facts(action) {
  const lines = [...by('details').rows].map((row) => ({
    invoice: row.querySelector('.invoice').value, order: row.querySelector('.order').value, amount: row.querySelector('.amount').value,
  }));
  return {action, title: by('title').value.trim(), payee: by('payee').value, purpose: by('purpose').value, lines, uploads};
}

async function enter(action) {
  complain('');
  if (action === 'submit' && total() > LIMITS.ceiling * 100) { complain('付款金额超过 50,000.00 元，不能提交。请拆分付款，或改走合同付款流程。'); return; }
  by('submit').disabled = by('save').disabled = true;
  const answer = await send('enter', JSON.stringify(facts(action)));
  if (answer.ok) { location.href = `${ROOT}/workflow/view/${answer.number}`; return; }
  by('submit').disabled = by('save').disabled = false;
  complain(answer.message);
}
by('submit').addEventListener('click', () => enter('submit'));
by('save').addEventListener('click', () => enter('draft'));
addRow();
