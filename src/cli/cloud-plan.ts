import { InvalidInputError } from '../contracts/errors.ts';
import {
  type CostEstimate,
  DEFAULT_DEPLOYMENT,
  type Deployment,
  estimateCost,
  type PlanSize,
} from '../sweep/estimate-cost.ts';
import { refuseBarsThatDoNotFit } from '../sweep/memory-need.ts';
import { LIST_PRICES } from '../sweep/prices.ts';
import { refuseExpensive } from '../sweep/submission.ts';
import { costLines } from './cost-text.ts';
import { count } from './format.ts';
import { printable } from './terminal.ts';

/** What a sweep would take in the cloud, and why `submit` would refuse it there. */
export interface CloudPlan {
  readonly deployment: Deployment;
  readonly cost: CostEstimate;
  readonly refusals: readonly string[];
}

/**
 * Estimates a sweep on a stack that was deployed with no settings of its own, at list prices.
 *
 * @param runSeconds of one run without parity on one core of this machine, taken for one of a worker
 */
export function cloudPlan(plan: PlanSize, runSeconds: number, maxCostUsd: number): CloudPlan {
  const deployment = DEFAULT_DEPLOYMENT;
  const cost = estimateCost(plan, deployment, LIST_PRICES, runSeconds);
  const refusals = [
    () => refuseBarsThatDoNotFit(plan.assets, plan.bars, deployment.workerMemoryMb),
    () => refuseExpensive({ cost, maxCostUsd }),
  ].flatMap((refuse) => refusalOf(refuse));
  return { deployment, cost, refusals };
}

function refusalOf(refuse: () => void): string[] {
  try {
    refuse();
    return [];
  } catch (error) {
    if (error instanceof InvalidInputError) return [error.message];
    throw error;
  }
}

/** The plan in named lines. */
export function cloudLines({
  deployment,
  cost,
  refusals,
}: CloudPlan): (readonly [name: string, text: string])[] {
  const { maxConcurrency, workerMemoryMb } = deployment;
  return [
    ...costLines(cost),
    [
      'cloud',
      `a stack as deployed by default: ${count(maxConcurrency)} workers at once of ${count(workerMemoryMb)} MB`,
    ],
    ...refusals.map((refusal) => ['refused', printable(refusal)] as const),
  ];
}
