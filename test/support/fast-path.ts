/** Every test must pass on both ways: `FAST_PATH=off npm test` takes the plain one. */
export const FAST_PATH = process.env.FAST_PATH ?? 'on';
