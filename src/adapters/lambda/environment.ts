/** The value of an environment variable that the stack sets; throws where it did not. */
export function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new Error(`environment: expected ${name}, found none; deploy the stack again`);
  }
  return value;
}

/** MB that this function has. */
export const functionMemoryMb = () => Number(required('AWS_LAMBDA_FUNCTION_MEMORY_SIZE'));
