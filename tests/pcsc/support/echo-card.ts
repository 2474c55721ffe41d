/** The least of cards: answers with what it was sent, and 9000. */
import type { PluggableCard } from '../../../apps/terminal/src/vpcd/plug.ts';

export const ECHO_UID = Uint8Array.of(0x04, 1, 2, 3, 4, 5, 6);

export class EchoCard implements PluggableCard {
  readonly uid: Uint8Array;
  readonly seen: Uint8Array[] = [];
  resets = 0;
  isOff = false;

  constructor(uid: Uint8Array = ECHO_UID) {
    this.uid = uid;
  }

  transmit(command: Uint8Array): Uint8Array {
    this.seen.push(command);
    return Uint8Array.of(...command, 0x90, 0x00);
  }

  reset(): void {
    this.resets += 1;
    this.isOff = false;
  }

  powerOff(): void {
    this.isOff = true;
  }
}
