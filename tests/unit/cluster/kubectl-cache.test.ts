import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const components = join(import.meta.dirname, "../../../components");
const scripts = globSync("**/*.sh", { cwd: components }).map((file) => ({
  file,
  text: readFileSync(join(components, file), "utf8"),
}));
const calls = scripts.flatMap(({ file, text }) =>
  [...text.matchAll(/^(?!\s*#).*(?:\/|\bk3s )kubectl (?:.*\\\n)*.*$/gm)].map(([call]) => ({ file, text, call })),
);

test("on hosts kubectl keeps its cache where the cleanup takes it away, whoever runs it", () => {
  expect(calls.length).toBeGreaterThan(2);
  const inHome = calls.filter(
    ({ text, call }) =>
      !/--cache-dir=\/run\/grappe\//.test(call) && !/^export KUBECACHEDIR=\/run\/grappe\//m.test(text),
  );
  expect(inHome.map(({ file, call }) => `${file}: ${call}`)).toEqual([]);
});
