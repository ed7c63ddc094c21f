export function pythonEnvironment(name: string, requirements: string, python?: string): Promise<string>;
