/** How values leave PostgreSQL. Set on the pool: PGlite takes a query's own `types` for something else and fails. */
import pg from 'pg';

const INT8 = 20;
const NUMERIC = 1700;

/** Money, times and counts are safe integers by the schema's ranges; a string would sort and add wrongly. */
export const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text') =>
    oid === INT8 || oid === NUMERIC
      ? Number
      : pg.types.getTypeParser(oid, format)) as pg.CustomTypesConfig['getTypeParser'],
};
