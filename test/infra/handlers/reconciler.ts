export const handler = () => 'ok';
