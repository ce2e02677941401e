import { expect, test } from "vitest";
import { describeLogins } from "../../../lab/logins.ts";

test("cashiers and the administrator are told with their passwords, under the till's address", () => {
  const odoo = { adminLogin: "admin", adminPassword: "a-1", cashiers: { anna: "b-2" } };
  expect(describeLogins({ urls: { odoo: ["http://10.0.0.1"] }, odoo, kubeconfig: "k" })).toEqual([
    "http://10.0.0.1/web/login",
    "cashier anna: b-2",
    "administrator admin: a-1",
  ]);
  expect(describeLogins({ urls: {}, kubeconfig: "k" })).toEqual([]);
  const both = { odoo, outlet: { adminLogin: "admin", adminPassword: "c-3" }, kubeconfig: "k" };
  expect(describeLogins(both)).toContain("outlet/web/login");
});
