/** The way to the centre that the operator chose. */
import type { Uplink } from '@retap/terminal';
import type { Configuration } from '../configuration/configuration.ts';
import { type UplinkOptions, uplinkTo } from './http.ts';
import { EitherUplink, SocketOnlyUplink, SocketUplink } from './socket.ts';

export function uplinkBy(by: NonNullable<Configuration['centre']>['by'], options: UplinkOptions): Uplink {
  if (by === 'http') return uplinkTo(options);
  const socket = new SocketUplink(options);
  if (by === 'socket') return new SocketOnlyUplink(socket);
  return new EitherUplink(socket, uplinkTo(options), () => performance.now());
}
