/** A file that a page writes, or a command that it runs. */
export type Step =
  | { readonly block: string; readonly file: string; readonly text: string }
  | {
      readonly block: string;
      readonly file?: undefined;
      readonly command: string;
      readonly shown: readonly string[];
    };
export function stepsOf(page: string): Step[];
export function doStep(step: Step, folder: string): string[] | null;
export function lasting(lines: readonly string[]): string[];
