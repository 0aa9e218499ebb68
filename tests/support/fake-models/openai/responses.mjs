// The Responses API: one round as a JSON object or as server-sent events.
import { id, now, sleep } from './common.mjs';
import { limitHeaders, makeWriter, pieces, sendError, sendJson, usageFor } from './reply.mjs';
import { plan } from './scenarios.mjs';
import { isCall, lower } from './tools.mjs';

export async function responses(ctx, res, body, entry) {
  const { round, index } = plan(ctx);
  Object.assign(entry, { scenario: ctx.scenario, round: index, attempt: ctx.attempt, model: body.model, stream: !!body.stream });
  const ac = new AbortController();
  res.on('close', () => ac.abort());
  const before = round.before ?? +(ctx.args.before ?? 0);
  if (before) await sleep(before, ac.signal);
  if (ac.signal.aborted) return;
  const headers = limitHeaders(ctx.args);
  if (round.status) return sendError(res, round.status, { type: round.errType, code: round.errCode, msg: round.errMsg, retryAfter: round.retryAfter, headers });

  const u = usageFor(ctx, round, index);
  const usage = { input_tokens: u.input, input_tokens_details: { cached_tokens: u.cached }, output_tokens: u.output,
    output_tokens_details: { reasoning_tokens: u.reason }, total_tokens: u.input + u.output };
  const rid = id('resp');
  const base = { id: rid, object: 'response', created_at: now(), model: body.model, parallel_tool_calls: true, tool_choice: 'auto', tools: [], metadata: {} };
  const output = [];
  const items = round.map((p) => {
    if (p.say !== undefined) return { type: 'message', id: id('msg'), status: 'completed', role: 'assistant',
      content: [{ type: 'output_text', text: p.say, annotations: [], logprobs: [] }], ...(p.phase ? { phase: p.phase } : {}) };
    if (p.think !== undefined) return { type: 'reasoning', id: id('rs'), summary: [{ type: 'summary_text', text: p.think }], encrypted_content: 'ZmFrZQ==' };
    if (isCall(p)) {
      const c = lower(p, ctx);
      if (!c) return { type: 'message', id: id('msg'), status: 'completed', role: 'assistant', content: [{ type: 'output_text', text: '(no suitable tool offered)', annotations: [] }] };
      const call = id('call');
      if (c.kind === 'custom') return { type: 'custom_tool_call', id: id('ctc'), status: 'completed', call_id: call, name: c.name, ...(c.namespace && c.namespace !== 'functions' ? { namespace: c.namespace } : {}), input: c.payload };
      if (c.kind === 'local_shell') return { type: 'local_shell_call', id: id('lsh'), status: 'completed', call_id: call, action: { type: 'exec', command: c.payload, env: {} } };
      return { type: 'function_call', id: id('fc'), status: 'completed', call_id: call, name: c.name, ...(c.namespace && c.namespace !== 'functions' ? { namespace: c.namespace } : {}), arguments: c.payload };
    }
    return null;
  });

  if (!body.stream) {
    entry.usage = usage;
    const bad = round.find((p) => p.fail || p.incomplete);
    return sendJson(res, 200, { ...base, status: bad?.fail ? 'failed' : bad?.incomplete ? 'incomplete' : 'completed',
      output: items.filter(Boolean), usage, error: bad?.fail ?? null, incomplete_details: bad?.incomplete ? { reason: bad.incomplete } : null }, headers);
  }

  res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'x-request-id': id('req'), ...headers });
  const write = makeWriter(res, round.bytes ?? +(ctx.args.chunk ?? 0), ac.signal);
  let seq = 0;
  const ev = (type, data) => write(`event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: seq++, ...data })}\n\n`);
  await ev('response.created', { response: { ...base, status: 'in_progress', output: [], usage: null } });
  await ev('response.in_progress', { response: { ...base, status: 'in_progress', output: [], usage: null } });
  let ended = false;
  for (let k = 0; k < round.length && !ac.signal.aborted; k++) {
    const p = round[k], item = items[k], oi = output.length;
    if (p.wait) await sleep(p.wait, ac.signal);
    else if (p.raw) await write(p.raw);
    else if (p.die) { await sleep(30); res.destroy(); return; }
    else if (p.fail) {
      await ev('response.failed', { response: { ...base, status: 'failed', output, usage: null, error: p.fail, incomplete_details: null } });
      ended = true; break;
    } else if (p.incomplete) {
      entry.usage = usage;
      await ev('response.incomplete', { response: { ...base, status: 'incomplete', output, usage, error: null, incomplete_details: { reason: p.incomplete } } });
      ended = true; break;
    } else if (item.type === 'message') {
      const text = item.content[0].text;
      await ev('response.output_item.added', { output_index: oi, item: { ...item, status: 'in_progress', content: [] } });
      await ev('response.content_part.added', { item_id: item.id, output_index: oi, content_index: 0, part: { type: 'output_text', text: '', annotations: [] } });
      for (const d of pieces(text, p.chunks ?? 4)) {
        if (ac.signal.aborted) break;
        await ev('response.output_text.delta', { item_id: item.id, output_index: oi, content_index: 0, delta: d, logprobs: [] });
        const gap = p.gap ?? +(ctx.args.gap ?? 0);
        if (gap) await sleep(gap, ac.signal);
      }
      if (p.open) continue;
      await ev('response.output_text.done', { item_id: item.id, output_index: oi, content_index: 0, text, logprobs: [] });
      await ev('response.content_part.done', { item_id: item.id, output_index: oi, content_index: 0, part: item.content[0] });
      await ev('response.output_item.done', { output_index: oi, item });
      output.push(item);
    } else if (item.type === 'reasoning') {
      await ev('response.output_item.added', { output_index: oi, item: { ...item, summary: [], encrypted_content: '' } });
      await ev('response.reasoning_summary_part.added', { item_id: item.id, output_index: oi, summary_index: 0, part: { type: 'summary_text', text: '' } });
      for (const d of pieces(p.think, 4)) await ev('response.reasoning_summary_text.delta', { item_id: item.id, output_index: oi, summary_index: 0, delta: d });
      await ev('response.reasoning_summary_text.done', { item_id: item.id, output_index: oi, summary_index: 0, text: p.think });
      await ev('response.reasoning_summary_part.done', { item_id: item.id, output_index: oi, summary_index: 0, part: { type: 'summary_text', text: p.think } });
      await ev('response.output_item.done', { output_index: oi, item });
      output.push(item);
    } else {
      const custom = item.type === 'custom_tool_call', field = custom ? 'input' : 'arguments';
      const evName = custom ? 'response.custom_tool_call_input' : 'response.function_call_arguments';
      await ev('response.output_item.added', { output_index: oi, item: { ...item, status: 'in_progress', ...(item[field] !== undefined ? { [field]: '' } : {}) } });
      if (item[field] !== undefined) {
        for (const d of pieces(item[field], 3)) await ev(`${evName}.delta`, { item_id: item.id, output_index: oi, delta: d });
        await ev(`${evName}.done`, { item_id: item.id, output_index: oi, [field]: item[field] });
      }
      await ev('response.output_item.done', { output_index: oi, item });
      output.push(item);
    }
  }
  if (ac.signal.aborted) return;
  if (!ended) entry.usage = usage;
  if (!ended) await ev('response.completed', { response: { ...base, status: 'completed', output, usage, error: null, incomplete_details: null } });
  res.end();
}
