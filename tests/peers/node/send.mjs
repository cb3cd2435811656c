// Send the messages of stdin (JSON: port, version, messages, authorities, shown) one after the other over one connection,
// and print what the client takes for their answers (JSON).
import { once } from "node:events";
import { readFileSync } from "node:fs";
import Client, { Message } from "node-hl7-client";

const { port, version, messages, authorities, shown } = JSON.parse(readFileSync(0, "utf8"));
const tls = authorities && {
  ca: readFileSync(authorities),
  cert: readFileSync(shown),
  key: readFileSync(shown),
};
const answers = [];
let heard = () => {};
const client = new Client({ host: "127.0.0.1", version, ...(tls && { tls }) });
const connection = client.createConnection({ port }, (response) => {
  const ack = response.getMessage();
  answers.push(["MSA.1", "MSA.2"].map((path) => ack.get(path).toString()));
  heard();
});
await once(connection, "connect"); // a message that is sent before opens a second connection, which nothing closes
for (const text of messages) {
  const answered = new Promise((resolve) => (heard = resolve));
  await connection.sendMessage(new Message({ text }));
  await answered;
}
await connection.close();
console.log(JSON.stringify(answers));
