/**
 * Makes an element. Text only ever becomes text: nothing that a journal says can become markup.
 * @param {string} name
 * @param {Readonly<Record<string, string | ((event: Event) => void)>>} attributes
 * @param {...(Node | string)} content
 */
export function element(name, attributes = {}, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(key, value);
    else made.setAttribute(key, value);
  }
  made.append(...content);
  return made;
}

/** @param {string} id */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/**
 * Text with elements in the place of its `{placeholders}`.
 * @param {string} text
 * @param {Readonly<Record<string, Node | string | number>>} values
 * @returns {(Node | string)[]}
 */
export function filled(text, values) {
  return text.split(/\{(\w+)\}/).map((part, index) => {
    if (index % 2 === 0) return part;
    const value = values[part];
    return value instanceof Node ? value : String(value ?? '');
  });
}
