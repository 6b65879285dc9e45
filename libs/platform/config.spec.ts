import { Config, ConfigFault } from './config.js';

const env = {
  SERVICE_PORT: '4001',
  DATABASE_URL: 'postgres://placement:secret@127.0.0.1:5432/placement',
  KAFKA_BROKERS: '127.0.0.1:9092,127.0.0.1:9093',
  OIDC_ISSUER: 'http://127.0.0.1:4000',
  OIDC_CLIENT_ID: 'placement',
  OIDC_CLIENT_SECRET: 'secret',
  MASTER_KEYS: 'k1:AAAA',
  RECRUITMENT_URL: 'http://127.0.0.1:4002/',
};

describe('the configuration', () => {
  it('takes what the environment says, and defaults for the rest', () => {
    const config = Config.fromEnv('placement', env);
    expect(config.env).toMatchObject({
      SERVICE_PORT: 4001,
      HOST: '127.0.0.1',
      KAFKA_BROKERS: ['127.0.0.1:9092', '127.0.0.1:9093'],
      KAFKA_PARTITIONS: 6,
      OIDC_AUDIENCE: 'jinzai',
      POLICIES_DIR: 'policies',
      BUSY_AFTER_MS: 200,
      CLOCK_OFFSET_MS: 0,
      MIGRATE_ON_START: 'true',
    });
    expect(config.urlOf('recruitment')).toBe('http://127.0.0.1:4002');
  });

  it('names in one line every variable that is missing or malformed, and no value', () => {
    const { MASTER_KEYS: _, ...rest } = env;
    const wrong = () => Config.fromEnv('placement', { ...rest, KAFKA_BROKERS: 'my-broker' });
    expect(wrong).toThrow(ConfigFault);
    expect(wrong).toThrow(/^placement: wrong settings: KAFKA_BROKERS \(expected host:port.*\); MASTER_KEYS \([^;]+\)$/);
    expect(wrong).not.toThrow(/my-broker|secret/);
  });

  it('names the setting of a service whose place is not known', () =>
    expect(() => Config.fromEnv('placement', env).urlOf('training')).toThrow('placement: TRAINING_URL is not set'));
});
