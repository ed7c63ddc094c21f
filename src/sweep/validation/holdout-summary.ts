import type { ValidationLayout } from '../../contracts/validation-layout.ts';
import type { ValidationSummary } from '../../contracts/validation-summary.ts';
import type { ResultTable } from '../../formats/results-parquet.ts';
import { nullable } from './figures.ts';

/** What the leaders did on the bars held back. */
export function holdoutSummary(
  holdout: NonNullable<ValidationLayout['holdout']>,
  { rows, values }: ResultTable,
): NonNullable<ValidationSummary['holdout']> {
  const number = (name: string) => nullable(values.get(name)![0] as number);
  const looksAhead = values.get('holdout_looks_ahead') as readonly (boolean | null)[];
  const first = looksAhead[0];
  return {
    ...holdout,
    best:
      rows === 0 || first === null || first === undefined
        ? null
        : {
            run_id: values.get('run_id')![0] as string,
            objective: number('holdout_objective'),
            total_return: number('holdout_total_return'),
            sharpe: number('holdout_sharpe'),
            max_drawdown: number('holdout_max_drawdown'),
            looksAhead: first,
          },
    looksAhead: looksAhead.filter((each) => each === true).length,
  };
}
