// What both wire formats are written with: token numbers, headers, errors, and bytes cut into pieces.
import { id, now, sleep } from './common.mjs';
import { ERRORS } from './scenarios.mjs';

// Token numbers are fixed per round, so that tests can predict them. Marker keys in/cached/out/reason override.
export function usageFor(ctx, round, index) {
  const text = round.map((p) => p.say ?? '').join('');
  const reason = +(ctx.args.reason ?? (round.some((p) => p.think) ? 64 : 0));
  const input = +(ctx.args.in ?? 1000 + 250 * index);
  const cached = +(ctx.args.cached ?? (index ? 1000 + 250 * (index - 1) : 0));
  const output = +(ctx.args.out ?? 20 + Math.ceil(text.length / 4) + reason);
  return { input, cached, output, reason };
}

export function limitHeaders(args) {
  if (!args.limits) return {};
  const used = args.limits === '1' ? '42' : args.limits;
  return {
    'x-codex-primary-used-percent': used, 'x-codex-primary-window-minutes': '300', 'x-codex-primary-reset-at': String(now() + 3600),
    'x-codex-secondary-used-percent': '7', 'x-codex-secondary-window-minutes': '10080', 'x-codex-secondary-reset-at': String(now() + 86400),
    'x-codex-credits-has-credits': 'true', 'x-codex-credits-unlimited': 'false', 'x-codex-credits-balance': '12.50',
  };
}

export function sendJson(res, status, obj, headers = {}) {
  const b = Buffer.from(JSON.stringify(obj));
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': b.length, 'x-request-id': id('req'), ...headers });
  res.end(b);
}
export function sendError(res, status, { type, code, msg, retryAfter, headers } = {}) {
  const d = ERRORS[status] ?? ['server_error', 'unknown', `Fake error ${status}.`];
  sendJson(res, status, { error: { message: msg ?? d[2], type: type ?? d[0], code: code ?? d[1], param: null } },
    { ...(retryAfter ? { 'retry-after': String(retryAfter) } : {}), ...headers });
}

// --- writer that can cut the byte stream into small pieces
export function makeWriter(res, bytes, signal) {
  return async (text) => {
    if (signal.aborted) return;
    if (!bytes) { res.write(text); return; }
    const b = Buffer.from(text);
    for (let i = 0; i < b.length && !signal.aborted; i += bytes) { res.write(b.subarray(i, i + bytes)); await sleep(0); }
  };
}

export const pieces = (s, n) => {
  const cps = [...s];
  const size = Math.max(1, Math.ceil(cps.length / Math.max(1, n)));
  const out = [];
  for (let i = 0; i < cps.length; i += size) out.push(cps.slice(i, i + size).join(''));
  return out.length ? out : [''];
};
