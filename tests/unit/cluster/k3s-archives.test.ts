import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { hasNamespaces, inOwnNamespace } from "../host/own-namespace.ts";

const files = readFileSync(new URL("../../../components/cluster/k3s/lib/k3s-files.sh", import.meta.url), "utf8");
const [removal = ""] = /^remove_former_archives\(\) \{.*?^\}$/ms.exec(files) ?? [];

test.runIf(hasNamespaces)(
  "archives of an earlier bundle go before k3s starts; others' own and the bundle's stay",
  async () => {
    const images = "/var/lib/rancher/k3s/agent/images";
    const { stdout, stderr, code } = await inOwnNamespace(`
mkdir -p ${images} /var/lib/grappe/artifacts
touch ${images}/{old,new,own}.tar /var/lib/grappe/other.tar
printf '%s\\n' ${images}/old.tar ${images}/new.tar /var/lib/grappe/other.tar > /var/lib/grappe/artifacts/files
imageArchives=$'${images}/new.tar\\n${images}/k3s-airgap-images.tar.zst'
${removal}
remove_former_archives
ls ${images} /var/lib/grappe/other.tar
rm /var/lib/grappe/artifacts/files
remove_former_archives`);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout.split("\n").filter((line) => line.endsWith(".tar"))).toEqual([
      "/var/lib/grappe/other.tar",
      "new.tar",
      "own.tar",
    ]);
  },
);
