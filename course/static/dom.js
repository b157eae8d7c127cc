// Writing to the page only what changed: an unchanged text costs no layout.

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// These children in this order; those that are there already aren't taken out, which would end a drag.
export function setChildren(element, wanted) {
  for (const child of [...element.children]) if (!wanted.includes(child)) child.remove();
  wanted.forEach((child, i) => {
    if (element.children[i] !== child) element.insertBefore(child, element.children[i] ?? null);
  });
}

export function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

// Whether two panels say the same, arrays included: then there is nothing to paint.
export function same(one, other) {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (one.length !== other.length) return false;
  if (ArrayBuffer.isView(one)) {
    for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
    return true;
  }
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => same(one[key], other[key]));
}
