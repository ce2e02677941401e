import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";
import { commentMarker } from "./preview-comment.ts";

/** Where the comments of one pull or merge request are kept. */
export interface CommentThread {
  /** Address of the list of comments; a new one is posted there. */
  readonly address: string;
  /** Address of one comment. */
  readonly commentAddress: (id: number) => string;
  readonly headers: Readonly<Record<string, string>>;
  /** How an existing comment is changed: GitHub wants PATCH, GitLab PUT. */
  readonly updateMethod: "PATCH" | "PUT";
}

const comments = z.array(z.object({ id: z.number(), body: z.string().nullable() }));
const pageSize = 100;

/** The pull request of a GitHub Actions run. Its token needs `pull-requests: write`. */
export function githubThread(api: string, repository: string, pullRequest: number, token: string): CommentThread {
  return {
    address: `${api}/repos/${repository}/issues/${pullRequest}/comments`,
    commentAddress: (id) => `${api}/repos/${repository}/issues/comments/${id}`,
    headers: { authorization: `Bearer ${token}`, accept: "application/vnd.github+json" },
    updateMethod: "PATCH",
  };
}

/** The merge request of a GitLab pipeline. The token is a project access token with scope `api`. */
export function gitlabThread(api: string, project: string, mergeRequest: number, token: string): CommentThread {
  const address = `${api}/projects/${encodeURIComponent(project)}/merge_requests/${mergeRequest}/notes`;
  return {
    address,
    commentAddress: (id) => `${address}/${id}`,
    headers: { "private-token": token },
    updateMethod: "PUT",
  };
}

/** The thread that the environment of a CI job names; throws what is missing, and how to give it. */
export function threadOf(environment: Readonly<Record<string, string | undefined>>): CommentThread {
  const wanted = (name: string, hint: string) => {
    const value = environment[name];
    if (!value) throw new RunError(`${name} isn't set: ${hint}`);
    return value;
  };
  if (environment.GITLAB_CI) {
    return gitlabThread(
      wanted("CI_API_V4_URL", "GitLab sets it"),
      wanted("CI_PROJECT_ID", "GitLab sets it"),
      Number(wanted("CI_MERGE_REQUEST_IID", "run this job in merge request pipelines only")),
      wanted("GITLAB_TOKEN", "make a project access token with scope api and store it as a masked variable"),
    );
  }
  return githubThread(
    environment.GITHUB_API_URL ?? "https://api.github.com",
    wanted("GITHUB_REPOSITORY", "run this in GitHub Actions or GitLab CI"),
    Number(wanted("PULL_REQUEST", "pass github.event.pull_request.number")),
    wanted("GITHUB_TOKEN", "pass github.token and grant pull-requests: write"),
  );
}

/** Puts the stack's comment into the thread: changes the one that is there, or adds it. */
export async function putComment(thread: CommentThread, stack: string, body: string): Promise<"added" | "updated"> {
  const id = await findComment(thread, commentMarker(stack));
  if (id === undefined) {
    await send(thread, thread.address, "POST", { body });
    return "added";
  }
  await send(thread, thread.commentAddress(id), thread.updateMethod, { body });
  return "updated";
}

async function findComment(thread: CommentThread, marker: string): Promise<number | undefined> {
  for (let page = 1; ; page++) {
    const answer = await send(thread, `${thread.address}?per_page=${pageSize}&page=${page}`, "GET");
    const found = comments.parse(await answer.json());
    const own = found.find(({ body }) => body?.startsWith(marker));
    if (own !== undefined || found.length < pageSize) return own?.id;
  }
}

async function send(thread: CommentThread, address: string, method: string, body?: object): Promise<Response> {
  const response = await fetch(address, {
    method,
    headers: { ...thread.headers, "content-type": "application/json" },
    signal: AbortSignal.timeout(30_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok)
    throw new RunError(
      `${method} ${address} answered ${response.status}: ${await response.text()}. Fix: see that the token may write comments there.`,
    );
  return response;
}
