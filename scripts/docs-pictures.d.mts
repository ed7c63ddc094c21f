export const INSTRUCTIONS_PICTURE: URL;
export function instructionsPicture(): string;
