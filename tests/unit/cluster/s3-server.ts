import { shellQuote } from "../../../components/host/shell-assignments.ts";

/**
 * An S3 of one bucket, `shop`, which takes nothing whose signature it can't compute too (of the secret that it was started with); a page of its lists
 * has three keys, and every object is what the file `object` holds.
 */
const s3Server = `
import { createHash, createHmac } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:https";
const [, , port, secret, ...kept] = process.argv;
const keys = new Set(kept);
const hmac = (key, text) => createHmac("sha256", key).update(text).digest();
const hash = (text) => createHash("sha256").update(text).digest("hex");
function isSigned({ method, url, headers }, body) {
  const [, date, region, names, signature] = /Credential=[^\\/]+\\/(\\d+)\\/([^/]+)\\/s3\\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(.+)$/.exec(headers.authorization) ?? [];
  if (names === undefined) return false;
  const { pathname, search } = new URL(url, "https://s3");
  const query = search.slice(1).split("&").filter((each) => each).toSorted().map((each) => each.includes("=") ? each : each + "=").join("&");
  const signed = names.split(";").map((name) => name + ":" + headers[name] + "\\n").join("");
  const content = headers["x-amz-content-sha256"] ?? hash(body);
  const request = [method, pathname, query, signed, names, content].join("\\n");
  const text = ["AWS4-HMAC-SHA256", headers["x-amz-date"], [date, region, "s3", "aws4_request"].join("/"), hash(request)].join("\\n");
  const key = ["aws4_request"].reduce(hmac, [region, "s3"].reduce(hmac, hmac("AWS4" + secret, date)));
  return createHmac("sha256", key).update(text).digest("hex") === signature;
}
createServer({ key: readFileSync("key.pem"), cert: readFileSync("cert.pem") }, async (request, response) => {
  const body = Buffer.concat(await Array.fromAsync(request));
  if (!isSigned(request, body)) return response.writeHead(403).end("SignatureDoesNotMatch");
  const { pathname, searchParams } = new URL(request.url, "https://s3");
  const name = pathname.slice("/shop/".length);
  if (request.method === "PUT") keys.add(name);
  if (request.method === "DELETE") keys.delete(name);
  const after = searchParams.get("start-after") ?? "";
  const found = [...keys].toSorted().filter((key) => key.startsWith(searchParams.get("prefix")) && key > after);
  const list = found.slice(0, 3).map((key) => "<Contents><Key>" + key + "</Key><LastModified>2026-11-28T00:00:01.000Z</LastModified><Size>1056</Size></Contents>").join("");
  response.end(name === "" ? "<R><IsTruncated>" + (found.length > 3) + "</IsTruncated>" + list + "</R>" : existsSync("object") ? readFileSync("object") : "");
  if (request.method !== "GET") console.log(request.method, name);
}).listen(Number(port), "127.0.0.1");
`;

/** Starts it at localhost:9443, with these keys; what is written there stands in the file `requests`. It shows `cert.pem`. */
export const startS3 = (keys: readonly string[], secret = "geheim") => `
cat > server.mjs << 'PROGRAM'${s3Server}PROGRAM
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost 2> /dev/null
${process.execPath} server.mjs 9443 ${shellQuote(secret)} ${keys.join(" ")} > requests &`;

export const awaitS3 = `
for i in {1..100}; do if curl --silent --insecure https://localhost:9443 > /dev/null; then break; fi; sleep 0.1; done`;
