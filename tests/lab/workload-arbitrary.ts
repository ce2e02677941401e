import fc from "fast-check";
import { problemsOf } from "../unit/settings/stack-files.ts";
import { withApplications } from "./registered-objects.ts";

const optional = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });
const near = (...signs: readonly string[]) =>
  fc.array(fc.constantFrom(...signs), { minLength: 1, maxLength: 6 }).map((parts) => parts.join(""));

const port = fc.constantFrom(1, 53, 80, 443, 8080, 9090, 65_535);
const portName = near("a", "-", "7", "metrics", "http", "_", "B");
const path = fc
  .array(near("a", ".", "..", "-", "@", "data", "%"), { maxLength: 3 })
  .map((parts) => `/${parts.join("/")}`);
const text = fc.oneof(fc.string(), near("$", "(", "A", ")", "\n", "ä", "\0"));
const variable = near("A", "b", "_", "7", "-");
const quantity = fc.constantFrom("1Mi", "512Mi", "10Gi", "999999Gi", "999999Ti");

const volume = fc.oneof(
  quantity,
  fc.record({
    size: quantity,
    storageClass: fc.constantFrom("local-path", "nfs-client"),
    access: fc.constantFrom("ReadWriteOnce", "ReadWriteMany"),
  }),
);

const host = fc.constantFrom(
  "shop.example.org",
  "a.b",
  "1.example.org",
  "-a.example.org",
  "a..b",
  `${"a".repeat(63)}.org`,
);

const expose = fc.oneof(
  fc.record({ by: fc.constant("nodePort"), port: fc.integer({ min: 29_999, max: 32_768 }) }),
  fc.record({ by: fc.constant("ingress"), host, path: optional(path) }),
  fc.record({ by: fc.constant("loadBalancer") }),
);

const valid = { kind: "workload", image: "registry.example.org/shop/app:1.2", port: 8080 };
const isTaken = (workload: object) => problemsOf(withApplications({ front: workload })).length === 0;

/** Settings of an application of one's own, near to what is valid. */
const settings = {
  image: fc.constantFrom(`nginx@sha256:${"a".repeat(64)}`, "localhost:5000/a/b:v1.2", "Nginx:1.2", "a.b/c:1.2"),
  command: fc.array(text, { minLength: 1, maxLength: 2 }),
  args: fc.array(text, { minLength: 1, maxLength: 2 }),
  environment: fc.dictionary(variable, fc.oneof(text, fc.integer(), fc.boolean()), { maxKeys: 2 }),
  secrets: fc.dictionary(variable, fc.constant({ generate: "password" }), { maxKeys: 1 }),
  files: fc.dictionary(path, text, { maxKeys: 2 }),
  volumes: fc.dictionary(path, volume, { maxKeys: 2 }),
  temporaryFolders: fc.array(path, { maxLength: 1 }),
  port,
  servicePort: port,
  ports: fc.dictionary(portName, fc.record({ port, protocol: fc.constantFrom("TCP", "UDP") }), { maxKeys: 2 }),
  health: path,
  resources: fc.record({
    cpu: fc.constantFrom("1m", "50m", "999", "0.5"),
    memory: fc.constantFrom("1Mi", "512Mi", "4096Ti"),
  }),
  user: fc.constantFrom(0, 1, 65_534, 2_147_483_647, 2_147_483_648, 4_294_967_294),
  readOnlyRootFilesystem: fc.boolean(),
  replicas: fc.integer({ min: 0, max: 3 }),
  placement: fc.dictionary(fc.constantFrom("kubernetes.io/arch", "a/b/c"), fc.constantFrom("arm64", "two words")),
  expose,
};

/** Each as often as not there, and then one that the settings take by itself. */
const taken = Object.fromEntries(
  Object.entries<fc.Arbitrary<unknown>>(settings).map(([name, one]) => [
    name,
    fc.option(
      one.filter((value) => isTaken({ ...valid, [name]: value })),
      { freq: 2, nil: undefined },
    ),
  ]),
);

/** Applications of one's own that the settings take. */
export const workloads = fc
  .record(taken)
  .map((some) => ({ ...valid, ...Object.fromEntries(Object.entries(some).filter(([, one]) => one !== undefined)) }))
  .filter(isTaken);
