import { addDuration, isBars } from '../../contracts/duration.ts';
import { InvalidInputError } from '../../contracts/errors.ts';
import type { Interval, ValidationLayout } from '../../contracts/validation-layout.ts';
import { MOST_WINDOWS, type WalkForwardRule } from '../../contracts/validation-rule.ts';
import { embargoedTo, purgedFrom } from './gaps.ts';
import { barsIn, firstBarAt, without } from './intervals.ts';

type Window = ValidationLayout['windows'][number];

/** Bars that training data must have: a standard deviation needs two. */
const FEWEST_BARS = 2;

/**
 * The windows of a walk-forward over bars with these times.
 *
 * With c_k = first bar + train + k·step, the test of window k = 0, 1, … runs from c_k up to d_k = c_k + test and its training
 * from s_k = c_k − train up to c_k: in bars where the rule counts bars, else in calendar time, where the bars of a window are
 * those whose time t has start ≤ t < end (and d_k is at least c_{k+1}, since months differ). A window exists if at least half
 * of its test lies within the bars; a last test is cut at their end.
 *
 *   test_k  = [c_k, d_k)
 *   train_k = [s_k, c_k), or [first bar, c_k) where anchored, without the `purge` bars before c_k and without the `embargo`
 *             bars from d_j on of every earlier window j
 *
 * @throws InvalidInputError for bars too few for one window, a step above `test`, training data of fewer than two bars,
 *   and more than 256 windows
 */
export function walkForwardWindows(rule: WalkForwardRule, times: Float64Array): Window[] {
  const { test, step = test, anchored, purge, embargo } = rule;
  refuseLongStep(rule, times);
  const place = windowPlaces({ ...rule, step }, times);
  const windows: Window[] = [];
  for (let k = 0; ; k++) {
    const { start, testStart, end, halfTested } = place(k);
    if (!halfTested) break;
    if (k === MOST_WINDOWS) {
      throw new InvalidInputError(
        `validation.walkForward: expected at most ${MOST_WINDOWS} windows, found more with a step of ${step}; use a longer step`,
      );
    }
    let train: Interval[] = [[anchored ? 0 : start, testStart]];
    train = without(train, [purgedFrom(times, testStart, purge), testStart]);
    for (const { test } of windows) {
      train = without(train, [test[1], embargoedTo(times, test[1], embargo)]);
    }
    if (barsIn(train) < FEWEST_BARS || end - testStart < 1) {
      throw new InvalidInputError(
        `validation.walkForward: expected training data of at least ${FEWEST_BARS} bars and a test of at least one, ` +
          `found ${barsIn(train)} and ${end - testStart} in window ${k + 1}; use longer windows, or less purge and embargo`,
      );
    }
    const at = (bar: number) => new Date(times[bar]!).toISOString();
    windows.push({
      train: train.map(([a, b]) => [a, b]),
      test: [testStart, end],
      trainFrom: at(train[0]![0]),
      trainTo: at(train.at(-1)![1] - 1),
      testFrom: at(testStart),
      testTo: at(end - 1),
    });
  }
  if (windows.length === 0) throw tooFewBars(rule, times);
  return windows;
}

interface Place {
  readonly start: number;
  readonly testStart: number;
  readonly end: number;
  /** Whether at least half of the test lies within the bars. */
  readonly halfTested: boolean;
}

/** Where window k would stand; bars beyond the last are cut. */
function windowPlaces(rule: Required<WalkForwardRule>, times: Float64Array): (k: number) => Place {
  const { train, test, step } = rule;
  const { length } = times;
  if (isBars(train) && isBars(test) && isBars(step)) {
    return (k) => {
      const [start, testStart, end] = [k * step, k * step + train, k * step + train + test];
      return {
        start,
        testStart,
        end: Math.min(end, length),
        halfTested: testStart + Math.ceil(test / 2) <= length,
      };
    };
  }
  const first = addDuration(times[0]!, String(train));
  const testStartOf = (k: number) => addDuration(first, String(step), k);
  return (k) => {
    const testStart = testStartOf(k);
    const end = Math.max(addDuration(testStart, String(test)), testStartOf(k + 1));
    return {
      start: firstBarAt(times, addDuration(testStart, String(train), -1)),
      testStart: firstBarAt(times, testStart),
      end: firstBarAt(times, end),
      halfTested: times[length - 1]! >= (testStart + end) / 2,
    };
  };
}

/** Refuses a step above the test: the bars between two tests would be tested by none. */
function refuseLongStep({ test, step = test }: WalkForwardRule, times: Float64Array): void {
  const isLonger =
    isBars(step) && isBars(test)
      ? step > test
      : addDuration(times[0]!, String(step)) > addDuration(times[0]!, String(test));
  if (!isLonger) return;
  throw new InvalidInputError(
    `validation.walkForward.step: expected at most the length of test (${test}), found ${step}: ` +
      'the bars between two tests would be tested by none; use a shorter step',
  );
}

function tooFewBars({ train, test }: WalkForwardRule, times: Float64Array): InvalidInputError {
  const { length } = times;
  const [first, last] = [times[0]!, times[length - 1]!];
  let needed: string;
  if (isBars(train) && isBars(test)) {
    needed = `${train + Math.ceil(test / 2)}`;
  } else {
    const testStart = addDuration(first, String(train));
    const until = (testStart + addDuration(testStart, String(test))) / 2;
    needed = `those up to ${isoDay(until)}`;
    if (last > first) needed += `, about ${Math.ceil(((length - 1) * (until - first)) / (last - first)) + 1}`;
  }
  return new InvalidInputError(
    `validation.walkForward: expected bars for one training window (${train}) and at least half of its test (${test}): ` +
      `${needed}, found ${length} from ${isoDay(first)} to ${isoDay(last)}${HINT}`,
  );
}

const HINT = ' (without the holdout, if there is one); use a longer period, or shorter windows';

const isoDay = (epochMs: number) => new Date(epochMs).toISOString().slice(0, 10);
