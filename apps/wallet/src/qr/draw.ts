/** A message drawn as a QR code: black on white in every theme. */
import { messageText } from '@retap/protocol';
import encodeQR from 'qr';
import { framesOf } from './frames.ts';
import { DRAWN, LETTERS_MAX } from './settings.ts';

export const FRAME_MS = 160;

export interface Shown {
  readonly isMoving: boolean;
  /** Text of the QR code; where it moves, of the frame of that index. */
  text(index: number): string;
}

export function shownOf(message: Uint8Array): Shown {
  const whole = messageText(message);
  if (whole.length <= LETTERS_MAX) return { isMoving: false, text: () => whole };
  return { isMoving: true, text: framesOf(whole) };
}

/** Fills the canvas; each module is whole pixels, or it would be grey at its edges. @param width of the canvas at most, in pixels */
export function drawQr(canvas: HTMLCanvasElement, text: string, width: number): void {
  const rows = encodeQR(text, 'raw', DRAWN);
  const scale = Math.max(2, Math.floor(width / rows.length));
  canvas.width = rows.length * scale;
  canvas.height = rows.length * scale;
  const context = canvas.getContext('2d');
  if (!context) return;
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = '#000';
  rows.forEach((row, y) => {
    row.forEach((isDark, x) => {
      if (isDark) context.fillRect(x * scale, y * scale, scale, scale);
    });
  });
}
