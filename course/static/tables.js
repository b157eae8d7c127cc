// Numbers as text: tables, and bars with their numbers beside them.

import { written } from "./scale.js";

export function tablePanel() {
  const element = document.createElement("div");
  element.className = "gu-panel gu-table";
  element.innerHTML = '<div class="gu-caption"></div><div class="gu-scroll"><table><thead></thead><tbody></tbody></table></div>';
  const [caption, scroll] = element.children;
  const [head, body] = scroll.firstChild.children;

  function update(panel) {
    caption.textContent = panel.title;
    caption.hidden = !panel.title;
    head.replaceChildren(...(panel.header.length ? [row(panel.header, "th")] : []));
    body.replaceChildren(...panel.rows.map((cells, i) => row(cells, "td", i === panel.rule)));
  }

  return { element, update, repaint() {}, ids: () => [], key: () => false };
}

function row(cells, tag, ruled = false) {
  const element = document.createElement("tr");
  if (ruled) element.className = "gu-ruled";
  for (const cell of cells) {
    const entry = document.createElement(tag);
    entry.textContent = typeof cell === "string" ? cell : cell.text;
    if (typeof cell !== "string" && cell.tone) entry.className = `gu-${cell.tone}`;
    element.append(entry);
  }
  return element;
}

export function barsPanel() {
  const element = document.createElement("div");
  element.className = "gu-panel gu-bars";
  element.innerHTML = '<div class="gu-caption"></div><div class="gu-bar-rows" role="list"></div>';
  const [caption, rows] = element.children;

  function update(panel) {
    caption.textContent = panel.title;
    caption.hidden = !panel.title;
    const signed = panel.values.data.some((value) => value < 0);
    rows.classList.toggle("gu-signed", signed);
    while (rows.children.length > panel.labels.length) rows.lastChild.remove();
    while (rows.children.length < panel.labels.length) {
      const entry = document.createElement("div");
      entry.setAttribute("role", "listitem");
      entry.innerHTML = '<span></span><span class="gu-track"><i></i></span><span class="gu-number"></span>';
      rows.append(entry);
    }
    panel.labels.forEach((label, i) => {
      const [name, track, number] = rows.children[i].children;
      const value = panel.values.data[i];
      const share = Math.min(1, Math.abs(value) / panel.high) * (signed ? 50 : 100);
      name.textContent = label;
      number.textContent = Number.isFinite(value) ? value.toFixed(panel.digits).replace("-", "−") : written(value);
      track.firstChild.className = value < 0 ? "gu-negative" : "";
      track.firstChild.style.width = `${Number.isFinite(share) ? share : 0}%`;
      rows.children[i].classList.toggle("gu-strong", i === panel.strong);
    });
  }

  return { element, update, repaint() {}, ids: () => [], key: () => false };
}
