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
