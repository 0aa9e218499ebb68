#!/usr/bin/env node
// Fake Gemini Developer API (v1beta) for driving real agent CLIs without a network.
// Node.js standard library only.  See gemini.md.
//
//   node gemini.mjs [--port 0] [--log FILE] [--quiet]
//
// The behaviour of each request is chosen by a marker in the newest user text:
//   [[scenario:NAME]]            or   [[scenario:NAME:arg1:arg2]]
// Which step of a scenario runs is derived from the conversation itself (number
// of model turns after that user text), so the server keeps no per-client state
// apart from the "fail N times, then work" counters.

import http from 'node:http';
import fs from 'node:fs';

const argv = process.argv.slice(2);
const opt = (name, dflt) => {
  const i = argv.indexOf('--' + name);
  return i >= 0 && argv[i + 1] !== undefined ? argv[i + 1] : dflt;
};
const PORT = Number(opt('port', process.env.FAKE_GEMINI_PORT ?? 0));
const LOG = opt('log', process.env.FAKE_GEMINI_LOG ?? '');
const QUIET = argv.includes('--quiet');

const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
const counters = new Map(); // for the flaky scenarios

function log(entry) {
  if (LOG) fs.appendFileSync(LOG, JSON.stringify(entry) + '\n');
}

// ---------------------------------------------------------------- helpers

const MODELS = [
  'gemini-2.5-pro', 'gemini-2.5-flash', 'gemini-2.5-flash-lite',
  'gemini-3-pro-preview', 'gemini-3-flash-preview',
];

function modelInfo(id) {
  return {
    name: `models/${id}`, version: '001', displayName: id,
    description: 'scripted stand-in', inputTokenLimit: 1048576,
    outputTokenLimit: 65536,
    supportedGenerationMethods: ['generateContent', 'countTokens'],
  };
}

// Rough but deterministic token estimate: one token per four characters.
const tokens = (s) => Math.max(1, Math.ceil((s ?? '').length / 4));
const textOf = (content) => (content?.parts ?? []).map((p) => p.text ?? '').join('');

function promptTokens(body) {
  let n = 0;
  for (const c of body.contents ?? []) n += tokens(JSON.stringify(c.parts ?? []));
  return n;
}

// Newest user turn that carries a marker, and how many model turns follow it.
function pickScenario(contents) {
  for (let i = contents.length - 1; i >= 0; i--) {
    if (contents[i].role !== 'user') continue;
    const all = [...textOf(contents[i]).matchAll(/\[\[scenario:([^\]]+)\]\]/g)];
    if (!all.length) continue;
    const [name, ...args] = all[all.length - 1][1].split(':');
    const step = contents.slice(i + 1).filter((c) => c.role === 'model').length;
    return { name: name.trim(), args, step };
  }
  return { name: 'plain', args: [], step: 0 };
}

// The results of the tool calls answered most recently (for echoing back).
function lastToolResults(contents) {
  const out = [];
  const last = contents[contents.length - 1];
  for (const p of last?.parts ?? []) if (p.functionResponse) out.push(p.functionResponse);
  return out;
}

const say = (text, extra = {}) => ({ parts: [{ text }], ...extra });
const think = (text) => ({ parts: [{ text, thought: true }] });
const call = (name, args, id) => ({
  parts: [{ functionCall: { ...(id ? { id } : {}), name, args } }],
});
const calls = (list) => ({
  parts: list.map(([name, args, id]) => ({ functionCall: { ...(id ? { id } : {}), name, args } })),
});

const SHELL = 'run_shell_command';
// Commands use printf, not echo: several CLIs run echo without asking.
const shell = (command, description = 'scripted command') => call(SHELL, { command, description });

// deterministic, non-repeating filler of about n characters
function words(n) {
  let out = '', x = 12345;
  while (out.length < n) {
    x = (x * 1103515245 + 12345) % 2147483648;
    out += x.toString(36) + (x % 11 === 0 ? '.\n' : ' ');
  }
  return out.slice(0, n);
}

const LOREM = ('Paddock keeps every agent in its own stall. ' +
  'Each stall has a door, a window and a lamp that shows what the agent is doing. ').repeat(8);

// ---------------------------------------------------------------- scenarios
// Each returns { chunks: [...], delay?, firstDelay?, finish?, usage? }
// or { http: {status, body} } for a plain HTTP failure,
// or { drop: n } to cut the connection after n chunks,
// or { hang: true }.

const rpcError = (code, status, message, details = []) => ({
  error: { code, message, status, details },
});

const scenarios = {
  plain: ({ args }) => ({
    chunks: [say('Hello '), say('from the '), say(args[0] ?? 'fake Gemini model.')],
  }),

  thought: () => ({
    chunks: [
      think('**Considering the request**\nThe user wants a short answer.'),
      say('Thought about it. '), say('The answer is 42.'),
    ],
    thoughts: 17,
  }),

  markdown: () => ({
    chunks: [say('# Title\n\n- one\n- two\n\n'), say('```c\nint main(void) { return 0; }\n```\n')],
  }),

  utf8: () => ({
    chunks: [say('Grüße, 世界! '), say('🐎 emoji and e\u0301 combining. '), say('Ende.')],
    splitBytes: true,
  }),

  tool: ({ args, step, contents }) => step === 0
    ? { chunks: [say('Running a command. '), shell(args[0] ?? "printf 'hello-from-tool\\n'")] }
    : { chunks: [say('The command said: '), say(JSON.stringify(lastToolResults(contents)[0]?.response ?? {}).slice(0, 160))] },

  fail: ({ step }) => step === 0
    ? { chunks: [shell('echo to-stderr >&2; exit 3', 'fails with status 3')] }
    : { chunks: [say('The command failed as expected.')] },

  sleep: ({ args, step }) => step === 0
    ? { chunks: [shell(`sleep ${args[0] ?? 30}; echo slept`, 'sleeps')] }
    : { chunks: [say('Done sleeping.')] },

  bg: ({ step }) => step === 0
    ? { chunks: [call(SHELL, { command: 'sleep 20', description: 'background', is_background: true })] }
    : { chunks: [say('Started in the background.')] },

  write: ({ args, step }) => step === 0
    ? { chunks: [say('Creating a file. '), call('write_file', { file_path: args[0] ?? '/workspace/notes.txt', content: 'line one\nline two\n' })] }
    : { chunks: [say('File written.')] },

  edit: ({ args, step }) => step === 0
    ? { chunks: [call('read_file', { file_path: args[0] ?? '/workspace/hello.txt' })] }
    : step === 1
      ? { chunks: [call('replace', { file_path: args[0] ?? '/workspace/hello.txt', instruction: 'greet the paddock', old_string: 'hello world', new_string: 'hello paddock' })] }
      : { chunks: [say('File edited.')] },

  read: ({ args, step }) => step === 0
    ? { chunks: [call('read_file', { file_path: args[0] ?? '/workspace/hello.txt' })] }
    : { chunks: [say('I have read the file.')] },

  missing: ({ step }) => step === 0
    ? { chunks: [call('read_file', { file_path: '/workspace/does-not-exist.txt' })] }
    : { chunks: [say('That file does not exist.')] },

  unknown_tool: ({ step }) => step === 0
    ? { chunks: [call('no_such_tool', { a: 1 })] }
    : { chunks: [say('That tool does not exist.')] },

  bad_args: ({ step }) => step === 0
    ? { chunks: [call('read_file', { path_is_wrong: true })] }
    : { chunks: [say('The arguments were wrong.')] },

  parallel: ({ step }) => step === 0
    ? { chunks: [calls([
        ['read_file', { file_path: '/workspace/hello.txt' }],
        [SHELL, { command: "printf 'parallel-two\\n'", description: 'second of two' }],
      ])] }
    : { chunks: [say('Both calls are done.')] },

  steps: ({ args, step }) => step < Number(args[0] ?? 3)
    ? { chunks: [say(`Step ${step + 1}. `), shell(`printf 'step-${step + 1}\\n'`)] }
    : { chunks: [say('All steps done.')] },

  loop: ({ step }) => ({ chunks: [shell('echo again', `round ${step}`)] }),

  todo: ({ step }) => step === 0
    ? { chunks: [call('write_todos', { todos: [
        { description: 'Look around', status: 'completed' },
        { description: 'Do the work', status: 'in_progress' },
        { description: 'Report', status: 'pending' },
      ] })] }
    : { chunks: [say('Plan noted.')] },

  // [[scenario:call:TOOL:{"json":"args"}]] calls any tool by name
  call: ({ args, step }) => step === 0
    ? { chunks: [call(args[0], JSON.parse(args.slice(1).join(':') || '{}'))] }
    : { chunks: [say('Called ' + args[0] + '.')] },

  // hands a small job to a sub-agent; the sub-agent's own prompt carries a marker
  subagent: ({ args, step }) => step === 0
    ? { chunks: [call('invoke_agent', { agent_name: args[0] ?? 'codebase_investigator', prompt: `[[scenario:${args[1] ?? 'finish'}]] look around for the paddock` })] }
    : { chunks: [say('The sub-agent is back.')] },

  // what such a sub-agent does: read a file, then report through its completion tool
  finish: ({ step, body }) => {
    const decl = (body.tools ?? []).flatMap((t) => t.functionDeclarations ?? []);
    const done = decl.find((f) => /complete_task/.test(f.name));
    if (step === 0) return { chunks: [call('read_file', { file_path: '/workspace/hello.txt' })] };
    return done ? { chunks: [call(done.name, fromSchema(done.parametersJsonSchema ?? done.parameters))] } : { chunks: [say('Sub-agent report.')] };
  },

  topic: ({ step }) => step === 0
    ? { chunks: [call('update_topic', { title: 'Grooming', summary: 'Started grooming.', strategic_intent: 'Groom the horse.' })] }
    : { chunks: [say('Topic set.')] },

  // calls whatever MCP tool the client advertised (name contains 'mcp' or '__')
  mcp: ({ step, body }) => {
    const names = (body.tools ?? []).flatMap((t) => (t.functionDeclarations ?? []).map((f) => f.name));
    const name = names.find((n) => /^mcp_|__/.test(n)) ?? 'mcp_stable_horse_name';
    return step === 0 ? { chunks: [call(name, { breed: 'arab' })] } : { chunks: [say('The MCP tool answered.')] };
  },

  ask: ({ step }) => step === 0
    ? { chunks: [call('ask_user', { questions: [{
        question: 'Which colour should the stall be?', header: 'Colour', type: 'choice',
        options: [{ label: 'Red', description: 'bright' }, { label: 'Green', description: 'calm' }], multiSelect: false,
      }] })] }
    : { chunks: [say('Thanks for answering.')] },

  long: ({ args }) => {
    const n = Number(args[0] ?? 60);
    return {
      delay: Number(args[1] ?? 100),
      chunks: Array.from({ length: n }, (_, i) => say(`chunk ${String(i + 1).padStart(3, '0')} of ${n}. `)),
    };
  },

  slow: ({ args }) => ({ firstDelay: Number(args[0] ?? 8000), chunks: [say('Sorry for the wait.')] }),

  hang: () => ({ hang: true }),

  // one very long piece of text; not repetitive, or CLIs call it a loop
  bigtext: ({ args }) => ({ chunks: [say(words(Number(args[0] ?? 1500000))), say(' END')] }),

  big: ({ args, step }) => step === 0
    ? { chunks: [shell(`seq 1 ${args[0] ?? 300000}`, 'prints a lot')] }
    : { chunks: [say('That was a lot of output.')] },

  ansi: () => ({ chunks: [say('\u001b[31mred\u001b[0m and \u0007 bell\r\nCRLF line\r\n')] }),

  para: () => ({ chunks: [say(LOREM.slice(0, 400)), say(LOREM.slice(400, 900))], delay: 30 }),

  empty: () => ({ chunks: [{ parts: [{ text: '' }] }] }),
  nofinish: () => ({ chunks: [say('no finish reason')], finish: null }),
  maxtokens: () => ({ chunks: [say('This answer is cut of')], finish: 'MAX_TOKENS' }),
  safety: () => ({ chunks: [say('')], finish: 'SAFETY' }),
  malformed_call: () => ({ chunks: [say('')], finish: 'MALFORMED_FUNCTION_CALL' }),

  badjson: () => ({ raw: 'data: {"candidates": [{"content": {"parts": [{"text": "brok\n\n' }),
  drop: ({ args }) => ({ chunks: [say('half an '), say('answer')], drop: Number(args[0] ?? 1), delay: 50 }),

  err400: () => ({ http: { status: 400, body: rpcError(400, 'INVALID_ARGUMENT', 'Scripted: request contains an invalid argument.') } }),
  err401: () => ({ http: { status: 401, body: rpcError(401, 'UNAUTHENTICATED', 'Scripted: request had invalid authentication credentials.') } }),
  err403: () => ({ http: { status: 403, body: rpcError(403, 'PERMISSION_DENIED', 'Scripted: permission denied.') } }),
  err404: () => ({ http: { status: 404, body: rpcError(404, 'NOT_FOUND', 'Scripted: model not found.') } }),
  err429: ({ args }) => ({ http: {
    status: 429,
    body: rpcError(429, 'RESOURCE_EXHAUSTED', 'Scripted: resource exhausted, retry later.', [
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${args[0] ?? 1}s` },
    ]),
  } }),
  errquota: () => ({ http: {
    status: 429,
    body: rpcError(429, 'RESOURCE_EXHAUSTED', 'Scripted: quota exceeded for the day.', [
      { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [
        { quotaMetric: 'generativelanguage.googleapis.com/generate_content_requests', quotaId: 'GenerateRequestsPerDayPerProjectPerModel', quotaValue: '50' } ] },
    ]),
  } }),
  err500: () => ({ http: { status: 500, body: rpcError(500, 'INTERNAL', 'Scripted: internal error.') } }),
  err503: () => ({ http: { status: 503, body: rpcError(503, 'UNAVAILABLE', 'Scripted: the model is overloaded.') } }),
  errhtml: () => ({ http: { status: 502, type: 'text/html', raw: '<html><body>502 Bad Gateway</body></html>' } }),

  // [[scenario:flaky:2:503]] fails twice with 503, then answers.
  flaky: ({ args, key }) => {
    const n = (counters.get(key) ?? 0) + 1;
    counters.set(key, n);
    return n <= Number(args[0] ?? 2)
      ? scenarios['err' + (args[1] ?? '503')]({ args: [] })
      : { chunks: [say(`Worked on attempt ${n}.`)] };
  },
};

// ------------------------------------------------- auxiliary JSON requests
// CLIs also ask for small structured answers (routing, next speaker, titles).
// Build the smallest value that satisfies the schema.
function fromSchema(s) {
  if (!s) return {};
  if (s.enum) return s.enum[0];
  if (s.const !== undefined) return s.const;
  if (s.anyOf || s.oneOf) return fromSchema((s.anyOf ?? s.oneOf)[0]);
  const type = String(Array.isArray(s.type) ? s.type[0] : s.type ?? 'object').toLowerCase();
  if (type === 'object') {
    const out = {};
    for (const [k, v] of Object.entries(s.properties ?? {})) out[k] = fromSchema(v);
    return out;
  }
  if (type === 'array') return [];
  if (type === 'boolean') return false;
  if (type === 'number' || type === 'integer') return s.minimum ?? 1;
  return 'scripted';
}

function plan(body, model) {
  const cfg = body.generationConfig ?? {};
  const schema = cfg.responseJsonSchema ?? cfg.responseSchema;
  if (schema || cfg.responseMimeType === 'application/json') {
    return { aux: true, chunks: [say(JSON.stringify(fromSchema(schema)))] };
  }
  const contents = body.contents ?? [];
  const pick = pickScenario(contents);
  const fn = scenarios[pick.name] ?? (() => ({ chunks: [say(`Unknown scenario: ${pick.name}`)] }));
  const key = JSON.stringify(contents.filter((c) => c.role === 'user').slice(-1));
  return { name: pick.name, step: pick.step, ...fn({ ...pick, contents, body, model, key }) };
}

function response(chunk, { model, last, finish, usage, id }) {
  const cand = { index: 0, content: { role: 'model', parts: chunk.parts } };
  if (last && finish !== null) cand.finishReason = finish ?? 'STOP';
  return {
    candidates: [cand],
    usageMetadata: usage,
    modelVersion: model,
    responseId: id,
  };
}

function usageFor(body, outText, thoughts = 0) {
  const promptTokenCount = promptTokens(body);
  const candidatesTokenCount = outText ? tokens(outText) : 0;
  return {
    promptTokenCount,
    cachedContentTokenCount: Math.floor(promptTokenCount / 10),
    candidatesTokenCount,
    ...(thoughts ? { thoughtsTokenCount: thoughts } : {}),
    totalTokenCount: promptTokenCount + candidatesTokenCount + thoughts,
  };
}

let serial = 0;

async function generate(req, res, body, model, stream) {
  const p = plan(body, model);
  const id = `resp-${++serial}`;
  log({ t: Date.now(), method: stream ? 'streamGenerateContent' : 'generateContent', model, scenario: p.name ?? 'aux', step: p.step, id,
        headers: { ua: req.headers['user-agent'], key: req.headers['x-goog-api-key'] ? 'present' : 'absent', api_client: req.headers['x-goog-api-client'] },
        tools: (body.tools ?? []).flatMap((t) => (t.functionDeclarations ?? []).map((f) => f.name)) });

  if (p.http) {
    const type = p.http.type ?? 'application/json; charset=UTF-8';
    res.writeHead(p.http.status, { 'content-type': type });
    return res.end(p.http.raw ?? JSON.stringify(stream ? [p.http.body] : p.http.body));
  }
  if (p.hang) return; // never answer; the client has to give up
  if (p.firstDelay) await sleep(p.firstDelay);

  if (!stream) {
    const parts = (p.chunks ?? []).flatMap((c) => c.parts);
    const text = parts.map((x) => x.text ?? JSON.stringify(x.functionCall ?? '')).join('');
    res.writeHead(200, { 'content-type': 'application/json; charset=UTF-8' });
    return res.end(JSON.stringify(response({ parts }, { model, last: true, finish: p.finish, usage: usageFor(body, text, p.thoughts), id })));
  }

  res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  if (p.raw !== undefined) return res.end(p.raw);
  let sent = '';
  for (let i = 0; i < p.chunks.length; i++) {
    if (res.destroyed) { log({ t: Date.now(), id, event: 'client-closed', after: i }); return; }
    if (i && p.delay) await sleep(p.delay);
    const c = p.chunks[i];
    sent += c.parts.map((x) => x.text ?? JSON.stringify(x.functionCall)).join('');
    const frame = Buffer.from('data: ' + JSON.stringify(response(c, {
      model, id, last: i === p.chunks.length - 1, finish: p.finish, usage: usageFor(body, sent, p.thoughts),
    })) + '\r\n\r\n');
    if (p.splitBytes) {
      // write one byte at a time around multi-byte characters
      for (let k = 0; k < frame.length; k += 7) { res.write(frame.subarray(k, k + 7)); await sleep(1); }
    } else res.write(frame);
    if (p.drop && i + 1 >= p.drop) { await sleep(20); return res.socket.destroy(); }
  }
  res.end();
  log({ t: Date.now(), id, event: 'done' });
}

// ---------------------------------------------------------------- server

function readBody(req) {
  return new Promise((resolve, reject) => {
    const parts = [];
    req.on('data', (d) => parts.push(d));
    req.on('end', () => resolve(Buffer.concat(parts).toString('utf8')));
    req.on('error', reject);
  });
}

const server = http.createServer(async (req, res) => {
  try {
    const url = new URL(req.url, 'http://127.0.0.1');
    const raw = await readBody(req);
    const json = (status, obj) => {
      res.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' });
      res.end(JSON.stringify(obj));
    };
    const m = url.pathname.match(/\/models\/([^/:]+)(?::([A-Za-z]+))?$/);
    if (req.method === 'GET' && /\/models\/?$/.test(url.pathname)) {
      log({ t: Date.now(), method: 'models.list', url: req.url });
      return json(200, { models: MODELS.map(modelInfo) });
    }
    if (req.method === 'GET' && m && !m[2]) {
      log({ t: Date.now(), method: 'models.get', url: req.url });
      return json(200, modelInfo(m[1]));
    }
    if (req.method === 'POST' && m) {
      const body = raw ? JSON.parse(raw) : {};
      if (process.env.FAKE_GEMINI_DUMP) fs.appendFileSync(process.env.FAKE_GEMINI_DUMP, JSON.stringify({ url: req.url, body }) + '\n');
      switch (m[2]) {
        case 'generateContent': return await generate(req, res, body, m[1], false);
        case 'streamGenerateContent': return await generate(req, res, body, m[1], true);
        case 'countTokens':
          log({ t: Date.now(), method: 'countTokens', model: m[1] });
          return json(200, { totalTokens: promptTokens(body.generateContentRequest ?? body) });
        case 'embedContent':
          return json(200, { embedding: { values: [0.1, 0.2, 0.3] } });
        case 'batchEmbedContents':
          return json(200, { embeddings: (body.requests ?? []).map(() => ({ values: [0.1, 0.2, 0.3] })) });
      }
    }
    log({ t: Date.now(), method: 'UNHANDLED', verb: req.method, url: req.url });
    json(404, rpcError(404, 'NOT_FOUND', `Scripted server has no route for ${req.method} ${url.pathname}`));
  } catch (e) {
    log({ t: Date.now(), method: 'ERROR', error: String(e) });
    if (!res.headersSent) res.writeHead(500, { 'content-type': 'application/json' });
    res.end(JSON.stringify(rpcError(500, 'INTERNAL', String(e))));
  }
});

server.listen(PORT, '127.0.0.1', () => {
  const { port } = server.address();
  if (!QUIET) console.log(JSON.stringify({ listening: `http://127.0.0.1:${port}`, port }));
});
for (const s of ['SIGINT', 'SIGTERM']) process.on(s, () => process.exit(0));
