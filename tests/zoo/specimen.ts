/** A planted defect: one place in production code, and what stands there instead. */
export interface Specimen {
  /** What the code does wrong, in the words of the domain. */
  readonly name: string;
  /** Source file, from the root of the repository. */
  readonly file: string;
  /** Stands in the file exactly once; a test holds it to that. */
  readonly find: string;
  readonly replace: string;
}

/** Specimens of one file: `[name, find, replace]`. */
export function specimensOf(file: string, ...planted: readonly (readonly [string, string, string])[]): Specimen[] {
  return planted.map(([name, find, replace]) => ({ name, file, find, replace }));
}
