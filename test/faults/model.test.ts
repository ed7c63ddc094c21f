import { describe, expect, it } from 'vitest';
import { type Checked, checkModel } from '../support/model-checker.ts';
import { type Mistake, type ProtocolSize, protocolModel } from '../support/protocol-model.ts';

/** Queues that lose nothing, and nobody but them: hints alone must be enough. */
const HINTS: ProtocolSize = {
  shards: 2,
  workers: 2,
  aggregators: 2,
  crashes: 0,
  duplicates: 0,
  losses: 0,
  lostAnswers: 0,
  cancels: 0,
  resumes: 0,
  reconciler: false,
  receives: 2,
};
/** Messages get lost, and the reconciler must bring the rest. */
const LOSSY: ProtocolSize = { ...HINTS, shards: 1, workers: 1, reconciler: true, receives: 1 };

/** Many seconds each: only where time is given, as for the 10,000 seeds of the simulation. */
const DEEP: [string, ProtocolSize, Partial<ProtocolSize>][] =
  process.env.FAULT_SEEDS === undefined
    ? []
    : [
        ['cancel, resume and a message lost', LOSSY, { aggregators: 1, cancels: 1, resumes: 1, losses: 1 }],
        [
          'two shards, a crash and a message lost',
          LOSSY,
          { shards: 2, aggregators: 1, crashes: 1, losses: 1 },
        ],
        ['two crashes, a duplicate and a lost answer', HINTS, { crashes: 2, duplicates: 1, lostAnswers: 1 }],
      ];

const check = (base: ProtocolSize, changes: Partial<ProtocolSize>): Checked =>
  checkModel(protocolModel({ ...base, ...changes }));

describe('the protocol as a model, in every order of all its steps', () => {
  it.each<[string, ProtocolSize, Partial<ProtocolSize>]>([
    ['a crash, a duplicate and a lost answer', HINTS, { crashes: 1, duplicates: 1, lostAnswers: 1 }],
    ['shards whose worker dies every time, to the dead letters', HINTS, { crashes: 2 }],
    ['three shards and a duplicate', HINTS, { shards: 3, duplicates: 1 }],
    ['three shards and a crash', HINTS, { shards: 3, crashes: 1 }],
    ['cancel and resume with aggregators that race', HINTS, { workers: 1, cancels: 1, resumes: 1 }],
    ['cancel and resume with workers that race', HINTS, { aggregators: 1, cancels: 1, resumes: 1 }],
    ['a message lost', LOSSY, { shards: 2, aggregators: 1, losses: 1 }],
    ['two messages lost and a crash', LOSSY, { aggregators: 1, losses: 2, crashes: 1 }],
    ['a shard given up, resume, and a message lost', LOSSY, { aggregators: 1, losses: 1, resumes: 1 }],
    ...DEEP,
  ])('ends, publishes one complete set and overwrites nothing: %s', (_, base, changes) => {
    const checked = check(base, changes);
    expect(checked).toMatchObject({ verdict: 'holds' });
    expect(checked.verdict === 'holds' && checked.states).toBeGreaterThan(1_000);
  });

  const retired = { workers: 1, cancels: 1, resumes: 1 } as const;
  it.each<[Mistake, 'stuck' | 'wrong', ProtocolSize, Partial<ProtocolSize>]>([
    ['ack before tick', 'stuck', HINTS, { crashes: 1 }],
    ['no tick where the result was there', 'stuck', HINTS, { crashes: 1 }],
    ['own 412 is an error', 'wrong', HINTS, { duplicates: 1, lostAnswers: 1 }],
    ['ticks are counted', 'wrong', HINTS, { duplicates: 1 }],
    ['results and failures are added up', 'wrong', HINTS, { crashes: 1, duplicates: 1, receives: 1 }],
    ['dead letters are ignored', 'stuck', HINTS, { crashes: 2 }],
    [
      'failures of earlier generations count',
      'wrong',
      HINTS,
      { aggregators: 1, crashes: 2, resumes: 1, receives: 1 },
    ],
    ['aggregators publish their own set', 'wrong', HINTS, { cancels: 1 }],
    ['marker goes without a look for a later generation', 'wrong', HINTS, retired],
    ['look for a later generation before the marker goes', 'wrong', HINTS, retired],
    ['marker after start only', 'stuck', LOSSY, { aggregators: 1, crashes: 1 }],
    ['marker before start only', 'wrong', HINTS, retired],
  ])('finds the mistake: %s', (mistake, verdict, base, changes) => {
    const checked = check(base, { ...changes, mistake });
    expect(checked).toMatchObject({ verdict });
    expect(checked.verdict !== 'holds' && checked.trace.length).toBeGreaterThan(1);
  });

  it('finds that lost messages need the reconciler', () => {
    expect(check(HINTS, { losses: 1 })).toMatchObject({ verdict: 'stuck' });
  });

  it('refuses to call a model checked that is too large', () => {
    expect(() => checkModel(protocolModel(HINTS), 100)).toThrow('at most 100 states');
  });
});
