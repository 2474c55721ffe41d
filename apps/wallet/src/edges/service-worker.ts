/** The service worker keeps the wallet's files. A newer version that waits is taken when the wallet starts, before anything is shown. */
const TAKE_OVER_MS = 3_000;

/** @returns whether the page begins anew, with the newer version */
export async function takeNewVersion(): Promise<boolean> {
  const workers = navigator.serviceWorker;
  if (!import.meta.env.PROD || !workers) return false;
  const waiting = (await workers.getRegistration())?.waiting;
  if (!waiting) return false;
  const taken = new Promise<boolean>((resolve) => {
    workers.addEventListener('controllerchange', () => resolve(true), { once: true });
    setTimeout(() => resolve(false), TAKE_OVER_MS);
  });
  waiting.postMessage('take-over');
  if (!(await taken)) return false;
  location.reload();
  return true;
}

/** @param onNew a newer version is here, for the next start */
export async function keepFiles(onNew: () => void): Promise<void> {
  const workers = navigator.serviceWorker;
  if (!import.meta.env.PROD || !workers) return;
  const registration = await workers.register(`${import.meta.env.BASE_URL}sw.js`).catch(() => null);
  registration?.addEventListener('updatefound', () => {
    const { installing } = registration;
    installing?.addEventListener('statechange', () => {
      if (installing.state === 'installed' && workers.controller) onNew();
    });
  });
}
