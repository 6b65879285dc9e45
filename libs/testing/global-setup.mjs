/**
 * Gives the suites a Postgres, a Kafka and an OIDC provider: those named by TEST_POSTGRES_URL, TEST_KAFKA_BROKERS and
 * TEST_OIDC_ISSUER, or else its own on free ports. Unit suites get none. Suites read the same three variables.
 */
export default async function globalSetup(config) {
  if (onlyUnit(config)) return;
  const { TEST_POSTGRES_URL, TEST_KAFKA_BROKERS, TEST_OIDC_ISSUER } = process.env;
  if (TEST_POSTGRES_URL && TEST_KAFKA_BROKERS && TEST_OIDC_ISSUER) return;
  const { startTestStack } = await import('../../dist/libs/local-stack/test-stack.js').catch((error) => {
    throw new Error(`the local stack is not built: run "npm run build" first (${error.message})`);
  });
  globalThis.jinzaiTestStack = await startTestStack(process.env);
}

const onlyUnit = (config) => {
  if (process.env.JINZAI_TEST_LEVEL) return process.env.JINZAI_TEST_LEVEL === 'unit';
  const patterns = config.testPathPatterns?.patterns ?? [];
  return patterns.length > 0 && patterns.every((p) => p.endsWith('.spec.ts') && !/\.(int|e2e)\.spec\.ts$/.test(p));
};
