import type { Emit, Model } from './model-checker.ts';

/** Ways to get the protocol wrong; the checker must find each of them. */
export type Mistake =
  | 'ack before tick'
  | 'no tick where the result was there'
  | 'own 412 is an error'
  | 'ticks are counted'
  | 'results and failures are added up'
  | 'dead letters are ignored'
  | 'failures of earlier generations count'
  | 'aggregators publish their own set'
  | 'marker goes without a look for a later generation'
  | 'look for a later generation before the marker goes'
  | 'marker after start only'
  | 'marker before start only';

/** How large the model is, and how often what may go wrong. */
export interface ProtocolSize {
  readonly shards: 1 | 2 | 3;
  readonly workers: 1 | 2;
  readonly aggregators: 1 | 2;
  readonly crashes: number;
  readonly duplicates: number;
  readonly losses: number;
  readonly lostAnswers: number;
  readonly cancels: number;
  readonly resumes: number;
  readonly reconciler: boolean;
  /** Times that a shard message is received before it goes to the dead letters. */
  readonly receives: number;
  readonly mistake?: Mistake;
}

type State = Uint8Array;

const GENERATIONS = 2;
const REQUEUES = 1;
const PUBLISHED = 64;
const IDLE = 0;

/** Where everything lies in the bytes of a state. */
function layout({ shards, workers, aggregators, receives }: ProtocolSize) {
  let end = 0;
  const take = (bytes: number) => {
    end += bytes;
    return end - bytes;
  };
  const messages = GENERATIONS * shards;
  return {
    marker: take(1),
    plan: take(1),
    starts: take(1), // one bit a generation
    cancels: take(1),
    results: take(1), // one bit a shard
    failures: take(GENERATIONS),
    boards: take(GENERATIONS), // PUBLISHED + results + failures << 3
    finals: take(GENERATIONS),
    requeues: take(GENERATIONS),
    counted: take(GENERATIONS),
    planQueue: take(GENERATIONS),
    tickQueue: take(GENERATIONS),
    shardQueue: take(messages * receives), // a message by how often it was received
    deadQueue: take(messages),
    workers: take(3 * workers), // step, message, receives
    aggregators: take(3 * aggregators), // step, generation, set
    planner: take(3), // step, generation, shards still to be sent
    deadLetters: take(2), // step, message
    reconciler: take(3), // step, generation, shards
    client: take(2), // step, generation
    crashes: take(1),
    duplicates: take(1),
    losses: take(1),
    lostAnswers: take(1),
    mayCancel: take(1),
    mayResume: take(1),
    get bytes() {
      return end;
    },
  };
}

/**
 * The completion protocol as steps over objects, messages and actors: one request to the store or to a queue is one
 * step, anything may happen between two of them.
 *
 * It mirrors submit.ts, plan-sweep.ts, send-missing.ts, work-shard.ts, finish.ts, aggregate.ts, active-marker.ts,
 * reconcile.ts, cancel.ts and resume.ts of src/sweep. Left out: what a sweep that cannot be planned does, and the
 * patience of the reconciler, which here may act whenever no message waits, however busy everybody is.
 */
export function protocolModel(size: ProtocolSize): Model<State> {
  const at = layout(size);
  const { shards: N, mistake } = size;
  const full = (1 << N) - 1;
  const resultsOf = (set: number) => set & 7;
  const failuresOf = (set: number) => (set >> 3) & 7;
  const generationOf = (message: number) => Math.floor(message / N);
  const bitOf = (message: number) => 1 << (message % N);
  const newest = (s: State) => (s[at.starts]! >= 2 ? 1 : 0);

  const initial = new Uint8Array(at.bytes);
  initial[at.client] = mistake === 'marker after start only' ? 2 : 1;
  for (const name of ['crashes', 'duplicates', 'losses', 'lostAnswers'] as const)
    initial[at[name]] = size[name];
  initial[at.mayCancel] = size.cancels;
  initial[at.mayResume] = size.resumes;

  // A message that waits already can do what an equal one could; whoever has taken one does not keep it waiting.
  const send = (s: State, queue: number) => {
    if (s[queue] === 0) s[queue] = 1;
  };
  const sendShards = (s: State, generation: number, shards: number) => {
    for (let shard = 0; shard < N; shard++) {
      if ((shards >> shard) & 1) send(s, at.shardQueue + (generation * N + shard) * size.receives);
    }
  };
  const tick = (s: State, generation: number) => send(s, at.tickQueue + generation);
  const set = (s: State, slot: number, ...bytes: number[]) => s.set(bytes, slot);
  const free = (s: State, slot: number, bytes: number) => s.fill(0, slot, slot + bytes);
  /** The message of a worker comes again, or goes to the dead letters. */
  const redeliver = (s: State, slot: number) => {
    const [message, receives] = [s[slot + 1]!, s[slot + 2]!];
    if (receives < size.receives) send(s, at.shardQueue + message * size.receives + receives);
    else send(s, at.deadQueue + message);
    free(s, slot, 3);
  };

  /** Submit and resume raise the marker, start a generation, and send it to the planner; a person does one at a time. */
  function client(s: State, emit: Emit<State>) {
    const [step, generation] = [s[at.client]!, s[at.client + 1]!];
    const first = mistake === 'marker after start only' ? 2 : 1;
    const go = (name: string, change: (n: State) => void) => emitChanged(s, emit, name, change);
    if (step === 1)
      go('client: raise marker', (n) => {
        n[at.marker] = 1;
        n[at.client] = 2;
      });
    if (step === 2)
      go('client: put start', (n) => {
        n[at.starts]! |= 1 << generation;
        n[at.client] = mistake === 'marker before start only' ? 6 : 3;
      });
    if (step === 3)
      go('client: raise marker again', (n) => {
        n[at.marker] = 1;
        n[at.client] = 6;
      });
    if (step === 6)
      go('client: send to planner', (n) => {
        send(n, at.planQueue + generation);
        free(n, at.client, 2);
      });
    if (step === 4)
      go('client: put cancel', (n) => {
        n[at.cancels]! |= 1 << generation;
        n[at.client] = 5;
      });
    if (step === 5)
      go('client: tick', (n) => {
        tick(n, generation);
        free(n, at.client, 2);
      });
    if (step !== IDLE || s[at.starts] === 0) return;
    const now = newest(s);
    const final = s[at.finals + now]!;
    if (s[at.mayCancel]! > 0 && final === 0)
      go('client: cancel?', (n) => {
        n[at.mayCancel]!--;
        set(n, at.client, 4, now);
      });
    const next = final === 0 ? now : now + 1;
    if (s[at.mayResume]! > 0 && resultsOf(final) !== full && next < GENERATIONS)
      go('client: resume?', (n) => {
        n[at.mayResume]!--;
        set(n, at.client, first, next);
      });
  }

  function planner(s: State, emit: Emit<State>) {
    const [step, generation, missing] = [s[at.planner]!, s[at.planner + 1]!, s[at.planner + 2]!];
    const go = (name: string, change: (n: State) => void) => emitChanged(s, emit, name, change);
    if (step === IDLE) {
      for (let g = 0; g < GENERATIONS; g++) {
        if (s[at.planQueue + g]! === 0) continue;
        go('planner: cancelled? put plan', (n) => {
          n[at.planQueue + g]!--;
          n[at.plan] = 1;
          set(n, at.planner, ((s[at.cancels]! >> g) & 1) === 1 ? 3 : 1, g, 0);
        });
      }
    }
    if (step === 1)
      go('planner: list', (n) => {
        const left = full & ~(s[at.results]! | s[at.failures + generation]!);
        set(n, at.planner, left === 0 ? 3 : 2, generation, left);
      });
    if (step === 2)
      go('planner: send shards', (n) => {
        sendShards(n, generation, missing);
        free(n, at.planner, 3);
      });
    if (step === 3)
      go('planner: tick', (n) => {
        tick(n, generation);
        free(n, at.planner, 3);
      });
  }

  function worker(s: State, slot: number, emit: Emit<State>) {
    const [step, message, receives] = [s[slot]!, s[slot + 1]!, s[slot + 2]!];
    const generation = generationOf(message);
    const go = (name: string, change: (n: State) => void) => emitChanged(s, emit, name, change);
    const toTick = mistake === 'ack before tick' ? 5 : 3;
    if (step === IDLE) {
      for (let m = 0; m < GENERATIONS * N; m++) {
        for (let r = 0; r < size.receives; r++) {
          const place = at.shardQueue + m * size.receives + r;
          if (s[place]! === 0) continue;
          go('worker: cancelled? result there?', (n) => {
            n[place]!--;
            const cancelled = ((s[at.cancels]! >> generationOf(m)) & 1) === 1;
            const there = (s[at.results]! & bitOf(m)) !== 0 && mistake !== 'own 412 is an error';
            if (there && mistake === 'no tick where the result was there') return;
            set(n, slot, cancelled || there ? toTick : 2, m, r + 1);
          });
        }
      }
    }
    if (step === 2) {
      const there = (s[at.results]! & bitOf(message)) !== 0;
      go('worker: put result', (n) => {
        n[at.results]! |= bitOf(message);
        n[slot] = toTick;
        if (!there) return;
        if (mistake === 'no tick where the result was there') free(n, slot, 3);
        if (mistake === 'own 412 is an error') redeliver(n, slot);
      });
      if (s[at.lostAnswers]! > 0 && !there)
        emitChanged(
          s,
          emit,
          'worker: put result, answer lost',
          (n) => {
            n[at.results]! |= bitOf(message);
            n[at.lostAnswers]!--;
          },
          true,
        );
    }
    if (step === 3)
      go('worker: tick', (n) => {
        tick(n, generation);
        set(n, slot, 4, message, receives);
      });
    if (step === 4) go('worker: ack', (n) => free(n, slot, 3));
    if (step === 5)
      go('worker: ack, early', (n) => {
        n[slot] = 6;
      });
    if (step === 6)
      go('worker: tick, late', (n) => {
        tick(n, generation);
        free(n, slot, 3);
      });
  }

  function aggregator(s: State, slot: number, emit: Emit<State>) {
    const [step, generation, seen] = [s[slot]!, s[slot + 1]!, s[slot + 2]!];
    const go = (name: string, change: (n: State) => void) => emitChanged(s, emit, name, change);
    const retire = mistake === 'look for a later generation before the marker goes' ? 8 : 7;
    const final = at.finals + generation;
    const board = at.boards + generation;
    if (step === IDLE) {
      for (let g = 0; g < GENERATIONS; g++) {
        if (s[at.tickQueue + g]! === 0) continue;
        go('aggregator: final there?', (n) => {
          n[at.tickQueue + g]!--;
          if (mistake === 'ticks are counted' && n[at.counted + g]! < 9) n[at.counted + g]!++;
          if (s[at.finals + g]! > 0) set(n, slot, retire, g, 0);
          else if (s[at.plan]) set(n, slot, 1, g, 0);
        });
      }
    }
    if (step === 1)
      go('aggregator: list failures', (n) => {
        const every = mistake === 'failures of earlier generations count';
        const failed = s[at.failures + generation]! | (every ? s[at.failures]! : 0);
        set(n, slot, 2, generation, failed << 3);
      });
    if (step === 2)
      go('aggregator: list results', (n) => {
        const results = s[at.results]!;
        const failed = failuresOf(seen) & ~results;
        let complete = (results | failed) === full;
        if (mistake === 'ticks are counted') complete = s[at.counted + generation]! >= N;
        if (mistake === 'results and failures are added up')
          complete = bits(results) + bits(failuresOf(seen)) >= N;
        set(n, slot, complete ? 4 : 3, generation, results | (failed << 3));
      });
    if (step === 3)
      go('aggregator: cancelled?', (n) => {
        if (((s[at.cancels]! >> generation) & 1) === 1) n[slot] = 4;
        else free(n, slot, 3);
      });
    if (step === 4)
      go('aggregator: put board, or follow the one there', (n) => {
        const follow = s[board]! > 0 && mistake !== 'aggregators publish their own set';
        if (s[board] === 0) n[board] = seen | PUBLISHED;
        set(n, slot, 6, generation, follow ? s[board]! & ~PUBLISHED : seen);
      });
    if (step === 6)
      go('aggregator: put summary', (n) => {
        if (s[final] === 0) n[final] = seen | PUBLISHED;
        set(n, slot, retire, generation, 0);
      });
    if (step === 7)
      go('aggregator: delete marker', (n) => {
        n[at.marker] = 0;
        if (retire === 7 && mistake !== 'marker goes without a look for a later generation') n[slot] = 8;
        else free(n, slot, 3);
      });
    if (step === 8)
      go('aggregator: newest generation ended?', (n) => {
        const ended = s[at.finals + newest(s)]! > 0;
        if (retire === 8 && ended) n[slot] = 7;
        else if (ended || retire === 8) free(n, slot, 3);
        else n[slot] = 9;
      });
    if (step === 9)
      go('aggregator: raise marker', (n) => {
        n[at.marker] = 1;
        free(n, slot, 3);
      });
  }

  function deadLetters(s: State, emit: Emit<State>) {
    const [step, message] = [s[at.deadLetters]!, s[at.deadLetters + 1]!];
    const go = (name: string, change: (n: State) => void) => emitChanged(s, emit, name, change);
    if (step === IDLE) {
      for (let m = 0; m < GENERATIONS * N; m++) {
        if (s[at.deadQueue + m]! === 0) continue;
        go(
          mistake === 'dead letters are ignored' ? 'dead letter: ignored' : 'dead letter: put failure',
          (n) => {
            n[at.deadQueue + m]!--;
            if (mistake === 'dead letters are ignored') return;
            n[at.failures + generationOf(m)]! |= bitOf(m);
            set(n, at.deadLetters, 1, m);
          },
        );
      }
    }
    if (step === 1)
      go('dead letter: tick', (n) => {
        tick(n, generationOf(message));
        free(n, at.deadLetters, 2);
      });
  }

  function reconciler(s: State, emit: Emit<State>) {
    const [step, generation, shards] = [s[at.reconciler]!, s[at.reconciler + 1]!, s[at.reconciler + 2]!];
    const go = (name: string, change: (n: State) => void) => emitChanged(s, emit, name, change);
    const left = full & ~(s[at.results]! | s[at.failures + generation]!);
    const waiting = s.subarray(at.planQueue, at.workers).some((count) => count > 0);
    if (step === IDLE && s[at.marker] && s[at.starts]! > 0 && !waiting)
      go('reconciler: newest generation', (n) => set(n, at.reconciler, 1, newest(s), 0));
    if (step === 1)
      go('reconciler: at its end?', (n) => {
        const cancelled = ((s[at.cancels]! >> generation) & 1) === 1;
        const atEnd = s[at.finals + generation]! > 0 || (s[at.plan] === 1 && (cancelled || left === 0));
        // Without a plan there is nothing to give up here: the plan message is sent again.
        const again = s[at.requeues + generation]! < REQUEUES || s[at.plan] === 0;
        n[at.reconciler] = atEnd ? 5 : again ? 2 : 4;
        if (!atEnd && !again) n[at.reconciler + 2] = left;
      });
    if (step === 2)
      go('reconciler: put requeue', (n) => {
        if (s[at.requeues + generation]! < REQUEUES) n[at.requeues + generation]!++;
        set(n, at.reconciler, s[at.plan] ? 3 : 6, generation, left);
        if (s[at.plan] && left === 0) free(n, at.reconciler, 3);
      });
    if (step === 3)
      go('reconciler: send shards', (n) => {
        sendShards(n, generation, shards);
        free(n, at.reconciler, 3);
      });
    if (step === 4)
      go('reconciler: put failures', (n) => {
        n[at.failures + generation]! |= shards;
        n[at.reconciler] = 5;
      });
    if (step === 5)
      go('reconciler: tick', (n) => {
        tick(n, generation);
        free(n, at.reconciler, 3);
      });
    if (step === 6)
      go('reconciler: send to planner', (n) => {
        send(n, at.planQueue + generation);
        free(n, at.reconciler, 3);
      });
  }

  /** What the world does: kills, doubles and loses. */
  function faults(s: State, emit: Emit<State>) {
    const go = (name: string, change: (n: State) => void) => emitChanged(s, emit, name, change, true);
    if (s[at.crashes]! > 0) {
      const kill = (name: string, slot: number, change: (n: State) => void) => {
        if (s[slot] !== IDLE)
          go(name, (n) => {
            n[at.crashes]!--;
            change(n);
          });
      };
      for (let w = 0; w < size.workers; w++) {
        const slot = at.workers + 3 * w;
        const acked = s[slot] === 6;
        kill('worker dies', slot, (n) => (acked ? free(n, slot, 3) : redeliver(n, slot)));
      }
      for (let a = 0; a < size.aggregators; a++) {
        const slot = at.aggregators + 3 * a;
        kill('aggregator dies', slot, (n) => {
          tick(n, s[slot + 1]!);
          free(n, slot, 3);
        });
      }
      kill('planner dies', at.planner, (n) => {
        send(n, at.planQueue + s[at.planner + 1]!);
        free(n, at.planner, 3);
      });
      kill('dead letters: dies', at.deadLetters, (n) => {
        send(n, at.deadQueue + s[at.deadLetters + 1]!);
        free(n, at.deadLetters, 2);
      });
      kill('reconciler dies', at.reconciler, (n) => free(n, at.reconciler, 3));
      // Without a reconciler whoever submits must try again until all is sent; the first marker is nobody's duty yet.
      if (size.reconciler && s[at.starts]! > 0) kill('client dies', at.client, (n) => free(n, at.client, 2));
    }
    for (let q = at.planQueue; q < at.workers; q++) {
      if (s[q] === 0) continue;
      if (s[at.duplicates]! > 0 && s[q] === 1)
        go('message doubled', (n) => {
          n[at.duplicates]!--;
          n[q]!++;
        });
      if (s[at.losses]! > 0)
        go('message lost', (n) => {
          n[at.losses]!--;
          n[q]!--;
        });
    }
  }

  function steps(s: State, emit: Emit<State>) {
    client(s, emit);
    planner(s, emit);
    for (let w = 0; w < size.workers; w++) worker(s, at.workers + 3 * w, emit);
    for (let a = 0; a < size.aggregators; a++) aggregator(s, at.aggregators + 3 * a, emit);
    deadLetters(s, emit);
    if (size.reconciler) reconciler(s, emit);
    faults(s, emit);
  }

  /** Workers are alike, and so are aggregators: which is which makes no other state. */
  function key(s: State): string {
    const sorted = Buffer.from(s);
    sortSlots(sorted, at.workers, size.workers);
    sortSlots(sorted, at.aggregators, size.aggregators);
    return sorted.toString('latin1');
  }

  function wrong(s: State): string | null {
    for (let g = 0; g < GENERATIONS; g++) {
      const final = s[at.finals + g]!;
      if (final === 0) continue;
      const [results, failed] = [resultsOf(final), failuresOf(final)];
      const cancelled = ((s[at.cancels]! >> g) & 1) === 1;
      if (!cancelled && (results | failed) !== full) return 'published before it was complete';
      if ((results & ~s[at.results]!) !== 0) return 'published a result that is not there';
      if ((failed & ~s[at.failures + g]!) !== 0)
        return 'published a failure that its generation does not have';
      if (final !== s[at.boards + g]) return 'summary and leaderboard are of different sets';
    }
    const retiring = (a: number) => s[at.aggregators + 3 * a]! >= 7;
    if (s[at.marker] === 0 && s[at.starts] !== 0 && s[at.finals + newest(s)] === 0) {
      const died = s[at.crashes]! < size.crashes; // whoever started it and died was not told that it is under way
      if (s[at.client] === IDLE && !died && !retiring(0) && !(size.aggregators === 2 && retiring(1))) {
        return 'nobody looks after a generation that is under way';
      }
    }
    const givenUp = s[at.failures]! | s[at.failures + 1]!;
    if (!size.reconciler && givenUp > 0 && size.crashes - s[at.crashes]! < size.receives) {
      return 'gave up a shard although no worker died often enough';
    }
    return null;
  }

  /** Everything started has ended, nothing waits, nobody works, and the marker is gone. */
  function done(s: State): boolean {
    if (s[at.starts] === 0 || s[at.finals + newest(s)] === 0) return false;
    if (s[at.marker] !== 0 && size.reconciler) return false; // a late marker is what the reconciler is for
    for (let i = at.planQueue; i < at.crashes; i++) if (s[i] !== 0) return false;
    return true;
  }

  return { initial, steps, key, wrong, done };
}

function emitChanged(
  s: State,
  emit: Emit<State>,
  name: string,
  change: (next: State) => void,
  fault = false,
): void {
  const next = s.slice();
  change(next);
  emit(next, name, fault);
}

const bits = (set: number) => (set & 1) + ((set >> 1) & 1) + ((set >> 2) & 1);

/** Sorts at most two slots of three bytes. */
function sortSlots(s: State, first: number, count: number): void {
  const number = (slot: number) => (s[slot]! << 16) | (s[slot + 1]! << 8) | s[slot + 2]!;
  if (count === 2 && number(first) > number(first + 3))
    s.subarray(first, first + 6).set([...s.subarray(first + 3, first + 6), ...s.subarray(first, first + 3)]);
}
