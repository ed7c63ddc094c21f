export function generatedPages(): Record<string, string>;
