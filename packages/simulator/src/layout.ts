/** Where terminals stand: gate lines at stations, sales terminals, and what inspectors carry. */
import type { TerminalNumber } from '@retap/model';
import { Equipment, type Role } from './equipment.ts';
import type { World } from './world.ts';

export interface Layout {
  readonly all: readonly Equipment[];
  /** Gate lines, by number of the station. */
  readonly stations: readonly (readonly Equipment[])[];
  readonly sales: readonly Equipment[];
  readonly inspectors: readonly Equipment[];
}

/** Terminals 1 … n. A city with one terminal does everything at it. */
export async function layOut(world: World): Promise<Layout> {
  const { terminals, frauds, life } = world.plan;
  const { salesShare, inspectionShare, gatesMax } = life.city;
  const chance = world.chance.stream('layout');
  const salesCount = Math.max(1, Math.round(terminals * salesShare));
  const inspectorCount = terminals < 10 ? 0 : Math.max(1, Math.round(terminals * inspectionShare));
  let terminal: TerminalNumber = 0;
  const install = (role: Role, line: Set<TerminalNumber>): Promise<Equipment> => {
    terminal += 1;
    line.add(terminal);
    // Gates have the highest numbers. (A silent sales terminal would leave media unknown; that is another story.)
    const isSilent = role === 'gate' && terminal > terminals - frauds.silent;
    const { plan } = world;
    return Equipment.install({
      terminal,
      role,
      line,
      isSilent,
      plan,
      now: () => world.now,
      fares: world.fares,
      list: () => world.lists.terminalList(),
      successor: () => world.nextTerminal(),
      chance: chance.stream(`terminal ${terminal}`),
    });
  };
  const sales: Equipment[] = [];
  while (sales.length < salesCount) sales.push(await install('sales', new Set()));
  const inspectors: Equipment[] = [];
  while (inspectors.length < inspectorCount) inspectors.push(await install('inspection', new Set()));
  const stations: Equipment[][] = [];
  while (terminal < terminals) {
    const line = new Set<TerminalNumber>();
    const gates: Equipment[] = [];
    const width = Math.min(chance.integer(1, gatesMax), terminals - terminal);
    while (gates.length < width) gates.push(await install('gate', line));
    stations.push(gates);
  }
  if (stations.length === 0) stations.push(sales);
  return { all: [...new Set([...sales, ...inspectors, ...stations.flat()])], stations, sales, inspectors };
}
