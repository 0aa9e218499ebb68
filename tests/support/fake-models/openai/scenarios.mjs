// What the model does: for each scenario a list of rounds, and which of them is due.
import { isCall } from './tools.mjs';

// A scenario returns a list of rounds. One round is one model response: a list of parts.
//   {say, phase?, chunks?, gap?}      assistant text, streamed in chunks with a gap in ms
//   {think}                           reasoning summary
//   {shell, ...opts}                  run a shell command with whatever shell tool is offered
//   {patch}                           apply a patch with whatever patch tool is offered
//   {call, args, namespace?}          call a tool by name
//   {wait}                            pause in ms inside the stream
//   {raw}                             raw bytes into the stream
//   {die}                             destroy the socket
//   {fail: {code,message}}            response.failed inside the stream
//   {incomplete: reason}              response.incomplete
// A round may carry: status (HTTP error instead of a stream), before (ms before headers), usage, headers.

const words = (n) => {
  const w = ['alpha', 'bravo', 'charlie', 'delta', 'echo', 'foxtrot', 'golf', 'hotel', 'india', 'juliett',
    'kilo', 'lima', 'mike', 'november', 'oscar', 'papa'];
  let s = '';
  for (let i = 0; i < n; i++) s += (i ? (i % 12 ? ' ' : '\n') : '') + w[i % w.length] + i;
  return s;
};
const firstLine = (s) => {
  const lines = String(s ?? '').split('\n').map((l) => l.trim()).filter(Boolean);
  const at = lines.findIndex((l) => /^(Output|Final output):?$/i.test(l));
  return (at >= 0 ? lines[at + 1] : lines[lines.length - 1] ?? '') ?? '';
};
export const ERRORS = {
  400: ['invalid_request_error', 'invalid_value', 'Fake bad request: the request was malformed.'],
  401: ['invalid_request_error', 'invalid_api_key', 'Fake auth failure: incorrect API key provided.'],
  403: ['invalid_request_error', 'forbidden', 'Fake refusal: you do not have access to this model.'],
  404: ['invalid_request_error', 'model_not_found', 'Fake not found: the model does not exist.'],
  413: ['invalid_request_error', 'request_too_large', 'Fake refusal: request too large.'],
  429: ['requests', 'rate_limit_exceeded', 'Fake rate limit: please try again in 1s.'],
  500: ['server_error', 'server_error', 'Fake server error: something went wrong.'],
  502: ['server_error', 'bad_gateway', 'Fake bad gateway.'],
  503: ['server_error', 'server_is_overloaded', 'Fake overload: the server is overloaded.'],
};

export const scenarios = {
  plain: (a, c) => [[{ say: a.say ?? `Hello from the fake model. You said: ${c.bare.slice(0, 200)}` }]],

  // reasoning summary followed by text
  think: (a) => [[{ think: a.think ?? '**Considering the request**\n\nThe user wants a short answer.' },
    { say: a.say ?? 'I thought about it and here is the answer.' }]],

  // a commentary message, then the final answer (message phases)
  phases: () => [[{ say: 'First I will look around.', phase: 'commentary' },
    { say: 'All done, this is the final answer.', phase: 'final_answer' }]],

  // one shell command, then an answer quoting its output
  tool: (a, c) => [
    [...(a.think ? [{ think: a.think }] : []), ...(a.preamble ? [{ say: a.preamble, phase: 'commentary' }] : []),
      { shell: a.cmd ?? "printf 'hello from tool\\n'" }],
    [{ say: a.say ?? `The command printed: ${firstLine(c.outputs[0])}` }],
  ],
  // n shell commands, one after the other
  tools: (a) => {
    const n = +(a.n ?? 3);
    return [...Array.from({ length: n }, (_, i) => [{ shell: `echo step-${i + 1}` }]), [{ say: `Ran ${n} commands.` }]];
  },
  // two shell commands in one response
  parallel: () => [[{ shell: 'echo left' }, { shell: 'echo right' }], [{ say: 'Both commands finished.' }]],
  // a command that fails
  toolfail: (a) => [[{ shell: a.cmd ?? `echo oops >&2; exit ${a.exit ?? 3}` }], [{ say: 'The command failed, as expected.' }]],
  // a command that runs for a while
  longtool: (a) => [[{ shell: a.cmd ?? `echo begin; sleep ${a.secs ?? 30}; echo end` }], [{ say: 'The slow command finished.' }]],
  // command left running in the background, then polled
  background: (a, c) => {
    const sid = /session ID (\d+)/i.exec(c.outputs[0] ?? '')?.[1] ?? '1';
    return [[{ shell: `echo begin; sleep ${a.secs ?? 2}; echo end`, yield_ms: 300 }],
      [{ call: 'write_stdin', args: { session_id: +sid, chars: '', yield_time_ms: 6000 } }],
      [{ say: 'The background command finished.' }]];
  },
  // ask to leave the sandbox: needs approval under on-request
  escalate: (a, c) => [
    [{ shell: a.cmd ?? "printf 'escalated\\n'", escalate: true, why: a.why ?? 'May I run this outside the sandbox?',
      prefix: a.prefix?.split(',') }],
    [{ say: a.say ?? `After the decision I saw: ${firstLine(c.outputs[0])}` }],
  ],
  // two escalations after each other
  escalate2: (a, c) => [
    [{ shell: "printf 'one\\n'", escalate: true, why: 'May I run the first command?' }],
    [{ shell: "printf 'two\\n'", escalate: true, why: 'May I run the second command?' }],
    [{ say: `Results: ${c.outputs.map(firstLine).join(' / ')}` }],
  ],
  // patch adding a file
  patch: (a) => {
    const f = a.file ?? 'fake-note.txt';
    return [[{ patch: `*** Begin Patch\n*** Add File: ${f}\n+first line\n+second line\n*** End Patch\n` }],
      [{ say: `I created ${f}.` }]];
  },
  // patch changing a line of an existing file (file= old= new=)
  patchupdate: (a) => [[{ patch: `*** Begin Patch\n*** Update File: ${a.file ?? 'fake-note.txt'}\n@@\n-${a.old ?? 'first line'}\n+${a.new ?? 'changed line'}\n*** End Patch\n` }],
    [{ say: `I updated ${a.file ?? 'fake-note.txt'}.` }]],
  patchdelete: (a) => [[{ patch: `*** Begin Patch\n*** Delete File: ${a.file ?? 'fake-note.txt'}\n*** End Patch\n` }],
    [{ say: `I deleted ${a.file ?? 'fake-note.txt'}.` }]],
  // patch that cannot apply
  patchbad: () => [[{ patch: '*** Begin Patch\n*** Update File: does-not-exist.txt\n@@\n-nothing\n+something\n*** End Patch\n' }],
    [{ say: 'The patch could not be applied.' }]],
  // read, patch, run, answer
  work: (a, c) => [
    [{ think: '**Inspecting the workspace**\n\nI look before I edit.' }, { say: 'I will look at the files first.', phase: 'commentary' }, { shell: 'ls -1' }],
    [{ patch: '*** Begin Patch\n*** Add File: work-note.txt\n+made by the fake model\n*** End Patch\n' }],
    [{ shell: 'cat work-note.txt' }],
    [{ say: `Done. The file says: ${firstLine(c.outputs[2])}`, phase: 'final_answer' }],
  ],
  // n words in small chunks with a gap in ms
  long: (a) => [[{ say: words(+(a.n ?? 300)), chunks: +(a.chunks ?? 100), gap: +(a.ms ?? 20) }]],
  // nothing for ms, then an answer. where=headers (default) or body
  slow: (a) => (a.where === 'body'
    ? [[{ wait: +(a.ms ?? 5000) }, { say: 'Sorry for the wait.' }]]
    : [Object.assign([{ say: 'Sorry for the wait.' }], { before: +(a.ms ?? 5000) })]),
  // a few deltas, then silence until the client goes away (or ms)
  stall: (a) => [[{ say: 'This answer starts and then ', open: true }, { wait: +(a.ms ?? 3600000) }, { die: true }]],
  // stream ends without response.completed; times=N cuts only the first N attempts
  cut: (a, c) => (c.attempt <= +(a.times ?? Infinity)
    ? [[{ say: 'This answer will be cut', open: true }, { die: true }]] : [[{ say: 'Second try worked.' }]]),
  // one command, then a stream that is always cut
  toolthencut: () => [[{ shell: 'echo worked' }], [{ say: 'Now it breaks', open: true }, { die: true }]],
  // HTTP error: code=, times=N fails only the first N attempts, retry=secs adds Retry-After
  error: (a, c) => {
    const code = +(a.code ?? 500);
    if (c.attempt > +(a.times ?? Infinity)) return [[{ say: `Recovered after ${c.attempt - 1} failed attempts.` }]];
    return [Object.assign([], { status: code, errType: a.type, errCode: a.err, errMsg: a.msg, retryAfter: a.retry })];
  },
  // error inside the stream: err= code, msg= message
  failed: (a, c) => (c.attempt > +(a.times ?? Infinity) ? [[{ say: 'Recovered.' }]]
    : [[{ fail: { code: a.err ?? 'server_error', message: a.msg ?? 'Fake failure inside the stream.' } }]]),
  incomplete: (a) => [[{ say: 'This answer was cut off by the' }, { incomplete: a.reason ?? 'max_output_tokens' }]],
  // one line of garbage and one unknown event in an otherwise good stream
  garbage: () => [[{ raw: 'event: response.mystery\ndata: {"type":"response.mystery","n":1}\n\n' },
    { raw: 'data: {this is not json\n\n' }, { raw: ': comment line\n\n' }, { say: 'The stream had some garbage in it.' }]],
  // command with a big output (bytes=)
  bigout: (a) => [[{ shell: `head -c ${+(a.bytes ?? 2000000)} /dev/zero | tr '\\0' 'x' | fold -w 120; echo; echo END`, max_tokens: a.max ? +a.max : undefined }],
    [{ say: 'That was a lot of output.' }]],
  // one assistant message of many bytes (bytes=)
  bigmsg: (a) => [[{ say: 'B' + 'big '.repeat(Math.ceil(+(a.bytes ?? 1500000) / 4)) + 'END', chunks: 50, gap: 0 }]],
  // multi-byte text; the transport splits it in the middle of characters
  utf8: (a) => [Object.assign([{ say: a.say ?? 'Grüße, 日本語, emoji 👩‍👩‍👧‍👦🚀, combining é, RTL שלום, end.', chunks: 12 }], { bytes: +(a.chunk ?? 5) })],
  // terminal control characters in text and in tool output
  ansi: () => [[{ shell: "printf '\\033[31mred\\033[0m \\007bell\\n\\033]0;title\\007done\\n'" }],
    [{ say: 'Text with \u001b[31mescape codes\u001b[0m and a \u0007bell.' }]],
  // JSON answer for output schemas
  json: (a) => [[{ say: a.body ?? '{"answer":"forty-two","ok":true,"count":42}' }]],
  // question to the user
  ask: (a, c) => [[{ call: 'request_user_input', args: { questions: [{ id: 'color', header: 'Color', question: 'Which color do you want?',
    options: [{ label: 'Red (Recommended)', description: 'The warm one.' }, { label: 'Blue', description: 'The cold one.' }] }] } }],
  [{ say: `You answered: ${String(c.outputs[0] ?? '').slice(0, 200)}` }]],
  // call an MCP tool by name (tool=, ns=, args= JSON)
  call: (a, c) => [[{ call: a.tool ?? 'echo', namespace: a.ns, args: a.args ? JSON.parse(a.args.replaceAll("'", '"')) : {} }],
    [{ say: `The tool returned: ${firstLine(c.outputs[0])}` }]],
  // a tool that does not exist
  unknowntool: () => [[{ call: 'no_such_tool', force: true, args: {} }], [{ say: 'That tool does not exist.' }]],
  // start a sub-agent, wait for it, answer
  subagent: (a, c) => {
    const v2 = c.tools.some((t) => t.namespace === 'collaboration');
    const message = `Sub task. [[scenario:${a.sub ?? 'plain'}]]`;
    const target = /"(?:task_name|agent_id|id)"\s*:\s*"([^"]+)"/.exec(c.outputs[0] ?? '')?.[1] ?? 'sub_task';
    return [[{ call: 'spawn_agent', args: v2 ? { message, task_name: 'sub_task' } : { message } }],
      [{ call: 'wait_agent', args: v2 ? { timeout_ms: 10000 } : { targets: [target], timeout_ms: 10000 } }],
      [{ say: 'The sub-agent finished.' }]];
  },
  // plan tool, when offered
  plan: () => [[{ call: 'update_plan', args: { plan: [{ step: 'Look', status: 'completed' }, { step: 'Do', status: 'in_progress' }, { step: 'Check', status: 'pending' }] } }],
    [{ say: 'The plan is recorded.' }]],
  // empty answer
  empty: () => [[]],
  // verdict of an approval review; chosen by the server itself, see makeCtx (marker key review=allow|deny)
  review: (a) => [[{ say: a.say ?? '{"outcome":"allow"}' }]],
  // short title for the session list, asked for by the Codex TUI; chosen by the server itself
  title: (a) => [[{ say: a.say ?? '{"title":"Fake title"}' }]],
};
for (const code of Object.keys(ERRORS)) scenarios[`e${code}`] = (a, c) => scenarios.error({ ...a, code }, c);

export function plan(ctx) {
  const build = scenarios[ctx.scenario];
  if (!build) return { round: Object.assign([], { status: 400, errMsg: `Fake server: unknown scenario ${ctx.scenario}` }), index: 0 };
  const rounds = build(ctx.args, ctx);
  let seen = ctx.outputs.length, i = 0;
  for (; i < rounds.length - 1; i++) {
    const calls = rounds[i].filter(isCall).length;
    if (seen < calls) break;
    seen -= calls;
  }
  return { round: rounds[i] ?? [], index: i };
}
