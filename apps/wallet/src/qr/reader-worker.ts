/** zxing in a thread of its own: a picture that takes long to read makes no screen wait. */
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import wasm from 'zxing-wasm/reader/zxing_reader.wasm?url';
import { READ } from './settings.ts';

export interface ReaderSays {
  readonly texts: readonly string[];
}

// From our own files: its default is another site's.
prepareZXingModule({ overrides: { locateFile: () => wasm } });

self.onmessage = async ({ data }: MessageEvent<ImageData>) => {
  const found = await readBarcodes(data, READ);
  const says: ReaderSays = { texts: found.filter(({ isValid }) => isValid).map(({ text }) => text) };
  self.postMessage(says);
};
