import { memoryStore } from '../../src/adapters/memory/memory-store.ts';
import { OutsideError } from '../../src/contracts/errors.ts';
import type { ShardMessage, SweepMessage } from '../../src/contracts/message.ts';
import { activeSweeps } from '../../src/sweep/active-marker.ts';
import { cancelSweep } from '../../src/sweep/cancel.ts';
import { finishSweep } from '../../src/sweep/finish.ts';
import { planSweep } from '../../src/sweep/plan-sweep.ts';
import type { Store } from '../../src/sweep/ports.ts';
import { reconcileSweep } from '../../src/sweep/reconcile.ts';
import { resumeSweep } from '../../src/sweep/resume.ts';
import type { RunnableSweep } from '../../src/sweep/run-sweep.ts';
import { type SweepStatus, sweepStatus } from '../../src/sweep/status.ts';
import { submitSweep } from '../../src/sweep/submit.ts';
import { failShard, planOfMessage, workShard } from '../../src/sweep/work-shard.ts';
import { randomStream } from './random.ts';
import { type SimulatedQueue, simulatedQueue } from './simulated-queue.ts';
import { watched } from './stores.ts';

/** How likely what goes wrong is, each from 0 to 1, until it becomes calm. */
export interface Weather {
  /** Of an actor, before any of its requests. */
  readonly kills: number;
  /** Requests that fail without having been done. */
  readonly errors: number;
  /** Puts that are done, but whose answer is lost, so that the adapter asks again. */
  readonly lostAnswers: number;
  /** Messages that never arrive, and those that arrive twice. */
  readonly losses: number;
  readonly lostTicks: number;
  readonly doubles: number;
  /** Messages that come again while they are still worked at. */
  readonly shortVisibility: number;
  /** Of a turn, that somebody cancels or resumes. */
  readonly cancels: number;
  readonly resumes: number;
}

/** How a simulated sweep went. */
export interface Simulated {
  readonly store: Store;
  /** How often each fault was tried, by its number in the list of faults. */
  readonly tried: Readonly<Record<string, number>>;
  /** How often each key was created. */
  readonly creates: ReadonlyMap<string, number>;
  /** Milliseconds by the simulated clock from calm to the end. */
  readonly endedAfterMs: number;
  /** What was wrong while it went on: a status that said complete too early, an error that none of the faults explains. */
  readonly wrong: readonly string[];
}

export const VISIBILITY_MS = 1_800_000;
export const RECONCILE_MS = 300_000;
const CALM_AFTER_TURNS = 600;
const MAX_TURNS = 20_000;
const NAMES = ['plan', 'shard', 'tick', 'dead', 'reconciler', 'client', 'status'] as const;
type ActorName = (typeof NAMES)[number];

const KILLED_AS: Partial<Record<ActorName, string>> = {
  plan: 'F16',
  shard: 'F1',
  tick: 'F13',
  dead: 'F1',
  reconciler: 'F13',
};
const AT_ONCE: Record<ActorName, number> = {
  plan: 2,
  shard: 3,
  tick: 3,
  dead: 1,
  reconciler: 1,
  client: 2,
  status: 1,
};

/**
 * Runs the real code of all functions of the cloud over ports that fail, in one process and by a simulated clock.
 *
 * Every request to the store or a queue waits for its turn; the seed alone decides whose turn it is, who dies, what
 * fails, is lost, doubled or late, and when somebody cancels or resumes. After a while it is calm, and the sweep must
 * end; a generation that did not complete is then resumed until one does.
 */
export async function simulateCloud(
  seed: number,
  sweep: RunnableSweep,
  weather: Weather,
): Promise<Simulated> {
  const random = randomStream(seed);
  const tried: Record<string, number> = {};
  const creates = new Map<string, number>();
  const wrong: string[] = [];
  const { plan } = sweep;
  const { sweepId } = plan;
  let nowMs = Date.UTC(2020, 0, 1);
  let calmAtMs: number | null = null;
  const chance = (likely: number, ...faults: string[]) => {
    if (calmAtMs !== null || likely === 0 || random() >= likely) return false;
    for (const fault of faults) tried[fault] = (tried[fault] ?? 0) + 1;
    return true;
  };

  const memory = memoryStore({ now: () => nowMs });
  const truth: Store = {
    ...memory,
    async putOnce(key, bytes) {
      const put = await memory.putOnce(key, bytes);
      if (put === 'created') creates.set(key, (creates.get(key) ?? 0) + 1);
      return put;
    },
  };

  // Who waits for a turn, and who is alive.
  const waiting: {
    readonly name: ActorName;
    readonly slow: boolean;
    readonly go: () => void;
    readonly fail: (error: Error) => void;
    readonly die: () => void;
  }[] = [];
  const alive: Record<ActorName, number> = {
    plan: 0,
    shard: 0,
    tick: 0,
    dead: 0,
    reconciler: 0,
    client: 0,
    status: 0,
  };

  /** Starts an actor; it ends well, fails, or dies: then it never asks again, and nobody hears of it. */
  function start(
    name: ActorName,
    work: (store: Store, turn: () => Promise<void>) => Promise<unknown>,
    acked = () => {},
  ) {
    alive[name]++;
    let dead = false;
    const end = () => {
      if (!dead) alive[name]--;
      dead = true;
    };
    const slow = calmAtMs === null && random() < 0.3;
    const turn = () => new Promise<void>((go, fail) => waiting.push({ name, slow, go, fail, die: end }));
    const asked = watched(truth, turn);
    const store: Store = {
      ...asked,
      async putOnce(key, bytes) {
        const put = await asked.putOnce(key, bytes);
        return chance(weather.lostAnswers, 'F6') ? asked.putOnce(key, bytes) : put;
      },
    };
    work(store, turn).then(
      () => {
        if (!dead) acked();
        end();
      },
      (error: unknown) => {
        end();
        if (!(error instanceof OutsideError && error.message === 'SlowDown')) wrong.push(`${name}: ${error}`);
      },
    );
  }

  const options = (losses: number, lost: string[]) => ({
    random,
    now: () => nowMs,
    visibilityMs: () => (chance(weather.shortVisibility, 'F4') ? 1_000 : VISIBILITY_MS),
    delayMs: () => (calmAtMs === null ? Math.floor(random() * 20_000) : 0),
    lost: () => chance(losses, ...lost),
    doubled: () => chance(weather.doubles, 'F2'),
  });
  const kept = { ...options(0, []), doubled: () => false, receives: 0 }; // for 14 days, and tried again and again
  const dead = simulatedQueue<ShardMessage>(kept, null);
  const plans = simulatedQueue<SweepMessage>({ ...options(weather.losses, ['F15']), receives: 5 }, null);
  const shards = simulatedQueue<ShardMessage>({ ...options(weather.losses, ['F15']), receives: 3 }, dead);
  const ticks = simulatedQueue<SweepMessage>({ ...options(weather.lostTicks, ['F14']), receives: 20 }, null);
  const queues = { plans, shards, ticks, dead };

  /** The same queue for an actor: sending takes a turn, as every request does. */
  const through = <M>(queue: SimulatedQueue<M>, turn: () => Promise<void>) => ({
    async send(messages: readonly M[]) {
      await turn();
      queue.send(messages);
    },
  });
  const serve = <M>(
    name: ActorName,
    queue: SimulatedQueue<M>,
    work: (store: Store, turn: () => Promise<void>, message: M) => Promise<unknown>,
  ) => {
    while (alive[name] < AT_ONCE[name]) {
      const delivery = queue.receive();
      if (!delivery) return;
      start(name, (store, turn) => work(store, turn, delivery.message), delivery.ack);
    }
  };
  const all = (turn: () => Promise<void>) => ({
    plans: through(plans, turn),
    shards: through(shards, turn),
    ticks: through(ticks, turn),
  });

  function serveAll() {
    serve('plan', plans, (store, turn, message) => planSweep(store, all(turn), message, async () => plan));
    serve('shard', shards, async (store, turn, message) => {
      if ((await planOfMessage(store, message)) === null) return;
      const run = async (shard: number) => {
        for (let turns = Math.floor(random() * 5); turns > 0; turns--) await turn();
        return sweep.runner.run(shard);
      };
      await workShard(store, all(turn).ticks, { ...sweep.runner, run }, message);
    });
    serve('dead', dead, (store, turn, message) =>
      failShard(store, all(turn).ticks, message, 'received too often', 3),
    );
    serve('tick', ticks, (store, _, message) =>
      finishSweep(store, message, () => ({ ...sweep.aggregate, runner: sweep.runner })),
    );
  }
  const reconcile = () =>
    start('reconciler', async (store, turn) => {
      for (const id of await activeSweeps(store)) {
        await reconcileSweep(store, all(turn), id, nowMs, VISIBILITY_MS);
      }
    });
  const ask = () =>
    start('status', async (store) => {
      const status = await sweepStatus(store, sweepId);
      const results = [...creates.keys()].filter((key) => key.startsWith('results/')).length;
      const published = creates.has(`final/${sweepId}/g${status.generation}/summary.json`);
      if (status.state === 'complete' && (results !== plan.shards || !published))
        wrong.push('complete too early');
    });
  const oneTurn = () => {
    const [taken] = waiting.splice(Math.floor(random() * waiting.length), 1);
    if (!taken) return;
    // Some are so slow that much happens between two of their requests: old workers, late aggregators.
    if (taken.slow && calmAtMs === null && random() < 0.95) waiting.push(taken);
    else if (chance(weather.kills, ...[KILLED_AS[taken.name] ?? []].flat())) taken.die();
    else if (chance(weather.errors, 'F5')) taken.fail(new OutsideError('SlowDown'));
    else taken.go();
  };

  let submitted = false;
  let reconcileAtMs = nowMs + RECONCILE_MS;
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    if (turn === CALM_AFTER_TURNS) calmAtMs = nowMs;
    nowMs += Math.floor(random() * 1_000);
    const known = creates.has(`control/${sweepId}/g0/start.json`);
    if (!submitted && alive.client === 0) {
      start(
        'client',
        (store, turn) => submitSweep(store, all(turn).plans, sweepId, sweep.spec),
        () => {
          submitted = true;
        },
      );
    }
    if (known && alive.client < AT_ONCE.client) {
      if (chance(weather.cancels, 'F18'))
        start('client', (store, turn) => cancelSweep(store, all(turn).ticks, sweepId));
      if (chance(weather.resumes, 'F19'))
        start('client', (store, turn) => resumeSweep(store, all(turn).plans, sweepId));
    }
    if (known && alive.status === 0 && random() < 0.05) ask();
    if (nowMs >= reconcileAtMs && alive.reconciler === 0) {
      reconcileAtMs = nowMs + RECONCILE_MS;
      reconcile();
    }
    serveAll();
    oneTurn();
    await new Promise(setImmediate); // whoever got the turn comes to its next request

    const busy = waiting.length > 0 || NAMES.some((name) => alive[name] > 0);
    if (busy) continue;
    const status: SweepStatus | null = known ? await sweepStatus(memory, sweepId) : null;
    const marked = (await activeSweeps(memory)).length > 0;
    const waits = Object.values(queues).some((queue) => queue.waiting() > 0);
    if (calmAtMs !== null && status?.summary && submitted && !marked && !waits) {
      if (status.state === 'complete') {
        return { store: memory, tried, creates, endedAfterMs: nowMs - calmAtMs, wrong };
      }
      calmAtMs = nowMs;
      start('client', (store, turn) => resumeSweep(store, all(turn).plans, sweepId));
      continue;
    }
    // Nothing happens until a message becomes visible or the reconciler looks: on to then.
    const next = Math.min(reconcileAtMs, ...Object.values(queues).map((queue) => queue.nextVisibleMs()));
    nowMs = Math.max(nowMs, next);
  }
  throw new Error(
    `seed ${seed}: expected the sweep to end, found it still under way after ${MAX_TURNS} turns: ${wrong}`,
  );
}
