/** Frauds and broken equipment, planted so that the alerts have something to find. */
import { plantOnMedia } from './fraud-media.ts';
import { type Bring, plantOnTerminals } from './fraud-terminals.ts';
import type { Layout } from './layout.ts';
import { Planting } from './planting.ts';
import type { Population } from './population.ts';
import type { World } from './world.ts';

export function plantFrauds(world: World, layout: Layout, population: Population, bring: Bring): void {
  const planting = new Planting(world, population);
  plantOnMedia(planting, population);
  plantOnTerminals(planting, layout, bring);
}
