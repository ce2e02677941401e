import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ensurePrograms } from "../../../runtime/toolchain/debian-packages.ts";
import { installed, list, named } from "./installed-odoo.ts";
import { field, objectOf } from "./rendered-chart.ts";

const scripts = new URL("../../../charts/odoo/files/", import.meta.url).pathname;
const timeout = 600_000;

describe("the chart's point of sale", { timeout }, () => {
  const pointOfSale = { name: "Till 1", cashiers: ["anna", "ben"], products: "products.csv" };
  const job = async (settings: object) => objectOf(await installed(settings), "Job");
  const container = "spec.template.spec.containers.0";

  test("only the initialisation is given cashiers' passwords, as files, and the products", async () => {
    const products = [{ name: 'Croissant "beurre"', price: "1.90", tax: "7" }];
    const objects = await installed({ pointOfSale }, products);
    const data = field(objectOf(objects, "ConfigMap", "odoo-point-of-sale"), "data");
    expect(JSON.parse(String(Reflect.get(Object(data), "products.json")))).toEqual(products);
    const mounts = field(objectOf(objects, "Job"), `${container}.volumeMounts`);
    expect(named(mounts, "cashiers")).toMatchObject({ mountPath: "/run/secrets/cashiers", readOnly: true });
    const variables = list(field(objectOf(objects, "Job"), `${container}.env`));
    expect(field(named(variables, "CASHIERS"), "value")).toBe("anna ben");
    expect(field(named(variables, "POINT_OF_SALE"), "value")).toBe("Till 1");
    expect(JSON.stringify(objectOf(objects, "Deployment"))).not.toMatch(/cashiers|point-of-sale/);
  });

  test("is nothing where the settings have none", async () => {
    const object = await job({});
    expect(JSON.stringify(field(object, "spec.template.spec.volumes"))).not.toMatch(/cashiers|point-of-sale/);
    const variables = list(field(object, `${container}.env`));
    for (const name of ["COUNTRY", "CASHIERS", "POINT_OF_SALE"])
      expect(field(named(variables, name), "value")).toBe("");
  });
});

/** So much of Odoo's environment as the script uses; what it does to users, registers and products is printed. */
const standIn = `
import json, sys, os
log, parameters = [], json.loads(os.environ["PARAMETERS"])
class Records:
    def __init__(self, model, ids=()): self.model, self.ids = model, list(ids); self.id = self.ids[0] if self.ids else False
    _fields = {"group_ids": None}
    amount_type = "percent"; amount = 15
    def __bool__(self): return bool(self.ids)
    def with_context(self, **_): return self
    def browse(self, id): return Records(self.model, [id] if id else [])
    def exists(self): return self
    def _check_company_domain(self, _): return []
    def search(self, domain, limit=None):
        return Records(self.model, [5] if self.model == "res.users" and domain[0][2] == os.environ.get("THERE") else [])
    def create(self, values): log.append(["create", self.model, values.get("login") or values["name"]]); return Records(self.model, [len(log) + 10])
    def write(self, values): log.append(["write", self.model, self.ids, sorted(values)])
    def copy(self, values): return self.create(values)
    def get_param(self, key): return parameters.get(key)
    def set_param(self, key, value): parameters[key] = value
class Company: account_sale_tax_id = Records("account.tax", [])
class Env:
    context, company = {}, Company()
    def __call__(self, **_): return self
    def __getitem__(self, model): return Records(model)
    def ref(self, name): return Records("ref", [1])
sys.path.insert(0, os.environ["SCRIPTS"])
from pathlib import Path
import point_of_sale
point_of_sale.PASSWORDS = Path(os.environ["FOLDER"], "cashiers"); point_of_sale.PRODUCTS = Path(os.environ["FOLDER"], "products.json")
point_of_sale.point_of_sale(Env())
print(json.dumps([log, parameters]))
`;

describe("the script that makes the till", () => {
  let folder: string;
  let parameters: unknown;
  beforeAll(() => ensurePrograms([{ program: "python3", debianPackage: "python3" }]), 300_000);
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "grappe-till-"));
    await mkdir(join(folder, "cashiers"));
    parameters = {};
    await passwords({ anna: "one", ben: "two" });
    await products("Tea", "Mug");
  });
  afterEach(() => rm(folder, { recursive: true }));

  const passwords = async (known: Readonly<Record<string, string>>) => {
    for (const [login, text] of Object.entries(known)) await writeFile(join(folder, "cashiers", login), text);
  };
  const products = (...names: string[]) =>
    writeFile(join(folder, "products.json"), JSON.stringify(names.map((name) => ({ name, price: "2" }))));

  /** What it does in an Odoo that remembers what it did before. */
  async function settle(name: string, cashiers: string, there = ""): Promise<unknown[]> {
    const environment = { POINT_OF_SALE: name, CASHIERS: cashiers, LANGUAGE: "en_US", THERE: there };
    const env = {
      ...process.env,
      ...environment,
      FOLDER: folder,
      SCRIPTS: scripts,
      PARAMETERS: JSON.stringify(parameters),
      PYTHONDONTWRITEBYTECODE: "1",
    };
    const { stdout } = await promisify(execFile)("python3", ["-c", standIn], { env });
    const [log, kept]: unknown[] = JSON.parse(stdout);
    parameters = kept;
    return list(log);
  }

  const first = [
    ["create", "pos.config", "Till 1"],
    ["create", "res.users", "anna"],
    ["create", "res.users", "ben"],
    ["create", "product.template", "Tea"],
    ["create", "product.template", "Mug"],
  ];

  test("makes all once", async () => {
    expect(await settle("Till 1", "anna ben")).toEqual(first);
    expect(await settle("Till 1", "anna ben")).toEqual([]);
  });

  test("does nothing without the setting", async () => {
    expect(await settle("", "")).toEqual([]);
    expect(parameters).toEqual({});
  });

  test("makes what is added, archives who is taken out, sets a rotated password, renames the till", async () => {
    await settle("Till 1", "anna ben");
    await passwords({ anna: "other", clara: "three" });
    await products("Tea", "Mug", "Cake");
    expect(await settle("Counter", "anna clara", "anna")).toEqual([
      ["write", "pos.config", [11], ["name"]],
      ["write", "res.users", [5], ["active", "group_ids", "password"]],
      ["create", "res.users", "clara"],
      ["write", "res.users", [13], ["active"]],
      ["create", "product.template", "Cake"],
    ]);
  });

  test("archives all cashiers with the setting, and nothing else", async () => {
    await settle("Till 1", "anna ben");
    expect(await settle("", "")).toHaveLength(2);
    expect(await settle("", "")).toEqual([]);
  });

  test("no password is kept with what was made", async () => {
    await passwords({ anna: "geheim-geheim" });
    await settle("Till 1", "anna ben");
    expect(JSON.stringify(parameters)).not.toContain("geheim");
  });
});
