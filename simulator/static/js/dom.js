// Makes elements. Text is always set as text, never as HTML: what a bot sends is shown, not run.

/**
 * @param {string} tag
 * @param {Object} [props] `class`, `text`, `style` (an object), `on` (event → function); the rest are attributes.
 * @param {...(Node|null)} children
 */
export function el(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") made.className = value;
    else if (name === "text") made.textContent = value;
    else if (name === "style") style(made, value);
    else if (name === "on") for (const [kind, listener] of Object.entries(value)) made.addEventListener(kind, listener);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Set styles one by one, which a strict content security policy allows; empty values are passed over. */
export function style(element, values) {
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== null && value !== "") element.style.setProperty(name, value);
  }
}
