// Turns "run this command", "apply this patch" into a call of whatever tool the client offers.
import path from 'node:path';

const SHELLS = ['exec_command', 'shell_command', 'shell', 'container.exec', 'local_shell', 'bash', 'run_shell_command',
  'run_in_terminal', 'run_terminal_cmd', 'execute_command', 'terminal'];
const PATCHES = ['apply_patch', 'edit', 'create', 'str_replace_editor', 'write_file', 'create_file'];
const q = (s) => JSON.stringify(s);

// Returns {kind:'function'|'custom'|'local_shell', name, namespace, payload}
export function lower(part, ctx) {
  const find = (n) => ctx.tools.find((t) => t.name === n);
  const codeMode = ctx.tools.find((t) => t.name === 'exec' && t.type === 'custom');
  if (part.shell !== undefined) {
    const opts = {
      ...(part.yield_ms ? { yield_time_ms: part.yield_ms } : {}),
      ...(part.max_tokens ? { max_output_tokens: part.max_tokens } : {}),
      ...(part.escalate ? { sandbox_permissions: 'require_escalated', justification: part.why } : {}),
      ...(part.prefix ? { prefix_rule: part.prefix } : {}),
    };
    const name = SHELLS.find((n) => find(n));
    const t = find(name);
    if (!t && codeMode) {
      const js = `const r = await tools.exec_command(${q({ cmd: part.shell, ...opts })});\n` +
        "text(r.output + (r.session_id ? `\\nProcess running with session ID ${r.session_id}` : `\\nexit code ${r.exit_code}`));\n";
      return { kind: 'custom', name: 'exec', payload: js };
    }
    if (!t) return null;
    if (t.type === 'local_shell') return { kind: 'local_shell', payload: ['bash', '-lc', part.shell] };
    const args = name === 'exec_command' ? { cmd: part.shell, ...opts }
      : name === 'shell' || name === 'container.exec' ? { command: ['bash', '-lc', part.shell], ...opts }
        : name === 'bash' ? { command: part.shell, description: 'fake command', sync: true, mode: 'sync', sessionId: 'fake', initial_wait: 30 }
          : { command: part.shell, description: 'fake command', ...opts };
    const known = t.params?.length ? Object.fromEntries(Object.entries(args).filter(([k]) => t.params.includes(k))) : args;
    return { kind: 'function', name, namespace: t.namespace, payload: JSON.stringify(known) };
  }
  if (part.patch !== undefined) {
    const t = find('apply_patch');
    if (t?.type === 'custom') return { kind: 'custom', name: 'apply_patch', namespace: t.namespace, payload: part.patch };
    if (t) return { kind: 'function', name: 'apply_patch', namespace: t.namespace, payload: JSON.stringify({ input: part.patch, patch: part.patch }) };
    if (codeMode) return { kind: 'custom', name: 'exec', payload: `text(await tools.apply_patch(${q(part.patch)}));\n` };
    // No patch tool: write through the shell, as models without one are told to do.
    if (SHELLS.some((n) => find(n))) return lower({ shell: `apply_patch <<'FAKE_EOF'\n${part.patch}FAKE_EOF` }, ctx);
    const other = PATCHES.map(find).find(Boolean);
    if (!other) return null;
    const file = /File: (.*)/.exec(part.patch)?.[1];
    const text = [...part.patch.matchAll(/^\+(.*)$/gm)].map((m) => m[1]).join('\n') + '\n';
    return { kind: 'function', name: other.name, payload: JSON.stringify({ path: path.resolve(ctx.cwd ?? '.', file), file_path: path.resolve(ctx.cwd ?? '.', file), file_text: text, content: text }) };
  }
  const t = ctx.tools.find((x) => x.name === part.call && (!part.namespace || x.namespace === part.namespace));
  if (!t && codeMode && !part.force) {
    const fn = part.namespace ? `${part.namespace}__${part.call}` : part.call;
    return { kind: 'custom', name: 'exec', payload: `const r = await tools.${fn}(${q(part.args)});\ntext(typeof r === 'string' ? r : JSON.stringify(r));\n` };
  }
  return { kind: 'function', name: part.call, namespace: t?.namespace ?? part.namespace, payload: JSON.stringify(part.args) };
}
export const isCall = (p) => p.shell !== undefined || p.patch !== undefined || p.call !== undefined;
