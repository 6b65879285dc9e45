export default async function globalTeardown() {
  await globalThis.jinzaiTestStack?.stop();
}
