// Small things that every part of the server needs.
import { randomBytes } from 'node:crypto';

export const sleep = (ms, signal) => new Promise((res) => {
  if (ms <= 0 || signal?.aborted) return res();
  const t = setTimeout(done, ms);
  function done() { clearTimeout(t); signal?.removeEventListener?.('abort', done); res(); }
  signal?.addEventListener?.('abort', done, { once: true });
});
export const id = (prefix) => `${prefix}_${randomBytes(12).toString('hex')}`;
export const now = () => Math.floor(Date.now() / 1000);
