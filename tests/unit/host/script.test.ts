import { execFileSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadProgram, loadScript } from "../../../components/host/script.ts";

describe("loading a script", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "grappe-script-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const load = () => loadScript(pathToFileURL(join(folder, "module.ts")).href, "./main.sh");

  test("puts fragments, also those of fragments, where they are sourced", () => {
    writeFileSync(
      join(folder, "inner.sh"),
      "#!/usr/bin/env bash\nset -euo pipefail\ninner() { echo '$1 $& inner'; }\n",
    );
    writeFileSync(join(folder, "outer.sh"), "#!/usr/bin/env bash\n. ./inner.sh\nouter() { inner; }\n");
    writeFileSync(
      join(folder, "main.sh"),
      "#!/usr/bin/env bash\n# grappe-step: demo\nset -euo pipefail\n# shellcheck source=outer.sh\n. ./outer.sh\nouter\n",
    );
    const script = load();
    expect(script.kind).toBe("demo");
    expect(execFileSync("bash", ["-c", script.text], { encoding: "utf8", cwd: "/" })).toBe("$1 $& inner\n");
  });

  test("puts what it reads from beside it where it is read, fragments' own included", () => {
    writeFileSync(join(folder, "a.pl"), "print 'a', $x;\n");
    writeFileSync(join(folder, "b.pl"), 'print "b";\n\n');
    writeFileSync(join(folder, "part.sh"), "#!/usr/bin/env bash\nprogram=$(cat ./a.pl ./b.pl)\n");
    writeFileSync(join(folder, "main.sh"), '#!/usr/bin/env bash\n# grappe-step: demo\n. ./part.sh\necho "$program"\n');
    const said = execFileSync("bash", ["-c", load().text], { encoding: "utf8", cwd: "/" });
    expect(said).toBe("print 'a', $x;\nprint \"b\";\n");
  });

  test("a program that stands on a host by itself has them, too, and needs no kind", () => {
    writeFileSync(join(folder, "part.sh"), "#!/usr/bin/env bash\nset -euo pipefail\npart() { echo part; }\n");
    writeFileSync(join(folder, "main.sh"), "#!/usr/bin/env bash\nset -euo pipefail\n. ./part.sh\npart\n");
    const program = loadProgram(pathToFileURL(join(folder, "module.ts")).href, "./main.sh");
    expect(program).toBe("#!/usr/bin/env bash\nset -euo pipefail\npart() { echo part; }\npart\n");
    expect(execFileSync("bash", ["-c", program], { encoding: "utf8", cwd: "/" })).toBe("part\n");
  });

  test("refuses a script that doesn't say what it does", () => {
    writeFileSync(join(folder, "main.sh"), "#!/usr/bin/env bash\necho\n");
    expect(load).toThrow('./main.sh has no line "# grappe-step: <kind>"');
  });

  test("refuses a script that doesn't fit into an argument", () => {
    writeFileSync(join(folder, "main.sh"), `#!/usr/bin/env bash\n# grappe-step: long\n# ${"x".repeat(100_000)}\n`);
    expect(load).toThrow("may have 100000");
  });
});

const steps = globSync("components/**/*.sh").filter((file) => /^# grappe-step: /m.test(readFileSync(file, "utf8")));

test.each(steps)("%s loads, and bash reads it", (file) => {
  const script = loadScript(pathToFileURL(join(process.cwd(), "x.ts")).href, `./${file}`);
  execFileSync("bash", ["-n", "-c", script.text]);
  expect(script.text).toMatch(/^#!\/usr\/bin\/env bash\n# grappe-step: [a-z0-9-]+\n/);
  expect(script.text).not.toMatch(/^\. \.{1,2}\//m);
});
