/**
 * Keeps the wallet's own files, all of them, when it is installed: from then on the wallet starts without a network. What the centre
 * answers is never kept. A newer version waits until the wallet is started again. FILES and VERSION are written in by vite.config.js.
 */
const FILES = 'FILES';
const KEPT = `retap-wallet-${'VERSION'}`;
const PAGE = new URL('index.html', self.registration.scope).pathname;
const known = new Set(FILES);

self.addEventListener('install', (event) => {
  // Past the browser's own cache: a file of the version before would stay for ever.
  const fresh = FILES.map((file) => new Request(file, { cache: 'reload' }));
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(fresh)));
});

self.addEventListener('activate', (event) => {
  const others = (names) => names.filter((name) => name.startsWith('retap-wallet-') && name !== KEPT);
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(others(names).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('message', (event) => {
  if (event.data === 'take-over') self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  const isPage = request.mode === 'navigate' && request.url.startsWith(self.registration.scope);
  const name = isPage ? PAGE : pathname;
  if (!known.has(name)) return;
  event.respondWith(
    caches
      .open(KEPT)
      .then((cache) => cache.match(name))
      .then((kept) => kept ?? fetch(request)),
  );
});
