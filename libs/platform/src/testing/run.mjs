/** First and last step of every test run, for jest's globalSetup. The last is in end.mjs. */
export default function begin() {
  // Workers inherit it, so that the whole run shares one Postgres (testServer.ts).
  process.env.QINGPAI_TEST_RUN ??= String(process.pid);
}
