import { stringify } from "yaml";
import { calculator } from "../../components/apps/calculator/manifest.ts";

/** Kubernetes' objects, as YAML, by which tests try the class `nfs-client`. */

/** A claim that several nodes may mount at once. */
export const ordersVolume = stringify({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: "orders" },
  spec: {
    accessModes: ["ReadWriteMany"],
    storageClassName: "nfs-client",
    resources: { requests: { storage: "1Gi" } },
  },
});

/** A pod that runs a program of Node.js with the claim at /data, as a user of its own. */
function pod(name: string, node: string, program: string): string {
  const { repository, tag } = calculator.ownImage;
  return stringify({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    spec: {
      restartPolicy: "OnFailure",
      nodeSelector: { "kubernetes.io/hostname": node },
      terminationGracePeriodSeconds: 1,
      securityContext: { runAsUser: 65534, runAsGroup: 65534, fsGroup: 65534 },
      containers: [
        {
          name,
          image: `${repository}:${tag}`,
          command: ["/usr/local/bin/node", "--eval", program],
          volumeMounts: [{ name: "data", mountPath: "/data" }],
        },
      ],
      volumes: [{ name: "data", persistentVolumeClaim: { claimName: "orders" } }],
    },
  });
}

/** Writes an order five times a second, each with its number and the time, and says the number once the server has it on its disk. */
export const writerOn = (node: string): string =>
  pod(
    "writer",
    node,
    `const { openSync, writeSync, fsyncSync } = require("node:fs");
const orders = openSync("/data/orders", "a");
let number = 0;
setInterval(() => {
  number += 1;
  writeSync(orders, number + " " + Date.now() + "\\n");
  fsyncSync(orders);
  console.log(number);
}, 200);`,
  );

/** Prints the orders. */
export const readerOn = (node: string): string =>
  pod("reader", node, 'console.log(require("node:fs").readFileSync("/data/orders", "utf8"))');
