// A virtual table: only the rows in view (and two beyond) are in the page.
function virtualTable(place, headers, render, height) {
  const table = document.createElement('div'), head = document.createElement('div'), body = document.createElement('div'), space = document.createElement('div');
  table.setAttribute('role', 'table');
  head.setAttribute('role', 'row');
  head.className = 'view-head-IvF8Bs';
  headers.forEach((name) => { const cell = document.createElement('div'); cell.setAttribute('role', 'columnheader'); cell.textContent = name; head.append(cell); });
  body.className = 'view-body-IvF8Bs';
  space.style.position = 'relative';
  body.append(space);
  table.append(head, body);
  place.replaceChildren(table);
  let rows = [];
  const draw = () => {
    const first = Math.max(0, Math.floor(body.scrollTop / height) - 1), last = Math.ceil((body.scrollTop + body.clientHeight) / height) + 1;
    space.style.height = rows.length * height + 'px';
    space.replaceChildren(...rows.slice(first, last).map((row, n) => {
      const line = document.createElement('div');
      line.setAttribute('role', 'row');
      line.className = 'view-row-IvF8Bs';
      line.style.cssText = `top:${(first + n) * height}px;height:${height}px`;
      render(row).forEach((content) => { const cell = document.createElement('div'); cell.setAttribute('role', 'cell'); cell.append(content); line.append(cell); });
      line.dataset.key = row.number || row.sku;
      return line;
    }));
  };
  body.addEventListener('scroll', draw);
  return (found) => { rows = found; body.scrollTop = 0; document.getElementById('row-count').textContent = rows.length; draw(); };
}

async function fetchRows(url) {
  const answer = await fetch(url, {headers: {Accept: 'application/json'}});
  if (answer.status === 401) { location.reload(); return []; }
  return (await answer.json()).rows;
}

function node(tag, cls, text) { const made = document.createElement(tag); made.className = cls; made.textContent = text; return made; }

function openPart(id) {
  const portal = document.getElementById('portal-root-Zx2');
  portal.replaceChildren(document.getElementById(id).content.cloneNode(true));
  const part = portal.querySelector('[role=dialog]');
  part.querySelectorAll('[data-do=cancel]').forEach((button) => button.addEventListener('click', () => portal.replaceChildren()));
  part.close = () => portal.replaceChildren();
  part.complain = (text) => { const box = part.querySelector('[role=alert]'); box.textContent = text; box.hidden = false; };
  return part;
}
