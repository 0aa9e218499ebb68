// The server itself: routes, the list of requests, and how often each was tried.
import http from 'node:http';
import fs from 'node:fs';
import path from 'node:path';
import { chat } from './chat.mjs';
import { id } from './common.mjs';
import { sendError, sendJson } from './reply.mjs';
import { instanceOf, isReview, parseMarker, readChatRequest, readResponsesRequest, wantedSchema } from './request.mjs';
import { responses } from './responses.mjs';

export function createServer(opts = {}) {
  const attempts = new Map();
  const requests = [];
  let serial = 0;
  const models = opts.models ?? ['fake-model', 'gpt-5.5', 'gpt-6-astra'];
  const record = (entry, bodyBuf) => {
    entry.n = ++serial;
    entry.at = Date.now();
    requests.push(entry);
    if (requests.length > 2000) requests.shift();
    if (opts.bodies && bodyBuf?.length) {
      fs.mkdirSync(opts.bodies, { recursive: true });
      fs.writeFileSync(path.join(opts.bodies, String(entry.n).padStart(4, '0') + '.json'), bodyBuf);
    }
    return entry;
  };
  // Written when the response is over, so that the line says how it ended.
  const finish = (entry, res) => {
    entry.status = res.headersSent ? res.statusCode : null;
    entry.aborted = !res.writableFinished;
    entry.ms = Date.now() - entry.at;
    if (opts.log) fs.appendFileSync(opts.log, JSON.stringify(entry) + '\n');
    if (!opts.quiet) process.stderr.write(`#${entry.n} ${entry.method} ${entry.url} ${entry.status} ${entry.scenario ?? ''}${entry.scenario ? ` round ${entry.round} attempt ${entry.attempt}` : ''} ${entry.ms} ms${entry.aborted ? ' CLIENT LEFT' : ''} ${entry.note ?? ''}\n`);
  };
  const safeHeaders = (h) => Object.fromEntries(Object.entries(h).map(([k, v]) =>
    [k, /^(authorization|api-key|x-api-key|cookie)$/.test(k) ? '[present]' : v]));

  function makeCtx(req, body, parsed, wire) {
    let marker = parseMarker(parsed.text) ?? { name: 'plain', args: {}, raw: '' };
    const schema = wantedSchema(body);
    if (isReview(schema)) {
      const outcome = marker.args.review ?? 'allow';
      marker = { name: 'review', raw: marker.raw, args: { say: JSON.stringify({ risk_level: outcome === 'allow' ? 'low' : 'high', user_authorization: 'medium', outcome, rationale: `Fake review says ${outcome}.` }) } };
    } else if (schema && Object.keys(schema.properties ?? {}).join() === 'title') {
      marker = { name: 'title', raw: marker.raw, args: { say: JSON.stringify({ title: 'Fake title' }) } };
    } else if (schema && marker.name === 'plain' && !marker.args.say) {
      marker = { ...marker, args: { ...marker.args, say: JSON.stringify(instanceOf(schema)) } };
    }
    const thread = body.prompt_cache_key ?? req.headers['session-id'] ?? req.headers['session_id'] ?? '';
    const key = `${thread}|${parsed.text}|${parsed.outputs.length}`;
    const attempt = (attempts.get(key) ?? 0) + 1;
    attempts.set(key, attempt);
    return { scenario: marker.name, args: marker.args, outputs: parsed.outputs, tools: parsed.tools, attempt, wire,
      bare: parsed.text.replace(marker.raw, '').trim(), model: body.model };
  }

  const server = http.createServer((req, res) => {
    const chunks = [];
    req.on('error', () => {});
    res.on('error', () => {});
    req.on('data', (d) => chunks.push(d));
    req.on('end', async () => {
      const buf = Buffer.concat(chunks);
      const url = new URL(req.url, 'http://x');
      const p = url.pathname.replace(/\/+$/, '').replace(/^\/(openai|api)(?=\/)/, '').replace(/^\/v1(?=\/)/, '');
      try {
        if (p === '/healthz') return sendJson(res, 200, { ok: true, pid: process.pid });
        if (p === '/__requests') return sendJson(res, 200, requests);
        if (p === '/__reset') { requests.length = 0; attempts.clear(); return sendJson(res, 200, { ok: true }); }
        const entry = record({ method: req.method, url: req.url, headers: safeHeaders(req.headers), bytes: buf.length }, buf);
        res.on('close', () => finish(entry, res));
        if (req.method === 'POST' && /^\/(logs|traces|metrics)$/.test(p)) return sendJson(res, 200, {});
        if (opts.apiKey) {
          const got = (req.headers.authorization ?? '').replace(/^Bearer /i, '') || req.headers['api-key'] || '';
          if (got !== opts.apiKey) return sendError(res, 401);
        }
        if (req.method === 'GET' && p === '/models') {
          const data = models.map((m) => ({ id: m, object: 'model', created: 1700000000, owned_by: 'fake' }));
          return sendJson(res, 200, { object: 'list', data });
        }
        if (req.method === 'GET' && p.startsWith('/models/')) return sendJson(res, 200, { id: p.slice(8), object: 'model', created: 1700000000, owned_by: 'fake' });
        if (req.method !== 'POST') return sendError(res, 404, { msg: `Fake server: no route for ${req.method} ${req.url}` });
        let body;
        try { body = JSON.parse(buf.toString('utf8')); } catch {
          entry.note = `body is not JSON (content-encoding ${req.headers['content-encoding'] ?? 'none'})`;
          return sendError(res, 400, { msg: 'Fake server: body is not JSON' });
        }
        if (p === '/responses') return await responses(makeCtx(req, body, readResponsesRequest(body), 'responses'), res, body, entry);
        if (p === '/responses/compact') return sendJson(res, 200, { output: [{ type: 'compaction', id: id('cmp'), encrypted_content: 'ZmFrZSBzdW1tYXJ5' }] });
        if (p === '/chat/completions') return await chat(makeCtx(req, body, readChatRequest(body), 'chat'), res, body, entry);
        return sendError(res, 404, { msg: `Fake server: no route for ${req.method} ${req.url}` });
      } catch (e) {
        process.stderr.write(`fake server error: ${e.stack}\n`);
        if (!res.headersSent) sendError(res, 500, { msg: String(e) }); else res.destroy();
      }
    });
  });
  server.on('upgrade', (req, sock) => {
    const entry = record({ method: 'UPGRADE', url: req.url, headers: safeHeaders(req.headers), note: 'refused with 426' });
    if (opts.log) fs.appendFileSync(opts.log, JSON.stringify(entry) + '\n');
    sock.end('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  });
  server.on('clientError', (e, sock) => sock.destroy());
  server.requests = requests;
  return server;
}
