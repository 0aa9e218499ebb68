// What a client wants: its newest prompt with the marker, the tool results after it, the tools it offers.

export function parseMarker(text) {
  const all = [...String(text ?? '').matchAll(/\[\[scenario:([\w.-]+)((?:\s+[\w.-]+=(?:"[^"]*"|[^\s\]]+))*)\s*\]\]/g)];
  if (!all.length) return null;
  const m = all[all.length - 1];
  const args = {};
  for (const kv of m[2].matchAll(/([\w.-]+)=(?:"([^"]*)"|([^\s\]]+))/g)) args[kv[1]] = kv[2] ?? kv[3];
  return { name: m[1], args, raw: m[0] };
}

const partText = (p) => (typeof p === 'string' ? p : p?.text ?? p?.encrypted_content ?? '');
const outputText = (c) => (Array.isArray(c) ? c.map(partText).join('\n') : contentText(c));
const contentText = (c) => (typeof c === 'string' ? c : Array.isArray(c) ? c.map(partText).join('') : '');

// User-role messages that the client itself injects (context, notices), not typed by a person.
const INJECTED = /^\s*(<[a-z_]+(\s[^>]*)?>|# AGENTS\.md instructions)/i;

const OUTPUT_TYPES = new Set(['function_call_output', 'custom_tool_call_output', 'local_shell_call_output',
  'tool_search_output', 'mcp_tool_call_output']);

// Reduce a Responses request to { text, outputs: [string], tools: [{name,namespace,type}] }.
export function readResponsesRequest(body) {
  const input = typeof body.input === 'string'
    ? [{ type: 'message', role: 'user', content: body.input }] : (body.input ?? []);
  let at = -1, text = '';
  for (let i = input.length - 1; i >= 0; i--) {
    const it = input[i];
    const t = contentText(it.content);
    // A task handed to a sub-agent arrives as an agent_message.
    if (it.type === 'agent_message') { if (parseMarker(t)) { at = i; text = t; break; } continue; }
    if ((it.type ?? 'message') !== 'message' || it.role !== 'user') continue;
    if (INJECTED.test(t) && !parseMarker(t)) continue;
    at = i; text = t; break;
  }
  const outputs = [];
  for (let i = at + 1; i < input.length; i++) {
    const it = input[i];
    if (OUTPUT_TYPES.has(it.type)) outputs.push(outputText(it.output?.content ?? it.output));
  }
  const tools = [];
  const add = (list, namespace) => {
    for (const t of list ?? []) {
      if (t.type === 'namespace') add(t.tools, t.name);
      else tools.push({ name: t.name ?? t.type, namespace, type: t.type, params: Object.keys(t.parameters?.properties ?? {}) });
    }
  };
  add(body.tools);
  for (const it of input) if (it.type === 'additional_tools') add(it.tools);
  return { text, outputs, tools };
}

export function readChatRequest(body) {
  const msgs = body.messages ?? [];
  let at = -1, text = '';
  for (let i = msgs.length - 1; i >= 0; i--) {
    if (msgs[i].role !== 'user') continue;
    const t = contentText(msgs[i].content);
    if (INJECTED.test(t) && !parseMarker(t)) continue;
    at = i; text = t; break;
  }
  const outputs = msgs.slice(at + 1).filter((m) => m.role === 'tool').map((m) => outputText(m.content));
  const tools = (body.tools ?? []).map((t) => ({ name: t.function?.name ?? t.name, type: t.type, params: Object.keys((t.function ?? t).parameters?.properties ?? {}) }));
  return { text, outputs, tools };
}

// --- structured answers

// The smallest value that fits a JSON schema; enough for tests.
export function instanceOf(schema) {
  if (!schema || typeof schema !== 'object') return null;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const alt = schema.anyOf ?? schema.oneOf;
  if (alt) return instanceOf(alt[0]);
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'object': return Object.fromEntries((schema.required ?? Object.keys(schema.properties ?? {})).map((k) => [k, instanceOf(schema.properties?.[k])]));
    case 'array': return [];
    case 'string': return 'fake';
    case 'integer': case 'number': return schema.minimum ?? 1;
    case 'boolean': return true;
    default: return null;
  }
}
export const wantedSchema = (body) => body.text?.format?.schema ?? body.response_format?.json_schema?.schema ?? null;
// Codex asks the model to judge approvals ("auto review"): an object with outcome allow/deny.
export const isReview = (schema) => !!schema?.properties?.outcome?.enum?.includes('deny');
