// The child process of a function: imports a bundled handler, and answers one event after the other.
const [file] = process.argv.slice(2);
const { handler } = await import(file);

process.on('message', async ({ event, requestId, timeoutMs }) => {
  const end = Date.now() + timeoutMs;
  const context = { awsRequestId: requestId, getRemainingTimeInMillis: () => end - Date.now() };
  try {
    process.send({ result: (await handler(event, context)) ?? null });
  } catch (error) {
    process.send({ error: error.stack ?? String(error) });
  }
});
process.on('disconnect', () => process.exit());
process.send('ready');
