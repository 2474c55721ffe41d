/** Loads one production file with a defect in it, from its source; everything else is the build, as it is. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = new URL('../../', import.meta.url);
const compilerOptions = {
  module: ts.ModuleKind.ESNext,
  target: ts.ScriptTarget.ES2023,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
};

/** @type {{file: string, find: string, replace: string} | null} */
let planted = null;

/** @param {{file: string, find: string, replace: string} | null} specimen null: nothing is planted */
export function initialize(specimen) {
  planted = specimen;
}

/** @type {import('node:module').LoadHook} */
export async function load(url, context, next) {
  if (planted === null || url !== builtFrom(planted.file)) return next(url, context);
  const source = await readFile(fileURLToPath(new URL(planted.file, ROOT)), 'utf8');
  const parts = source.split(planted.find);
  if (parts.length !== 2) throw new Error(`${planted.file} has ${parts.length - 1} times: ${planted.find}`);
  const { outputText } = ts.transpileModule(parts.join(planted.replace), { compilerOptions });
  return { format: 'module', source: outputText, shortCircuit: true };
}

/** @param {string} file */
function builtFrom(file) {
  return new URL(file.replace('/src/', '/dist/').replace(/\.ts$/, '.js'), ROOT).href;
}
