/** The process: refuses a Node that is too old in words, before anything that needs a newer one is loaded. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`retap: Node ${process.versions.node} is too old; install Node 20.19 or newer.\n`);
  process.exitCode = 1;
} else {
  const { run } = await import('./run.ts');
  run(process);
}
