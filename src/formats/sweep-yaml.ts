import {
  Composer,
  CST,
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  Parser,
  visit,
} from 'yaml';
import { checkSweepSpec } from '../contracts/check-sweep-spec.ts';
import { InvalidInputError } from '../contracts/errors.ts';
import { type Problem, problemsError, shownPath } from '../contracts/problem.ts';
import { SPEC_LIMITS, type SweepSpec } from '../contracts/sweep-spec.ts';

/**
 * Reads a sweep file: YAML 1.2 or JSON (which is YAML) of at most 256 KiB; `fileName` is for errors only.
 *
 * Throws InvalidInputError with `file:line:column: field: expected …, found …` for each problem. Anchors, aliases
 * and tags are refused: a sweep file needs none, and they are how a small file grows without bound.
 */
export function parseSweepFile(text: string, fileName: string): SweepSpec {
  const bytes = Buffer.byteLength(text);
  if (bytes > SPEC_LIMITS.bytes) {
    throw new InvalidInputError(
      `${fileName}: expected at most ${SPEC_LIMITS.bytes} bytes, found ${bytes}; write ranges instead of long lists`,
    );
  }
  const lines = new LineCounter();
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${fileName}:${line}:${col}`;
  };
  const document = compose(text, lines, at);
  refuseUnwanted(document, at);
  const checked = checkSweepSpec(document.toJS());
  if ('spec' in checked) return checked.spec;
  throw problemsError(
    checked.problems,
    (problem) => `${at(offsetOf(document, problem))}: ${shownPath(problem.path)}`,
  );
}

/** The one document of a text; its tokens are checked first, since composing a deep one overflows the stack. */
function compose(text: string, lines: LineCounter, at: (offset: number) => string): Document {
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  for (const token of tokens) {
    const offset = tooDeep(token);
    if (offset === null) continue;
    const message = `expected at most ${SPEC_LIMITS.depth} levels of lists and fields, found more; write it flatter`;
    throw new InvalidInputError(`${at(offset)}: ${message}`);
  }
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    uniqueKeys: false, // found in linear time below
    logLevel: 'error',
  });
  let document: Document | undefined;
  for (const next of composer.compose(tokens, true, text.length)) {
    if (document !== undefined) {
      throw new InvalidInputError(`${at(next.range[0])}: expected one document, found a second; remove it`);
    }
    document = next;
    const error = document.errors[0];
    if (error === undefined) continue;
    throw new InvalidInputError(
      `${at(error.pos[0])}: expected YAML or JSON: ${error.message}; correct the spelling`,
    );
  }
  if (document === undefined) throw new InvalidInputError(`${at(0)}: expected a document, found none`);
  return document;
}

/** Offset of the first list or mapping that lies too deep in a token, or null; without recursion. */
function tooDeep(token: CST.Token): number | null {
  const open: { node: CST.Token; depth: number }[] = [{ node: token, depth: 0 }];
  for (let entry = open.pop(); entry !== undefined; entry = open.pop()) {
    const { node, depth } = entry;
    if (node.type === 'document' && node.value !== undefined) open.push({ node: node.value, depth });
    if (!CST.isCollection(node)) continue;
    if (depth >= SPEC_LIMITS.depth) return node.offset;
    for (const { key, value } of node.items) {
      if (key) open.push({ node: key, depth: depth + 1 });
      if (value) open.push({ node: value, depth: depth + 1 });
    }
  }
  return null;
}

/** Refuses what YAML has beyond JSON: anchors, aliases, tags, keys that are no text; also keys given twice. */
function refuseUnwanted(document: Document, at: (offset: number) => string): void {
  const refuse = (node: unknown, message: string): never => {
    throw new InvalidInputError(`${at((node as Node | null)?.range?.[0] ?? 0)}: ${message}`);
  };
  visit(document, {
    Alias: (_, node) =>
      refuse(node, `expected a value, found the alias *${node.source}; write the value out`),
    Value: (_, node) => {
      if (node.anchor !== undefined) refuse(node, `expected no anchor, found &${node.anchor}; remove it`);
      if (node.tag !== undefined) refuse(node, `expected no tag, found ${node.tag}; remove it`);
      if (!isMap(node)) return;
      const names = new Set<string>();
      for (const { key } of node.items) {
        if (!isScalar(key))
          return refuse(key, 'expected the name of a field, found no text; write a plain name');
        const name = String(key.value);
        if (names.has(name)) refuse(key, `expected each field once, found ${name} twice; remove one`);
        names.add(name);
      }
    },
  });
}

/** Offset of the value a problem is about, or of its key, or of the nearest field around it that is there. */
function offsetOf(document: Document, { path, atKey }: Problem): number {
  let node: unknown = document.contents;
  let nearest = node;
  for (const [i, part] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      node = atKey && i === path.length - 1 ? pair?.key : (pair?.value ?? pair?.key);
    } else {
      node = isSeq(node) ? node.items[Number(part)] : undefined;
    }
    nearest = node ?? nearest;
  }
  return (nearest as Node | null)?.range?.[0] ?? 0;
}
