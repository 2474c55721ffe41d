/** Deny lists on their way from the centre to the terminals: signed, versioned, sometimes damaged, sometimes old ones again. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { MediumName } from '@retap/model';
import { encodeList, type List, type ListRefusal, listTaken, openedList } from '@retap/protocol';
import type { Equipment } from './equipment.ts';
import { Lottery } from './lottery.ts';
import { DAY, HOUR, MINUTE } from './options.ts';
import type { Chance } from './random.ts';
import type { World } from './world.ts';

/** What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410, clause 7). */
const PKCS8 = '302e020100300506032b657004220420';
/** A terminal asks for lists so often at most. */
const FETCH_PERIOD = HOUR;

/** What one terminal holds: production's decisions, in memory. */
export class TerminalList {
  #held: { readonly list: List<'deny'>; readonly bytes: Uint8Array; readonly media: ReadonlySet<MediumName> } | null =
    null;
  #floor = 0;
  readonly #key: KeyObject;
  /** The newest version that ever came whole to this terminal, by what was sent: whoever is on it may not be served here. */
  offered = 0;
  askedAt = 0;

  constructor(key: KeyObject) {
    this.#key = key;
  }

  get version(): number {
    return this.#held?.list.version ?? 0;
  }

  has(medium: MediumName): boolean {
    return this.#held?.media.has(medium) ?? false;
  }

  take(bytes: Uint8Array, now: number): 'taken' | 'unchanged' | ListRefusal {
    const list = openedList('deny', bytes, (toBeSigned, signature) => verify(null, toBeSigned, this.#key, signature));
    if (typeof list === 'string') return list;
    const taken = listTaken(list, bytes, { held: this.#held, floor: this.#floor }, now);
    if (taken !== 'taken' || list.kind !== 'deny') return taken;
    this.#floor = Math.max(this.#floor, list.version);
    this.#held = { list, bytes, media: new Set(list.entries) };
    return taken;
  }
}

export class Lists {
  readonly #world: World;
  readonly #chance: Chance;
  readonly #key: KeyObject;
  readonly #publicKey: KeyObject;
  readonly #mishaps: Lottery<'listStaleShare' | 'listFlippedShare' | 'listRolledBackShare'>;
  /** By version, from 1. */
  readonly #published: Uint8Array[] = [];
  /** Since which version it is denied. */
  readonly #denied = new Map<MediumName, number>();

  constructor(world: World) {
    this.#world = world;
    this.#chance = world.chance.stream('lists');
    const seed = createHash('sha256').update(`centre of ${world.plan.seed}`).digest('hex');
    this.#key = createPrivateKey({ key: Buffer.from(`${PKCS8}${seed}`, 'hex'), format: 'der', type: 'pkcs8' });
    this.#publicKey = createPublicKey(this.#key);
    const { listStaleShare, listFlippedShare, listRolledBackShare } = world.plan.faults;
    this.#mishaps = new Lottery({ listStaleShare, listFlippedShare, listRolledBackShare });
  }

  /** What a new terminal holds; null in a city without lists. */
  terminalList(): TerminalList | null {
    return this.#world.plan.faults.deniedDaily > 0 ? new TerminalList(this.#publicKey) : null;
  }

  /** Plans whose media the day's reports deny. @param citizens all there are */
  drawDay(citizens: () => readonly { readonly person: { readonly name: MediumName } }[], midnight: number): void {
    for (let left = this.#world.plan.faults.deniedDaily; left > 0; left -= 1) {
      const { name } = this.#chance.pick(citizens()).person;
      const at = midnight + this.#chance.integer(6 * 60, 20 * 60) * MINUTE;
      this.#world.agenda.plan(at, () => this.#deny(name));
    }
  }

  /** The terminal asks for the newest, unless it did not long ago. */
  fetch(equipment: Equipment): void {
    const { list } = equipment;
    const { now } = this.#world;
    const newest = this.#published.length;
    if (list === null || newest === 0 || now < list.askedAt + FETCH_PERIOD) return;
    list.askedAt = now;
    const mishap = this.#mishaps.prize(this.#chance.next());
    if (mishap !== null) this.#world.counts[mishap] += 1;
    // Somebody in between still has nothing newer than what the terminal has.
    if (mishap === 'listStaleShare') return;
    const version = mishap === 'listRolledBackShare' ? this.#chance.integer(1, newest) : newest;
    this.#offer(equipment, list, version, mishap === 'listFlippedShare');
  }

  /** Whether a terminal that holds what it was given serves a medium that it must not. */
  isServedThoughDenied(medium: MediumName, list: TerminalList): boolean {
    const since = this.#denied.get(medium);
    return since !== undefined && since <= list.offered;
  }

  #offer({ terminal: { terminal } }: Equipment, list: TerminalList, version: number, isFlipped: boolean): void {
    const { now: at, violations } = this.#world;
    const sent = this.#published[version - 1] as Uint8Array;
    const bytes = isFlipped ? this.#flipped(sent) : sent;
    const before = list.version;
    const taken = list.take(bytes, at);
    if (list.version < before) violations.push({ kind: 'older-list-taken', terminal, at });
    if (isFlipped && taken === 'taken') violations.push({ kind: 'damaged-list-taken', terminal, at });
    if (!isFlipped) list.offered = Math.max(list.offered, version);
  }

  #flipped(sent: Uint8Array): Uint8Array {
    const bytes = sent.slice();
    const at = this.#chance.integer(0, bytes.length - 1);
    bytes[at] = (bytes[at] as number) ^ (1 << this.#chance.integer(0, 7));
    return bytes;
  }

  async #deny(medium: MediumName): Promise<void> {
    if (this.#world.isClosing || this.#denied.has(medium)) return;
    const version = this.#published.length + 1;
    this.#denied.set(medium, version);
    this.#world.counts.deniedDaily += 1;
    const { now: issuedAt } = this.#world;
    const entries = [...this.#denied.keys()].sort((a, b) => (a < b ? -1 : 1));
    const list: List<'deny'> = { kind: 'deny', version, issuedAt, expiresAt: issuedAt + 36_500 * DAY, entries };
    this.#published.push(await encodeList(list, (bytes) => sign(null, bytes, this.#key)));
  }
}
