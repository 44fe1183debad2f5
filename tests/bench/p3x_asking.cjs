// Asks a p3x-redis-ui server over its socket, as its page does.
//
//     p3x_asking.cjs <folder with node_modules> <port> <pattern> <times>
//
// Prints as JSON the least seconds of loading the first keys and of a search, and what that found.

const { createRequire } = require("node:module");
const [folder, port, match, times] = process.argv.slice(2);
const { io } = createRequire(`${folder}/`)("socket.io-client");
const socket = io(`http://127.0.0.1:${port}`, { path: "/socket.io" });
let requests = 0;

function ask(action, payload) {
  const requestId = ++requests;
  const asked = performance.now();
  return new Promise((resolve, reject) => {
    socket.once(`p3xr-response-${requestId}`, (answer) => {
      if (answer.status !== "ok") reject(new Error(JSON.stringify(answer)));
      else resolve({ seconds: (performance.now() - asked) / 1000, keys: answer.keys });
    });
    socket.emit("p3xr-request", { action, requestId, payload });
  });
}

async function best(payload) {
  let answer = null;
  for (let time = 0; time < Number(times); time += 1) {
    const next = await ask("redis/refresh", payload);
    if (answer === null || next.seconds < answer.seconds) answer = next;
  }
  return answer;
}

socket.on("connect", async () => {
  await ask("connection/connect", { connection: { id: "bench", name: "bench" }, db: 0 });
  const first = await best({});
  const found = await best({ match });
  console.log(JSON.stringify({ keys: first.seconds, text: found.seconds, found: found.keys.length }));
  socket.close();
});
