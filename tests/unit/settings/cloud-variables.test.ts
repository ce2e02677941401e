import { describe, expect, it } from "vitest";
import { change, problemsOf, stackConfig, stackFileConfig } from "./stack-files.ts";

const dev = stackFileConfig("dev");
const canary = "canary-4f1c";

describe("a shell that was prepared for a cloud", () => {
  it("is refused by the variables' names, and no value is told", () => {
    const environment = { OS_PASSWORD: canary, OS_PROJECT_NAME: canary, OS_USERNAME: "" };
    const problems = problemsOf({ ...stackConfig(dev), environment });
    expect(problems).toHaveLength(1);
    expect(problems[0]?.path).toBe("grappe:site.cloud");
    expect(problems[0]?.reason).toContain("OS_PASSWORD, OS_PROJECT_NAME,");
    expect(problems[0]?.fix).toContain("`unset OS_PASSWORD OS_PROJECT_NAME`");
    expect(JSON.stringify(problems)).not.toContain(canary);
  });

  it("is refused beside an application credential too, together with all other problems", () => {
    const credential = { authUrl: "https://cloud.example:5000/v3", id: "abc" };
    const config = stackConfig(change(dev, { "site.cloud": undefined, "site.applicationCredential": credential }));
    const paths = problemsOf({ ...config, environment: { OS_REGION_NAME: "one" } }).map(({ path }) => path);
    expect(paths.toSorted()).toEqual(["grappe:applicationCredentialSecret", "grappe:site.applicationCredential"]);
  });

  it("may say where clouds.yaml lies and whose certificates to believe", () => {
    const environment = { OS_CLIENT_CONFIG_FILE: "/a/clouds.yaml", OS_CACERT: "/a/ca.pem", HOME: "/root" };
    expect(problemsOf({ ...stackConfig(dev), environment })).toEqual([]);
  });

  it("is no matter for given machines", () => {
    expect(problemsOf({ ...stackConfig(stackFileConfig("pi")), environment: { OS_PASSWORD: canary } })).toEqual([]);
  });
});
