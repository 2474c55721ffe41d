/**
 * An export of the audit log, line by line, as bytes. This folder shares no code with what writes the log, nor with anything
 * else of Retap: who verifies must not repeat the writer's mistakes. It imports Node alone.
 */

/** Longest line taken: the log holds at most 64 KiB of detail, each character six at most. */
const LINE_BYTES_MAX = 2 ** 20;

export type Line =
  | {
      readonly kind: 'head';
      readonly log: Buffer;
      readonly centre: Buffer;
      readonly from: number;
      readonly before: Buffer;
    }
  /** `text` are the bytes that its hash is over. */
  | { readonly kind: 'entry'; readonly id: number; readonly text: Buffer; readonly hash: Buffer }
  | { readonly kind: 'checkpoint'; readonly document: Buffer };

// Each line has one form, to the byte: whatever differs from it is no line, so no byte can be changed without being looked at.
const HEAD =
  /^\{"retap":"audit log 1","log":"([0-9A-F]{32})","centre":"([0-9A-F]{64}|)","from":([1-9][0-9]{0,14}),"before":"([0-9A-F]{64}|)"\}$/;
const ENTRY = /^\{"entry":(\[([1-9][0-9]{0,14}),.*\]),"hash":"([0-9A-F]{64})"\}$/;
const CHECKPOINT = /^\{"checkpoint":"((?:[0-9A-F]{2}){1,512})"\}$/;

/** Null for what is no line of an export. */
export function lineOf(bytes: Buffer): Line | null {
  // One character a byte, so that nothing is lost or made the same by decoding.
  const text = bytes.toString('latin1');
  const [, entry, id, hash] = ENTRY.exec(text) ?? [];
  if (entry !== undefined && id !== undefined && hash !== undefined) {
    return { kind: 'entry', id: Number(id), text: Buffer.from(entry, 'latin1'), hash: Buffer.from(hash, 'hex') };
  }
  const document = CHECKPOINT.exec(text)?.[1];
  if (document !== undefined) return { kind: 'checkpoint', document: Buffer.from(document, 'hex') };
  const [, log, centre, from, before] = HEAD.exec(text) ?? [];
  if (log === undefined || centre === undefined || from === undefined || before === undefined) return null;
  return {
    kind: 'head',
    ...{ log: bytesIn(log), centre: bytesIn(centre), before: bytesIn(before) },
    from: Number(from),
  };
}

function bytesIn(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}

/** Lines without their ends; the last one must have its end too, or the file was cut off: it comes as `null`. */
export async function* linesIn(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer | null> {
  let rest = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
      yield rest.subarray(0, end);
      rest = rest.subarray(end + 1);
    }
    if (rest.length > LINE_BYTES_MAX) break;
  }
  if (rest.length > 0) yield null;
}
