/** What a conversation costs on the air: exchanges and bytes. */
import type { CardChannel } from '../port.ts';

/** A channel that counts what goes through it. Bytes are those of command and response APDUs, without the frames around them. */
export interface CountedChannel extends CardChannel {
  readonly exchanges: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

export function counted(channel: CardChannel): CountedChannel {
  let exchanges = 0;
  let bytesSent = 0;
  let bytesReceived = 0;
  return {
    uid: channel.uid,
    async transmit(command) {
      const response = await channel.transmit(command);
      exchanges += 1;
      bytesSent += command.length;
      bytesReceived += response.length;
      return response;
    },
    get exchanges() {
      return exchanges;
    },
    get bytesSent() {
      return bytesSent;
    },
    get bytesReceived() {
      return bytesReceived;
    },
  };
}
