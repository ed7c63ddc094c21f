import type { Resource } from './synth-stack.ts';

/** A statement of an IAM policy as a template has it. */
interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** A request as IAM sees it. */
export interface Request {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
}

/** An ARN or name of a template as text: `Fn::GetAtt [Id, Arn]` becomes `<Id>`, as `Ref Id` does; joins are joined. */
export function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  const intrinsic = value as Record<string, unknown>;
  if ('Ref' in intrinsic) return `<${intrinsic.Ref}>`;
  if ('Fn::GetAtt' in intrinsic) return `<${(intrinsic['Fn::GetAtt'] as string[])[0]}>`;
  if ('Fn::Join' in intrinsic) {
    const [by, parts] = intrinsic['Fn::Join'] as [string, unknown[]];
    return parts.map(flat).join(by);
  }
  throw new Error(`cannot read ${JSON.stringify(value)}`);
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** IAM's wildcards: `*` is any text, `?` one character. */
function like(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

function holds(statement: Statement, context: Readonly<Record<string, string>>): boolean {
  return Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => {
      const found = context[key];
      if (operator === 'Null') return String(found === undefined) === wanted;
      if (operator === 'StringLike')
        return found !== undefined && listOf(wanted).some((one) => like(String(one), found));
      if (operator === 'Bool') return found === wanted;
      if (operator === 'NumericLessThan') return found !== undefined && Number(found) < Number(wanted);
      throw new Error(`unknown operator ${operator}`);
    }),
  );
}

/** Whether one of the statements matches the request. */
export function matches(
  statements: readonly Statement[],
  { action, resource, context = {} }: Request,
): boolean {
  return statements.some(
    (statement) =>
      listOf(statement.Action).some((one) => like(String(one), action)) &&
      listOf(statement.Resource).some((one) => like(flat(one), resource)) &&
      holds(statement, context),
  );
}

/** The statements of all policies of a role, which has no managed ones. */
export function statementsOf(role: Resource): Statement[] {
  if (role.Properties.ManagedPolicyArns) throw new Error('expected no managed policies');
  return role.Properties.Policies.flatMap(
    (policy: { PolicyDocument: { Statement: Statement[] } }) => policy.PolicyDocument.Statement,
  );
}
