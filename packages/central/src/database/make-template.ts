/** Run by the build, once everything is compiled: makes the database that new embedded ones are copies of. */
import { openDatabase } from './database.ts';
import { migrate } from './schema.ts';
import { makeTemplate } from './template.ts';

await makeTemplate(async (directory) => {
  const database = await openDatabase(directory);
  try {
    await migrate(database);
  } finally {
    await database.close();
  }
});
