import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';
import { read } from './check-files.js';

/** What must not be found outside the sealed fields: parts of names, kana, birth dates, addresses, staff numbers. */
export class Secrets {
  private readonly words = new Set<string>();
  private readonly days = new Set<string>();
  private readonly numbers = new Set<string>();

  addStaffFile(file: string): void {
    for (const row of read(file)) {
      for (const column of ['氏', '名', '氏カナ', '名カナ', '住所']) this.words.add(row[column]);
      this.addBirth(row['生年月日'].replaceAll('/', '-'));
    }
  }

  /** Numbers that are also the code of a unit tell nothing, and are left out. */
  addStaffNumbers(staff: string, units: string): void {
    const codes = new Set(read(units).map((row) => row['所属コード']));
    for (const row of read(staff)) if (!codes.has(row['職員番号'])) this.numbers.add(row['職員番号']);
  }

  add(
    person: Readonly<{
      familyName: string;
      givenName: string;
      familyNameKana: string;
      givenNameKana: string;
      birthDate: string;
      address: string;
    }>,
  ): void {
    const { familyName, givenName, familyNameKana, givenNameKana, birthDate, address } = person;
    for (const word of [familyName, givenName, familyNameKana, givenNameKana, address]) this.words.add(word);
    this.addBirth(birthDate);
  }

  get size(): number {
    return this.words.size + this.days.size + this.numbers.size;
  }

  /**
   * The secrets that occur in a text. Runs of Japanese, dates and quoted numbers are looked at once each, however often
   * they occur.
   */
  search(texts: Iterable<string>): string[] {
    const runs = new Set<string>();
    const dates = new Set<string>();
    const numbers = new Set<string>();
    for (const text of texts) {
      for (const run of text.match(
        /[\u3005-\u30ff\u3400-\u9fff0-9]*[\u3005-\u30ff\u3400-\u9fff][\u3005-\u30ff\u3400-\u9fff0-9]*/g,
      ) ?? [])
        runs.add(run);
      for (const date of text.match(/\d{4}[-/]\d{1,2}[-/]\d{1,2}/g) ?? []) dates.add(date);
      for (const [, number] of text.matchAll(/"(\d{6})\\?"/g)) numbers.add(number);
    }
    const all = [...runs].join('\n');
    const days = new Set([...dates].map(normal));
    return [
      ...[...this.words].filter((word) => all.includes(word)),
      ...[...this.days].filter((date) => days.has(date)),
      ...[...this.numbers].filter((number) => numbers.has(number)),
    ];
  }

  private addBirth(date: string): void {
    this.days.add(normal(date));
  }
}

const normal = (date: string): string => {
  const [year, month, day] = date.split(/[-/]/).map(Number);
  return `${year}-${month}-${day}`;
};

/** Every record of every topic: key, headers and value. */
export const topicTexts = async (brokers: string): Promise<string[]> => {
  const kafka = new Kafka({ brokers: [brokers], clientId: 'leak-scan', logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith('jinzai.'));
  const left = new Map<string, number>();
  for (const topic of topics) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      if (Number(high) > Number(low)) left.set(`${topic}/${partition}`, Number(high));
    }
  }
  const groupId = `leak-scan-${process.pid}-${performance.now()}`;
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
  const texts: string[] = [];
  try {
    if (left.size === 0) return texts;
    await consumer.connect();
    await consumer.subscribe({ topics, fromBeginning: true });
    await new Promise<void>((finished, failed) => {
      consumer.on('consumer.crash', ({ payload }) => failed(payload.error));
      const eachBatch = async ({
        batch,
      }: {
        batch: { topic: string; partition: number; messages: readonly KafkaText[] };
      }) => {
        for (const { key, value, headers, offset } of batch.messages) {
          texts.push(
            `${String(key)} ${String(value)} ${Object.values(headers ?? {})
              .map(String)
              .join(' ')}`,
          );
          const name = `${batch.topic}/${batch.partition}`;
          if (Number(offset) + 1 >= (left.get(name) ?? 0)) left.delete(name);
        }
        if (left.size === 0) finished();
      };
      consumer.run({ autoCommit: false, eachBatch }).catch(failed);
    });
    return texts;
  } finally {
    await consumer.disconnect();
    await admin.deleteGroups([groupId]).catch(() => undefined);
    await admin.disconnect();
  }
};

type KafkaText = Readonly<{ key: unknown; value: unknown; headers?: object; offset: string }>;

export const logTexts = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));

/** Every row of every table of a database, as text. */
export const tableTexts = async (url: string): Promise<string[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query<{ text: string }>(`SELECT row_to_json(t)::text AS text FROM ${name} t`);
      for (const { text } of rows) texts.push(text);
    }
    return texts;
  } finally {
    await client.end();
  }
};
