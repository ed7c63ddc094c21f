/** One step of a model: the state after it, what it is called, and whether it is something going wrong. */
export type Emit<S> = (next: S, name: string, fault: boolean) => void;

/** A system as states and the steps between them. */
export interface Model<S> {
  readonly initial: S;
  /** Tells every step that is possible in a state; must not change the state. */
  steps(state: S, emit: Emit<S>): void;
  /** Equal for equal states. */
  key(state: S): string;
  /** What is wrong with a state, or null. */
  wrong(state: S): string | null;
  /** Whether all that was asked for is done. */
  done(state: S): boolean;
}

/** What is true of every execution, or the shortest one that shows otherwise. */
export type Checked =
  | { readonly verdict: 'holds'; readonly states: number; readonly steps: number }
  | { readonly verdict: 'wrong' | 'stuck'; readonly why: string; readonly trace: readonly string[] };

/**
 * Visits every reachable state of a model, breadth first, and checks two things: no state is wrong, and from every
 * state one that is done can be reached by steps that are no faults, so nothing that went wrong is final.
 *
 * Throws above `limit` states: then the model is too large to be checked, which must not look like success.
 */
export function checkModel<S>(model: Model<S>, limit = 2_000_000): Checked {
  const states: S[] = [model.initial];
  const numbers = new Map<string, number>([[model.key(model.initial), 0]]);
  const cameFrom: number[] = [-1];
  const cameBy: string[] = [''];
  const edges: number[] = []; // from, to, from, to …: steps that are no faults
  let steps = 0;

  const traceTo = (at: number) => {
    const trace: string[] = [];
    for (let i = at; i > 0; i = cameFrom[i]!) trace.unshift(cameBy[i]!);
    return trace;
  };

  for (let at = 0; at < states.length; at++) {
    const state = states[at]!;
    const why = model.wrong(state);
    if (why !== null) return { verdict: 'wrong', why, trace: traceTo(at) };
    model.steps(state, (next, name, fault) => {
      steps++;
      const key = model.key(next);
      let number = numbers.get(key);
      if (number === undefined) {
        number = states.length;
        if (number >= limit) throw new Error(`expected a model of at most ${limit} states, found more`);
        numbers.set(key, number);
        states.push(next);
        cameFrom.push(at);
        cameBy.push(name);
      }
      if (!fault) edges.push(at, number);
    });
  }

  const canEnd = reaching(
    states.map((state) => model.done(state)),
    edges,
  );
  const stuck = canEnd.indexOf(0);
  if (stuck >= 0) {
    return { verdict: 'stuck', why: 'no way on from here ends the sweep', trace: traceTo(stuck) };
  }
  return { verdict: 'holds', states: states.length, steps };
}

/** For each state 1 if a path along the edges leads to a goal, else 0. */
function reaching(goals: readonly boolean[], edges: readonly number[]): Uint8Array {
  const first = new Int32Array(goals.length + 1);
  for (let e = 1; e < edges.length; e += 2) first[edges[e]! + 1]!++;
  for (let i = 0; i < goals.length; i++) first[i + 1]! += first[i]!;
  const fill = first.slice();
  const before = new Int32Array(edges.length / 2);
  for (let e = 0; e < edges.length; e += 2) before[fill[edges[e + 1]!]!++] = edges[e]!;
  const found = new Uint8Array(goals.length);
  const open: number[] = [];
  const reach = (state: number) => {
    if (found[state]) return;
    found[state] = 1;
    open.push(state);
  };
  goals.forEach((goal, state) => {
    if (goal) reach(state);
  });
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    for (let e = first[state]!; e < first[state + 1]!; e++) reach(before[e]!);
  }
  return found;
}
