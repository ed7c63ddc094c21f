import { describe, expect, it } from 'vitest';
import { runEvents } from '../../src/core/event-engine.ts';
import { createRunLog } from '../../src/core/execution/run-log.ts';
import { firstDivergence } from '../../src/core/parity.ts';
import { createWorkspace } from '../../src/core/window/workspace.ts';
import { runWindow } from '../../src/core/window-engine.ts';
import { NOT_APPLICABLE, readVectorbtCase, vectorbtCaseNames } from '../support/vectorbt-cases.ts';
import { expectMatches, runDeciding } from '../support/vectorbt-match.ts';

const names = vectorbtCaseNames();

describe.runIf(names.length > 0)('under the vectorbt preset', () => {
  it.each(names.filter((name) => !(name in NOT_APPLICABLE)))(
    'both engines do what vectorbt did: %s',
    (name) => {
      const given = readVectorbtCase(name);
      const { run, matrix } = runDeciding(given);
      expectMatches(given, run);

      expect(firstDivergence(run, runEvents(given.bars, matrix, given.config))).toBeNull();
      const workspace = createWorkspace(given.bars);
      const log = createRunLog();
      runWindow(matrix, given.config, workspace, log);
      expect(firstDivergence(run, { equity: workspace.equity, ledger: workspace.ledger, log })).toBeNull();
    },
  );

  it('leaves no case out but those listed with a reason, all of which are there', () => {
    expect(Object.keys(NOT_APPLICABLE).filter((name) => !names.includes(name))).toEqual([]);
    expect(names.length - Object.keys(NOT_APPLICABLE).length).toBeGreaterThanOrEqual(101);
  });
});
