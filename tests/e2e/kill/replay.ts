/** Seeds of kill tests: a failure says which, and how to run it again. */
const { RETAP_SEED = 'kill', RETAP_KILLS } = process.env;

/** Kills in a city. More are asked for by more cities, so that each is as easy to look at as the first. */
export interface Round {
  readonly seed: string;
  readonly kills: number;
}

/** @param kills as many as CI has time for; `RETAP_KILLS` asks for another number of them */
export function roundsOf(kills: number): Round[] {
  const wanted = RETAP_KILLS === undefined ? kills : Number(RETAP_KILLS);
  if (!Number.isSafeInteger(wanted) || wanted < 1) throw new Error(`RETAP_KILLS must be 1 or more, not ${RETAP_KILLS}`);
  return Array.from({ length: Math.ceil(wanted / kills) }, (_, round) => ({
    // The first is the seed itself: to run any round again is to name its seed.
    seed: round === 0 ? RETAP_SEED : `${RETAP_SEED}.${round}`,
    kills: Math.min(kills, wanted - round * kills),
  }));
}

/**
 * Adds to whatever fails how to see it again. The plan of a seed is always the same; the machine's timing is not.
 * @param name part of the test's title
 */
export async function replayable(name: string, { seed, kills }: Round, body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } catch (error) {
    const fault = error instanceof Error ? error : new Error(String(error));
    const environment = `RETAP_SEED='${seed}' RETAP_KILLS=${kills}`;
    fault.message += `\n\nSeed '${seed}'. To run it again (a few times: moments within a step are the machine's), after npm run build:
  ${environment} npx vitest run --project kill tests/e2e/kill -t '${name}'\n`;
    throw fault;
  }
}
