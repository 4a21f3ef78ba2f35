// The service worker: every file of one build, kept together; a newer build takes its place once all of it is there.

const NAME = `steadfast-${"VERSION"}`;
const FILES = [/* FILES */];

addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(NAME)
      .then((cache) => cache.addAll(FILES))
      .then(() => skipWaiting()),
  );
});

addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith("steadfast-") && name !== NAME).map((name) => caches.delete(name))))
      .then(() => clients.claim()),
  );
});

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && new URL(request.url).origin === location.origin) {
    event.respondWith(caches.match(request, { ignoreSearch: request.mode === "navigate" }).then((kept) => kept ?? fetch(request)));
  }
});
