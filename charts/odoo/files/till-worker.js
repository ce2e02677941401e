// The till's service worker, in the place of Odoo's own, behind an ingress. Odoo's keeps whatever it gets, with the ingress' 502 and 503 among
// it: while Odoo is away it forgets the till's page and keeps an error instead. This one keeps what Odoo answered well, and gives
// that when no Odoo answers, so that the till starts.

// As Odoo's, so that what that one kept is there.
const cacheName = "odoo-pos-cache";

const isAway = ({ status }) => status >= 502 && status <= 504;

/** A log-in page is reached by a redirection, and isn't what was asked for. */
const isWhole = ({ ok, redirected }) => ok && !redirected;

/** What was kept for a request. Every address of a till is one page: /pos/ui/1/product/… is that of /pos/ui/1. */
async function keptFor(request) {
  const cache = await caches.open(cacheName);
  const kept = await cache.match(request);
  // Odoo's own worker may have kept an error.
  if (kept !== undefined && isWhole(kept)) return kept;
  const [till] = new URL(request.url).pathname.match(/^\/pos\/ui\/\d+(?=\/|$)/) ?? [];
  if (request.mode !== "navigate" || till === undefined) return undefined;
  const pages = await cache.matchAll(till, { ignoreSearch: true });
  return pages.find(isWhole);
}

async function keep(request, response) {
  const cache = await caches.open(cacheName);
  await cache.put(request, response);
}

async function answer(event) {
  const { request } = event;
  const response = await fetch(request).catch(() => undefined);
  if (response === undefined || isAway(response)) return (await keptFor(request)) ?? response ?? Response.error();
  // Room that is used up is no reason not to answer.
  if (isWhole(response)) event.waitUntil(keep(request, response.clone()).catch(() => undefined));
  return response;
}

const asksForWords = (url) => new URL(url).pathname.startsWith("/web/webclient/translations");

/** A till that starts asks whether the words that it keeps are still right, and shows an error where nobody says so. */
async function answerWords(request) {
  const response = await fetch(request).catch(() => undefined);
  if (response !== undefined && !isAway(response)) return response;
  const hash = new URL(request.url).searchParams.get("hash");
  return hash === null ? (response ?? Response.error()) : Response.json({ hash });
}

async function fetchAndKeep(url) {
  const response = await fetch(url);
  if (isWhole(response)) await keep(url, response);
}

// What it does depends on nothing that an older one did.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { method, url, cache } = event.request;
  // Data is the till's own business, and so are devices in the shop.
  const isOthers = !url.startsWith("http") || url.includes("/web/dataset") || url.includes("/hw_proxy/hello");
  if (method !== "GET" || isOthers) return;
  if (asksForWords(url)) event.respondWith(answerWords(event.request));
  // Whoever wants nothing that was kept asks so, such as the waiting page that asks for Odoo.
  else if (cache !== "no-store") event.respondWith(answer(event));
});

self.addEventListener("message", (event) => {
  const { urlsToCache } = event.data ?? {};
  if (Array.isArray(urlsToCache) && navigator.onLine)
    event.waitUntil(Promise.allSettled(urlsToCache.map(fetchAndKeep)));
});
