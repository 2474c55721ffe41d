/** Once for a run of the unit tests: an embedded database that is made and migrated, to be copied (packages/central/test/embedded-copy.ts). */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openCentral } from '@retap/central';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    embeddedTemplate: string;
  }
}

export async function setup(project: TestProject): Promise<() => void> {
  const directory = mkdtempSync(path.join(tmpdir(), 'retap-template-'));
  const central = await openCentral({ database: directory, now: () => 0 });
  await central.close();
  project.provide('embeddedTemplate', directory);
  return () => rmSync(directory, { recursive: true, force: true });
}
