import type { Filter } from './filter.ts';
import type { Model } from './model.ts';

/** What sections share. */
export interface PageContext {
  readonly model: Model;
  /** Set by the parallel coordinates, followed by the leaderboard. */
  readonly filter: Filter;
}

/** A part of the page: one file each under sections/, listed in main.ts in the order in which they are read. */
export interface Section {
  /** The fragment that links to it. */
  readonly id: string;
  readonly title: string;
  /** Where the section is not on the page of every sweep. */
  appliesTo?(model: Model): boolean;
  /** What stands under the title; called once. */
  render(page: PageContext): readonly Node[];
}
