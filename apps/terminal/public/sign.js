/** The sign of each message: its shape says the same as its colour, to whoever does not see colours. */

const SVG = 'http://www.w3.org/2000/svg';

/** Strokes on a field of 100 × 100. */
const SHAPES = {
  // A card, and the waves it is held to.
  ready: [
    'M14 30h38a6 6 0 0 1 6 6v28a6 6 0 0 1-6 6H14a6 6 0 0 1-6-6V36a6 6 0 0 1 6-6z',
    'M8 45h50',
    'M70 38a17 17 0 0 1 0 24',
    'M81 29a30 30 0 0 1 0 42',
  ],
  // A check mark.
  go: ['M50 6a44 44 0 1 1 0 88a44 44 0 0 1 0-88z', 'M29 52l15 15l28-32'],
  // Two arrows that go round.
  again: ['M20 46a31 31 0 0 1 56-14', 'M78 14v20h-20', 'M80 54a31 31 0 0 1-56 14', 'M22 86V66h20'],
  // A cross in an octagon.
  refused: ['M32 6h36l26 26v36l-26 26H32L6 68V32z', 'M34 34l32 32M66 34l-32 32'],
  // A barred triangle.
  'out-of-service': ['M50 10l44 78H6z', 'M50 40v22', 'M50 75v1'],
  // A page with lines.
  account: ['M22 8h40l16 16v68H22z', 'M34 42h32M34 56h32M34 70h20'],
};

/** @param {string} kind of a message */
export function signOf(kind) {
  const sign = document.createElementNS(SVG, 'svg');
  sign.setAttribute('viewBox', '0 0 100 100');
  for (const shape of SHAPES[/** @type {keyof typeof SHAPES} */ (kind)] ?? []) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', shape);
    sign.append(path);
  }
  return sign;
}
