// Numbers as text: tables, and bars with their numbers beside them.

import { setAttribute, setText } from "./dom.js";
import { written } from "./scale.js";

export function tablePanel() {
  const element = document.createElement("div");
  element.className = "gu-panel gu-table";
  element.innerHTML = '<div class="gu-caption"></div><div class="gu-scroll"><table><thead></thead><tbody></tbody></table></div>';
  const [caption, scroll] = element.children;
  const [head, body] = scroll.firstChild.children;

  function update(panel) {
    setText(caption, panel.title);
    caption.hidden = !panel.title;
    fillRows(head, panel.header.length ? [panel.header] : [], "th", null);
    fillRows(body, panel.rows, "td", panel.rule);
  }

  return { element, update, repaint() {}, ids: () => [], key: () => false };
}

function fillRows(section, rows, tag, rule) {
  resizeTo(section, rows.length, () => document.createElement("tr"));
  rows.forEach((cells, i) => {
    const row = section.children[i];
    setAttribute(row, "class", i === rule ? "gu-ruled" : "");
    resizeTo(row, cells.length, () => document.createElement(tag));
    cells.forEach((cell, j) => {
      const { text, tone } = typeof cell === "string" ? { text: cell, tone: "" } : cell;
      setText(row.children[j], text);
      setAttribute(row.children[j], "class", tone ? `gu-${tone}` : "");
    });
  });
}

function resizeTo(parent, count, make) {
  while (parent.children.length > count) parent.lastChild.remove();
  while (parent.children.length < count) parent.append(make());
}

export function barsPanel() {
  const element = document.createElement("div");
  element.className = "gu-panel gu-bars";
  element.innerHTML = '<div class="gu-caption"></div><div class="gu-bar-rows" role="list"></div>';
  const [caption, rows] = element.children;

  function update(panel) {
    setText(caption, panel.title);
    caption.hidden = !panel.title;
    const signed = panel.values.data.some((value) => value < 0);
    rows.classList.toggle("gu-signed", signed);
    resizeTo(rows, panel.labels.length, barRow);
    panel.labels.forEach((label, i) => {
      const [name, track, number] = rows.children[i].children;
      const value = panel.values.data[i];
      const share = Math.min(1, Math.abs(value) / panel.high) * (signed ? 50 : 100);
      setText(name, label);
      setText(number, Number.isFinite(value) ? fixed(value, panel.digits) : written(value));
      track.firstChild.className = value < 0 ? "gu-negative" : "";
      track.firstChild.style.width = `${Number.isFinite(share) ? share : 0}%`;
      rows.children[i].classList.toggle("gu-strong", i === panel.strong);
    });
  }

  return { element, update, repaint() {}, ids: () => [], key: () => false };
}

// A true minus sign, and no negative zero.
function fixed(value, digits) {
  const text = value.toFixed(digits);
  return text.replace("-", Number(text) === 0 ? "" : "−");
}

function barRow() {
  const entry = document.createElement("div");
  entry.setAttribute("role", "listitem");
  entry.innerHTML = '<span></span><span class="gu-track"><i></i></span><span class="gu-number"></span>';
  return entry;
}
