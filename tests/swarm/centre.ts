/** Centres for worlds of the swarm: the deciding code in memory, as it is or with one thing broken. */
import { type MemoryCentral, openMemoryCentral } from '@retap/central/memory';
import type { AuditedCentral, OpenAudited } from '@retap/simulator';

export const openCentral: OpenAudited = async (settings) => audited(await openMemoryCentral(settings), settings);

function audited(central: MemoryCentral, settings: Parameters<OpenAudited>[0]): AuditedCentral {
  return {
    receive: (batches) => central.receive(batches),
    reconcile: () => central.reconcile(),
    drain: () => central.drain(),
    report: (asOf, configuration) => central.report(asOf, configuration),
    alerts: (asOf, options) => central.alerts(asOf, options),
    check: (asOf, configuration) => central.check(asOf, configuration),
    rebuild: () => central.rebuild(),
    reopen: async () => audited(await openMemoryCentral({ ...settings, batches: central.batches }), settings),
    close: () => central.close(),
  };
}

/** @param change what is different about each centre; `index` counts those that a world opens, from 0 */
export function broken(change: (central: AuditedCentral, index: number) => Partial<AuditedCentral>): OpenAudited {
  let opened = 0;
  return async (settings) => {
    const central = await openCentral(settings);
    const index = opened;
    opened += 1;
    return { ...central, ...change(central, index) };
  };
}
