/** What is put into a page before its own scripts: a clock that can be moved, and a death at a write that is chosen. */

/** `localStorage['test-clock-ms']`: how much the page's clock is ahead. */
export const clockScript = `(() => {
  const Real = Date;
  const ahead = () => {
    try { return Number(localStorage.getItem('test-clock-ms') ?? 0); } catch { return 0; }
  };
  globalThis.Date = class Date extends Real {
    constructor(...given) {
      if (given.length === 0) super(Real.now() + ahead());
      else super(...given);
    }
    static now() { return Real.now() + ahead(); }
  };
})();`;

export const DYING = 'dying now';

/**
 * Counts what the page writes to its database: each put and delete, and each transaction that is complete. Where
 * \`localStorage['test-die-at']\` is that number, the page does nothing more for ever, as if its process were gone; \`+\` before the number:
 * only after the write was asked for. The test sees the word on the console, and takes the process away.
 */
export const dyingScript = `(() => {
  let count = 0;
  const at = () => { try { return localStorage.getItem('test-die-at'); } catch { return null; } };
  const die = (what) => {
    localStorage.removeItem('test-die-at');
    console.log('${DYING}', what);
    for (;;);
  };
  const step = (what) => {
    count += 1;
    if (at() === String(count)) die(count + ' before ' + what);
  };
  globalThis.countFrom = () => { count = 0; };
  for (const name of ['put', 'add', 'delete']) {
    const real = IDBObjectStore.prototype[name];
    IDBObjectStore.prototype[name] = function (...given) {
      if (this.name === 'holder' || this.name === 'keys') return real.apply(this, given);
      step(name + ' ' + this.name);
      return real.apply(this, given);
    };
  }
  const transaction = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (...given) {
    const made = transaction.apply(this, given);
    if (given[1] === 'readwrite' && !JSON.stringify(given[0]).match(/holder|keys/)) {
      made.addEventListener('complete', () => step('the page hears that it is written'));
    }
    return made;
  };
})();`;
