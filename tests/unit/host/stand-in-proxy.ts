/**
 * An HTTP proxy for tests, as text that any Node.js runs; its arguments: the login that it asks for (base64), or `-`. It listens on
 * 127.0.0.1:3128, writes a line for each request into `asked`, and answers itself: `ok`, or, by the name that is asked for, 403 or 502.
 */
export const standInProxy = String.raw`
const { appendFileSync } = require("node:fs");
const login = process.argv[1] ?? "-";
const server = require("node:http").createServer((request, response) => {
  const [code, words] = judge(request, request.url);
  response.writeHead(code, words, { connection: "close" }).end(request.method === "HEAD" ? "" : "ok");
});
server.on("connect", (request, socket) => {
  socket.on("error", () => {});
  const [code, words] = judge(request, request.url);
  socket.end("HTTP/1.1 " + code + " " + words + "\r\n\r\n");
});
function judge(request, target) {
  appendFileSync("asked", request.method + " " + target + " " + (request.headers["proxy-authorization"] ?? "-") + "\n");
  if (login !== "-" && request.headers["proxy-authorization"] !== "Basic " + login) return [407, "Proxy Authentication Required"];
  if (target.includes("forbidden")) return [403, "Forbidden"];
  if (target.includes("unreached")) return [502, "Bad Gateway"];
  return [200, "OK"];
}
server.listen(3128, "127.0.0.1");
`;
