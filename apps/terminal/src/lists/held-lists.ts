/** The lists that a terminal holds of its centre: never an older version than it held before, also over restarts. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { toHex } from '@retap/card';
import { verifySignature } from '@retap/keys';
import type { Time } from '@retap/model';
import {
  applyDelta,
  LIST_KINDS,
  type List,
  type ListKind,
  type ListRefusal,
  listTaken,
  type OpenedDelta,
  openDelta,
  openedList,
  ProtocolError,
  type VerifyCentre,
} from '@retap/protocol';
import { faultFields, type Log } from '../log.ts';
import { ListStore } from './store.ts';

/** Why a difference was not applied. What comes of one is then taken or refused as a list that came whole. */
export type DeltaRefusal =
  /** Not one, cut off or damaged. */
  | 'delta-malformed'
  /** Not signed by the centre that gave this terminal its licence. */
  | 'delta-forged'
  /** Of another list than was asked for. */
  | 'delta-foreign'
  /** Not of the version that is held, or what comes of it is not what the centre has. */
  | 'delta-inapplicable';

export interface HeldListsOptions {
  /** Where they are kept; of each centre apart. */
  readonly directory: string;
  /** Public key of the centre. */
  readonly centre: Uint8Array;
  readonly now: () => Time;
  readonly log: Log;
}

type Held = { readonly [Kind in ListKind]?: { readonly list: List<Kind>; readonly bytes: Uint8Array } };

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

export class HeldLists {
  readonly #options: HeldListsOptions;
  readonly #store: ListStore;
  /** The greatest version that there was ever a file of. */
  readonly #floor = new Map<ListKind, number>();
  #held: Held = {};
  readonly #verify: VerifyCentre = (toBeSigned, signature) =>
    verifySignature(this.#options.centre, toBeSigned, signature);

  private constructor(options: HeldListsOptions, store: ListStore) {
    this.#options = options;
    this.#store = store;
  }

  /** What cannot be used of what is on disk is left out, with a line in the log. @throws system errors */
  static async open(options: HeldListsOptions): Promise<HeldLists> {
    // Another centre counts from 1 again.
    const store = await ListStore.open(path.join(options.directory, toHex(options.centre.subarray(0, 8))));
    const lists = new HeldLists(options, store);
    for (const kind of LIST_KINDS) await lists.#load(kind);
    return lists;
  }

  /** 0 where none is held. */
  get versions(): Readonly<Record<ListKind, number>> {
    const versionOf = (kind: ListKind): number => this.#held[kind]?.list.version ?? 0;
    return Object.fromEntries(LIST_KINDS.map((kind) => [kind, versionOf(kind)])) as Record<ListKind, number>;
  }

  /** The list, and whether it has expired by the terminal's clock; null where none is held. */
  of<Kind extends ListKind>(kind: Kind): { readonly list: List<Kind>; readonly isExpired: boolean } | null {
    const list = this.#held[kind]?.list as List<Kind> | undefined;
    return list ? { list, isExpired: list.expiresAt <= this.#options.now() } : null;
  }

  /** Takes over what the centre sent, on disk before in memory. @throws system errors of the disk */
  async take(kind: ListKind, bytes: Uint8Array): Promise<'taken' | 'unchanged' | ListRefusal> {
    const list = openedList(kind, bytes, this.#verify);
    if (typeof list === 'string') return list;
    const known = { held: this.#held[kind] ?? null, floor: this.#floor.get(kind) ?? 0 };
    const taken = listTaken(list, bytes, known, this.#options.now());
    if (taken !== 'taken') return taken;
    await this.#store.keep(kind, list.version, bytes);
    this.#hold(list, bytes);
    return 'taken';
  }

  /** Makes the newer version of the one held, and takes it over as if it had come whole. @throws system errors of the disk */
  async takeDelta(kind: ListKind, bytes: Uint8Array): Promise<'taken' | 'unchanged' | ListRefusal | DeltaRefusal> {
    const delta = this.#openedDelta(kind, bytes);
    if (typeof delta === 'string') return delta;
    const held = this.#held[kind]?.list;
    const document = held ? applyDelta(held, delta, sha256) : null;
    return document === null ? 'delta-inapplicable' : this.take(kind, document);
  }

  #openedDelta(kind: ListKind, bytes: Uint8Array): OpenedDelta['delta'] | DeltaRefusal {
    try {
      const { delta, toBeSigned, signature } = openDelta(bytes);
      if (!verifySignature(this.#options.centre, toBeSigned, signature)) return 'delta-forged';
      return delta.kind === kind ? delta : 'delta-foreign';
    } catch (error) {
      if (error instanceof ProtocolError) return 'delta-malformed';
      throw error;
    }
  }

  #hold(list: List, bytes: Uint8Array): void {
    this.#floor.set(list.kind, Math.max(list.version, this.#floor.get(list.kind) ?? 0));
    this.#held = { ...this.#held, [list.kind]: { list, bytes } };
  }

  async #load(kind: ListKind): Promise<void> {
    const { log } = this.#options;
    const versions = await this.#store.versions(kind);
    if (versions[0] !== undefined) this.#floor.set(kind, versions[0]);
    // An older file is one that a power cut kept from being removed; it is better than none.
    for (const version of versions) {
      const why = await this.#loaded(kind, version);
      if (why === null) return;
      log('error', 'list-unusable', { kind, version, ...why });
    }
  }

  /** Null where it is held then; else why not. */
  async #loaded(kind: ListKind, version: number): Promise<Readonly<Record<string, string>> | null> {
    let bytes: Uint8Array;
    try {
      bytes = await this.#store.read(kind, version);
    } catch (error) {
      return faultFields(error);
    }
    const list = openedList(kind, bytes, this.#verify);
    if (typeof list === 'string') return { why: list };
    if (list.version !== version) return { why: 'list-foreign' };
    this.#hold(list, bytes);
    return null;
  }
}
