import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type CommentThread,
  githubThread,
  gitlabThread,
  putComment,
  threadOf,
} from "../../../operations/comment-thread.ts";
import { commentMarker } from "../../../operations/preview-comment.ts";

interface Comment {
  id: number;
  body: string;
}

let server: Server;
let kept: Comment[];
let requests: string[];

/** A server that keeps comments as GitHub and GitLab do, a hundred a page. */
beforeEach(async () => {
  kept = [];
  requests = [];
  server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    requests.push(`${request.method} ${url.pathname}`);
    let text = "";
    for await (const chunk of request) text += chunk;
    const sent: { body: string } = text === "" ? { body: "" } : JSON.parse(text);
    if (request.method === "GET") {
      const page = Number(url.searchParams.get("page"));
      response.end(JSON.stringify(kept.slice((page - 1) * 100, page * 100)));
    } else if (request.method === "POST") {
      kept.push({ id: kept.length + 1, body: sent.body });
      response.writeHead(201).end("{}");
    } else {
      const id = Number(url.pathname.split("/").at(-1));
      const comment = kept.find((candidate) => candidate.id === id);
      if (comment === undefined) response.writeHead(404).end("no such comment");
      else {
        comment.body = sent.body;
        response.end("{}");
      }
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterEach(() => new Promise((resolve) => server.close(resolve)));

const api = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const threads: [string, () => CommentThread][] = [
  ["GitHub", () => githubThread(api(), "shop/grappe", 7, "token")],
  ["GitLab", () => gitlabThread(api(), "shop/grappe", 7, "token")],
];

describe.each(threads)("a thread of %s", (_host, thread) => {
  test("has one comment a stack, updated in place", async () => {
    expect(await putComment(thread(), "pi", `${commentMarker("pi")} first`)).toBe("added");
    expect(await putComment(thread(), "dev", `${commentMarker("dev")} first`)).toBe("added");
    expect(await putComment(thread(), "pi", `${commentMarker("pi")} second`)).toBe("updated");
    expect(kept.map(({ body }) => body)).toEqual([`${commentMarker("pi")} second`, `${commentMarker("dev")} first`]);
  });

  test("finds its comment behind the first page", async () => {
    kept = Array.from({ length: 150 }, (_, index) => ({ id: index + 1, body: "talk" }));
    kept[140] = { id: 141, body: commentMarker("pi") };
    expect(await putComment(thread(), "pi", `${commentMarker("pi")} new`)).toBe("updated");
    expect(kept).toHaveLength(150);
  });
});

describe("the thread of a job", () => {
  test("names what the job lacks", () => {
    expect(() => threadOf({ GITHUB_REPOSITORY: "shop/grappe", PULL_REQUEST: "7" })).toThrow(
      /GITHUB_TOKEN isn't set: pass/,
    );
    expect(() => threadOf({ GITLAB_CI: "true", CI_API_V4_URL: "x", CI_PROJECT_ID: "1" })).toThrow(
      /merge request pipelines/,
    );
  });

  test("an answer that isn't a success is an error with the answer in it", async () => {
    const thread = { ...githubThread(api(), "shop/grappe", 7, "token"), commentAddress: () => `${api()}/comments/99` };
    kept = [{ id: 1, body: commentMarker("pi") }];
    await expect(putComment(thread, "pi", "new")).rejects.toThrow(/PATCH .* answered 404: no such comment/);
  });
});
