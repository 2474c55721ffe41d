/** Reads QR codes from pictures: by the browser where it can, else by zxing in a worker, which is loaded when it is first needed. */
import type { ReaderSays } from './reader-worker.ts';

export interface QrReader {
  /** Texts of the codes in the picture. It takes one at a time. */
  read(image: ImageData): Promise<readonly string[]>;
  close(): void;
}

interface Detector {
  detect(image: ImageData): Promise<readonly { readonly rawValue: string }[]>;
}
interface DetectorClass {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

export async function qrReader(): Promise<QrReader> {
  const { BarcodeDetector } = globalThis as { BarcodeDetector?: DetectorClass };
  const formats = (await BarcodeDetector?.getSupportedFormats().catch(() => [])) ?? [];
  return BarcodeDetector && formats.includes('qr_code') ? builtIn(BarcodeDetector) : inWorker();
}

function builtIn(Class: DetectorClass): QrReader {
  const detector = new Class({ formats: ['qr_code'] });
  return {
    read: async (image) => (await detector.detect(image)).map(({ rawValue }) => rawValue),
    close: () => {},
  };
}

function inWorker(): QrReader {
  const worker = new Worker(new URL('./reader-worker.ts', import.meta.url), { type: 'module' });
  return {
    read: (image) =>
      new Promise((resolve, reject) => {
        worker.onmessage = ({ data }: MessageEvent<ReaderSays>) => resolve(data.texts);
        worker.onerror = () => reject(new Error('the reader of QR codes did not load'));
        worker.postMessage(image, [image.data.buffer]);
      }),
    close: () => worker.terminate(),
  };
}
