/** How far the reader has looked: a position among the events, kept in this browser. */
const STORED = 'retap-looked';

export function lookedTo(): number | null {
  const text = localStorage.getItem(STORED) ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

export function noteLooked(position: number): void {
  localStorage.setItem(STORED, String(position));
}
