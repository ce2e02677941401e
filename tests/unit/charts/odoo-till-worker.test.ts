import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";
import { beforeEach, describe, expect, test } from "vitest";

const script = readFileSync(new URL("../../../charts/odoo/files/till-worker.js", import.meta.url), "utf8");
const origin = "https://till.test";

interface Asked {
  readonly url: string;
  readonly method?: string;
  readonly mode?: string;
  readonly cache?: string;
}

/** A response as far as the worker looks at it. */
class Answer {
  readonly text: string;
  readonly status: number;
  readonly redirected: boolean;
  constructor(text: string, status = 200, redirected = false) {
    [this.text, this.status, this.redirected] = [text, status, redirected];
  }
  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }
  clone(): Answer {
    return this;
  }
  static error(): Answer {
    return new Answer("network error", 0);
  }
}

const absolute = (of: string | Asked) => new URL(typeof of === "string" ? of : of.url, origin).href;

/** A browser's store of answers. */
class Store {
  readonly kept = new Map<string, Answer>();
  isFull = false;
  async match(of: string | Asked): Promise<Answer | undefined> {
    return this.kept.get(absolute(of));
  }
  async matchAll(of: string, _options: { readonly ignoreSearch: true }): Promise<Answer[]> {
    return [...this.kept].filter(([url]) => url.split("?")[0] === absolute(of)).map(([, answer]) => answer);
  }
  async put(of: string | Asked, answer: Answer): Promise<void> {
    if (this.isFull) throw new Error("QuotaExceededError");
    this.kept.set(absolute(of), answer);
  }
}

/** What answers on the network: by address, or nobody. */
type Network = (url: string) => Answer | undefined;

let store: Store;
let network: Network;
let handlers: Map<string, (event: object) => void>;
beforeEach(() => {
  store = new Store();
  handlers = new Map();
  const fetch = async (of: string | Asked): Promise<Answer> => {
    const answer = network(absolute(of));
    if (answer === undefined) throw new TypeError("Failed to fetch");
    return answer;
  };
  const self = {
    addEventListener: (name: string, handler: (event: object) => void) => handlers.set(name, handler),
    skipWaiting: () => undefined,
    clients: { claim: () => undefined },
  };
  const world = {
    self,
    fetch,
    URL,
    Response: Answer,
    navigator: { onLine: true },
    caches: { open: async () => store },
  };
  runInContext(script, createContext(world));
});

/** What the page gets; `undefined` where the worker leaves it to the browser. */
async function asks(asked: Asked): Promise<string | undefined> {
  const pending: Promise<unknown>[] = [];
  let answered: Promise<Answer> | undefined;
  handlers.get("fetch")?.({
    request: { method: "GET", mode: "cors", cache: "default", ...asked, url: absolute(asked) },
    respondWith: (answer: Promise<Answer>) => {
      answered = answer;
    },
    waitUntil: (work: Promise<unknown>) => pending.push(work),
  });
  const answer = await answered;
  await Promise.all(pending);
  return answer?.text;
}

const page = { url: "/pos/ui/1", mode: "navigate" };
const away: Network = () => new Answer("waiting page", 503);
const cut: Network = () => undefined;
const there: Network = (url) => new Answer(`Odoo: ${new URL(url).pathname}`);

describe("the till's service worker", () => {
  test("gives what Odoo answers, and when no Odoo does what it answered last", async () => {
    network = there;
    expect(await asks(page)).toBe("Odoo: /pos/ui/1");
    for (const none of [away, cut]) {
      network = none;
      expect(await asks(page)).toBe("Odoo: /pos/ui/1");
    }
  });

  test.each([502, 503, 504])("never keeps the ingress' %i", async (status) => {
    network = () => new Answer("error", status);
    expect(await asks(page)).toBe("error");
    expect(store.kept.size).toBe(0);
  });

  test("passes Odoo's own errors on, and keeps none", async () => {
    network = there;
    await asks(page);
    for (const status of [404, 500]) {
      network = () => new Answer("Odoo says no", status);
      expect(await asks(page)).toBe("Odoo says no");
    }
    network = away;
    expect(await asks(page)).toBe("Odoo: /pos/ui/1");
  });

  test("takes every address of a till for its page, and another till's for another", async () => {
    network = there;
    await asks({ ...page, url: "/pos/ui/1?from_backend=True" });
    network = away;
    expect(await asks({ ...page, url: "/pos/ui/1/product/4af0" })).toBe("Odoo: /pos/ui/1");
    expect(await asks({ ...page, url: "/pos/ui/12" })).toBe("waiting page");
    expect(await asks({ url: "/pos/ui/1/product/4af0" })).toBe("waiting page");
  });

  test("keeps what the till lists, but no log-in page in its place, and nothing where one isn't got", async () => {
    network = (url) => {
      if (url.endsWith("/gone.js")) return undefined;
      return url.endsWith("/pos/ui/1") ? new Answer("log in", 200, true) : there(url);
    };
    const pending: Promise<unknown>[] = [];
    const data = { urlsToCache: ["/web/assets/till.js", "/pos/ui/1", "/gone.js"] };
    handlers.get("message")?.({ data, waitUntil: (work: Promise<unknown>) => pending.push(work) });
    await Promise.all(pending);
    expect([...store.kept.keys()]).toEqual([`${origin}/web/assets/till.js`]);
  });

  test("doesn't give what Odoo's own worker kept of an error, or of a log-in", async () => {
    network = away;
    for (const kept of [new Answer("old error", 503), new Answer("log in", 200, true)]) {
      store.kept.set(absolute(page), kept);
      expect(await asks(page)).toBe("waiting page");
    }
  });

  test.each<Asked>([
    { url: "/web/health", cache: "no-store" },
    { url: "/pos/ui/1", method: "POST" },
    { url: "/web/dataset/call_kw" },
    { url: "http://192.0.2.1:8069/hw_proxy/hello" },
    { url: "chrome-extension://x/y.js" },
  ])("leaves to the browser: %j", async (asked) => {
    network = there;
    expect(await asks(asked)).toBeUndefined();
  });

  test("answers where there is no room to keep it", async () => {
    [network, store.isFull] = [there, true];
    expect(await asks(page)).toBe("Odoo: /pos/ui/1");
  });
});
