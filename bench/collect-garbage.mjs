// Preloaded into a measured server (`node --expose-gc --import …`): it collects its garbage on SIGUSR2, so that
// what is resident is what is needed. Plain JavaScript, because the server runs without a loader.
process.on('SIGUSR2', () => globalThis.gc());
