export const FILES_WITH_FIGURES: readonly string[];
export function withFigures(file: string, text: string): string;
