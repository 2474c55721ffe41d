/** Run by the build, once everything is compiled: makes the database that new embedded ones are copies of. */
import { openDatabase } from './database.ts';
import { migrate } from './schema.ts';
import { makeTemplate } from './template.ts';

try {
  await makeTemplate(async (directory) => {
    const database = await openDatabase(directory);
    try {
      await migrate(database);
    } finally {
      await database.close();
    }
  });
} catch (error) {
  // Not worth a failed installation: each embedded database is then made on its own, and who has PostgreSQL needs none.
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`no template for embedded databases, whose first start will take seconds longer: ${reason}\n`);
}
