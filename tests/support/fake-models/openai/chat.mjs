// The Chat Completions API: one round as a JSON object or as chunks.
import { id, now, sleep } from './common.mjs';
import { makeWriter, pieces, sendError, sendJson, usageFor } from './reply.mjs';
import { plan } from './scenarios.mjs';
import { isCall, lower } from './tools.mjs';

export async function chat(ctx, res, body, entry) {
  const { round, index } = plan(ctx);
  Object.assign(entry, { scenario: ctx.scenario, round: index, attempt: ctx.attempt, model: body.model, stream: !!body.stream });
  const ac = new AbortController();
  res.on('close', () => ac.abort());
  const before = round.before ?? +(ctx.args.before ?? 0);
  if (before) await sleep(before, ac.signal);
  if (ac.signal.aborted) return;
  if (round.status) return sendError(res, round.status, { type: round.errType, code: round.errCode, msg: round.errMsg, retryAfter: round.retryAfter });
  const u = usageFor(ctx, round, index);
  const usage = { prompt_tokens: u.input, completion_tokens: u.output, total_tokens: u.input + u.output,
    prompt_tokens_details: { cached_tokens: u.cached }, completion_tokens_details: { reasoning_tokens: u.reason } };
  const cid = id('chatcmpl'), created = now();
  const calls = round.filter(isCall).map((p) => lower(p, ctx)).filter(Boolean).map((c) => ({ id: id('call'), type: 'function',
    function: { name: c.name, arguments: c.kind === 'custom' ? JSON.stringify({ input: c.payload }) : c.payload } }));
  const text = round.map((p) => p.say ?? '').filter(Boolean).join('\n\n');
  const finish = round.some((p) => p.incomplete) ? 'length' : calls.length ? 'tool_calls' : 'stop';
  if (round.find((p) => p.fail)) return sendError(res, 500, { msg: round.find((p) => p.fail).fail.message });
  if (!body.stream) {
    entry.usage = usage;
    return sendJson(res, 200, { id: cid, object: 'chat.completion', created, model: body.model, system_fingerprint: 'fp_fake', usage,
      choices: [{ index: 0, finish_reason: finish, logprobs: null, message: { role: 'assistant', content: text || null, refusal: null, ...(calls.length ? { tool_calls: calls } : {}) } }] });
  }
  res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'x-request-id': id('req') });
  const write = makeWriter(res, round.bytes ?? +(ctx.args.chunk ?? 0), ac.signal);
  const chunk = (delta, finish_reason = null, extra = {}) => write(`data: ${JSON.stringify({ id: cid, object: 'chat.completion.chunk', created, model: body.model,
    system_fingerprint: 'fp_fake', choices: [{ index: 0, delta, logprobs: null, finish_reason }], ...extra })}\n\n`);
  await chunk({ role: 'assistant', content: '' });
  for (const p of round) {
    if (ac.signal.aborted) return;
    if (p.wait) await sleep(p.wait, ac.signal);
    else if (p.raw) await write(p.raw.replace(/^event:.*\n/m, ''));
    else if (p.die) { await sleep(30); res.destroy(); return; }
    else if (p.say !== undefined) {
      for (const d of pieces(p.say, p.chunks ?? 4)) {
        if (ac.signal.aborted) return;
        await chunk({ content: d });
        const gap = p.gap ?? +(ctx.args.gap ?? 0);
        if (gap) await sleep(gap, ac.signal);
      }
    }
  }
  for (let i = 0; i < calls.length; i++) {
    await chunk({ tool_calls: [{ index: i, id: calls[i].id, type: 'function', function: { name: calls[i].function.name, arguments: '' } }] });
    for (const d of pieces(calls[i].function.arguments, 3)) await chunk({ tool_calls: [{ index: i, function: { arguments: d } }] });
  }
  await chunk({}, finish);
  if (body.stream_options?.include_usage !== false) {
    entry.usage = usage;
    await write(`data: ${JSON.stringify({ id: cid, object: 'chat.completion.chunk', created, model: body.model, choices: [], usage })}\n\n`);
  }
  await write('data: [DONE]\n\n');
  res.end();
}
