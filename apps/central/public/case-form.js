/** The small form of a step that needs words: under the buttons of its case, one at a time. */
import { element, filled } from './element.js';
import { words } from './language.js';

/**
 * @param {HTMLElement} button that opens it: its id names the form's parts, and it has the focus again when nothing was sent
 * @param {object} form
 * @param {string} form.act what is done, as the button says it
 * @param {string} form.subject what it is done to, for who cannot see where the form stands
 * @param {string} form.label
 * @param {string} form.missing what to say where nothing was written
 * @param {boolean} form.isName rather than sentences
 * @param {(text: string) => Promise<string | null>} form.submit @returns why it was refused, in words
 */
export function openForm(button, { act, subject, label, missing, isName, submit }) {
  const row = /** @type {HTMLElement} */ (button.parentElement);
  closeForm(row);
  const [id, refusalId] = [`${button.id}-field`, `${button.id}-refusal`];
  const attributes = isName
    ? { type: 'text', maxlength: '63', spellcheck: 'false', autocapitalize: 'none', autocomplete: 'off' }
    : { rows: '3', maxlength: '2000' };
  const field = /** @type {HTMLInputElement | HTMLTextAreaElement} */ (
    element(isName ? 'input' : 'textarea', { id, required: '', 'aria-describedby': refusalId, ...attributes })
  );
  const refusalPlace = element('p', { id: refusalId, role: 'alert' });
  const cancel = () => {
    closeForm(row);
    button.focus();
  };
  let isSending = false;
  const send = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (isSending) return;
    isSending = true;
    refusalPlace.textContent = '';
    const text = field.value.trim();
    const refusal = text === '' ? missing : await submit(text);
    isSending = false;
    if (refusal === null) return;
    refusalPlace.textContent = text === '' ? refusal : filled(words().people.refused, { message: refusal }).join('');
    field.setAttribute('aria-invalid', 'true');
    field.focus();
  };
  const form = element(
    'form',
    {
      ...{ class: 'case-form', novalidate: '', autocomplete: 'off', 'aria-label': `${act}: ${subject}`, submit: send },
      keydown: (event) => /** @type {KeyboardEvent} */ (event).key === 'Escape' && cancel(),
    },
    element('label', { for: id }, label),
    field,
    refusalPlace,
    element(
      'p',
      { class: 'decisions' },
      element('button', { type: 'submit' }, act),
      element('button', { type: 'button', click: cancel }, words().page.cancel),
    ),
  );
  row.after(form);
  button.setAttribute('aria-expanded', 'true');
  field.focus();
}

/** @param {HTMLElement} row of the buttons over it */
function closeForm(row) {
  row.parentElement?.querySelector('.case-form')?.remove();
  row.querySelector('[aria-expanded=true]')?.setAttribute('aria-expanded', 'false');
}
